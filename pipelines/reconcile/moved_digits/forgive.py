"""Takes back what moved digits explain: the failing comparisons of rules that are balanced."""

from __future__ import annotations

from collections.abc import Container, Iterable

import duckdb
import pyarrow as pa

from pipelines.reconcile.moved_digits.figures import Group, Table, lacking_for, sums_around
from pipelines.reconcile.moved_digits.moves import moved_by
from pipelines.reconcile.moved_digits.read import (
    Failing,
    corrections,
    failing_comparisons,
    mend_sources,
    mend_told,
    mended_places,
    read_sums,
    read_tables,
    write_table,
)
from pipelines.reconcile.moved_digits.restore import Restored, restore_figures, write_restored
from pipelines.reconcile.operand_cells import remove
from pipelines.reconcile.terms import Plan
from schemas.rulemodel import Check


def forgive(
    con: duckdb.DuckDBPyConnection, plan: Plan, *, corrected: bool = False
) -> list[tuple[int, int, int, bool]]:
    """Removes the failing instances of balanced rules that 舍位平衡 explains.

    Returns as ``prune`` does; ``corrected``: see ``forgive_corrected``.
    """
    if not corrected:
        write_restored(con, Restored())
        con.execute("CREATE OR REPLACE TEMP TABLE rec_moved (uy INTEGER, inst BIGINT)")
    mended = mend_sources(con, corrected=corrected)
    sums, others = _balanced(plan)
    failing = failing_comparisons(con, others)
    if not failing or not sums:
        return []
    right = corrections(con, sums) if corrected else {}
    if corrected:
        failing = _of_units(failing, {*right, *mended})
    sources = [n for n in others if _from_internal(plan.checks[n], plan.published)]
    tables = read_tables(con, sources, sorted({uy for uy, _, _ in failing}))
    for uy in tables:
        tables[uy].printed |= right.get(uy, {})
    groups = read_sums(con, sums)
    return _forgiven(con, failing, tables, groups, first=not corrected)


def _balanced(plan: Plan) -> tuple[list[int], list[int]]:
    """The checks whose figures are balanced: sums within a table, and all others."""
    own = [(n, c) for n, c in enumerate(plan.checks[: plan.own]) if c.rule.balanced]
    sums = [n for n, c in own if _within(c)]
    return sums, [n for n, c in own if not _within(c)]


def forgive_corrected(
    con: duckdb.DuckDBPyConnection, plan: Plan
) -> list[tuple[int, int, int, bool]]:
    """The same once more, as if the figures that break sums of their own table, and internal cells
    (chosen in ``rec_suspects``), were what they should be.

    One wrong figure hides that its neighbours were moved to balance: these are no errors. Nor is
    one that was moved beside a wrong cell of its own (``rec_moved``: uy, inst): the cell is wrong.
    """
    return forgive(con, plan, corrected=True)


