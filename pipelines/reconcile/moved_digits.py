"""舍位平衡: a rounded part may be moved by one last digit so that the parts add up to their rounded
total.

A published figure that differs from its source by one digit more than rounding allows is explained
exactly where it is a part of a total, the parts rounded each by itself do not add up to that total
as published, the parts as published do, and the figure was moved in the direction that closes the
gap.

Where a whole set was balanced, moves go on in chains: a part moved for its row moves the total of
its column. So a figure is also explained where every published sum it stands in, as a part or as
the total, holds as published, and elsewhere in the unit's tables sums hold that figures rounded
each by itself would miss. A single wrong figure breaks its own sums, and a set that was not
balanced shows no such sums.

A single wrong figure also keeps the sums of its neighbours from holding, and so would accuse those
that were moved. In a set that was balanced it is found first: the figure for which one value,
within rounding of its source, makes all its sums hold. ``rec_restored`` tells these: uy, key,
suggested (分), sums. Where several figures would explain the same sums, none is taken back: the one
furthest from its source is told, and in ``rec_rivals`` (uy, key, lead) that the others are of one
cause with it.

Where a total or a part holds no number (“详见附件”), nobody can say whether its sum was balanced. A
figure of that sum may then differ by one digit more, if the sum can still be what its sources make
it: it is not judged. Where a source holds no number, it is what its own sum leaves for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from pipelines.reconcile.operand_cells import remove
from pipelines.reconcile.terms import Plan
from schemas.rulemodel import Check

Group = tuple[int, tuple[tuple[int, int], ...]]
Failing = dict[tuple[int, int, int], tuple]  # (uy, chk, inst) → (difference, width, operands)
Figures = dict[int, dict[int, tuple[int, set[Group]]]]


@dataclass
class _Table:
    """One unit-year's published figures: as printed, and their sources (分), by key; ``unread``:
    those that hold no number; ``lost``: those whose source holds none.
    """

    printed: dict[int, int] = field(default_factory=dict)
    source: dict[int, int] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    balanced: bool | None = None
    restored: set[int] = field(default_factory=set)


def forgive(
    con: duckdb.DuckDBPyConnection, plan: Plan, *, corrected: bool = False
) -> list[tuple[int, int, int, bool]]:
    """Removes the failing instances of balanced rules that 舍位平衡 explains.

    Returns as ``prune`` does; ``corrected``: see ``forgive_corrected``.
    """
    if not corrected:
        _write_restored(con, _Restored())
    own = [(n, c) for n, c in enumerate(plan.checks[: plan.own]) if c.rule.balanced]
    sums = [n for n, c in own if _within(c)]
    others = [(n, c) for n, c in own if not _within(c)]
    failing = _failing(con, [n for n, _ in others])
    if not failing or not sums:
        return []
    right = _corrections(con, sums) if corrected else {}
    if corrected:
        failing = _of_units(failing, right)
    sources = [n for n, c in others if _from_internal(c, plan.published)]
    tables = _tables(con, sources, sorted({uy for uy, _, _ in failing}))
    for uy in tables:
        tables[uy].printed |= right.get(uy, {})
    groups = _groups(con, sums)
    return _forgiven(con, failing, tables, groups, first=not corrected)


def forgive_corrected(
    con: duckdb.DuckDBPyConnection, plan: Plan
) -> list[tuple[int, int, int, bool]]:
    """The same once more, as if the figures that break sums of their own table (chosen in
    ``rec_suspects``) were what they should be.

    One wrong figure hides that its neighbours were moved to balance: these are no errors.
    """
    return forgive(con, plan, corrected=True)


def _of_units(failing: Failing, units: Container[int]) -> Failing:
    return {place: found for place, found in failing.items() if place[0] in units}


def _forgiven(
    con: duckdb.DuckDBPyConnection,
    failing: Failing,
    tables: dict[int, _Table],
    groups: dict,
    *,
    first: bool,
) -> list[tuple[int, int, int, bool]]:
    """What moves explain; ``first``: also once figures that break their own sums are restored."""
    around = _around(groups)
    for table in tables.values():
        _find_lost(table, around)
    excused = _excused(failing, tables, groups, around)
    if first:
        left = _without(failing, excused)
        _write_restored(con, _restore(left, tables, around))
        restored = {uy for uy, table in tables.items() if table.restored}
        excused += _excused(_of_units(left, restored), tables, groups, around)
    unread = {uy for uy, table in tables.items() if table.unread}
    doubtful = _of_units(_without(failing, excused), unread)
    unsure = _excused(doubtful, tables, groups, around, unsure=True)
    if not excused and not unsure:
        return []
    rows = [(*place, True) for place in excused] + [(*place, False) for place in unsure]
    types = (pa.int32(), pa.int32(), pa.int64(), pa.bool_())
    _write(con, "rec_forgiven", rows, ("uy", "chk", "inst", "holds"), types)
    return remove(con, "rec_forgiven")


def _find_lost(table: _Table, around: dict[int, list[Group]]) -> None:
    """Sources without a number, from the first sum in which nothing else is lacking."""
    for key in sorted(table.lost):
        for group in around.get(key, ()):
            others = {group[0], *(k for k, _ in group[1])} - {key}
            if not others & table.lost:
                table.source[key] = _lacking(table.source, group, key)
                break


def _without(failing: Failing, places: Iterable[tuple[int, int, int]]) -> Failing:
    gone = set(places)
    return {place: found for place, found in failing.items() if place not in gone}


def _excused(
    failing: Failing,
    tables: dict[int, _Table],
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
            moved += coef * _moved(table, groups, around, key, 2 * half, unsure)
        return abs(difference - moved) <= width

    return [place for place, found in failing.items() if explained(place[0], *found)]


@dataclass
class _Restored:
    """What the sums of balanced tables say: (uy, key) → (value, sums), and (uy, key) → the figure
    it is of one cause with.
    """

    figures: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    rivals: dict[tuple[int, int], int] = field(default_factory=dict)


def _restore(failing: Failing, tables: dict[int, _Table], around: dict) -> _Restored:
    """The figures that alone keep their sums from holding; puts their values into the tables unless
    another may be meant.
    """
    found = _Restored()
    for uy, figures in _fitting_figures(failing, tables, around).items():
        _restore_table(uy, tables[uy], figures, around, found)
    return found


def _fitting_figures(failing: Failing, tables: dict[int, _Table], around: dict) -> Figures:
    """Unit and year → figure → (the value its sums ask for, those of its sums that do not hold)."""
    fitting: Figures = defaultdict(dict)
    for (uy, _, _), (_, _, operands) in failing.items():
        for key, _, half in operands:
            value = _fitting(tables[uy], around, key, 2 * half)
            if value is not None:
                broken = {g for g in around[key] if not _adds_up(tables[uy].printed, g)}
                fitting[uy][key] = (value, broken)
    return fitting


def _restore_table(
    uy: int,
    table: _Table,
    figures: dict[int, tuple[int, set[Group]]],
    around: dict,
    found: _Restored,
) -> None:
    off = {k: (abs(table.printed.get(k, 0) - table.source[k]), k) for k in figures}
    sure: dict[int, int] = {}
    for key, (value, _) in figures.items():
        rivals = _rivals(key, figures)
        lead = max([key, *rivals], key=lambda k: off[k])
        if lead == key:
            found.figures[(uy, key)] = value, len(around[key])
        else:
            found.rivals[(uy, key)] = lead
        if not rivals:
            sure[key] = value
    table.printed |= sure
    table.restored |= set(sure)


def _rivals(key: int, figures: dict[int, tuple[int, set[Group]]]) -> list[int]:
    """Figures that would mend some of the same sums, and not only fewer of them."""
    sums = figures[key][1]
    return [
        other
        for other, (_, broken) in figures.items()
        if other != key and broken & sums and not broken < sums
    ]


def _fitting(table: _Table, around: dict[int, list[Group]], key: int, digit: int) -> int | None:
    """The one value of a figure, within a digit of its source, with which all its sums hold; None
    where they do, or none fits.
    """
    own = [g for g in around.get(key, ()) if _adds_up(table.source, g)]
    if (
        key not in table.source
        or not own
        or any(_unread(table, g) for g in own)
        or all(_adds_up(table.printed, g) for g in own)
    ):
        return None
    wanted = {_lacking(table.printed, g, key) for g in own}
    if len(wanted) != 1 or not _is_balanced(table, around, digit):
        return None
    (value,) = wanted
    return value if abs(value - _rounded(table.source[key], digit)) <= digit else None


def _lacking(figures: dict[int, int], group: Group, key: int) -> int:
    """What the figure has to be for the sum to hold, all others as published."""
    total, parts = group
    added = sum(coef * figures.get(k, 0) for k, coef in parts if k != key)
    if key == total:
        return added
    sign = next(coef for k, coef in parts if k == key)
    return sign * (figures.get(total, 0) - added)


def _write_restored(con: duckdb.DuckDBPyConnection, found: _Restored) -> None:
    figures = [(*place, *value) for place, value in found.figures.items()]
    rivals = [(*place, lead) for place, lead in found.rivals.items()]
    keyed = (pa.int32(), pa.uint64())
    _write(
        con,
        "rec_restored",
        figures,
        ("uy", "key", "suggested", "sums"),
        (*keyed, pa.int64(), pa.int32()),
    )
    _write(con, "rec_rivals", rivals, ("uy", "key", "lead"), (*keyed, pa.uint64()))


def _write(
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


def _corrections(con: duckdb.DuckDBPyConnection, sums: list[int]) -> dict[int, dict[int, int]]:
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


def _failing(con: duckdb.DuckDBPyConnection, compared: list[int]) -> Failing:
    """(uy, chk, inst) → (difference, width, [(key, coefficient, half)]) of comparisons of rounded
    figures.
    """
    rows = con.execute(
        """SELECT f.uy, f.chk, f.inst, any_value(f.d), any_value(f.w),
               list({'key': hash(o.form, o.block, o.row_key, o.col_key), 'coef': o.coef,
                   'half': o.half} ORDER BY o.op)
        FROM rec_failed f JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND o.half > 0
        WHERE list_contains(?, f.chk) AND f.w > 0 GROUP BY f.uy, f.chk, f.inst ORDER BY ALL""",
        [compared],
    ).fetchall()
    return {
        (uy, chk, inst): (int(d), int(w), [(o["key"], o["coef"], o["half"]) for o in operands])
        for uy, chk, inst, d, w, operands in rows
    }


def _tables(
    con: duckdb.DuckDBPyConnection, sources: list[int], uys: list[int]
) -> dict[int, _Table]:
    tables: dict[int, _Table] = defaultdict(_Table)
    rows = con.execute(
        """WITH pairs AS (SELECT inst, any_value(key) FILTER (side = 0) AS gkey FROM rec_terms
                          WHERE list_contains($checks, inst >> 32) GROUP BY inst)
        SELECT c.uy, p.gkey, coalesce(sum(c.amt) FILTER (t.side = 0), 0),
               coalesce(-sum(t.coef * c.amt) FILTER (t.side = 1), 0),
               coalesce(bool_or(c.bad) FILTER (t.side = 0), false),
               coalesce(bool_or(c.bad) FILTER (t.side = 1), false)
        FROM rec_cells c JOIN rec_terms t USING (key) JOIN pairs p USING (inst)
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


