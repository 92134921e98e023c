"""Figures within a reason (主要原因是…): kept with the thing that is named beside them.

What does not belong here: where a reason begins and ends (``binding.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.clauses import direction_of, last_item, name_of, stands_alone, unknown
from pipelines.narrative.entries import Item
from pipelines.narrative.tokens import Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence


def bind_in_reason(sentence: Sentence, token: Token, clause: list[Token]) -> None:
    """A figure in a reason is that of the thing named beside it; it is not judged, and closes
    nothing.
    """
    figure = token.figure
    if figure is None or figure.kind not in ("money", "percent"):
        return
    item = _named(sentence, clause)
    if item is None:
        sentence.unread(token, "变动原因中的数字", close=False)
        return
    start = clause[0] if clause else token
    entry = sentence.new(item, start, clause, open_it=False)
    entry.aside = True
    record = sentence.comparison(entry, clause, token.start, token.end)
    slot = record.rates if figure.kind == "percent" else record.deltas
    slot.append(figure)
    record.direction = direction_of(clause)


def _named(sentence: Sentence, clause: list[Token]) -> Item | None:
    """The item that the clause names, else a thing by the words of the clause."""
    at = last_item(clause)
    if at >= 0 and stands_alone(clause, at) and not unknown(clause[at + 1 :]):
        return sentence.reader.item(clause[at], sentence.context(), None, clause[:at])
    name = name_of(clause)
    return Item("detail.reason", name[:24], "N-19") if len(name) > 1 else None
