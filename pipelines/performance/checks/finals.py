"""Printed amounts against the 财决 tables of the same unit and year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipelines.narrative.lookup import Fact
from pipelines.narrative.vocabulary import Address
from pipelines.performance.arithmetic import sum_of, wan
from pipelines.performance.case import Case
from pipelines.performance.pack import Entry

MOST_TOLD = 3  # amounts told in one message; all of them are among its places


@dataclass(frozen=True, slots=True)
class Unequal:
    """A printed amount and what the 财决 tables have for it."""

    what: str
    entries: tuple[Entry, ...]
    facts: tuple[Fact, ...]
    gap: Fraction

    @property
    def told(self) -> str:
        said = "、".join(dict.fromkeys(f"{f.where} {wan(Fraction(f.amount))}" for f in self.facts))
        return f"{self.what} {wan(sum_of(self.entries).middle)}，{said}，相差 {wan(self.gap)}"


def unequal(
    case: Case, rule: str, what: str, entries: Sequence[Entry], addresses: Sequence[Address]
) -> Iterable[Unequal]:
    """A printed amount (or the sum of several) that must be one of these: reports are of all money
    or of fiscal money alone, so either may be meant. None where it is, where a form of them is
    missing, or where a cell is found wrong already.
    """
    numbers = tuple(e for e in entries if e.number)
    if not numbers or case.is_settled(rule, *numbers):
        return []
    facts = _facts(case, addresses)
    if len(facts) < len(addresses):
        return []
    case.count(rule)
    printed = sum_of(numbers)
    if any(printed.low <= fact.amount <= printed.high for fact in facts):
        return []
    return [Unequal(what, numbers, facts, printed.middle - Fraction(facts[0].amount))]


def _facts(case: Case, addresses: Sequence[Address]) -> tuple[Fact, ...]:
    if case.facts is None:
        return ()
    found = (case.facts.read(address) for address in addresses)
    return tuple(fact for fact in found if fact is not None)


def tell(
    case: Case, rule: str, subject: str, found: Sequence[Unequal], severity: str | None = None
) -> None:
    """One finding for all amounts of a column: what differs throughout has one cause."""
    if not found:
        return
    told = "；".join(one.told for one in found[:MOST_TOLD])
    more = f"；共 {len(found)} 处" if len(found) > MOST_TOLD else ""
    entries = [e for one in found for e in one.entries]
    facts = [f for one in found for f in one.facts]
    case.fail(
        rule,
        subject,
        told + more,
        entries,
        facts=facts,
        severity=severity,
        difference=found[0].gap,
    )
