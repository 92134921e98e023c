"""What moved digits are looked for in: comparisons that fail, figures with their sources, sums.

All come from the tables of a run: ``rec_failed``, ``rec_ops``, ``rec_terms``, ``rec_cells``.
"""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pyarrow as pa

from pipelines.reconcile.moved_digits.figures import Group, Table
from pipelines.reconcile.operand_cells import any_row
from pipelines.reconcile.terms import key_sql

Failing = dict[tuple[int, int, int], tuple]  # (uy, chk, inst) → (difference, width, operands)


def corrections(con: duckdb.DuckDBPyConnection, sums: list[int]) -> dict[int, dict[int, int]]:
    """What the chosen suspects that settle a sum inside a table should be (分), by unit-year and
    key.
    """
    rows = con.execute(
        "SELECT DISTINCT uy, key, suggested FROM rec_suspects WHERE chosen AND list_contains(?,"
        " inst >> 32) ORDER BY ALL",
        [sums],
    ).fetchall()
    right: dict[int, dict[int, int]] = defaultdict(dict)
    for uy, key, suggested in rows:
        right[uy][key] = int(suggested)
    return dict(right)


def mend_sources(con: duckdb.DuckDBPyConnection, *, corrected: bool) -> set[int]:
    """``rec_mended``: uy, key, delta (分): by how much internal cells are off that are chosen for
    more than one failure; empty unless ``corrected``. Returns the units and years.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE rec_mended (uy INTEGER, key UBIGINT, delta HUGEINT)")
    if not corrected:
        return set()
    con.execute("""
        INSERT INTO rec_mended
        WITH chosen AS (
            SELECT uy, key, suggested FROM rec_suspects
            WHERE chosen AND suggested IS NOT NULL GROUP BY ALL HAVING count(*) > 1
        )
        SELECT s.uy, s.key, any_value(s.suggested)::HUGEINT - coalesce(any_value(o.amt), 0) AS delta
        FROM chosen s JOIN rec_ops o ON o.uy = s.uy AND o.scope IN (0, 3)
            AND hash(o.form, o.block, o.row_key, o.col_key) = s.key AND NOT rec_published(o.form)
        GROUP BY s.uy, s.key""")
    return _mended_units(con)


def mend_told(con: duckdb.DuckDBPyConnection) -> set[int]:
    """``rec_mended`` by what larger slips are told of; returns the units and years."""
    if not any_row(con, "rec_told"):
        return set()
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_mended AS
        SELECT t.uy, t.key, any_value(t.amt) - coalesce(any_value(b.amt), 0) AS delta
        FROM rec_told t JOIN rec_keys k ON {key_sql("k.")} = t.key AND NOT rec_published(k.form)
        LEFT JOIN (SELECT uy, key, sum(amt) AS amt FROM rec_base GROUP BY uy, key) b
            ON b.uy = t.uy AND b.key = t.key
        GROUP BY t.uy, t.key""")
    return _mended_units(con)


def _mended_units(con: duckdb.DuckDBPyConnection) -> set[int]:
    return {uy for (uy,) in con.execute("SELECT DISTINCT uy FROM rec_mended").fetchall()}


def mended_places(con: duckdb.DuckDBPyConnection) -> set[tuple[int, int]]:
    """Unit and year, and instance, of what fails with a cell of ``rec_mended`` in it."""
    return set(
        con.execute("""
        SELECT DISTINCT o.uy, o.inst FROM rec_ops o JOIN rec_mended m ON m.uy = o.uy
            AND m.key = hash(o.form, o.block, o.row_key, o.col_key)
        WHERE o.scope IN (0, 3)""").fetchall()
    )


