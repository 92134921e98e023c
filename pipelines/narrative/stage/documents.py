"""A narrative on its way through a run, and what came of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.narrative.case import CheckOutcome, NarrativeResult
from pipelines.narrative.owner import Owner
from pipelines.narrative.tables import UnitYear
from pipelines.narrative.worker import Head
from schemas.observation import Observation

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile


Outcomes = dict[str, CheckOutcome]


@dataclass(slots=True)
class Narratives:
    """What came of the narratives of a run.

    ``checks``: by unit and year, the outcome of each rule.
    """

    read: int = 0
    reused: int = 0
    quarantined: int = 0
    observations: list[Observation] = field(default_factory=list)
    checks: dict[tuple[str | None, str | None, int], Outcomes] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A document on its way: what it is, whose, and what became of it.

    ``tables``: unit and year of the forms that were read in it, None where it holds none.
    """

    raw: RawFile
    tables: tuple[str, int] | None = None
    head: Head | None = None
    owner: Owner = field(default_factory=lambda: Owner(None, None))
    status: str = "read"
    reason: str | None = None
    result: NarrativeResult | None = None
    key: str = ""

    @property
    def year(self) -> int | None:
        said = self.head.year if self.head else None
        return self.tables[1] if self.tables else said

    @property
    def place(self) -> UnitYear | None:
        return (self.owner.unit, self.year) if self.owner.unit and self.year else None

    def refuse(self, reason: str) -> None:
        self.status, self.reason = "quarantined", reason

    def ignore(self, reason: str) -> None:
        """Its text is not checked; with tables read in it the file still counts as read."""
        self.status, self.reason = "ignored", reason
        if self.tables and self.raw.type in ("html", "mht"):
            self.reason = f"是报表另存的网页，表格已取数；其中的文字{reason}"
        elif self.tables:
            self.reason = f"表格已取数；文字{reason}"
