"""An observation: one thing found wrong, before it becomes a finding with an identity and a
history.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """A cell (or a span of a narrative) that an observation points at. ``amount`` and ``suggested``
    are in 元.

    ``set``: suspects that must change together carry the same number; None for a cell alone.
    """

    role: str
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    amount: Decimal | None = None
    rank: int | None = None
    suggested: Decimal | None = None
    quote: str | None = None
    set: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a stage saw: the rule that fails, of which unit and year, and where."""

    rule_id: str
    subject: str
    message: str
    severity: str = "error"
    unit_code: str | None = None
    unit_name: str | None = None
    year: int | None = None
    difference: Decimal | None = None
    places: tuple[Place, ...] = ()
