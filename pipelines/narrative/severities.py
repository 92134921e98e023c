"""Severities of an organisation's own N- rules: a rule that replaces a shipped one says how grave
its findings are.

What does not belong here: which rules there are (``schemas/rulebook.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from pipelines.narrative.case import catalogue
from schemas.observation import Observation

ORDER = ("error", "review", "hint")


class HasSeverity(Protocol):
    """A rule of the rule book."""

    @property
    def severity(self) -> str: ...


def as_ruled(
    observations: Iterable[Observation], rules: Mapping[str, HasSeverity]
) -> list[Observation]:
    """The observations with the severities of the rule book.

    What a check reports more mildly than its rule (a last digit, a doubled word) stays mild, and is
    never graver than the rule.
    """
    return [_ruled(o, rules) for o in observations]


def _ruled(observation: Observation, rules: Mapping[str, HasSeverity]) -> Observation:
    shipped = catalogue().get(observation.rule_id)
    rule = rules.get(observation.rule_id)
    if shipped is None or rule is None or rule.severity == shipped["severity"]:
        return observation
    usual = observation.severity == shipped["severity"]
    graver = ORDER.index(rule.severity) > ORDER.index(observation.severity or "error")
    return replace(observation, severity=rule.severity) if usual or graver else observation
