"""What the runner notes of tables is what the catalogue says."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.noted import Noted
from pipelines.reconcile.steps import Runner, Step
from tests.reconcile.worlds import sample
from tests.shipped import shipped_book


def test_tables_and_views_are_noted_as_they_come_and_go() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE rec_before AS SELECT 1 AS a")
        noted = Noted(con)
        noted.execute(
            """
            -- CREATE TEMP TABLE rec_said is only said
            CREATE OR REPLACE TEMP TABLE rec_a AS SELECT 'DROP TABLE rec_b' AS a;
            CREATE TEMP TABLE rec_b AS FROM rec_a; -- and one more
            CREATE OR REPLACE TEMP VIEW rec_c AS SELECT ?::INTEGER AS a;
            DROP TABLE rec_b""".replace("?::INTEGER", "3")
        )
        noted.execute("EXPLAIN CREATE TEMP TABLE rec_d AS SELECT 1")
        noted.register("rec_given", pa.table({"a": [1]}))
        there = {"rec_before": "TABLE", "rec_a": "TABLE", "rec_c": "VIEW", "rec_given": "VIEW"}
        assert noted.there == noted.looked_up() == there
        noted.unregister("rec_given")
        assert "rec_given" not in noted.there
        assert noted.sql("FROM rec_c").fetchall() == [(3,)]


def test_a_statement_that_fails_makes_nothing() -> None:
    with duckdb.connect() as con:
        noted = Noted(con)
        with pytest.raises(duckdb.Error):
            noted.execute("CREATE TEMP TABLE rec_a AS SELECT 1 // 'x' AS a")
        assert noted.there == {}


def test_after_every_step_the_runner_knows_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = sample(2, 2, seed=3)
    for number, fact in enumerate(case.rows["facts"]):
        if fact["amount"] and number % 300 == 0:
            fact["amount"] += number
    steps, run = [], Runner.run

    def looked(self: Runner, step: Step, *given: object, **named: object) -> object:
        result = run(self, step, *given, **named)
        assert self.noted.there == self.noted.looked_up(), step.name
        steps.append(step.name)
        return result

    monkeypatch.setattr(Runner, "run", looked)
    con = case.load()
    reconcile(con, shipped_book())
    assert "write_findings" in steps
    assert [name for name in Noted(con).there if name.startswith("rec_")] == []
