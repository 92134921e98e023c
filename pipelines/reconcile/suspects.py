"""Which cell is most likely wrong: every failing equality votes for the amounts that would settle
it.

``rec_suspects``: uy, inst, key, rank, suggested (分), chosen. Votes are counted in the database
(``votes.py``) and ranked unit by unit (``ranking.py``). A unit where thousands fail has no
suspects: there the whole table is wrong.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipelines.reconcile.blanks import add_blank_parts
from pipelines.reconcile.ranking import bounded, ranked
from pipelines.reconcile.votes import count_votes, votes_by_unit

MOST_FAILURES = 2_000  # of a unit and year: beyond it no one cell explains anything
COLUMNS = (
    ("uy", pa.int32()),
    ("inst", pa.int64()),
    ("key", pa.uint64()),
    ("rank", pa.int32()),
    ("suggested", pa.decimal128(38, 0)),
    ("chosen", pa.bool_()),
)


def find_suspects(con: duckdb.DuckDBPyConnection, own: int) -> None:
    """Needs ``rec_failed``, ``rec_ops``, ``rec_cells`` and ``rec_terms`` of the slice; makes
    ``rec_suspects``.

    ``own``: checks from this number on are conditions, which break nothing. A roll-up that fails
    because of a subordinate's suspect is blamed on that (``rec_blamed``: uy, inst, owner, key) and
    accuses no cell of its own; so is a comparison with last year that fails because of last year's
    suspect.
    """
    con.execute(f"""CREATE OR REPLACE TEMP TABLE rec_hopeless AS
        SELECT uy FROM rec_failed GROUP BY uy HAVING count(*) > {MOST_FAILURES}""")
    add_blank_parts(con)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rec_blamed (uy INTEGER, inst BIGINT, owner INTEGER, key"
        " UBIGINT)"
    )
    elsewhere = con.execute("SELECT count(*) FROM rec_ops WHERE scope IN (1, 2)").fetchall()[0][0]
    if elsewhere:
        _accuse(con, own, "o.scope = 0")
        _blame(con)
    _accuse(con, own, "o.scope IN (0, 3)")


def _accuse(con: duckdb.DuckDBPyConnection, own: int, scopes: str) -> None:
    count_votes(con, own, scopes)
    rows: list[tuple] = []
    found, bounds = votes_by_unit(con)
    for uy in sorted(found.keys() | bounds.keys()):
        best = ranked(found.get(uy, {}))
        rows += [(uy, *row) for row in best + bounded(bounds.get(uy, {}), best)]
    con.register("rec_suspect_list", _table(rows))
    con.execute("CREATE OR REPLACE TEMP TABLE rec_suspects AS SELECT * FROM rec_suspect_list")
    con.unregister("rec_suspect_list")


def _table(rows: list[tuple]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [pa.array(c, kind) for c, (_, kind) in zip(columns, COLUMNS, strict=True)]
    return pa.table(arrays, names=[name for name, _ in COLUMNS])


def _blame(con: duckdb.DuckDBPyConnection) -> None:
    """Roll-ups and comparisons with last year one of whose cells elsewhere, filled or blank, is the
    chosen suspect of its own unit and year.
    """
    con.execute("""
        INSERT INTO rec_blamed
        SELECT f.uy, f.inst, min_by(s.uy, (s.rank, s.uy)), min_by(s.key, (s.rank, s.uy))
        FROM (SELECT DISTINCT uy, key, rank FROM rec_suspects WHERE chosen) s
        JOIN rec_map m ON m.source = s.uy AND m.target <> s.uy AND m.scope IN (1, 2)
        JOIN rec_terms t ON t.key = xor(s.key, m.scope::UBIGINT)
        JOIN rec_failed f ON f.uy = m.target AND f.inst = t.inst
        GROUP BY f.uy, f.inst
    """)
