"""Severities of an organisation's own rules: one that replaces a shipped rule says how grave its
findings are.

For every rule whose findings another stage observes: S- (files, sheets, cells), N- (narratives),
those of performance material, and the rules of codes and names. What does not belong here: which
rules there are (``schemas/rulebook.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from schemas.observation import Observation
from schemas.rulemodel import Rule

ORDER = ("error", "review", "hint")


def as_ruled(observations: Iterable[Observation], rules: Mapping[str, Rule]) -> list[Observation]:
    """The observations with the severities of the rule book.

    What a check reports more mildly than its rule (a last digit, a doubled word) stays mild, and is
    never graver than the rule.
    """
    return [_ruled(o, rules.get(o.rule_id)) for o in observations]


def _ruled(observation: Observation, rule: Rule | None) -> Observation:
    if rule is None or not rule.replaced_severity or rule.severity == rule.replaced_severity:
        return observation
    usual = observation.severity == rule.replaced_severity
    graver = ORDER.index(rule.severity) > ORDER.index(observation.severity or "error")
    return replace(observation, severity=rule.severity) if usual or graver else observation