def _groups(con: duckdb.DuckDBPyConnection, sums: list[int]) -> dict[int, list[Group]]:
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


def _around(groups: dict[int, list[Group]]) -> dict[int, list[Group]]:
    """For every figure: the sums it stands in, as a part or as the total."""
    around: dict[int, dict[Group, None]] = defaultdict(dict)
    for part, found in groups.items():
        for group in found:
            around[part][group] = None
            around[group[0]][group] = None
    return {key: list(found) for key, found in around.items()}


def _moved(
    table: _Table,
    groups: dict[int, list[Group]],
    around: dict[int, list[Group]],
    key: int,
    digit: int,
    unsure: bool = False,
) -> int:
    """By how much a figure was moved from its own rounding, where balancing explains it; else 0."""
    if key not in table.source or not digit:
        return 0
    moved = table.printed.get(key, 0) - _rounded(table.source[key], digit)
    if abs(moved) != digit:
        return 0
    if any(_closes(table, g, key, digit, moved) for g in groups.get(key, ())):
        return moved
    return (
        moved
        if _in_balance(table, around, key, digit)
        or (unsure and _beside_unread(table, around, key, digit))
        else 0
    )


def _judged(table: _Table, around: dict[int, list[Group]], key: int) -> list[Group]:
    """The figure's sums that hold in the sources and all of whose published figures can be read."""
    return [g for g in around.get(key, ()) if _adds_up(table.source, g) and not _unread(table, g)]


