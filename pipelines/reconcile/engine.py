"""The rules over all units and years, slice by slice: compile once, then one join and one GROUP BY
per slice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import duckdb
import numpy as np

from pipelines.database import few_facts, one_thread
from pipelines.reconcile import sequence as steps
from pipelines.reconcile.evaluable import Gatekeeper
from pipelines.reconcile.results import Results, write_formula_results, write_observed_results
from pipelines.reconcile.steps import Runner
from pipelines.reconcile.submissions import World
from pipelines.reconcile.terms import Plan, plan_of
from schemas.library import Form
from schemas.observation import Observation
from schemas.rulebook import Rulebook

FACTS_PER_SLICE = 500_000  # what a slice holds in memory grows with it
UNITS_PER_SLICE = 4_000  # unit-years, so that gates (a byte each a check) stay small
OBSERVED_AT_ONCE = 2_000  # unit-years: their outcomes of some 150 rules are 300,000 rows
Taken = tuple[int, int, int, bool]  # unit-year, check, instances, whether they hold


def reconcile(
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    observations: Sequence[Observation] = (),
    years: set[int] | None = None,
    *,
    facts_per_slice: int = FACTS_PER_SLICE,
    advise: bool = True,
) -> None:
    """Every rule over every unit and year (of ``years``, where given).

    Needs the tables facts, sheets, lines, layouts, units and submissions, and uses prior_facts
    where it exists. Makes rules, check_results, raw_findings and raw_cells. A rule that fails
    itself is ``broken``; others run. ``advise`` False where only outcomes are asked for: neither
    slips larger than a cell nor sets of cells are looked for.
    """
    with one_thread(con, when=few_facts(con)):
        _reconcile(con, book, observations, years, facts_per_slice, advise)


def _reconcile(
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    observations: Sequence[Observation],
    years: set[int] | None,
    facts_per_slice: int,
    advise: bool,
) -> None:
    runner = Runner(con)
    runner.run(steps.FINDINGS)
    runner.run(steps.RESULTS)
    runner.run(steps.RULES, book)
    world = runner.run(steps.WORLD, book.forms)
    plan = compile_book(runner, book)
    chosen = np.array(
        [
            not p and (years is None or int(y) in years)
            for p, y in zip(world.prior, world.year, strict=True)
        ],
        bool,
    )
    for uys in slices(world, facts_per_slice):
        targets = uys[chosen[uys]]
        if len(targets):
            _slice(runner, book, plan, world, uys, targets, observations, advise)
    runner.run(steps.REACH, plan, book.forms)
    _others(runner, book, world, np.flatnonzero(chosen), observations, years)
    runner.finish()


def compile_book(runner: Runner, book: Rulebook) -> Plan:
    """The formulas as terms over the keys that occur, in temporary tables of the connection."""
    plan = plan_of(book)
    runner.run(steps.KEYS)
    runner.run(steps.TERMS, plan, book.forms)
    runner.run(steps.CHECKS, plan, book.forms)
    runner.run(steps.SUBJECTS, plan, book.forms)
    return plan


def slices(world: World, most: int) -> Iterator[np.ndarray]:
    """Units and years, whole families (a department with all below it, all years) together, in the
    order of the facts.
    """
    families: dict[str, list[int]] = {}
    for uy, unit in enumerate(world.unit):
        families.setdefault(_root(world, unit), []).append(uy)
    part: list[int] = []
    size = 0
    for members in sorted(
        families.values(), key=lambda m: (min(int(world.lo[u]) for u in m), m[0])
    ):
        facts = sum(int(world.hi[u] - world.lo[u]) + 1 for u in members if world.hi[u] >= 0)
        if part and (size + facts > most or len(part) >= UNITS_PER_SLICE):
            yield np.array(part)
            part, size = [], 0
        part += members
        size += facts
    if part:
        yield np.array(part)


def _root(world: World, unit: str) -> str:
    seen = {unit}
    while (found := world.register.get(unit)) and found.parent and found.parent not in seen:
        unit = found.parent
        seen.add(unit)
    return unit


def _slice(
    runner: Runner,
    book: Rulebook,
    plan: Plan,
    world: World,
    uys: np.ndarray,
    targets: np.ndarray,
    observations: Sequence[Observation],
    advise: bool,
) -> None:
    keeper = Gatekeeper(world, book.forms, targets)
    gate = keeper.gate(plan)
    runner.run(steps.CELLS, world, uys, book.forms)
    runner.run(steps.SPREAD, targets, keeper.before, keeper.children)
    evaluated, bad = runner.run(steps.JUDGE, plan, gate, targets)
    position = {int(u): i for i, u in enumerate(targets)}
    if _failing(runner.con):
        _explain(
            runner,
            plan,
            book.forms,
            observations,
            lambda taken: _take(taken, position, evaluated),
            advise,
        )
    failed = np.zeros_like(evaluated)
    for uy, chk, n in runner.con.execute(
        "SELECT uy, chk, count(*) FROM rec_failed GROUP BY uy, chk"
    ).fetchall():
        failed[position[uy], chk] = n
    results = Results(targets, world)
    write_formula_results(runner.con, book, plan, gate, results, evaluated, bad, failed)


def _failing(con: duckdb.DuckDBPyConnection) -> int:
    return con.execute("SELECT count(*) FROM rec_failed").fetchall()[0][0]


def _explain(
    runner: Runner,
    plan: Plan,
    forms: dict[str, Form],
    observations: Sequence[Observation],
    take: Callable[[list[Taken]], bool],
    advise: bool,
) -> None:
    """From failing instances to findings: what does not count after all, which cells are suspected,
    whether one larger slip explains more, and what to say.
    """
    runner.run(steps.OPERANDS)
    take(runner.run(steps.PRUNE))
    take(runner.run(steps.FORGIVE, plan))
    runner.run(steps.SUSPECTS, plan.own)
    if take(runner.run(steps.FORGIVE_CORRECTED, plan)):
        runner.run(steps.SUSPECTS, plan.own)
    runner.run(steps.MISTYPED)
    told = runner.run(steps.HYPOTHESES, plan.own, observations, advise=advise)
    runner.run(steps.FORGIVE_TOLD, plan)
    if told:
        runner.run(steps.SUSPECTS, plan.own)
        runner.run(steps.MISTYPED)
    runner.run(steps.JOINT)
    runner.run(steps.FILLABLE, plan, forms)
    runner.run(steps.WITHDRAW, plan.own)
    runner.run(steps.SETS, plan.own, advise=advise)
    runner.run(steps.NOT_FILLED)
    runner.run(steps.PUT_BACK)
    runner.run(steps.BLANKS)
    runner.run(steps.WRITE)


def _take(taken: list[Taken], position: dict[int, int], evaluated: np.ndarray) -> bool:
    """Whether any instance was taken out of the failing ones; those that do not hold either were
    not evaluated.
    """
    for uy, chk, n, holds in taken:
        if not holds:
            evaluated[position[uy], chk] -= n
    return bool(taken)


def _others(
    runner: Runner,
    book: Rulebook,
    world: World,
    targets: np.ndarray,
    observations: Sequence[Observation],
    years: set[int] | None,
) -> None:
    """The rules that are queries or were found by other stages."""
    queries = [r for r in book.rules.values() if r.kind == "query" and not r.broken]
    con = runner.con
    counts, broken = runner.run(steps.QUERIES, queries, world, years)
    _count(counts, observations, world)
    lines = _lines(con)
    for first in range(0, len(targets), OBSERVED_AT_ONCE):
        some = targets[first : first + OBSERVED_AT_ONCE]
        examined = np.array([lines[int(u)] for u in some], int)
        for size, kind in ((examined, "observed"), (np.ones(len(some), int), "query")):
            rules = [r for r in book.rules.values() if r.kind == kind]
            results = Results(some, world)
            write_observed_results(con, rules, some, results, counts, size, broken)


def _count(
    counts: dict[str, dict[int, int]], observations: Sequence[Observation], world: World
) -> None:
    """Adds to the failures by rule and unit-year what other stages observed."""
    for observation in observations:
        place = (observation.unit_code or observation.unit_name or "", observation.year or 0)
        uy = world.index.get(place)
        if uy is not None:
            of_rule = counts.setdefault(observation.rule_id, {})
            of_rule[uy] = of_rule.get(uy, 0) + 1


def _lines(con: duckdb.DuckDBPyConnection) -> Counter[int]:
    """How many lines each unit-year has."""
    rows = con.execute("""SELECT u.uy, count(*) FROM lines l
        JOIN rec_uy u ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
            GROUP BY u.uy""").fetchall()
    return Counter(dict(rows))
