"""The economic classes (类) listed after an amount of basic expenditure, in a bracket or after
其中, make it.
"""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.case import Case
from pipelines.narrative.checks.cells import addresses_of
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import SUM, add_sum
from pipelines.narrative.checks.unfinished import open_ended
from pipelines.narrative.entries import Entry
from pipelines.narrative.topics import economic_scope
from pipelines.narrative.values import current, said, value

CLASS_DIGITS = 3  # of the code of an economic class; a 款 below it has two more
WHOLE_FROM = 2  # one class alone may be an example; two or more are the whole list
# 其中 after the whole basic expenditure: a list of these is meant as all of it, and surely so with
# what is bought, which small units do not have
USUAL, BOUGHT = {"301", "302", "303"}, {"307", "309", "310"}
BELOW = ("gpb.basic.person", "gpb.basic.public")
WAGES_AND_GOODS = {"301", "302"}
TRANSFERS = ("expenditure.superior", "expenditure.subordinate")
PLAIN_PARTS = 2  # of the id of a class of basic expenditure: econ and its code
Lists = dict[int, list[Entry]]


def collect(case: Case) -> None:
    """Every list of economic classes against the amount before it."""
    brackets: Lists = defaultdict(list)
    after: Lists = defaultdict(list)
    for entry in case.entries:
        if not _is_class(entry) or not entry.values or entry.aside:
            continue
        head, within = entry.bracket, entry.outer
        if head is not None and head.item.id.startswith("gpb.basic") and _beside(entry, head):
            brackets[id(head)].append(entry)
        elif head is None and within is not None and _of_all_basic(entry, within):
            after[id(within)].append(entry)
    for parts in _listed_below(case).values():
        _below_part(case, parts[0].outer, parts)
    for parts in _divisions(case).values():
        _division(case, parts)
    for members in brackets.values():
        _bracket(case, members[0].bracket, members)
    for members in after.values():
        _list(case, members[0].outer, members)


def _listed_below(case: Case) -> Lists:
    """The classes listed in a sentence of their own below 人员经费 or 公用经费."""
    found: Lists = defaultdict(list)
    for entry in case.entries:
        head = entry.outer
        if not _is_class(entry) or not entry.values or entry.aside or entry.bracket or head is None:
            continue
        if head.item.id in BELOW and _beside(entry, head):
            found[id(head)].append(entry)
    return found


def _below_part(case: Case, head: Entry | None, members: list[Entry]) -> None:
    """人员经费 has two classes at the most; where both are listed they make it. So do what is
    spent on goods and what is bought.
    """
    if head is None or not head.values:
        return
    codes = {e.item.code for e in members}
    whole = codes >= {"301", "303"} or ("302" in codes and codes & BOUGHT)
    partial = not whole or open_ended(case, [head, *members])
    add_sum(case, head, members, partial=partial, what="各类")


def _divisions(case: Case) -> dict[tuple[int, str], list[Entry]]:
    """The economic classes of other expenditure than the basic one, by section and by what they
    are parts of.
    """
    found: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for entry in case.entries:
        scope = economic_scope(entry.item.id) if _is_class(entry) else ""
        told = entry.values and not entry.aside and not entry.row and current(case, entry)
        if told and len(entry.item.id.split(".")) > PLAIN_PARTS:
            found[id(entry.paragraph.section), scope].append(entry)
    return found


def _division(case: Case, members: list[Entry]) -> None:
    """All classes of an expenditure make it; with transfers to other units among it, or one class
    or two alone, they are only not more.
    """
    head = value(case, economic_scope(members[0].item.id), members[0])
    if head is None or len({e.item.id for e in members}) < len(members):
        return
    codes = {e.item.code for e in members}
    whole = len(codes) > WHOLE_FROM and codes & WAGES_AND_GOODS and not _transfers(case)
    partial = not whole or open_ended(case, [head.entry, *members])
    severity = None if partial or codes & BOUGHT else "review"
    add_sum(case, head.entry, members, partial=partial, what="经济分类", severity=severity)


def _transfers(case: Case) -> bool:
    """Whether the unit paid other units of its own, which no economic class holds."""
    for item_id in TRANSFERS:
        told = [v for v in said(case, item_id) if v.figure.number]
        fact = case.facts.first(addresses_of(item_id)) if case.facts else None
        if told or (fact is not None and fact.amount):
            return True
    return False


def _beside(entry: Entry, head: Entry) -> bool:
    return entry.paragraph is head.paragraph


def _of_all_basic(entry: Entry, head: Entry) -> bool:
    same = entry.sentence == head.sentence and _beside(entry, head)
    return head.item.id == "gpb.basic" and same


def _bracket(case: Case, head: Entry | None, members: list[Entry]) -> None:
    if head is not None and head.values:
        partial = len(members) < WHOLE_FROM or open_ended(case, [head, *members])
        add_sum(case, head, members, partial=partial, what="括号")


def _list(case: Case, head: Entry | None, members: list[Entry]) -> None:
    """A list after 其中: less than the whole is worth a look where nothing was bought."""
    if head is None or not head.values:
        return
    codes = {e.item.code for e in members}
    partial = not codes >= USUAL or open_ended(case, [head, *members])
    severity = None if partial or codes & BOUGHT else "review"
    add_sum(case, head, members, partial=partial, what="各类", severity=severity)


def _is_class(entry: Entry) -> bool:
    code = entry.item.code
    return entry.item.id.startswith("econ.") and code is not None and len(code) == CLASS_DIGITS


CHECK = Check(
    name="brackets",
    rules=("N-10",),
    title="括号里所列经济分类各类之和等于前面的金额",
    message=SUM,
    run=collect,
    wrong="六、一般公共预算财政拨款基本支出情况说明\n2023年度基本支出12.00万元，其中：人员经费12.00万元（工资福利支出10.00万元，对个人和家庭的补助3.00万元）。",
    right="六、一般公共预算财政拨款基本支出情况说明\n2023年度基本支出12.00万元，其中：人员经费12.00万元（工资福利支出10.00万元，对个人和家庭的补助2.00万元）。",
)
