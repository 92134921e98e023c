"""What holds at a place of a sentence while it is walked (``binding.py``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.narrative.entries import UNSAID, Entry
from pipelines.narrative.tokens import Token

if TYPE_CHECKING:
    from pipelines.narrative.sections import Paragraph


@dataclass(slots=True)
class Frame:
    """What holds at a place of a sentence; a bracket gets its own and the outer one comes back
    after it.

    ``mode``: ``list`` after 其中 or 主要有, ``container`` after X中; ``head`` is what is listed.
    ``basis``: what a listed amount is (final, budget, last, delta). ``base``, ``group``: the
    comparison that is open and its number.
    """

    clause: list[Token] = field(default_factory=list)
    mode: str = ""
    head: Entry | None = None
    basis: str = "final"
    base: tuple[str, int | None, str] = (UNSAID, None, "")
    group: int = 0
    reasoning: bool = False
    doubt: bool = False
    last_role: str = ""
    after_figure: bool = False


def lists_general(now: Frame, paragraph: Paragraph, sentence: int) -> bool:
    """Whether 一般公共预算…支出主要用于 was said in this sentence and its list is open."""
    head = now.head if now.mode == "list" else None
    if head is None or head.item.id != "gpb":
        return False
    return head.paragraph is paragraph and head.sentence == sentence
