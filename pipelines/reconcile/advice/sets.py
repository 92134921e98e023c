"""Cells that have to move together: where the best single cell breaks as much as it mends.

``rec_sets``: uy, key, set, delta (分). The smallest set that settles a failing component, over the
unit and the roll-ups above it, applied and counted before it is proposed; where there is none, or
the component is too large, the ranking of single cells stands, without amounts. ``rec_unsolved``:
uy, inst: where it stands because of the size, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.reconcile.advice.smallest import Cell, Problem, solve
from pipelines.reconcile.advice.weights import Weights
from pipelines.reconcile.components import components, neighbours
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import INST_BITS, SIDES, Family
from pipelines.reconcile.hypotheses.holding import EMPTY
from pipelines.reconcile.hypotheses.load import load_book, load_families, parts, sizes_of
from schemas.library import forms

ROUNDS = 12  # of formulas that join because a solution would break them
MOST_ROWS = 400
MOST_VARIABLES = 1_500
MOST_CELLS = 300_000  # of a family held in memory
MOST_FAMILIES = 40  # of a slice
INFINITE = float("inf")
# All units and years that formulas look at, and those to settle.
Group = tuple[list[int], list[int]]


def propose_sets(con: duckdb.DuckDBPyConnection, own: int, *, advise: bool = True) -> None:
    """Needs ``rec_suspects`` and ``rec_withdrawn``; puts sets in the place of suspects that their
    suggestions did not help.

    ``advise`` False: no set is looked for.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_sets
        (uy INTEGER, key UBIGINT, "set" INTEGER, delta HUGEINT);
        CREATE OR REPLACE TEMP TABLE rec_too_large (uy INTEGER)""")
    groups = _groups(con) if advise else []
    fitting, too_large = _fitting(con, groups)
    for family, units in _families(con, own, fitting):
        family.blanks = _blanks(con, family)
        try:
            solution = settle(family, units, _unsettled(con, family))
        except TooLarge:
            too_large += units
            continue
        solution = _as_printed(family, solution) if solution else None
        if solution and _helps(family, solution):
            _write(con, family, solution)
    if too_large:
        listed = ", ".join(map(str, too_large))
        con.execute(f"INSERT INTO rec_too_large SELECT unnest([{listed}])")
    _note_unsolved(con)


class TooLarge(Exception):
    """More hangs together than a set is looked for in."""


def _note_unsolved(con: duckdb.DuckDBPyConnection) -> None:
    """What too much hangs together with, and has only suspects whose change does not help."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_unsolved AS
        SELECT DISTINCT s.uy, s.inst FROM rec_suspects s JOIN rec_withdrawn w USING (uy, key)
        SEMI JOIN rec_too_large l USING (uy) WHERE s.chosen""")


def _groups(con: duckdb.DuckDBPyConnection) -> list[Group]:
    """Units and years with a withdrawn suggestion, with the roll-ups above them; for each such
    group also all units and years that its formulas look at.
    """
    rows = con.execute("""
        SELECT DISTINCT w.uy, m.target FROM rec_withdrawn w
        LEFT JOIN rec_map m ON m.source = w.uy AND m.scope = 2 ORDER BY ALL""").fetchall()
    found = []
    for units in components(neighbours(rows)):
        listed = ", ".join(map(str, units))
        around = con.execute(f"""
            SELECT source FROM rec_map WHERE target IN ({listed})
            UNION SELECT target FROM rec_map WHERE source IN ({listed})""").fetchall()
        members = sorted({*units, *(uy for (uy,) in around)})
        found.append((members, sorted(units)))
    return found


def _fitting(con: duckdb.DuckDBPyConnection, groups: list[Group]) -> tuple[list[Group], list[int]]:
    """The first groups of a size that a set is looked for in; the units and years of the others."""
    sizes = sizes_of(con) if groups else {}
    fitting: list[Group] = []
    others: list[int] = []
    for number, (members, units) in enumerate(groups):
        if number < MOST_FAMILIES and sum(sizes.get(uy, 0) for uy in members) <= MOST_CELLS:
            fitting.append((members, units))
        else:
            others += units
    return fitting, others


def _families(
    con: duckdb.DuckDBPyConnection, own: int, groups: list[Group]
) -> Iterator[tuple[Family, list[int]]]:
    """Each group as a family, with its units and years that have a withdrawn suggestion."""
    if not groups:
        return
    book = load_book(con, own)
    units = iter([units for _, units in groups])
    for part in parts(con, [members for members, _ in groups]):
        for family in load_families(con, part, book):
            yield family, next(units)


def _blanks(con: duckdb.DuckDBPyConnection, family: Family) -> dict[int, set[int]]:
    listed = ", ".join(map(str, family.numbers))
    rows = con.execute(f"SELECT uy, list(key) FROM rec_blanks WHERE uy IN ({listed}) GROUP BY uy")
    return {uy: set(keys) for uy, keys in rows.fetchall()}


def _unsettled(con: duckdb.DuckDBPyConnection, family: Family) -> np.ndarray:
    """Codes of what fails and has only withdrawn suggestions."""
    listed = ", ".join(map(str, family.numbers))
    rows = con.execute(f"""
        SELECT s.uy, s.inst FROM rec_suspects s JOIN rec_withdrawn w USING (uy, key)
        WHERE s.chosen AND s.uy IN ({listed})
        UNION SELECT b.uy, b.inst FROM rec_blamed b JOIN rec_withdrawn w
        ON w.uy = b.owner AND w.key = b.key WHERE b.uy IN ({listed})""").fetchnumpy()
    targets = np.array([family.numbers[int(u)] for u in rows["uy"]], np.int64)
    return np.unique(family.code(targets, np.asarray(rows["inst"], np.int64)))


def settle(family: Family, units: list[int], rows: np.ndarray) -> dict[Cell, int] | None:
    """The smallest set of cells of these units and years that makes the failing instances (codes)
    hold and breaks none; None where there is no such set. Raises TooLarge.
    """
    problem, weights = Problem(), Weights(family)
    for _ in range(ROUNDS):
        for code in rows:
            _add_row(problem, family, int(code), units, weights)
        if len(problem.rows) > MOST_ROWS or len(problem.weights) > MOST_VARIABLES:
            raise TooLarge
        solution = solve(problem)
        if problem.hopeless:
            raise TooLarge
        if not solution:
            return None
        effect = family.effect(changes_of(family, solution))
        rows = np.setdiff1d(effect.broken_codes, np.array(list(problem.rows), np.int64))
        if not len(rows):
            return solution
    raise TooLarge


def _as_printed(family: Family, solution: dict[Cell, int]) -> dict[Cell, int]:
    """The same cells with steps that make every formula hold exactly, where there are such: within
    rounding many amounts would do, and the solver gives the outermost. Else amounts of as many
    digits as the cells print, if these settle as much.
    """
    problem = Problem(dict.fromkeys(solution, 1.0))
    before = family.effect(changes_of(family, solution))
    for cell in solution:
        amount = family.holding(cell[0]).get(cell[1], EMPTY).amt
        problem.least[cell] = float(-amount) if amount >= 0 else -INFINITE
    for code in before.mended:
        _add_exact(problem, family, int(code))
    for better in (solve(problem), _rounded(family, solution)):
        if better and better.keys() <= solution.keys():
            effect = family.effect(changes_of(family, better))
            if len(effect.mended) >= len(before.mended) and effect.broken <= before.broken:
                return better
    return solution


def _add_exact(problem: Problem, family: Family, code: int) -> None:
    """An equality by the steps of the problem's own cells, to hold without a tolerance."""
    target, inst = code >> INST_BITS, code & ((1 << INST_BITS) - 1)
    kind = inst >> 32
    if str(family.checks["cmp"][kind]) != "=" or bool(family.checks["rich"][kind]):
        return
    terms: dict[Cell, int] = {}
    for cell, side, coef in family.cells_of(target, inst):
        if side < 2 and cell in problem.weights:
            terms[cell] = terms.get(cell, 0) + coef
    sums = family.sums.at(family.codes, np.array([code]))
    off = -float(sums.total[0, 0] + sums.total[0, 1])
    problem.rows[code] = (terms, off, off)