def _unread(table: _Table, group: Group) -> set[int]:
    return {key for key in (group[0], *(k for k, _ in group[1])) if key in table.unread}


def _beside_unread(table: _Table, around: dict[int, list[Group]], key: int, digit: int) -> bool:
    """Whether a sum of the figure holds an unreadable figure and may well add up."""
    for group in around.get(key, ()):
        unread = _unread(table, group)
        if unread and _adds_up(table.source, group):
            near = table.printed | {
                k: _rounded(table.source[k], digit) for k in unread if k in table.source
            }
            total, parts = group
            gap = abs(sum(coef * near.get(k, 0) for k, coef in parts) - near.get(total, 0))
            if gap <= digit * len(unread):
                return True
    return False


def _in_balance(table: _Table, around: dict[int, list[Group]], key: int, digit: int) -> bool:
    """Whether the figure's own sums all hold as published, in a set whose sums were visibly made to
    hold.
    """
    own = _judged(table, around, key)
    if not own or not all(_adds_up(table.printed, g) for g in own):
        return False
    return _is_balanced(table, around, digit)


def _is_balanced(table: _Table, around: dict[int, list[Group]], digit: int) -> bool:
    """Whether the set was visibly balanced: some sum holds that figures rounded each by itself
    would miss.
    """
    if table.balanced is None:
        near = {k: _rounded(v, digit) for k, v in table.source.items()}
        sums = {g for found in around.values() for g in found if _adds_up(table.source, g)}
        table.balanced = any(not _adds_up(near, g) and _adds_up(table.printed, g) for g in sums)
    return table.balanced


def _adds_up(figures: dict[int, int], group: Group) -> bool:
    """Whether a sum holds; one of which no figure is there does not count."""
    total, parts = group
    there = total in figures and any(k in figures for k, _ in parts)
    return there and sum(coef * figures.get(k, 0) for k, coef in parts) == figures[total]


def _closes(table: _Table, group: Group, key: int, digit: int, moved: int) -> bool:
    total, parts = group
    target = table.printed.get(total, 0)
    if sum(coef * table.printed.get(k, 0) for k, coef in parts) != target:
        return False
    gap = sum(coef * _rounded(table.source.get(k, 0), digit) for k, coef in parts) - target
    sign = next(coef for k, coef in parts if k == key)
    return gap != 0 and (gap > 0) != (moved * sign > 0)


def _rounded(fen: int, digit: int) -> int:
    """To the nearest digit, halves away from nought."""
    whole, rest = divmod(abs(fen), digit)
    size = (whole + (1 if 2 * rest >= digit else 0)) * digit
    return size if fen >= 0 else -size