def forgive_told(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """What 舍位平衡 explains once the cells that larger slips are told of (``rec_told``) are put
    right has their cause: a table in the wrong money unit hides that its public figures were moved.
    """
    mended = mend_told(con)
    sums, others = _balanced(plan)
    failing = _of_units(failing_comparisons(con, others), mended) if mended and sums else {}
    if not failing:
        return
    sources = [n for n in others if _from_internal(plan.checks[n], plan.published)]
    tables = read_tables(con, sources, sorted({uy for uy, _, _ in failing}))
    groups = read_sums(con, sums)
    around = sums_around(groups)
    for table in tables.values():
        _find_lost(table, around)
    places = mended_places(con)
    excused = _excused(failing, tables, groups, around)
    _share(con, [(uy, inst) for uy, _, inst in excused if (uy, inst) in places])


def _share(con: duckdb.DuckDBPyConnection, moved: list[tuple[int, int]]) -> None:
    """Explained as well, and counted in what the slips say."""
    if not moved:
        return
    write_table(con, "rec_shared", moved, ("uy", "inst"), (pa.int32(), pa.int64()))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_more AS
        SELECT s.uy, s.inst, min(t.cause) AS cause FROM rec_shared s
        JOIN rec_ops o ON o.uy = s.uy AND o.inst = s.inst AND o.scope IN (0, 3)
        JOIN rec_told t ON t.uy = o.uy AND t.key = hash(o.form, o.block, o.row_key, o.col_key)
        GROUP BY s.uy, s.inst;
        UPDATE raw_findings SET message = replace(
            message, ' ' || n.known || ' 个问题消除', ' ' || n.known + n.more || ' 个问题消除')
        FROM (SELECT m.cause, count(*) AS more,
                (SELECT count(*) FROM rec_explained e WHERE e.cause = m.cause) AS known
            FROM rec_more m GROUP BY m.cause) n
        WHERE raw_findings.finding_id = n.cause;
        INSERT INTO rec_explained SELECT f.*, m.cause FROM rec_failed f JOIN rec_more m
            ON m.uy = f.uy AND m.inst = f.inst;
        INSERT INTO rec_dropped SELECT f.uy, f.chk, f.inst, false FROM rec_failed f
            SEMI JOIN rec_more m ON m.uy = f.uy AND m.inst = f.inst;
        DELETE FROM rec_failed WHERE (uy, inst) IN (SELECT (uy, inst) FROM rec_more)""")


def _of_units(failing: Failing, units: Container[int]) -> Failing:
    return {place: found for place, found in failing.items() if place[0] in units}


def _forgiven(
    con: duckdb.DuckDBPyConnection,
    failing: Failing,
    tables: dict[int, Table],
    groups: dict,
    *,
    first: bool,
) -> list[tuple[int, int, int, bool]]:
    """What moves explain; ``first``: also once figures that break their own sums are restored."""
    around = sums_around(groups)
    for table in tables.values():
        _find_lost(table, around)
    excused = _excused(failing, tables, groups, around)
    if first:
        left = _without(failing, excused)
        write_restored(con, restore_figures(left, tables, around))
        restored = {uy for uy, table in tables.items() if table.restored}
        excused += _excused(_of_units(left, restored), tables, groups, around)
    unread = {uy for uy, table in tables.items() if table.unread}
    doubtful = _of_units(_without(failing, excused), unread)
    unsure = _excused(doubtful, tables, groups, around, unsure=True)
    rows = [(*place, True) for place in excused] + [(*place, False) for place in unsure]
    rows = _kept(con, rows)
    return _removed(con, rows) if rows else []


def _kept(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[int, int, int, bool]]
) -> list[tuple[int, int, int, bool]]:
    """Without those that fail as long as an internal cell is wrong: these are ``rec_moved``."""
    mended = mended_places(con)
    moved = [(uy, inst) for uy, _, inst, _ in rows if (uy, inst) in mended]
    if moved:
        write_table(con, "rec_moved_more", moved, ("uy", "inst"), (pa.int32(), pa.int64()))
        con.execute("INSERT INTO rec_moved SELECT * FROM rec_moved_more")
    return [row for row in rows if (row[0], row[2]) not in mended]


def _removed(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[int, int, int, bool]]
) -> list[tuple[int, int, int, bool]]:
    types = (pa.int32(), pa.int32(), pa.int64(), pa.bool_())
    write_table(con, "rec_forgiven", rows, ("uy", "chk", "inst", "holds"), types)
    return remove(con, "rec_forgiven")


def _find_lost(table: Table, around: dict[int, list[Group]]) -> None:
    """Sources without a number, from the first sum in which nothing else is lacking."""
    for key in sorted(table.lost):
        for group in around.get(key, ()):
            others = {group[0], *(k for k, _ in group[1])} - {key}
            if not others & table.lost:
                table.source[key] = lacking_for(table.source, group, key)
                break


def _without(failing: Failing, places: Iterable[tuple[int, int, int]]) -> Failing:
    gone = set(places)
    return {place: found for place, found in failing.items() if place not in gone}


def _excused(
    failing: Failing,
    tables: dict[int, Table],
    groups: dict,
    around: dict,
    *,
    unsure: bool = False,
) -> list[tuple[int, int, int]]:
    """The instances that moves explain; ``unsure``: also moves that stand in a sum with a figure
    that holds no number.
    """

    def explained(uy: int, difference: int, width: int, operands: list) -> bool:
        # A move is at most one last digit; three widths off is more than rounding ever leaves.
        table = tables[uy]
        if abs(difference) > 3 * width or any(key in table.restored for key, _, _ in operands):
            return False
        moved = 0
        for key, coef, half in operands:
            moved += coef * moved_by(table, groups, around, key, 2 * half, unsure)
        return abs(difference - moved) <= width

    return [place for place, found in failing.items() if explained(place[0], *found)]


def _within(check: Check) -> bool:
    """Whether all cells of a check are of one table: a sum inside it, not a comparison."""
    return len({c.form for c in check.formula.cells}) == 1


def _from_internal(check: Check, public: Container[str]) -> bool:
    """Whether it compares one published cell (left) with internal ones: these give each figure its
    source.
    """
    left = [t for t in check.formula.side("left") if t.cell]
    published = [c.form in public for c in check.formula.cells]
    return len(left) == 1 and sum(published) == 1 and published[0]
