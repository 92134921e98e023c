"""What a hypothesis would change: cells by unit, key and amount; and the candidate that says it
in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet


@dataclass(frozen=True)
class Spot:
    """A cell that the finding points at; ``amount`` and ``suggested`` in 分, None where not
    known.
    """

    file: str
    sheet: str
    cell: str
    amount: int | None = None
    suggested: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A hypothesis about one unit and year.

    ``changes`` is what would mend it; ``unknown`` holds the keys of cells whose right amount
    nobody here knows: what fails
    because of them is explained, what holds with them is not counted against it. ``subject``
    identifies the finding,
    ``message`` says it with ``{explained}`` for how many problems it explains; ``spots`` are where
    to look.
    """

    rule_id: str
    uy: int
    subject: str
    message: str
    changes: Changes = field(default_factory=Changes.none)
    unknown: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    spots: tuple[Spot, ...] = ()
    together: bool = False  # the spots are the cells to change, all of them
    closed: np.ndarray | None = None  # targets × checks not evaluated then, where forms move
    worth: float = 1.0  # of what it explains, beside what another explains
    least: int = 0  # how many problems it has to explain, where fewer than usual will do

    @property
    def name(self) -> tuple[str, int, str]:
        """What the identity of the finding depends on."""
        return self.rule_id, self.uy, self.subject


class Hypothesis(Protocol):
    """One kind of slip: the candidates worth trying for a unit and year of a family."""

    def __call__(self, family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]: ...
