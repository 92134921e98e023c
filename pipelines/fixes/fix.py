"""A cause as something to do: which cells of which file are to be changed, and how many findings
that settles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

UnitYear = tuple[str, int]
SEVERITIES = ("error", "review", "hint")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell to be changed, by its submitted file.

    ``number`` is the 表号 (财决04表), ``label`` the line and column, ``now`` and ``should`` are
    amounts in 元 (``should``
    is None where only the place is known), ``money_unit`` the unit that the sheet is written in,
    ``quote`` the words of
    a text.
    """

    unit: str
    unit_name: str
    year: int | None
    file: str
    sheet: str
    cell: str
    number: str = ""
    label: str = ""
    now: Decimal | None = None
    should: Decimal | None = None
    money_unit: str = "元"
    quote: str = ""

    @property
    def key(self) -> UnitYear:
        """Whose cell it is: unit (code, or name without one) and year."""
        return self.unit, self.year or 0

    @property
    def step(self) -> Decimal | None:
        """By how much the amount has to move, in 元; None where that is not known."""
        return None if self.should is None else self.should - (self.now or Decimal(0))


@dataclass(slots=True)
class Fix:
    """One cause. ``own`` holds the changes of each unit and year; those of ``lead`` come first.

    ``settles`` counts the open findings that share the cause, ``errors`` the errors among them,
    ``gap`` is the largest difference of any in 元; ``said`` is what its first finding says and
    ``place`` where (财决07表 A13), for causes that no cell explains.
    """

    cause: str
    severity: str
    unit: str
    unit_name: str
    year: int | None
    rule_id: str
    rule_title: str
    finding_id: str
    said: str
    place: str = ""
    settles: int = 1
    errors: int = 0
    gap: Decimal | None = None
    others: Sequence[str] = ()
    lead: UnitYear | None = None
    own: dict[UnitYear, tuple[Change, ...]] = field(default_factory=dict)

    @property
    def larger(self) -> bool:
        """Whether a finding of its own says it: a slip larger than a cell, a sheet, a file."""
        return self.rule_id.startswith("S-")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What to change in the file where the cause lies; empty where no cell explains it."""
        return self.own.get(self.lead, ()) if self.lead else ()

    @property
    def first(self) -> Change | None:
        """The one cell to look at first."""
        return self.changes[0] if self.changes else None

    @property
    def follow(self) -> list[tuple[Change, ...]]:
        """The changes of other units and years that follow from it (a department's roll-up of
        its subordinate).
        """
        return [changes for key, changes in self.own.items() if key != self.lead]


def in_order(fixes: Sequence[Fix]) -> list[Fix]:
    """What settles most errors first, then what settles most findings, then what is about most
    money; ties by unit and rule, so that it stays the same.
    """

    def order(fix: Fix) -> tuple[int, int, int, Decimal, str, int, str, str]:
        weight = SEVERITIES.index(fix.severity) if fix.severity in SEVERITIES else len(SEVERITIES)
        most = (weight, -fix.errors, -fix.settles, -(fix.gap or Decimal(0)))
        return *most, fix.unit_name, fix.year or 0, fix.rule_id, fix.cause

    return sorted(fixes, key=order)
