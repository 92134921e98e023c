"""Lists within a sentence: 其中, 主要有, X中. What is listed, and what the listed amounts are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.narrative.entries import Entry
from pipelines.narrative.tokens import Token
from pipelines.narrative.topics import DIVIDED

# 按经济分类 divides an expenditure, not the last part of it that was named
ECONOMIC = re.compile(r"经济")

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence
    from pipelines.narrative.frame import Frame


def open_list(sentence: Sentence, token: Token) -> None:
    """Opens the list that a word announces, of the topic that is open."""
    now, head = sentence.now, sentence.topic()
    if token.kind == "purpose" and now.mode and not _is_another_class(now, head):
        return
    if head is None or sentence.reader.closed:
        return
    if ECONOMIC.search(token.text) and head.item.id not in DIVIDED:
        return
    if _is_counted(head) and not (token.kind == "among" and _is_of_vehicles(head)):
        head = sentence.reader.money or head
    now.mode, now.head, now.basis = "list", head, _basis(now, head)


def _is_another_class(now: Frame, head: Entry | None) -> bool:
    """…；用于住房保障支出100万元，主要用于…: what is listed is of the class named last."""
    return head is not None and head is not now.head and head.item.id.startswith("class.")


def _is_counted(head: Entry) -> bool:
    """Whether the topic is a number of things: what is listed after it is money as a rule."""
    return bool(head.item.quantity and head.item.quantity.counter)


def _is_of_vehicles(head: Entry) -> bool:
    """公务用车保有量5辆，其中……: vehicles are listed by their kinds."""
    return head.item.id.startswith(("vehicles", "count.car"))


def _basis(now: Frame, head: Entry) -> str:
    """What the amounts of a list are: what its head's last figure was."""
    if now.last_role == "" and head.basis == "budget":
        return "budget"
    if head.values:
        return "final"
    if now.last_role == "budget" or (now.last_role == "" and head.budgets):
        return "budget"
    return "last" if now.last_role in ("earlier", "prior") else "final"
