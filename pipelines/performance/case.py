"""One unit's performance material of a year under examination: what was found, what was checked.

What does not belong here: any rule.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pipelines.casebook import cents, note
from pipelines.narrative.case import CheckOutcome
from pipelines.narrative.lookup import Fact, FactLookup
from pipelines.performance.matching import Matched, match_all
from pipelines.performance.pack import Entry, Pack
from schemas.observation import Observation, Place
from schemas.yamlfile import read_yaml

RULES = Path(__file__).parents[2] / "schemas" / "rules" / "performance.yml"


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The E- rules of ``schemas/rules/performance.yml``, by id."""
    return {rule["id"]: rule for rule in read_yaml(RULES)["rules"]}


@dataclass(slots=True, frozen=True)
class PerformanceResult:
    observations: list[Observation]
    checks: list[CheckOutcome]


@dataclass
class Case:
    """``facts``: the unit's 财决 tables, or None.

    ``manual``: what ``performance.yml`` says. ``scheme``: how 附件1 is scored.
    """

    pack: Pack
    facts: FactLookup | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    year: int | None = None
    manual: dict[str, Any] = field(default_factory=dict)
    scheme: Any = None
    observations: list[Observation] = field(default_factory=list)
    instances: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    subjects: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    settled: set[tuple[str, str]] = field(default_factory=set)

    @cached_property
    def matched(self) -> Matched:
        """Projects and their indicators, over all tables."""
        return match_all(self.pack)

    def count(self, rule: str, number: int = 1) -> None:
        """Notes instances of a rule that were checked."""
        self.instances[rule] += number

    def lack(self, rule: str, reason: str) -> None:
        """Notes why a rule (or a part of it) could not be evaluated; the first reason is kept."""
        self.reasons.setdefault(rule, reason)

    def fail(
        self,
        rule: str,
        subject: str,
        message: str,
        left: list[Entry] | Entry,
        right: list[Entry] | Entry = (),  # type: ignore[assignment]
        *,
        facts: list[Fact] | None = None,
        severity: str | None = None,
        difference: Fraction | None = None,
    ) -> None:
        """Notes an instance that fails (``casebook.note``)."""
        level = severity or catalogue()[rule]["severity"]
        places = _places(left, right, facts or [])
        money = any(place.amount is not None for place in places)
        note(self, rule, subject, message, level, places, difference if money else None)

    def settle(self, what: str, entry: Entry) -> None:
        """Marks a cell as found wrong already, so that no other rule reports the same cause."""
        if entry.spot is not None:
            self.settled.add((what, f"{entry.file}!{entry.spot.sheet}!{entry.spot.cell}"))

    def is_settled(self, what: str, *entries: Entry) -> bool:
        keys = {
            (what, f"{e.file}!{e.spot.sheet}!{e.spot.cell}") for e in entries if e.spot is not None
        }
        return bool(keys & self.settled)

    def result(self) -> PerformanceResult:
        """One outcome for each rule of the catalogue."""
        outcomes = []
        for rule in catalogue():
            failed = self.failures[rule]
            instances = max(self.instances[rule], failed)
            if instances:
                outcome = "fail" if failed else "pass"
                outcomes.append(CheckOutcome(rule, outcome, "", instances, failed))
            else:
                reason = self.reasons.get(rule, "绩效材料中没有该规则核对的内容")
                outcomes.append(CheckOutcome(rule, "not_evaluated", reason, 0, 0))
        return PerformanceResult(self.observations, outcomes)


def _places(left: Any, right: Any, facts: list[Fact]) -> tuple[Place, ...]:
    found: list[Place] = []
    for role, entries in (("left", left), ("right", right)):
        listed = [entries] if isinstance(entries, Entry) else list(entries)
        for entry in listed:
            if entry.spot is not None:
                found.append(_place(role, entry))
    found += [Place("right", f.file, f.sheet, f.cell, f.amount) for f in facts]
    return tuple(dict.fromkeys(found))


def _place(role: str, entry: Entry) -> Place:
    spot = entry.spot
    assert spot is not None
    # Everywhere amounts of a finding are shown in 元: counts, points and rates are in its words.
    amount = cents(entry.value.number) if entry.value.unit == "元" else None
    return Place(role, entry.file, spot.sheet, spot.cell, amount, quote=spot.quote)
