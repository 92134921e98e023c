"""An amount at the end of a list that is its total: A费1万元，B费2万元，合计3万元.

What does not belong here: whether it is (``checks/parts.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.tokens import Token
from pipelines.narrative.vocabulary import vocabulary

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence

TOTALS = ("合计", "总计", "共计", "共")
FEWEST = 2  # a sum has two addends at least


def sums_up(clause: list[Token]) -> bool:
    """Whether the words before an amount say no more than 合计: of several things, not of one."""
    told = [t.text for t in clause if t.kind != "punct" and t.text != "为"]
    return bool(told) and all(t in TOTALS for t in told)


def whole_of(sentence: Sentence) -> str:
    """The nearest quantity that two or more values of the sentence are parts of, or the one that
    parts of the unit have in common (本级10万元，所属单位14万元，合计24万元); else empty.
    """
    told = [e for e in sentence.mine if e.values]
    if told and all(e.scoped for e in told) and len({e.item.id for e in told}) == 1:
        return told[0].item.id if told[0].item.quantity else ""
    if len(told) < FEWEST:
        return ""
    chains = [_above(e.item.parent) for e in told]
    return next((w for w in chains[0] if all(w in c for c in chains)), "")


def _above(quantity_id: str) -> list[str]:
    """A quantity and those it is a part of, the nearest first."""
    found, known = [], vocabulary().quantities
    while quantity_id:
        found.append(quantity_id)
        quantity_id = known[quantity_id].parent if quantity_id in known else ""
    return found
