"""Percentages of a sentence: share of a whole, rate of a change, completion of a budget.

What does not belong here: amounts (``amounts.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.clauses import (
    budget_kind,
    direction_of,
    has,
    joined,
    last_item,
    percent_role,
    stands_alone,
    understood,
    unknown,
)
from pipelines.narrative.entries import BUDGET, Entry
from pipelines.narrative.figures import Figure
from pipelines.narrative.points import POINTS, as_multiple, bind_points, earlier_share
from pipelines.narrative.tokens import ITEMS, Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence

NO_ITEM = "未能确定百分比所说的项目"
OUTER = {
    "fiscal_expenditure.year": "expenditure",
    "fiscal_income.year": "income",
    "fund": "expenditure",
    "fund.income": "income",
    "capital": "expenditure",
    "capital.income": "income",
}
# words after 占 that do not say of what
UNSAID_WHOLE = ("filler", "this", "owner", "year", "evenly")
# 卫生健康支出20.00万元（4.50%）
ONLY_SHARES = ("class.", "income.", "expenditure.", "econ.")
KEYS = ("share", "complete", "up", "down", "alt", "flat")


def bind_percent(
    sentence: Sentence, token: Token, figure: Figure, clause: list[Token], at: int
) -> None:
    """Binds one percentage; what is not understood is listed."""
    if figure.unit in POINTS:
        bind_points(sentence, token, figure, clause)
        return
    if _second(sentence, figure, clause) or _in_turn(sentence, figure, clause):
        return
    role = percent_role(clause) or _by_the_figure_before(sentence, clause)
    if not role and (multiple := as_multiple(sentence, figure, clause)):
        role, figure, clause = "rate", multiple, []
    role = role or ("rate" if figure.unit == "番" else "")
    if earlier_share(sentence, figure, clause, role):
        return
    if role == "share" and last_item(_around_key(clause)[0]) < 0 and _goes_on(sentence, at):
        _each(sentence, token, figure, clause)
        return
    entry = _entry(sentence, clause, role) if role else None
    if entry is None:
        sentence.unread(token, NO_ITEM, close=unknown(clause))
        return
    _place(sentence, entry, role, figure, clause)
    sentence.now.last_role = role
    entry.end = max(entry.end, token.end)


def _goes_on(sentence: Sentence, at: int) -> bool:
    """Whether another percentage follows at once: the shares are of several things."""
    following = sentence.tokens[at + 1 : at + 3]
    figure = following[1].figure if len(following) == 2 else None
    return (
        figure is not None and figure.unit == "%" and following[0].text in ("和", "、", "与", "及")
    )


def _each(sentence: Sentence, token: Token, figure: Figure, clause: list[Token]) -> None:
    """The shares go to the things of the last 分别; without one they are not understood."""
    sentence.even, sentence.even_role = list(sentence.apart), "share"
    if not sentence.even:
        sentence.unread(token, NO_ITEM)
        return
    _place(sentence, sentence.even.pop(0), "share", figure, clause)


def _by_the_figure_before(sentence: Sentence, clause: list[Token]) -> str:
    """A percentage without key word: of a budget (…的71%), or the rate beside a change
    (减少5万元、16.67%).
    """
    last = sentence.now.last_role
    if last == "budget" and [t.text for t in clause] == ["的"]:
        return "completion"
    if last == "delta" and joined(clause):
        return "rate"
    if last == "value" and sentence.outer and not clause and _of_a_whole(sentence):
        return "share"
    return ""


def _of_a_whole(sentence: Sentence) -> bool:
    """Whether a percentage alone in a bracket can only be the share of the item before it: of one
    that is listed, or of a kind that has no budget of its own.
    """
    entry = sentence.reader.current
    return entry is not None and (bool(sentence.now.mode) or entry.item.id.startswith(ONLY_SHARES))


def _second(sentence: Sentence, figure: Figure, clause: list[Token]) -> bool:
    """The second percentage of a pair."""
    entry = sentence.reader.current
    if not entry or not entry.item.pair:
        return False
    if not joined(clause) or sentence.now.last_role != "rate":
        return False
    record = entry.comparisons[-1] if entry.comparisons else None
    if record is None or len(record.rates) != 1 or not sentence.now.after_figure:
        return False
    record.rates.append(figure)
    return True


def _in_turn(sentence: Sentence, figure: Figure, clause: list[Token]) -> bool:
    """A percentage after 分别 goes to the next of the items named before."""
    if not sentence.even:
        return False
    if not sentence.even_role:
        sentence.even_role = percent_role(clause) or "rate"
    elif not joined(clause):
        sentence.even = []
        return False
    entry = sentence.even.pop(0)
    _place(sentence, entry, sentence.even_role, figure, clause)
    return True


def _entry(sentence: Sentence, clause: list[Token], role: str) -> Entry | None:
    """The entry a percentage belongs to; an item named before the key word must be read like an
    amount's.
    """
    reader = sentence.reader
    before, after = _around_key(clause)
    if role != "share" and not understood(after):
        return None
    at = last_item(before)
    if at >= 0:
        if not stands_alone(before, at) or not understood(before[at + 1 :]):
            return None
        return sentence.mention(before, at)
    if unknown(before) or reader.closed or (sentence.now.doubt and role == "share"):
        return None
    return reader.current


def _around_key(clause: list[Token]) -> tuple[list[Token], list[Token]]:
    """The words before and after the first key word, or the first word of a clause without one."""
    key = next((i for i, t in enumerate(clause) if t.kind in KEYS), 0)
    return clause[:key], clause[key + 1 :]


def _place(
    sentence: Sentence, entry: Entry, role: str, figure: Figure, clause: list[Token]
) -> None:
    if role == "share":
        entry.whole = entry.whole if entry.shares else _outer(entry, _whole(sentence, clause))
        entry.shares.append(figure)
    elif role == "completion":
        _completed(entry, figure, clause)
    else:
        _rate(sentence, entry, figure, clause)


def _completed(entry: Entry, figure: Figure, clause: list[Token]) -> None:
    """完成年初预算的109%，完成调整预算的99%: the first is kept with the mention, one of another
    budget beside it.
    """
    kind = budget_kind(next((t.text for t in clause if t.kind == "complete"), ""))
    if entry.completion is None:
        entry.completion, entry.completion_kind = figure, kind
    elif kind and kind != entry.completion_kind:
        entry.completions.append((figure, kind))


def _rate(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    signed = has(clause, "differ")
    if signed:
        # 预决算差异率 carries its own sign and is always against the budget
        sentence.groups += 1
        sentence.now.group, sentence.now.base = sentence.groups, (BUDGET, None, "")
    record = sentence.comparison(entry, clause, figure.start, figure.end)
    if record.rates and not entry.item.pair:
        sentence.groups += 1
        sentence.now.group = sentence.groups
        record = sentence.comparison(entry, clause, figure.start, figure.end)
    record.rates.append(figure)
    told = 1 if signed or figure.unit in ("番", "倍") else direction_of(clause)
    if told is not None or has(clause, "alt"):
        record.rate_direction = told
    elif not has(clause, "up", "down"):
        record.rate_direction = record.direction


def _outer(entry: Entry, whole: str) -> str:
    """A share of 本年支出 that an item of the same short name has is of all there was."""
    return OUTER.get(whole, whole) if whole == entry.item.id else whole


def _whole(sentence: Sentence, words: list[Token]) -> str:
    """What a share is of: an item's id, ``""`` where it does not say, ``?`` where that is not
    understood.
    """
    after = _after_share(words)
    item = next((t for t in after if t.kind in ITEMS), None)
    if item is None:
        return "" if all(t.kind in UNSAID_WHOLE for t in after) else "?"
    rest = [t for t in after if t is not item]
    found = sentence.reader.item(item, sentence.context(), None, [])
    return found.id if found and understood(rest) else "?"


def _after_share(words: list[Token]) -> list[Token]:
    """The words after 占."""
    at = next((i for i, t in enumerate(words) if t.kind == "share"), len(words))
    return words[at + 1 :]
