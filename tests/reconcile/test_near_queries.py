"""Queries over few facts say what they say over copies in a database of their own."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.reconcile import nearqueries, queries, reconcile
from pipelines.reconcile.nearqueries import Near
from schemas.rulemodel import Rule
from tests.reconcile.worlds import Case, only
from tests.shipped import shipped_book

SHIPPED = [r for r in shipped_book().rules.values() if r.kind == "query"]
CARS = ("F03", "", "公务用车购置数", "全年统计数")


def told(case: Case) -> list[list[tuple]]:
    with case.load() as con:
        reconcile(con, only(*(rule.id for rule in SHIPPED)))
        tables = ("check_results", "raw_findings", "raw_cells")
        return [con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in tables]


@pytest.mark.parametrize("cars", [None, 150])
def test_both_ways_say_the_same(cars: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case().unit("101", last=2020)
    facts = {CARS: cars} if cars else {("Z01", "收入", "总计", "决算数"): 100}
    near = told(case.add(facts, code="101"))
    monkeypatch.setattr(queries, "few_facts", lambda con: False)
    assert told(case) == near
    found = str(near[1])
    assert ("应为整数" in found) == bool(cars) and "名册" in found


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_nothing_comes_to_nothing(rule: Rule) -> None:
    """So that the shipped ones need not be asked; one's own may count what is not there."""
    with Case().load() as con:
        near = Near(con)
        given = {name: near._given(rule, name) for name in nearqueries.named(rule)}
        answer = nearqueries.answer(nearqueries.query_of(rule, None), given)
        assert answer.num_rows == 0 and answer.schema.names == nearqueries.NOTHING.schema.names
        assert near.run(rule) is nearqueries.NOTHING
        counts = "SELECT 'a' AS unit_code, NULL AS unit_name, 2023 AS year, count(*)::VARCHAR"
        counts += " AS subject, '' AS message, NULL AS file, NULL AS sheet, NULL AS cell FROM units"
        own = rule.model_copy(update={"sql": counts, "source": "own.yml"})
        assert near.run(own)["subject"].to_pylist() == ["0"]


def test_no_file_can_be_read() -> None:
    reading = SHIPPED[0].model_copy(update={"sql": f"SELECT * FROM read_text('{__file__}'), units"})
    with Case().unit("101").load() as con, pytest.raises(duckdb.PermissionException):
        Near(con).run(reading)
