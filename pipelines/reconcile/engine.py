"""The rules over all units and years, slice by slice: compile once, then one join and one GROUP BY
per slice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

import duckdb
import numpy as np

from pipelines.reconcile.advice.applied import withdraw_harmful
from pipelines.reconcile.advice.blank_cells import add_blank_cells
from pipelines.reconcile.advice.sets import propose_sets
from pipelines.reconcile.blanks import name_blank_cells
from pipelines.reconcile.codes import find_mistyped
from pipelines.reconcile.evaluable import Gatekeeper
from pipelines.reconcile.findings import create_tables, load_subjects, write_findings
from pipelines.reconcile.held import note_reach
from pipelines.reconcile.hypotheses.stage import find_hypotheses, put_back
from pipelines.reconcile.moved_digits import forgive
from pipelines.reconcile.operand_cells import load_operands, prune
from pipelines.reconcile.queries import apply_queries
from pipelines.reconcile.results import (
    Results,
    create_results,
    write_formula_results,
    write_observed_results,
    write_rules,
)
from pipelines.reconcile.submissions import World, load_world
from pipelines.reconcile.sums import judge, load_cells, load_checks, spread_cells
from pipelines.reconcile.suspects import find_suspects
from pipelines.reconcile.terms import Compiler, Plan, plan_of
from schemas.observation import Observation
from schemas.rulebook import Rulebook

FACTS_PER_SLICE = 500_000  # what a slice holds in memory grows with it
UNITS_PER_SLICE = 4_000  # unit-years, so that gates (a byte each a check) stay small
KEYS = "SELECT DISTINCT form, block, row_key, col_key FROM {}"


def reconcile(
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    observations: Sequence[Observation] = (),
    years: set[int] | None = None,
    *,
    facts_per_slice: int = FACTS_PER_SLICE,
) -> None:
    """Every rule over every unit and year (of ``years``, where given).

    Needs the tables facts, sheets, lines, layouts, units and submissions, and uses prior_facts
    where it exists. Makes rules, check_results, raw_findings and raw_cells. A rule that fails
    itself is ``broken``; others run.
    """
    create_tables(con)
    create_results(con)
    write_rules(con, book)
    world = load_world(con, book.forms)
    plan = compile_book(con, book)
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
            _slice(con, book, plan, world, uys, targets, observations)
    note_reach(con, plan)
    _others(con, book, world, np.flatnonzero(chosen), observations, years)
    _clean(con)


def compile_book(con: duckdb.DuckDBPyConnection, book: Rulebook) -> Plan:
    """The formulas as terms over the keys that occur, in temporary tables of the connection."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE rec_keys AS {KEYS.format('rec_facts')} UNION"
        f" {KEYS.format('rec_prior')}"
    )
    plan = plan_of(book)
    con.execute(published_macro(plan.published))
    Compiler(con, book.forms).run(plan)
    load_checks(con, plan)
    load_subjects(con, plan, book.forms)
    return plan


def published_macro(forms: Collection[str]) -> str:
    """``rec_published(form)``: whether a form is one that goes to the public."""
    listed = ", ".join(f"'{form}'" for form in sorted(forms)) or "''"
    return f"CREATE OR REPLACE TEMP MACRO rec_published(form) AS form IN ({listed})"


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
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    plan: Plan,
    world: World,
    uys: np.ndarray,
    targets: np.ndarray,
    observations: Sequence[Observation],
) -> None:
    keeper = Gatekeeper(world, book.forms, targets)
    gate = keeper.gate(plan)
    load_cells(con, world, uys, book.forms)
    spread_cells(con, targets, keeper.before, keeper.children)
    evaluated, bad = judge(con, plan, gate, targets)
    position = {int(u): i for i, u in enumerate(targets)}
    if con.execute("SELECT count(*) FROM rec_failed").fetchall()[0][0]:
        load_operands(con)
        for drop in (prune, lambda c: forgive(c, plan)):
            _take_back(drop, con, position, evaluated)
        find_suspects(con, plan.own)
        if _take_back(lambda c: forgive(c, plan, corrected=True), con, position, evaluated):
            find_suspects(con, plan.own)
        find_mistyped(con)
        if find_hypotheses(con, plan.own, observations):
            find_suspects(con, plan.own)
            find_mistyped(con)
        add_blank_cells(con, plan, book.forms)
        withdraw_harmful(con, plan.own)
        propose_sets(con, plan.own)
        put_back(con)
        name_blank_cells(con)
        write_findings(con)
    failed = np.zeros_like(evaluated)
    for uy, chk, n in con.execute(
        "SELECT uy, chk, count(*) FROM rec_failed GROUP BY uy, chk"
    ).fetchall():
        failed[position[uy], chk] = n
    write_formula_results(con, book, plan, gate, Results(targets, world), evaluated, bad, failed)


def _take_back(
    drop: Callable, con: duckdb.DuckDBPyConnection, position: dict[int, int], evaluated: np.ndarray
) -> bool:
    """Whether any instance was taken out of the failing ones; those that do not hold either were
    not evaluated.
    """
    dropped = drop(con)
    for uy, chk, n, holds in dropped:
        if not holds:
            evaluated[position[uy], chk] -= n
    return bool(dropped)


def _others(
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    world: World,
    targets: np.ndarray,
    observations: Sequence[Observation],
    years: set[int] | None,
) -> None:
    """The rules that are queries or were found by other stages."""
    queries = [r for r in book.rules.values() if r.kind == "query" and not r.broken]
    counts, broken = apply_queries(con, queries, world, years)
    for observation in observations:
        place = (observation.unit_code or observation.unit_name or "", observation.year or 0)
        if place in world.index:
            counts.setdefault(observation.rule_id, {})
            counts[observation.rule_id][world.index[place]] = (
                counts[observation.rule_id].get(world.index[place], 0) + 1
            )
    lines = Counter(
        dict(
            con.execute("""SELECT u.uy, count(*) FROM lines l
        JOIN rec_uy u ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
            GROUP BY u.uy""").fetchall()
        )
    )
    examined = np.array([lines[int(u)] for u in targets], int)
    for size, kinds in ((examined, ("observed",)), (np.ones(len(targets), int), ("query",))):
        rules = [r for r in book.rules.values() if r.kind in kinds]
        write_observed_results(con, rules, targets, Results(targets, world), counts, size, broken)


def _clean(con: duckdb.DuckDBPyConnection) -> None:
    names = con.execute(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_name LIKE"
        " 'rec\\_%' ESCAPE '\\'"
    ).fetchall()
    for name, kind in names:
        con.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} IF EXISTS {name}")
