"""How much of a text was understood: figures bound to a quantity, and where the others are.

Counted are amounts, percentages and counted things (辆, 批次, 人次, 台套) of the sections that
state figures, each once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.narrative.read import Narrative


@dataclass(frozen=True, slots=True)
class Coverage:
    """``bound`` of ``figures`` were understood; ``unread``: (section, start, end, words) of the
    others.
    """

    bound: int
    figures: int
    unread: tuple[tuple[str, int, int, str], ...] = ()

    def __str__(self) -> str:
        return f"读懂 {self.bound}/{self.figures} 个数字"


def coverage(narrative: Narrative) -> Coverage:
    """What was understood of a narrative."""
    bound = {
        (entry.paragraph.start, figure.start)
        for entry in narrative.entries
        for figure in entry.figures()
    }
    unread = tuple(dict.fromkeys(narrative.not_understood))
    return Coverage(len(bound), len(bound) + len(unread), unread)
