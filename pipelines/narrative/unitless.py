"""Numbers printed without a unit: which of them are amounts, and in what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.narrative.clauses import has, unknown
from pipelines.narrative.figures import Figure
from pipelines.narrative.tokens import ITEMS, Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence


def with_unit(sentence: Sentence, figure: Figure, at: int) -> tuple[Figure, bool]:
    """A number without a unit takes that of the figure it is printed in one breath with; else 万元,
    and the unit is lacking.
    """
    if figure.kind != "bare":
        return figure, False
    following = sentence.tokens[at + 1 :]
    if following and following[0].kind in ("other", *ITEMS):
        return figure, False
    if shared := _in_one_breath(figure, following):
        return shared, False
    if not _worth_a_unit(sentence, figure):
        return figure, False
    return replace(figure, unit="万元", kind="money"), True


def _in_one_breath(figure: Figure, following: list[Token]) -> Figure | None:
    """The number with the unit of the amount after it, where no mark and no other role is between
    them.
    """
    for token in following:
        if token.figure and token.figure.kind == "percent":
            return None
        if token.figure and token.figure.kind != "bare":
            return replace(figure, unit=token.figure.unit, kind=token.figure.kind)
        if token.text in ("，", "。", "；", "：") or token.kind in ("share", "complete"):
            return None
    return None


def _worth_a_unit(sentence: Sentence, figure: Figure) -> bool:
    """Whether a bare number can be an amount at all: it has decimals, or an item right
    before it.
    """
    clause = sentence.now.clause
    if has(clause, "share"):
        return False  # a share that lacks its per cent
    named = has(clause, *ITEMS) or (
        bool(clause) and all(t.kind in ("filler", "budget", "year", "this") for t in clause)
    )
    return named and (figure.decimals > 0 or bool(clause)) and not unknown(clause)
