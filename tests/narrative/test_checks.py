"""Every check declares what it may report, and its own examples show it."""

from __future__ import annotations

import pytest

from pipelines.narrative.case import catalogue
from pipelines.narrative.check import check_narrative
from pipelines.narrative.checks import CHECKS
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.read import read_text

TOLD = [c for c in CHECKS if c.wrong]


def rules_of(text: str) -> set[str]:
    return {o.rule_id for o in check_narrative(read_text(text), file="说明.txt").observations}


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_a_check_reports_known_rules_only(check: Check) -> None:
    assert check.rules and set(check.rules) <= set(catalogue())
    assert check.title and check.message


@pytest.mark.parametrize("check", TOLD, ids=lambda c: c.name)
def test_the_wrong_example_fails(check: Check) -> None:
    assert rules_of(check.wrong) & set(check.rules)


@pytest.mark.parametrize("check", TOLD, ids=lambda c: c.name)
def test_the_right_example_holds(check: Check) -> None:
    assert not rules_of(check.right) & set(check.rules)


def test_every_rule_is_in_some_check() -> None:
    assert {rule for check in CHECKS for rule in check.rules} == set(catalogue())