def _rounded(family: Family, solution: dict[Cell, int]) -> dict[Cell, int]:
    """The steps to the nearest amounts that the cells can print."""
    found = {}
    for (uy, key), step in solution.items():
        held = family.holding(uy).get(key, EMPTY)
        digit = max(1, 2 * held.half)
        found[(uy, key)] = round((held.amt + step) / digit) * digit - held.amt
    return found


def changes_of(family: Family, solution: dict[Cell, int]) -> Changes:
    uys = np.array([uy for uy, _ in solution])
    keys = np.array([key for _, key in solution], np.uint64)
    held = [family.holding(uy).get(key, EMPTY) for uy, key in solution]
    amounts = np.array([h.amt + d for h, d in zip(held, solution.values(), strict=True)], np.int64)
    changes = Changes.of(uys, keys, amounts)
    changes.half[:] = [h.half for h in held]
    return changes


def _add_row(
    problem: Problem, family: Family, code: int, units: list[int], weights: Weights
) -> None:
    """A formula by the steps of its cells; cells of other units and years stay as they are."""
    target, inst = code >> INST_BITS, code & ((1 << INST_BITS) - 1)
    kind = inst >> 32
    cmp = str(family.checks["cmp"][kind])
    if cmp not in ("=", "<=", ">="):
        return
    terms: dict[Cell, int] = {}
    for cell, side, coef in family.cells_of(target, inst):
        if side < 2 and cell[0] in units:
            terms[cell] = terms.get(cell, 0) + coef
    if not terms:
        return
    problem.rows[code] = (terms, *_bounds(family, code, cmp, bool(family.checks["rich"][kind])))
    for cell in terms:
        if cell not in problem.weights:
            problem.weights[cell] = weights.of(cell)
            amount = family.holding(cell[0]).get(cell[1], EMPTY).amt
            problem.least[cell] = float(-amount) if amount >= 0 else -INFINITE


