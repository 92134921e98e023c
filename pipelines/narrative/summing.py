"""An amount at the end of a list that is its total: A费1万元，B费2万元，合计3万元.

What does not belong here: whether it is (``checks/parts.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.entries import Entry
from pipelines.narrative.tokens import Token
from pipelines.narrative.vocabulary import vocabulary

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence

TOTALS = ("合计", "总计", "共计", "共")


def sums_up(sentence: Sentence, clause: list[Token]) -> bool:
    """Whether the words before an amount say no more than 合计, after two or more of this year's
    values in the sentence.
    """
    told = [t.text for t in clause if t.kind != "punct" and t.text != "为"]
    return bool(told) and all(t in TOTALS for t in told) and len(_told(sentence)) > 1


def whole_of(sentence: Sentence) -> str:
    """The nearest quantity that all values of the sentence are parts of; empty where there is
    none.
    """
    chains = [_above(p.item.parent) for p in _told(sentence)]
    return next((w for w in chains[0] if all(w in c for c in chains)), "")


def _told(sentence: Sentence) -> list[Entry]:
    return [e for e in sentence.mine if e.values]


def _above(quantity_id: str) -> list[str]:
    """A quantity and those it is a part of, the nearest first."""
    found, known = [], vocabulary().quantities
    while quantity_id:
        found.append(quantity_id)
        quantity_id = known[quantity_id].parent if quantity_id in known else ""
    return found
