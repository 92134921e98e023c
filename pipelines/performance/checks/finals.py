"""A printed amount against the 财决 tables of the same unit and year."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipelines.narrative.lookup import Fact
from pipelines.narrative.vocabulary import Address
from pipelines.performance.arithmetic import sum_of, wan
from pipelines.performance.case import Case
from pipelines.performance.pack import Entry


def against_finals(
    case: Case,
    rule: str,
    subject: str,
    what: str,
    entries: Sequence[Entry],
    addresses: Sequence[Address],
    severity: str | None = None,
) -> None:
    """One printed amount (or the sum of several) that must be one of these: reports are of all
    money or of fiscal money alone, so either may be meant. Nothing is said where a form of them is
    missing, or where a cell is found wrong already.
    """
    numbers = [e for e in entries if e.number]
    if not numbers or case.is_settled(rule, *numbers):
        return
    facts = _facts(case, addresses)
    if len(facts) < len(addresses):
        return
    case.count(rule)
    printed = sum_of(numbers)
    if any(printed.low <= fact.amount <= printed.high for fact in facts):
        return
    gap = printed.middle - Fraction(facts[0].amount)
    said = "、".join(dict.fromkeys(f"{f.where} {wan(Fraction(f.amount))}" for f in facts))
    message = f"{what} {wan(printed.middle)}，{said}，相差 {wan(gap)}"
    case.fail(rule, subject, message, numbers, facts=facts, severity=severity, difference=gap)


def _facts(case: Case, addresses: Sequence[Address]) -> list[Fact]:
    if case.facts is None:
        return []
    found = (case.facts.read(address) for address in addresses)
    return [fact for fact in found if fact is not None]