def _bounds(family: Family, code: int, cmp: str, slack: bool) -> tuple[float, float]:
    """Between which bounds the steps of the cells must add up."""
    sums = family.sums.at(family.codes, np.array([code]))
    off = float(sums.total[0, 0] + sums.total[0, 1])
    width = float(sums.width[0, :2].sum())
    allowed = float(sums.total[0, SIDES - 1]) if slack else 0.0
    low, high = min(0.0, allowed) - width - off, max(0.0, allowed) + width - off
    if cmp == "<=":
        return -INFINITE, high
    return (low, INFINITE) if cmp == ">=" else (low, high)


def _helps(family: Family, solution: dict[Cell, int]) -> bool:
    changes = changes_of(family, solution)
    effect = family.effect(changes)
    mends = len(effect.mended) > 0 and effect.broken == 0
    # Tables of nothing satisfy every sum: a set that empties most of its cells is no advice.
    empties = 2 * int((changes.amt == 0).sum()) > len(solution)
    return mends and len(solution) > 1 and not empties


def _ranks(family: Family, solution: dict[Cell, int]) -> list[int]:
    """Cells of which something fails come first, one of each table before the others of it, so
    that whoever sees the first few of a set sees which tables it runs through.
    """
    order = {form: number for number, form in enumerate(forms())}

    def place(cell: Cell) -> tuple:
        uy, key = cell
        form, block, row, column = family.keys[key]
        fails = len(family.failing_with(np.array([uy]), np.array([key], np.uint64))) > 0
        return uy in family.parents, not fails, order[form], block, row != "合计", row, column

    places = {cell: place(cell) for cell in solution}
    seen: dict[tuple, int] = {}
    turns = {}
    for cell in sorted(solution, key=places.__getitem__):
        table = places[cell][:3]
        seen[table] = seen.get(table, 0) + 1
        turns[cell] = seen[table]
    ordered = sorted(solution, key=lambda c: (*places[c][:2], turns[c], *places[c][2:]))
    ranks = {cell: rank for rank, cell in enumerate(ordered, 1)}
    return [ranks[cell] for cell in solution]


def _write(con: duckdb.DuckDBPyConnection, family: Family, solution: dict[Cell, int]) -> None:
    """The set takes the place of all suspects of the instances it settles."""
    changes = changes_of(family, solution)
    mended = family.effect(changes).mended
    members = np.array(sorted(family.numbers, key=family.numbers.__getitem__), np.int32)
    number = con.execute('SELECT coalesce(max("set"), 0) + 1 FROM rec_sets').fetchall()[0][0]
    cells = pa.table(
        {
            "uy": pa.array([uy for uy, _ in solution], pa.int32()),
            "key": pa.array([key for _, key in solution], pa.uint64()),
            "amt": pa.array(changes.amt, pa.int64()),
            "delta": pa.array(list(solution.values()), pa.int64()),
            "rank": pa.array(_ranks(family, solution), pa.int32()),
        }
    )
    settled = pa.table(
        {"uy": members[mended >> INST_BITS], "inst": mended & ((1 << INST_BITS) - 1)}
    )
    con.register("rec_set_cells", cells)
    con.register("rec_set_settled", settled)
    con.execute(f"""
        INSERT INTO rec_sets SELECT uy, key, {number}, delta FROM rec_set_cells;
        DELETE FROM rec_suspects WHERE (uy, inst) IN (SELECT (uy, inst) FROM rec_set_settled);
        DELETE FROM rec_blamed WHERE (uy, inst) IN (SELECT (uy, inst) FROM rec_set_settled);
        INSERT INTO rec_suspects
        SELECT s.uy, s.inst, c.key, c.rank, c.amt, true
        FROM rec_set_settled s JOIN rec_set_cells c ON c.uy = s.uy""")
    con.unregister("rec_set_cells")
    con.unregister("rec_set_settled")
