"""Reconciling is a list of declared steps: what runs is what stands there."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.noted import Noted
from pipelines.reconcile.sequence import JUDGE, STEPS
from pipelines.reconcile.step_pages import out_of_order, page
from pipelines.reconcile.steps import Runner, Step, StepError
from tests.reconcile.test_sample import sample
from tests.shipped import shipped_book

EVERY_PAIR = "Blockwise Nl Join"
NAMES = re.compile(r"\b(rec_\w+|raw_\w+)\b")
DEPENDS = {
    "apply_queries",
    "find_hypotheses",
    "find_mistyped",
    "find_suspects",
    "forgive",
    "forgive_corrected",
    "forgive_told",
    "name_blank_cells",
    "propose_sets",
    "prune",
}
PAGE = Path(__file__).parents[2] / "docs" / "reconcile.md"


class Recorded:
    """A connection that keeps what it is asked, and how each query would be worked out."""

    def __init__(self, con: duckdb.DuckDBPyConnection, plans: list[str]) -> None:
        self.con, self.asked, self.plans = con, [""], plans

    def execute(self, query: str, *given: object) -> object:
        self.asked.append(query)
        if given:
            return self.con.execute(query, *given)
        *first, last = duckdb.extract_statements(query)
        for statement in first:
            self._keep_plan(statement.query)
            self.con.execute(statement.query).fetchall()
        self._keep_plan(last.query)
        return self.con.execute(last.query)

    def _keep_plan(self, query: str) -> None:
        with suppress(duckdb.Error):  # what has no plan: a macro, a table that is dropped
            self.plans.append(str(self.con.execute(f"EXPLAIN {query}").fetchall()))

    def __getattr__(self, name: str) -> object:
        return getattr(self.con, name)


@pytest.fixture(scope="module")
def plans() -> list[str]:
    return []


@pytest.fixture(scope="module")
def noted() -> dict[str, tuple[dict, dict]]:
    """What the runner has noted of tables after each step, and what the catalogue says."""
    return {}


@pytest.fixture(scope="module")
def asked(plans: list[str], noted: dict[str, tuple[dict, dict]]) -> dict[str, set[str]]:
    """The names of tables in the SQL of each step, over two departments with spoiled amounts."""
    case, _ = sample(2, 2, seed=3)
    for number, fact in enumerate(case.rows["facts"]):
        if fact["amount"] and number % 300 == 0:
            fact["amount"] += number
    found: dict[str, set[str]] = defaultdict(set)
    run = Runner.run

    def recorded(self: Runner, step: Step, *given: object, **named: object) -> object:
        seen = Recorded(self.con, plans)
        kept = Step(
            lambda _, *g, **n: step.run(seen, *g, **n), step.reads, step.makes, step.changes
        )
        result = run(self, kept, *given, **named)
        found[step.name] |= set(NAMES.findall("\n".join(seen.asked)))
        noted[step.name] = dict(self.noted.there), self.noted.looked_up()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runner, "run", recorded)
        con = case.load()
        reconcile(con, shipped_book())
    noted["the end"] = {}, {n: k for n, k in Noted(con).there.items() if n.startswith("rec_")}
    return found


def test_every_step_runs(asked: dict[str, set[str]]) -> None:
    assert set(asked) == {step.name for step in STEPS}


def test_after_every_step_the_runner_knows_what_is_there(
    asked: dict[str, set[str]], noted: dict[str, tuple[dict, dict]]
) -> None:
    assert set(noted) == {*asked, "the end"}  # when all that was made on the way is gone
    for step, (known, there) in noted.items():
        assert known == there, step


def test_what_is_declared_is_asked_for(asked: dict[str, set[str]]) -> None:
    """Of steps that always ask for the same: others look at fewer tables where little is wrong."""
    for step in (s for s in STEPS if s.name not in DEPENDS):
        declared = {name for name in (*step.needed, *step.made) if NAMES.fullmatch(name)}
        assert declared <= asked[step.name], step.name


def test_no_step_tries_every_pair(asked: dict[str, set[str]], plans: list[str]) -> None:
    """A join over an expression of both sides grows with the square of the units."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE a (x INTEGER); CREATE TABLE b (y INTEGER)")
        seen = Recorded(con, bad := [])
        seen.execute("CREATE TABLE c AS SELECT * FROM a JOIN b ON xor(x, y) = 3")
    assert EVERY_PAIR in bad[0]
    assert len(plans) > 100
    assert [plan for plan in plans if EVERY_PAIR in plan] == []


def test_no_step_wants_a_table_before_it_is_made() -> None:
    assert out_of_order(STEPS) == []
    assert "judge: rec_plain" in out_of_order(STEPS[STEPS.index(JUDGE) :])


def test_no_step_asks_for_what_another_made_without_saying_so(asked: dict[str, set[str]]) -> None:
    made = {name: step.name for step in STEPS for name in step.made}
    for step in STEPS:
        others = {name for name in asked[step.name] if made.get(name, step.name) != step.name}
        assert others <= set(step.needed), step.name


def test_a_lacking_table_stops_the_step() -> None:
    with duckdb.connect() as con, pytest.raises(StepError, match="reads rec_a: not there"):
        Runner(con).run(Step(lambda con: None, reads="facts rec_a"))
    with duckdb.connect() as con, pytest.raises(StepError, match="makes rec_b: not there"):
        Runner(con).run(Step(lambda con: None, makes="rec_b"))


def test_what_a_step_did_not_declare_is_gone() -> None:
    def work(con: duckdb.DuckDBPyConnection) -> int:
        con.execute("CREATE TEMP TABLE rec_told AS SELECT 1 AS a")
        con.execute("CREATE TEMP TABLE rec_own AS SELECT 2 AS a")
        con.execute("CREATE TEMP VIEW rec_seen AS SELECT 3 AS a")
        return 7

    with duckdb.connect() as con:
        runner = Runner(con)
        assert runner.run(Step(work, makes="rec_told")) == 7
        assert con.execute("FROM rec_told").fetchall() == [(1,)]
        for name in ("rec_own", "rec_seen"):
            with pytest.raises(duckdb.CatalogException):
                con.execute(f"FROM {name}")
        runner.finish()
        with pytest.raises(duckdb.CatalogException):
            con.execute("FROM rec_told")


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page()
