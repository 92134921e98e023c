"""Checks of files, sheets and cells (S-) as they are declared: what each says, and how grave it is.

The entries are those of ``schemas/rules/structural.yml``: ``template`` with named parts, and an
``example`` of them. What does not belong here: who finds them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from schemas.rulebook import RULES_DIR, read_rules
from schemas.rulemodel import Rule


@cache
def structural_rules() -> dict[str, Rule]:
    """The shipped S- rules by id."""
    return {rule.id: rule for rule in read_rules(RULES_DIR / "structural.yml")}


def say(rule_id: str, **parts: Any) -> str:
    """The message of a finding: the rule's template, filled. Raises KeyError for a part that the
    template names and nobody gives.
    """
    return structural_rules()[rule_id].template.format_map(parts)


def usual_severity(rule_id: str) -> str:
    """How grave a finding of the shipped rule is; one's own rule of that id may say otherwise."""
    return structural_rules()[rule_id].severity
