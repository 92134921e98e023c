"""Amounts and counts of a sentence: which entry they go to, and as what (value, budget, change,
earlier value).

What does not belong here: percentages (``percents.py``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.narrative.clauses import (
    LINKS,
    OTHER_KIND,
    agrees,
    budget_kind,
    direction_of,
    is_bare,
    name_of,
    role_of,
    stands_alone,
    understood,
    unknown,
)
from pipelines.narrative.entries import BUDGET, LAST, UNSAID, Budget, Entry, Item, year_of
from pipelines.narrative.figures import MONEY, Figure
from pipelines.narrative.tokens import ITEMS, Token
from pipelines.narrative.topics import OWNERS, quantity_item

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence

NO_ITEM, NO_UNIT = "未能确定所说的项目", "计量单位与项目不符"
COUNTED = ("辆", "批次", "人次", "批", "台（套）", "台套", "台/套", "台", "套", "团次")
SUBSET = ("财政拨款", "一般公共预算", "政府性基金预算")


def bind_amount(
    sentence: Sentence, token: Token, figure: Figure, clause: list[Token], at: int
) -> None:
    """Binds one amount or count; what is not understood is listed."""
    figure, lacking = _with_unit(sentence, figure, at)
    if figure.kind == "bare":
        return
    token = replace(token, figure=figure)
    if _second(sentence, figure, clause) or _in_turn(sentence, figure, clause):
        return
    role = _role(sentence, clause, at)
    entry = _entry(sentence, token, clause, role)
    if entry is None:
        if lacking:
            return
        if figure.kind == "money" or figure.unit in COUNTED:
            sentence.unread(token, NO_ITEM)
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


def _with_unit(sentence: Sentence, figure: Figure, at: int) -> tuple[Figure, bool]:
    """A number without a unit takes that of the figure it is printed in one breath with; else 万元,
    and the unit is lacking.
    """
    if figure.kind != "bare":
        return figure, False
    following = sentence.tokens[at + 1] if at + 1 < len(sentence.tokens) else None
    if following is not None and following.kind in ("other", *ITEMS):
        return figure, False
    for token in sentence.tokens[at + 1 :]:
        if token.figure and token.figure.kind != "bare":
            if token.figure.kind == "percent":
                break
            shared = replace(figure, unit=token.figure.unit, kind=token.figure.kind)
            return shared, False
        if token.text in ("，", "。", "；", "：") or token.kind in ("share", "complete"):
            break
    if not _worth_a_unit(sentence, figure):
        return figure, False
    return replace(figure, unit="万元", kind="money"), True


def _worth_a_unit(sentence: Sentence, figure: Figure) -> bool:
    """Whether a bare number can be an amount at all: it has decimals, or an item right
    before it.
    """
    clause = sentence.now.clause
    named = any(t.kind in ITEMS for t in clause) or (
        bool(clause) and all(t.kind in ("filler", "budget") for t in clause)
    )
    return named and (figure.decimals > 0 or bool(clause)) and not unknown(clause)


def _second(sentence: Sentence, figure: Figure, clause: list[Token]) -> bool:
    """The second figure of a pair: only ``、`` or ``和`` stands between."""
    entry = sentence.reader.current
    if not entry or not entry.item.quantity or not entry.item.quantity.pair:
        return False
    if not sentence.now.after_figure or any(t.text not in LINKS for t in clause):
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
    elif any(t.text not in LINKS for t in clause):
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
    tokens = sentence.tokens
    of_it = (
        at + 2 < len(tokens) and tokens[at + 1].text == "的" and tokens[at + 2].figure is not None
    )
    if of_it and any(t.kind in ("complete", "share") for t in clause):
        return "budget"
    if role == "value" and sentence.outer and not any(t.kind in ITEMS for t in clause):
        before = sentence.outer[-1][0].clause
        if before and role_of([*before, *clause]) == "earlier" and not unknown(clause):
            sentence.compare(before)
            return "earlier"
    if role == "value" and _average(clause):
        return "average"
    return role


def _average(clause: list[Token]) -> bool:
    return any(t.text.startswith(("车均", "人均")) for t in clause if t.kind == "other")


def _entry(sentence: Sentence, token: Token, clause: list[Token], role: str) -> Entry | None:
    """The entry a figure goes to: of the item its clause names, of a thing listed, or
    the open one.
    """
    at = max((i for i, t in enumerate(clause) if t.kind in ITEMS), default=-1)
    now = sentence.now
    if at >= 0:
        if now.mode and role == "value" and _qualified(sentence, clause, at):
            return _detail(sentence, token, clause)
        if not stands_alone(clause, at) or not understood(clause[at + 1 :]):
            return _detail(sentence, token, clause) if now.mode and role == "value" else None
        return _named(sentence, token, clause, at, role)
    if unknown(clause):
        return (
            _detail(sentence, token, clause) if now.mode and role in ("value", "budget") else None
        )
    return _generic(sentence, token, clause, role)


def _qualified(sentence: Sentence, clause: list[Token], at: int) -> bool:
    """Whether unknown words before a listed item make it another thing: a part of it (办公楼维修…)
    or another's (某支队…).
    """
    before = [t for t in clause[:at] if t.kind == "other"]
    head = sentence.now.head
    same = head is not None and clause[at].kind == "item" and head.item.id in clause[at].ids
    owned = any(t.kind == "owner" for t in clause[:at])
    return (same and owned) or (len(before) > 1 and (same or not stands_alone(clause, at)))


def _detail(sentence: Sentence, token: Token, clause: list[Token]) -> Entry | None:
    """A thing that only this document names, under the head of its list."""
    figure, head = token.figure, sentence.now.head
    if head is None or figure is None or figure.kind != "money":
        return None
    name = name_of(clause)
    if len(name) < 2 or OTHER_KIND.search(name) or any(t.kind in ("up", "down") for t in clause):
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
            return current
    entry = sentence.new(item, clause[at], clause)
    if item.id.startswith("flow."):
        entry.aside = True
    return entry


def _generic(sentence: Sentence, token: Token, clause: list[Token], role: str) -> Entry | None:
    """Words that name nothing: the open topic is meant, or a part of it that has no name."""
    reader, now = sentence.reader, sentence.now
    current, figure = reader.current, token.figure
    assert figure is not None
    if current is None or reader.closed or (now.doubt and role in ("value", "budget")):
        return None
    if now.mode and now.head is current and role == "value" and _of_a_part(now.mode, clause):
        return _detail(sentence, token, clause)
    quantity = current.item.quantity
    if not current.item.own_name and not agrees(
        clause, current.item.id, pair=bool(quantity and quantity.pair)
    ):
        return None
    if figure.kind == "count" and (item := reader.topics.counted(current.item, figure)):
        return sentence.new(item, token, clause) if item.id != current.item.id else current
    if figure.kind == "money" and (owner := OWNERS.get(current.item.id)):
        return sentence.new(quantity_item(owner), token, clause)
    if figure.kind == "money" and current.item.id.startswith("count.car"):
        price = sentence.new(quantity_item("three.car.buy"), token, clause, open_it=False)
        price.aside = True
        return price
    if role == "value" and current.values and not _other_year(sentence, clause):
        entry = sentence.new(current.item, token, clause)
        entry.restated = True
        entry.budgets = list(current.budgets)
        return entry
    return current


def _of_a_part(mode: str, clause: list[Token]) -> bool:
    words = [t.text for t in clause if t.kind in ("filler", "this")]
    return mode == "container" or any(w in SUBSET for w in words)


def fits(item: Item, figure: Figure) -> bool:
    """Whether the unit is one the item can have."""
    counter = item.quantity.counter if item.quantity else ()
    if counter:
        return figure.unit in counter
    return figure.unit in MONEY


def place(sentence: Sentence, entry: Entry, role: str, figure: Figure, clause: list[Token]) -> None:
    """Puts an amount in its slot."""
    now = sentence.now
    if role == "delta":
        _change(sentence, entry, figure, clause)
    elif role == "budget":
        told = next(
            (t for t in reversed(clause) if t.kind in ("budget", "against", "complete")), None
        )
        kind = budget_kind(told.text) if told else ""
        entry.budgets.append(Budget(kind, figure, told is not None and told.kind == "against"))
    elif role == "average":
        entry.average = figure
    elif role == "earlier" and now.base[0] == BUDGET:
        entry.budgets.append(Budget(now.base[2], figure, compared=True))
    elif role == "earlier":
        _earlier(sentence, entry, figure, clause)
    elif _other_year(sentence, clause):
        entry.prior = entry.prior or figure
    else:
        _value(sentence, entry, figure, clause)


def _value(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    """A plain amount: what the list it stands in says it is."""
    named_final = any("决算" in t.text for t in clause)
    if entry.basis == "budget" and not named_final:
        entry.budgets.append(Budget("", figure))
    elif entry.basis == "last" and not named_final:
        entry.prior = entry.prior or figure
    else:
        entry.values.append(figure)
        if figure.kind == "money":
            sentence.reader.money = entry


def _change(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    record = sentence.comparison(entry, clause, figure.start, figure.end)
    if record.deltas and not (entry.item.quantity and entry.item.quantity.pair):
        sentence.groups += 1
        sentence.now.group = sentence.groups
        record = sentence.comparison(entry, clause, figure.start, figure.end)
    if record.rates and not record.deltas and record.base == UNSAID:
        record.base = sentence.now.base[0]
    record.deltas.append(figure)
    record.direction = direction_of(clause)


def _earlier(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    record = sentence.comparison(entry, clause, figure.start, figure.end)
    record.earlier = record.earlier or figure
    if record.base in (LAST, UNSAID):
        entry.prior = entry.prior or figure


def _other_year(sentence: Sentence, clause: list[Token]) -> bool:
    """Whether an amount is said of the year before (上年为0万元, 2022年为…)."""
    year = sentence.reader.year
    years = [year_of(t.text) for t in clause if t.kind == "year"]
    if not years and sentence.year_said and not any(t.kind == "this" for t in clause):
        years = [sentence.year_said]
    last_year = year is not None and bool(years) and years[-1] == year - 1
    return last_year or any(t.kind == "prior" for t in clause)


__all__ = ["bind_amount", "fits", "is_bare", "place"]
