"""Hypotheses over the families of a slice in which more than one cell would have to be wrong.

``rec_explained``: uy, chk, inst, d, w, cause: what a hypothesis explains is taken out of
``rec_failed`` while suspects are looked for, and put back under its cause. ``rec_told``: uy, key,
amt (分), cause: what the cells of the hypotheses told should hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.reconcile.components import component, neighbours
from pipelines.reconcile.hypotheses.choose import Told, choose
from pipelines.reconcile.hypotheses.family import INST_BITS, Family
from pipelines.reconcile.hypotheses.grid import Sheet, load_sheets
from pipelines.reconcile.hypotheses.load import Book, load_book, load_families, parts, sizes_of
from pipelines.reconcile.hypotheses.partners import Ring, find_partners, submitted
from pipelines.reconcile.hypotheses.told import cause_of, write_told
from schemas.observation import Observation

# Terms moved while trying, some five million a second: advice may not hold up the night, and what
# it finds may not depend on how busy the machine is, so it is counted and not timed.
WORK = 200_000_000
WORK_A_FAMILY = 10_000_000
MOST_CELLS = 300_000  # of a family held in memory at once
Read = tuple[Family, dict[int, list[Sheet]], list[np.ndarray]]
MOST_UNITS = 12  # of a family whose sheets are tried, those with most failures first


def find_hypotheses(
    con: duckdb.DuckDBPyConnection,
    own: int,
    observations: Sequence[Observation],
    *,
    advise: bool = True,
) -> bool:
    """Fills ``rec_explained`` and ``rec_told``; whether these hold anything. Needs
    ``rec_suspects`` of the slice.

    ``advise`` False: nothing is tried.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE rec_explained
        (uy INTEGER, chk INTEGER, inst BIGINT, d HUGEINT, w HUGEINT, cause VARCHAR);
        CREATE OR REPLACE TEMP TABLE rec_told
        (uy INTEGER, key UBIGINT, amt HUGEINT, cause VARCHAR)"""
    )
    wanted = _wanted(con) if advise else []
    if not wanted:
        return False
    rings = find_partners(con)
    book = load_book(con, own)
    left = WORK
    for part in parts(con, _groups(con, wanted, rings)):
        for family, sheets, suspected in _read(con, part, book, rings):
            if left <= 0:
                break
            told = choose(family, sheets, suspected, min(left, WORK_A_FAMILY))
            _keep(con, family, told, observations)
            left -= family.work + sum(map(len, family.cells.values()))
    con.execute("""
        DELETE FROM rec_failed WHERE (uy, inst) IN (SELECT (uy, inst) FROM rec_explained);
        INSERT INTO rec_dropped SELECT uy, chk, inst, false FROM rec_explained""")
    return bool(con.execute("SELECT count(*) FROM rec_explained").fetchall()[0][0])


def put_back(con: duckdb.DuckDBPyConnection) -> None:
    """What was explained fails all the same."""
    con.execute("INSERT INTO rec_failed SELECT uy, chk, inst, d, w FROM rec_explained")


def _wanted(con: duckdb.DuckDBPyConnection) -> list[int]:
    """Units and years in which two cells or more are suspected, or too much fails for that."""
    # A mistyped code is told by itself and looks like a row missing and another too much.
    rows = con.execute("""
        SELECT uy FROM (
            SELECT uy FROM rec_suspects WHERE chosen GROUP BY uy HAVING count(DISTINCT key) > 1
            UNION SELECT uy FROM rec_hopeless)
        WHERE uy NOT IN (SELECT uy FROM rec_mistyped)""").fetchall()
    return sorted(uy for (uy,) in rows)


def _groups(
    con: duckdb.DuckDBPyConnection, wanted: list[int], rings: list[Ring]
) -> list[list[int]]:
    """The units and years that share formulas with the wanted ones, or may have been taken for
    each other.
    """
    sizes = sizes_of(con)
    rows = con.execute("SELECT source, target FROM rec_map").fetchall()
    near = neighbours([*rows, *(step for ring in rings for step in pairwise(ring))])
    found, seen = [], set()
    for uy in wanted:
        if uy in seen:
            continue
        group = component(uy, near)
        seen |= group
        if sum(sizes.get(u, 0) for u in group) <= MOST_CELLS:
            found.append(sorted(group))
    return found


def _read(
    con: duckdb.DuckDBPyConnection,
    part: list[list[int]],
    book: Book,
    rings: list[Ring],
) -> list[Read]:
    """Some families, each with the sheets to try and, for each cell suspected alone, the codes of
    the failing instances it settles.
    """
    families = load_families(con, part, book)
    _pair(con, families, rings)
    tried = [_tried(family) for family in families]
    each = zip(families, tried, strict=True)
    sheets = load_sheets(con, {uy: family.holding(uy) for family, uys in each for uy in uys})
    suspected = _suspected(con, families)
    return [
        (family, {uy: sheets[uy] for uy in uys}, suspects)
        for family, uys, suspects in zip(families, tried, suspected, strict=True)
    ]


def _pair(con: duckdb.DuckDBPyConnection, families: list[Family], rings: list[Ring]) -> None:
    """Tells the families who of them may have been taken for whom."""
    of = {uy: family for family in families for uy in family.numbers}
    own = [ring for ring in rings if ring[0] in of]
    books = submitted(con, [uy for ring in own for uy in ring])
    for ring in own:
        of[ring[0]].partners[ring[0]] = ring
        of[ring[0]].submitted |= {uy: books.get(uy, []) for uy in ring}


def _tried(family: Family) -> list[int]:
    """Units and years to try: those in which something fails, most first."""
    members = list(family.numbers)
    numbers, counts = np.unique(family.failing >> INST_BITS, return_counts=True)
    fails = {members[n]: count for n, count in zip(numbers.tolist(), counts.tolist(), strict=True)}
    return sorted(fails, key=lambda uy: (-fails[uy], uy))[:MOST_UNITS]


def _suspected(con: duckdb.DuckDBPyConnection, families: list[Family]) -> list[list[np.ndarray]]:
    listed = ", ".join(str(uy) for family in families for uy in family.numbers)
    rows = con.execute(f"""
        SELECT uy, list(DISTINCT inst) FROM rec_suspects WHERE chosen AND uy IN ({listed})
        GROUP BY uy, key""").fetchall()
    of = {uy: n for n, family in enumerate(families) for uy in family.numbers}
    found: list[list[np.ndarray]] = [[] for _ in families]
    for uy, instances in rows:
        family = families[of[uy]]
        number = np.full(len(instances), family.numbers[uy])
        found[of[uy]].append(family.code(number, np.array(instances, np.int64)))
    return found


def _keep(
    con: duckdb.DuckDBPyConnection,
    family: Family,
    told: list[Told],
    observations: Sequence[Observation],
) -> None:
    members = np.array(sorted(family.numbers, key=family.numbers.__getitem__), np.int32)
    for one in told:
        cause = cause_of(family, one, observations)
        write_told(con, family, one, cause, observations)
        rows = pa.table(
            {
                "uy": members[one.explained >> INST_BITS],
                "inst": one.explained & ((1 << INST_BITS) - 1),
            }
        )
        con.register("rec_told_list", rows)
        con.execute(
            """INSERT INTO rec_explained SELECT f.*, ? FROM rec_failed f
            SEMI JOIN rec_told_list t ON t.uy = f.uy AND t.inst = f.inst""",
            [cause],
        )
        con.unregister("rec_told_list")
        _note_told(con, one, cause)


def _note_told(con: duckdb.DuckDBPyConnection, told: Told, cause: str) -> None:
    changes = told.candidate.changes
    amounts = np.where(changes.blank, 0, changes.amt)
    rows = {"uy": changes.uy.astype(np.int32), "key": changes.key, "amt": amounts}
    con.register("rec_told_cells", pa.table(rows))
    con.execute("INSERT INTO rec_told SELECT *, ? FROM rec_told_cells", [cause])
    con.unregister("rec_told_cells")
