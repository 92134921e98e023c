"""附件1 scored: every indicator of the scheme with what was printed and what comes out.

What does not belong here: how one is computed (``methods/``), findings (``checks/``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pipelines.performance.methods import METHODS
from pipelines.performance.pack import NO_ENTRY, Entry
from pipelines.performance.score import Score

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator


@dataclass(slots=True)
class Scored:
    """An indicator of the scheme with the unit's own scores (JX13, JX12) and the computed one."""

    indicator: SchemeIndicator
    printed: dict[str, Entry]
    score: Score

    @property
    def entry(self) -> Entry:
        """The printed score: of 附件1, else of the conclusion's table."""
        return self.printed.get("JX13") or self.printed.get("JX12") or NO_ENTRY

    @property
    def own(self) -> Fraction | None:
        return self.entry.value.number


def score_all(case: Case) -> list[Scored]:
    """Every indicator of the case's scheme; empty where the scheme is unknown."""
    if case.scheme is None:
        return []
    return [
        Scored(i, printed_scores(case, i.names), METHODS[i.method](case, i))
        for i in case.scheme.indicators
    ]


def printed_scores(case: Case, names: tuple[str, ...]) -> dict[str, Entry]:
    """The unit's own scores of an indicator, by form."""
    found = {}
    for form in ("JX13", "JX12"):
        row = next((r for r in case.pack.of(form) if r.key in names), None)
        if row is not None and row.get("得分").number:
            found[form] = row.get("得分")
    return found
