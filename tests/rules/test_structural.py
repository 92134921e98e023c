"""Checks of files, sheets and cells are declared: what they say, with an example."""

from __future__ import annotations

from string import Formatter

import pytest

from schemas.structural import say, structural_rules, usual_severity

DECLARED = [rule for rule in structural_rules().values() if rule.template]


@pytest.mark.parametrize("rule", DECLARED, ids=lambda rule: rule.id)
def test_the_example_fills_the_template_and_begins_with_what_to_do(rule) -> None:
    parts = {name for _, name, _, _ in Formatter().parse(rule.template) if name}
    assert parts == set(rule.example)
    said = say(rule.id, **rule.example)
    assert said.startswith("请") and len(said) <= 80 and "{" not in said


def test_most_cell_checks_are_declared() -> None:
    assert {"S-TEXT", "S-RANGE", "S-PRECISION", "S-ERROR", "S-UNCACHED", "S-MISSING"} <= {
        rule.id for rule in DECLARED
    }
    assert usual_severity("S-PRECISION") == "review" and usual_severity("S-TEXT") == "error"


def test_a_part_that_nobody_gives_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        say("S-TEXT", raw="一")