def failing_comparisons(con: duckdb.DuckDBPyConnection, compared: list[int]) -> Failing:
    """(uy, chk, inst) → (difference, width, [(key, coefficient, half)]) of comparisons of rounded
    figures, the difference with the cells of ``rec_mended`` put right.
    """
    rows = con.execute(
        """WITH steps AS (
            SELECT uy, inst, sum(coef * delta) AS step FROM (
                SELECT DISTINCT o.uy, o.inst, m.key, o.coef, m.delta FROM rec_ops o
                JOIN rec_mended m ON m.uy = o.uy AND o.scope IN (0, 3)
                    AND m.key = hash(o.form, o.block, o.row_key, o.col_key))
            GROUP BY uy, inst
        )
        SELECT f.uy, f.chk, f.inst, any_value(f.d) + coalesce(any_value(m.step), 0),
               any_value(f.w),
               list({'key': hash(o.form, o.block, o.row_key, o.col_key), 'coef': o.coef,
                   'half': o.half} ORDER BY o.op)
        FROM rec_failed f JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND o.half > 0
        LEFT JOIN steps m ON m.uy = f.uy AND m.inst = f.inst
        WHERE list_contains(?, f.chk) AND f.w > 0 GROUP BY f.uy, f.chk, f.inst ORDER BY ALL""",
        [compared],
    ).fetchall()
    return {
        (uy, chk, inst): (int(d), int(w), [(o["key"], o["coef"], o["half"]) for o in operands])
        for uy, chk, inst, d, w, operands in rows
    }


def read_tables(
    con: duckdb.DuckDBPyConnection, sources: list[int], uys: list[int]
) -> dict[int, Table]:
    tables: dict[int, Table] = defaultdict(Table)
    rows = con.execute(
        """WITH pairs AS (SELECT inst, any_value(key) FILTER (side = 0) AS gkey FROM rec_terms
                          WHERE list_contains($checks, inst >> 32) GROUP BY inst)
        SELECT c.uy, p.gkey, coalesce(sum(c.amt) FILTER (t.side = 0), 0),
               coalesce(-sum(t.coef * (c.amt + coalesce(m.delta, 0))) FILTER (t.side = 1), 0),
               coalesce(bool_or(c.bad) FILTER (t.side = 0), false),
               coalesce(bool_or(c.bad) FILTER (t.side = 1), false)
        FROM rec_cells c JOIN rec_terms t USING (key) JOIN pairs p USING (inst)
            LEFT JOIN rec_mended m ON m.uy = c.uy AND m.key = c.key
        WHERE p.gkey IS NOT NULL AND list_contains($uys, c.uy)
          AND NOT EXISTS (SELECT 1 FROM rec_closed x WHERE x.uy = c.uy AND x.chk = t.inst >> 32)
        GROUP BY c.uy, p.gkey, t.inst ORDER BY ALL""",
        {"checks": sources, "uys": uys},
    ).fetchall()
    for uy, key, printed, source, unread, lost in rows:
        if lost:
            tables[uy].lost.add(key)
        else:
            tables[uy].source[key] = int(source)
        if unread:
            tables[uy].unread.add(key)
        else:
            tables[uy].printed[key] = int(printed)
    return tables


def read_sums(con: duckdb.DuckDBPyConnection, sums: list[int]) -> dict[int, list[Group]]:
    """For every part: the totals it belongs to, each with all its parts and their signs."""
    rows = con.execute(
        """SELECT inst, any_value(key)
                FILTER (side = 0), list({'key': key, 'coef': -coef} ORDER BY key) FILTER (side = 1)
        FROM rec_terms WHERE list_contains(?, inst >> 32) GROUP BY inst""",
        [sums],
    ).fetchall()
    groups: dict[int, list[Group]] = defaultdict(list)
    for _, total, parts in rows:
        if total is not None and parts:
            group = (total, tuple((p["key"], p["coef"]) for p in parts))
            for part, _coef in group[1]:
                groups[part].append(group)
    return groups


def write_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    rows: list[tuple],
    names: tuple[str, ...],
    types: tuple,
) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    con.register(
        "rec_given_list",
        pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=list(names)),
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rec_given_list")
    con.unregister("rec_given_list")
