"""The four outcomes, for every rule and every unit and year."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.reconcile.evaluable import MISSING, Gate
from pipelines.reconcile.submissions import World
from pipelines.reconcile.terms import Plan
from schemas.frames import CHECK_RESULTS, RULES
from schemas.rulebook import Rulebook
from schemas.rulemodel import Rule

OUTCOMES = pa.array(["pass", "fail", "not_evaluated", "broken"])
PASS, FAIL, NOT_EVALUATED, BROKEN = range(4)
# Families whose stages write their own outcomes; where such a stage had nothing to read, this is
# why.
UNREAD = {"表文": "没有说明文字", "绩效": "没有绩效材料"}


def create_results(con: duckdb.DuckDBPyConnection) -> None:
    """An empty ``check_results``: a row for each rule, unit and year is added slice by slice."""
    con.register("rec_empty_results", CHECK_RESULTS.empty())
    con.execute("CREATE OR REPLACE TABLE check_results AS SELECT * FROM rec_empty_results")
    con.unregister("rec_empty_results")


def write_rules(con: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    """The ``rules`` dataset: what each rule of the book says, a row a rule."""
    rows = [
        {
            "rule_id": r.id,
            "title": r.title,
            "family": r.family,
            "severity": r.severity,
            "formula": r.formula,
            "basis": r.basis or None,
            "since": r.since,
            "until": r.until,
        }
        for r in sorted(book.rules.values(), key=lambda r: r.id)
    ]
    con.register("rec_rule_list", RULES.table(rows))
    con.execute("CREATE OR REPLACE TABLE rules AS SELECT * FROM rec_rule_list")
    con.unregister("rec_rule_list")


class Results:
    """Outcomes of one slice, gathered and written at once."""

    def __init__(self, targets: np.ndarray, world: World):
        self.here = world.present[targets].any(1)
        self.size = len(targets)
        self.who = [
            pa.array([world.code[u] for u in targets], pa.string()),
            pa.array([world.name[u] for u in targets], pa.string()),
            pa.array([int(world.year[u]) for u in targets], pa.int16()),
        ]
        self.rows: list[tuple] = []

    def add(
        self,
        rule: Rule,
        outcome: np.ndarray,
        reasons: list[str | None],
        done: np.ndarray,
        wrong: np.ndarray,
    ) -> None:
        self.rows.append((rule.id, outcome, reasons, done, wrong))

    def broken(self, rule: Rule, reason: str) -> None:
        nothing = np.zeros(self.size, int)
        self.add(rule, np.full(self.size, BROKEN), [reason] * self.size, nothing, nothing)

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        if self.rows:
            con.register("rec_result_list", self._table())
            con.execute("INSERT INTO check_results SELECT * FROM rec_result_list")
            con.unregister("rec_result_list")

    def _table(self) -> pa.Table:
        """All outcomes gathered, rule by rule, as one table."""
        rules, outcomes, reasons, done, wrong = zip(*self.rows, strict=True)
        many = len(rules)
        columns = [
            pa.array(rules, pa.string()).take(pa.array(np.repeat(np.arange(many), self.size))),
            *(pa.concat_arrays([column] * many) for column in self.who),
            OUTCOMES.take(pa.array(np.concatenate(outcomes))),
            pa.array([reason for of_rule in reasons for reason in of_rule], pa.string()),
            pa.array(np.concatenate(done), pa.int32()),
            pa.array(np.concatenate(wrong), pa.int32()),
        ]
        return pa.table(columns, names=CHECK_RESULTS.names)


def write_formula_results(
    con: duckdb.DuckDBPyConnection,
    book: Rulebook,
    plan: Plan,
    gate: Gate,
    results: Results,
    evaluated: np.ndarray,
    bad: np.ndarray,
    failed: np.ndarray,
) -> None:
    """Outcomes of the formula rules for one slice. The arrays are units × checks."""
    by_rule: dict[str, list[int]] = {}
    for number, check in enumerate(plan.checks[: plan.own]):
        by_rule.setdefault(check.rule.id, []).append(number)
    weights = np.array(gate.weights, np.int8)
    ranks = np.where(gate.state == 0, 99, weights[gate.state])
    for rule in book.rules.values():
        if rule.kind != "formula":
            continue
        reason = rule.broken or plan.broken.get(rule.id, "")
        if reason:
            results.broken(rule, reason)
            continue
        checks = by_rule.get(rule.id, [])
        done, wrong = evaluated[:, checks].sum(1), failed[:, checks].sum(1)
        outcome = np.where(wrong > 0, FAIL, np.where(done > 0, PASS, NOT_EVALUATED))
        first = _weightiest(gate.state[:, checks], ranks[:, checks])
        reasons = _reasons(gate, first, outcome, bad[:, checks].sum(1))
        results.add(rule, outcome, reasons, done, wrong)
    results.write(con)


def _weightiest(states: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Of the states of some checks, for each unit the one to tell."""
    if not states.shape[1]:
        return np.zeros(len(states), int)
    return np.asarray(states[np.arange(len(states)), ranks.argmin(1)])


def _reasons(
    gate: Gate, first: np.ndarray, outcome: np.ndarray, bad: np.ndarray
) -> list[str | None]:
    """Why nothing was evaluated; for a rule that was evaluated in part, which table was lacking."""
    texts: list[str | None] = []
    for at, code in enumerate(first):
        text = gate.reasons[code]
        if outcome[at] == NOT_EVALUATED:
            fallback = "有关单元格不是可用的数字" if bad[at] else "没有可核对的数据"
            texts.append(text or fallback)
        else:
            partly = code and gate.weights[code] == MISSING
            texts.append(f"{text}，部分公式未执行" if partly else None)
    return texts


def write_observed_results(
    con: duckdb.DuckDBPyConnection,
    rules: Iterable[Rule],
    targets: np.ndarray,
    results: Results,
    counts: dict[str, dict[int, int]],
    examined: np.ndarray,
    broken: dict[str, str],
) -> None:
    """Outcomes of rules that other stages or queries found.

    ``counts``: rule → unit-year → failures.
    """
    for rule in rules:
        reason = rule.broken or broken.get(rule.id, "")
        if reason:
            results.broken(rule, reason)
            continue
        found = counts.get(rule.id, {})
        wrong = np.array([found.get(int(u), 0) for u in targets], int)
        done = (
            wrong
            if rule.family in UNREAD
            else np.maximum(np.where(results.here, examined, 0), wrong)
        )
        outcome = np.where(wrong > 0, FAIL, np.where(done > 0, PASS, NOT_EVALUATED))
        why = UNREAD.get(rule.family, "未报送")
        results.add(
            rule, outcome, [why if o == NOT_EVALUATED else None for o in outcome], done, wrong
        )
    results.write(con)
