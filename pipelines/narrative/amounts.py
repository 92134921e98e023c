"""Amounts and counts of a sentence: which entry they go to, and as what (value, budget, change,
earlier value).

What does not belong here: percentages (``percents.py``), and how an entry keeps an amount
(``slots.py``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.narrative.clauses import (
    OTHER_KIND,
    agrees,
    has,
    joined,
    last_item,
    name_of,
    of_a_part,
    role_of,
    stands_alone,
    understood,
    unknown,
)
from pipelines.narrative.entries import Entry, Item
from pipelines.narrative.figures import MONEY, Figure
from pipelines.narrative.slots import of_last_year, place
from pipelines.narrative.summing import sums_up, whole_of
from pipelines.narrative.tokens import ITEMS, Token
from pipelines.narrative.topics import OWNERS, come_or_gone, flow, quantity_item
from pipelines.narrative.unitless import with_unit

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence
    from pipelines.narrative.frame import Frame

NO_ITEM, NO_UNIT = "未能确定所说的项目", "计量单位与项目不符"
COUNTED = ("辆", "批次", "人次", "批", "台（套）", "台套", "台/套", "台", "套", "团次")
# 国有土地使用权出让收入安排的支出: an expenditure by the income that bears it
EARMARKED = re.compile(r"收入(?:及对应专项债务收入|对应专项债务收入)?安排的")
SUBSET = ("财政拨款", "一般公共预算", "政府性基金预算")


def bind_amount(
    sentence: Sentence, token: Token, figure: Figure, clause: list[Token], at: int
) -> None:
    """Binds one amount or count; what is not understood is listed."""
    figure, lacking = with_unit(sentence, figure, at)
    if figure.kind == "bare" or has(clause, "adjust"):
        return  # 年中追加150万元: what became of a budget is not judged
    token = replace(token, figure=figure)
    if _second(sentence, figure, clause) or _in_turn(sentence, figure, clause):
        return
    role = _role(sentence, clause, at)
    entry = _entry(sentence, token, clause, role)
    if entry is None:
        _unclaimed(sentence, token, figure, lacking)
        return
    if not fits(entry.item, figure):
        _misfit(sentence, token, entry, lacking)
        return
    if lacking and not _is_nothing(sentence, figure):
        sentence.reader.reading.bare.append((sentence.paragraph, figure, entry.item))
    place(sentence, entry, role, figure, clause)
    sentence.now.last_role = role
    sentence.now.doubt = False
    entry.end = token.end


def _unclaimed(sentence: Sentence, token: Token, figure: Figure, lacking: bool) -> None:
    """An amount of no item is listed, but for one whose unit is only supposed."""
    if not lacking and (figure.kind == "money" or figure.unit in COUNTED):
        sentence.unread(token, NO_ITEM)


def _is_nothing(sentence: Sentence, figure: Figure) -> bool:
    """``支出为0``: nothing needs no unit where it is said in words, not listed as an amount."""
    before = sentence.paragraph.normal.text[: figure.start]
    return figure.number == 0 and before.endswith(("为", "是"))


def _misfit(sentence: Sentence, token: Token, entry: Entry, lacking: bool) -> None:
    figure = token.figure
    assert figure is not None
    if figure.kind == "money" and not lacking:
        sentence.unread(token, NO_UNIT)
    elif figure.unit in COUNTED:
        sentence.unread(token, NO_UNIT, close=False)
    entries = sentence.reader.reading.entries
    if not entry.figures() and entry is not sentence.reader.current and entry in entries:
        entries.remove(entry)


def _second(sentence: Sentence, figure: Figure, clause: list[Token]) -> bool:
    """The second figure of a pair: only ``、`` or ``和`` stands between."""
    entry = sentence.reader.current
    if not entry or not entry.item.pair:
        return False
    if not sentence.now.after_figure or not joined(clause):
        return False
    record = entry.comparisons[-1] if entry.comparisons else None
    slots = {"value": entry.values, "delta": record.deltas if record else None}
    slot = slots.get(sentence.now.last_role)
    if slot is None or len(slot) != 1:
        return False
    slot.append(figure)
    return True


def _in_turn(sentence: Sentence, figure: Figure, clause: list[Token]) -> bool:
    """A figure after 分别: it goes to the next of the items named before."""
    if not sentence.even:
        return False
    if not sentence.even_role:
        sentence.even_role = role_of(clause)
    elif not joined(clause):
        sentence.even = []
        return False
    entry = sentence.even.pop(0)
    if not fits(entry.item, figure):
        return False
    place(sentence, entry, sentence.even_role, figure, clause)
    sentence.now.last_role = sentence.even_role
    return True


def _role(sentence: Sentence, clause: list[Token], at: int) -> str:
    role = role_of(clause)
    if _of_it(sentence.tokens[at + 1 : at + 3]) and has(clause, "complete", "share"):
        return "budget"
    if role != "value":
        return role
    if before := _compared_before(sentence, clause):
        sentence.compare(before)
        return "earlier"
    return "average" if _average(clause) else role


def _of_it(following: list[Token]) -> bool:
    """``的`` and a figure: the figure before them is what the figure after them is of."""
    return len(following) == 2 and following[0].text == "的" and following[1].figure is not None


def _compared_before(sentence: Sentence, clause: list[Token]) -> list[Token]:
    """The words before a bracket (比上年（…）) that compare with the amount in it; else none."""
    if not sentence.outer or has(clause, *ITEMS) or unknown(clause):
        return []
    before = sentence.outer[-1][0].clause
    return before if before and role_of([*before, *clause]) == "earlier" else []


def _average(clause: list[Token]) -> bool:
    return any(t.text.startswith(("车均", "人均")) for t in clause if t.kind == "other")


def _entry(sentence: Sentence, token: Token, clause: list[Token], role: str) -> Entry | None:
    """The entry a figure goes to: of the item its clause names, of a thing listed, or
    the open one.
    """
    at = last_item(clause)
    if at >= 0:
        return _by_name(sentence, token, clause, at, role)
    if not unknown(clause):
        return _generic(sentence, token, clause, role)
    listed = sentence.now.mode and role in ("value", "budget")
    return _detail(sentence, token, clause) if listed else None


def _by_name(
    sentence: Sentence, token: Token, clause: list[Token], at: int, role: str
) -> Entry | None:
    """The item that a clause names, or in a list the thing of which an item is only a word."""
    listed = sentence.now.mode and role == "value"
    itself = stands_alone(clause, at) and understood(clause[at + 1 :])
    if listed and (not itself or _qualified(sentence, clause, at)):
        return _detail(sentence, token, clause)
    return _named(sentence, token, clause, at, role) if itself else None


def _qualified(sentence: Sentence, clause: list[Token], at: int) -> bool:
    """Whether unknown words before a listed item make it another thing: a part of it (办公楼维修…)
    or another's (某支队…).
    """
    before = [t for t in clause[:at] if t.kind == "other"]
    head = sentence.now.head
    same = head is not None and clause[at].kind == "item" and head.item.id in clause[at].ids
    owned = any(t.kind in ("owner", "budget", "filler") for t in clause[:at])
    return (same and owned) or (len(before) > 1 and (same or not stands_alone(clause, at)))


def _detail(sentence: Sentence, token: Token, clause: list[Token]) -> Entry | None:
    """A thing that only this document names, under the head of its list."""
    figure, head = token.figure, sentence.now.head
    if head is None or figure is None or figure.kind != "money":
        return None
    name = name_of(clause)
    if len(name) < 2 or OTHER_KIND.search(EARMARKED.sub("", name)) or has(clause, "up", "down"):
        return None
    if head.item.own_name and head.outer is not None:
        head = head.outer
    item = Item(f"detail.{head.item.id}", name[:24], head.item.rule)
    entry = sentence.new(item, clause[0] if clause else token, clause, open_it=False)
    entry.outer = head
    sentence.reader.follow(entry)
    return entry


def _named(
    sentence: Sentence, token: Token, clause: list[Token], at: int, role: str
) -> Entry | None:
    reader = sentence.reader
    item = reader.item(clause[at], sentence.context(), token.figure, clause[:at])
    if item is None:
        return None
    current = reader.current
    if current and not reader.closed and current.item.id == item.id:
        near = current.paragraph is sentence.paragraph
        if near and (role != "value" or not current.figures()):
            current.scoped = current.scoped if current.figures() else of_a_part(clause)
            return current
    entry = sentence.new(item, clause[at], clause)
    if item.id.startswith("flow."):
        entry.aside = True
    return entry


def _generic(sentence: Sentence, token: Token, clause: list[Token], role: str) -> Entry | None:
    """Words that name nothing: the open topic is meant, or a part of it that has no name."""
    current = _open_topic(sentence, role)
    if current is None:
        return None
    if role == "value" and _of_a_part(sentence.now, current, clause):
        return _detail(sentence, token, clause)
    item = current.item
    if not agrees(clause, current.side, pair=bool(item.pair)):
        return None
    meant = _by_unit(sentence, token, clause, current)
    if meant is not None:
        return meant
    if role == "value" and current.values and sums_up(clause):
        whole = whole_of(sentence)
        return sentence.new(quantity_item(whole), token, clause) if whole else None
    if role == "value" and come_or_gone(item, clause):
        gone = sentence.new(flow(item), token, clause, open_it=False)
        gone.aside = True
        return gone
    if role == "value" and current.values and not of_last_year(sentence, clause):
        return _again(sentence, token, clause, current)
    return current


def _open_topic(sentence: Sentence, role: str) -> Entry | None:
    """The topic that a figure without a name is of; none where something unknown was named."""
    doubted = sentence.now.doubt and role in ("value", "budget")
    return None if sentence.reader.closed or doubted else sentence.reader.current


def _by_unit(sentence: Sentence, token: Token, clause: list[Token], current: Entry) -> Entry | None:
    """What a figure is of whose unit is not the topic's: the count that belongs to money, the money
    that belongs to a count; None where the unit does not tell.
    """
    item, figure = current.item, token.figure
    assert figure is not None
    if figure.kind == "count" and (counted := sentence.reader.topics.counted(item, figure)):
        return sentence.new(counted, token, clause) if counted.id != item.id else current
    if figure.kind != "money":
        return None
    if owner := OWNERS.get(item.id):
        return sentence.new(quantity_item(owner), token, clause)
    if item.id.startswith("count.car"):
        price = sentence.new(quantity_item("three.car.buy"), token, clause, open_it=False)
        price.aside = True
        return price
    return None


def _again(sentence: Sentence, token: Token, clause: list[Token], current: Entry) -> Entry:
    """Another amount of the open topic: a new mention of it, against the same budgets."""
    entry = sentence.new(current.item, token, clause)
    entry.restated = True
    entry.budgets = list(current.budgets)
    return entry


def _of_a_part(now: Frame, current: Entry, clause: list[Token]) -> bool:
    """Whether an amount is of a part of the open topic, which heads the list it stands in."""
    if not now.mode or now.head is not current:
        return False
    words = [t.text for t in clause if t.kind in ("filler", "this")]
    return now.mode == "container" or any(w in SUBSET for w in words)


def fits(item: Item, figure: Figure) -> bool:
    """Whether the unit is one the item can have."""
    return figure.unit in (item.counter or MONEY)
