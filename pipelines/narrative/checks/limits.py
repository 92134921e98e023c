"""What sections owe each other: parts within their wholes, 基本支出 of two sections, 机关运行经费
within 公用经费, averages.
"""

from __future__ import annotations

import re

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.kinds.equality import equal, within
from pipelines.narrative.kinds.shares import average
from pipelines.narrative.normal import plain
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import Said, value

MORE = "{part}{figure}大于{whole}{other}，多出{gap}"
BASIC = (
    "一般公共预算财政拨款基本支出{figure}与“{section}”的基本支出{other}不一致，相差{gap}"
    "（本年支出全部为一般公共预算财政拨款，两者应相等）"
)
RUNNING = "机关运行经费{figure}与公用经费{other}不一致（行政、参公单位两者应相等）"
AVERAGE = "{item}{figure}与{whole}除以{count}不符，应为{right}"
WITHIN = (
    ("fiscal_expenditure", "total_expenditure", "N-04"),
    ("fiscal_income", "total_income", "N-04"),
    ("income.gpb", "fiscal_income", "N-04"),
    ("income.fiscal", "fiscal_income", "N-04"),
    ("income", "total_income", "N-02"),
    ("expenditure", "total_expenditure", "N-03"),
    ("gpb", "expenditure", "N-05"),
    ("gpb.basic", "expenditure.basic", "N-10"),
    ("gpb.basic", "gpb", "N-10"),
    ("gpb.project", "gpb", "N-05"),
    ("contracts.micro", "contracts.sme", "N-15"),
    ("contracts.sme", "procurement", "N-15"),
    ("contracts.micro", "procurement", "N-15"),
    ("running", "gpb.basic.public", "N-14"),
)
AVERAGES = (
    ("average.car", "three.car.run", "count.car.kept"),
    ("average.bought", "three.car.buy", "count.car.bought"),
    ("average.batch", "three.host", "count.host.home.batches"),
    ("average.batch", "three.host", "count.host.batches"),
    ("average.abroad", "three.abroad", "count.abroad.people"),
    ("average.host", "three.host.home", "count.host.home.people"),
    ("average.host", "three.host", "count.host.people"),
    ("average.host", "three.host", "count.host.home.people"),
)
OFFICIAL = ("行政单位", "参照公务员法管理事业单位")


def collect(case: Case) -> None:
    """Relations between sections."""
    for part, whole, rule in WITHIN:
        _within(case, part, whole, rule)
    _basic(case)
    _running(case)
    judged: set[str] = set()
    for printed, whole, count in AVERAGES:
        if printed not in judged and value(case, whole) and value(case, count):
            judged.add(printed)
            _average(case, printed, whole, count)


def _within(case: Case, part_id: str, whole_id: str, rule: str) -> None:
    part, whole = value(case, part_id), value(case, whole_id)
    if part is None or whole is None or (part_id == "gpb.basic" and all_fiscal(case)):
        return
    case.count(rule)
    left, right = case.term(part.entry, part.figure), case.term(whole.entry, whole.figure)

    def message(values: Values) -> str:
        gap = (left.of(values) - right.of(values)).middle
        return MORE.format(
            part=left.title,
            figure=left.figure.text,
            whole=right.title,
            other=right.figure.text,
            gap=amount(gap, True),
        )

    subject = case.subject(part.entry) + f"不大于{whole.entry.item.title}"
    if left.key != right.key:
        case.relations.append(within(left, right, rule, subject, message))


def all_fiscal(case: Case) -> bool:
    """Whether all of this year's expenditure is 一般公共预算财政拨款, by the text."""
    part, whole = value(case, "gpb"), value(case, "expenditure")
    return bool(
        part
        and whole
        and part.figure.amount == whole.figure.amount
        and part.interval.meets(whole.interval)
    )


def _basic(case: Case) -> None:
    """基本支出 of 说明六 and 说明三 are one where all expenditure is 一般公共预算."""
    own, other = value(case, "gpb.basic"), value(case, "expenditure.basic")
    if own is None or other is None or not all_fiscal(case):
        return
    case.count("N-10")
    left, right = case.term(own.entry, own.figure), case.term(other.entry, other.figure)

    def message(values: Values) -> str:
        return BASIC.format(
            figure=left.figure.text,
            section=plain(other.entry.section),
            other=right.figure.text,
            gap=amount(abs((left.of(values) - right.of(values)).middle), True),
        )

    subject = case.subject(own.entry) + "与支出决算"
    case.relations.append(equal(left, right, "N-10", subject, message))


def _running(case: Case) -> None:
    """机关运行经费 and 公用经费 are one for a single administrative unit."""
    running, public = value(case, "running"), value(case, "gpb.basic.public")
    if running is None or public is None or not running.figure.number or not _single_office(case):
        return
    case.count("N-14")
    left, right = case.term(running.entry, running.figure), case.term(public.entry, public.figure)
    message = RUNNING.format(figure=left.figure.text, other=right.figure.text)
    subject = case.subject(running.entry) + "与公用经费"
    case.relations.append(equal(left, right, "N-14", subject, lambda values: message))


def _single_office(case: Case) -> bool:
    """An administrative unit without subordinate units, by the register or by the text."""
    text = plain(case.narrative.text)
    alone = re.search(
        r"下(?:属|设)(?:二级)?(?:预算)?单位0个|(?:无|没有)下属(?:二级)?(?:预算)?单位", text
    )
    return bool(alone) and case.unit_type in (None, *OFFICIAL)


def _average(case: Case, printed_id: str, whole_id: str, count_id: str) -> None:
    """车均运行维护费 times the vehicles is 运行维护费."""
    whole, count = value(case, whole_id), value(case, count_id)
    for entry in case.entries:
        if entry.item.id == printed_id and entry.values and whole and count:
            _averaged(case, entry, whole, count)


def _averaged(case: Case, entry: Entry, whole: Said, count: Said) -> None:
    own = case.term(entry, entry.values[0])
    total = case.term(whole.entry, whole.figure)
    number = case.term(count.entry, count.figure)
    case.count("N-12")

    def message(values: Values) -> str:
        right = total.of(values).middle / (number.of(values).middle or 1)
        return AVERAGE.format(
            item=own.title,
            figure=own.figure.text,
            whole=f"{total.title}{total.figure.text}",
            count=f"{number.title}{number.figure.text}",
            right=amount(right, True),
        )

    case.relations.append(
        average(own, total, number, "N-12", case.subject(entry) + "平均", message)
    )


__all__ = ["CHECK", "Term", "all_fiscal"]

CHECK = Check(
    name="limits",
    rules=("N-02", "N-03", "N-04", "N-05", "N-10", "N-12", "N-14", "N-15"),
    title="部分不大于整体",
    message=MORE,
    run=collect,
    wrong="政府采购支出说明\n2023年度政府采购支出总额75.00万元。授予中小企业合同金额95.00万元。",
    right="政府采购支出说明\n2023年度政府采购支出总额75.00万元。授予中小企业合同金额65.00万元。",
)
