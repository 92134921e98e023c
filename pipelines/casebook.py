"""How the checks of a document keep count: instances, failures, and an observation for each.

What does not belong here: any rule, and how a place in a document is told (``narrative/case.py``,
``performance/case.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from schemas.message_words import action_first
from schemas.observation import Observation, Place

CENT = Decimal("0.01")
# 16 digits are what DECIMAL(18,2) takes; larger differences are left out rather than cut.
LARGEST = 10**16


class Casebook(Protocol):
    """One unit and year under examination."""

    unit_code: str | None
    unit_name: str | None
    year: int | None
    observations: list[Observation]
    failures: Counter[str]
    subjects: Counter[tuple[str, str]]


def note(
    book: Casebook,
    rule: str,
    subject: str,
    message: str,
    severity: str,
    places: Iterable[Place],
    difference: Fraction | None = None,
) -> None:
    """Notes an instance that fails; ``difference`` in 元.

    ``subject`` must not depend on amounts; equal ones are numbered.
    """
    book.failures[rule] += 1
    book.subjects[rule, subject] += 1
    number = book.subjects[rule, subject]
    book.observations.append(
        Observation(
            rule_id=rule,
            subject=subject if number == 1 else f"{subject}#{number}",
            message=action_first(message, severity),
            severity=severity,
            unit_code=book.unit_code,
            unit_name=book.unit_name,
            year=book.year,
            difference=cents(difference),
            places=tuple(places),
        )
    )


def cents(value: Fraction | None) -> Decimal | None:
    """An amount in 元 with two decimals; None where it is too large to be kept."""
    if value is None or abs(value) >= LARGEST:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT)
