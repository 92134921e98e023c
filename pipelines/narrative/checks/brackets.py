"""The economic classes (类) that a bracket lists after an amount of basic expenditure make it."""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import SUM, add_sum, open_ended
from pipelines.narrative.entries import Entry

CLASS_DIGITS = 3  # of the code of an economic class; a 款 below it has two more
WHOLE_FROM = 2  # one class alone may be an example; two or more are the whole list


def collect(case: Case) -> None:
    """Every bracket of economic classes against the amount before it."""
    for members in _brackets(case):
        head = members[0].bracket
        if head is not None and head.values:
            partial = len(members) < WHOLE_FROM or open_ended(case, [head, *members])
            add_sum(case, head, members, partial=partial, what="括号")


def _brackets(case: Case) -> list[list[Entry]]:
    """The classes of each bracket after 人员经费, 公用经费 or 基本支出, in order."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        head = entry.bracket
        if head is None or not entry.values or entry.aside or entry.paragraph is not head.paragraph:
            continue
        if _is_class(entry) and head.item.id.startswith("gpb.basic"):
            found[id(head)].append(entry)
    return list(found.values())


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
