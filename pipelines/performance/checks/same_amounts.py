"""E-31: the same amount in several places."""

from __future__ import annotations

import re

from pipelines.performance.arithmetic import (
    difference,
    equal,
    interval,
    percent,
    rate_holds,
    rate_of,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.money_sums import (
    AMOUNT,
    WHOLE,
    against,
    said_amounts,
    sum_holds,
)
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.claims import KINDS, claim
from pipelines.performance.pack import Entry, Row

DISPOSAL = (
    ("全年预算数", "调整后预算", rf"全年预算数{AMOUNT}"),
    ("决算数", "预算执行", rf"(?<!年初预)决算数{AMOUNT}"),
)
# The total stands in the sentence before the kinds that it is made of.
TOTAL_BEFORE = re.compile(r"总额(?:为)?(?P<n>\d+(?:\.\d+)?)(?P<u>万元|元)[^。]{0,10}$")


def check(case: Case) -> None:
    """E-31: the same amount in two places."""
    for key, twin in (("合计", "总计"), ("基本支出", "基本支出"), ("项目支出", "项目支出")):
        row, other = case.pack.row("JX09", key), case.pack.row("JX03", twin)
        if row is None or other is None:
            continue
        for column, opposite in (("预算额", "调整后预算"), ("执行额", "预算执行")):
            _twice(case, key, column, row.get(column), other.get(opposite), opposite)
    for row in case.pack.of("JX09"):
        _short_rate(case, row)
    _totals_of_short(case)
    _kinds(case)
    _disposal_said(case)


def _twice(case: Case, key: str, column: str, one: Entry, other: Entry, opposite: str) -> None:
    outcome = equal(one, other)
    if outcome is None or case.is_settled("E-20", other):
        return
    case.count("E-31")
    if not outcome:
        gap = difference(one, [other])
        message = (
            f"预算完成表“{key}”{column} {in_wan(one)}，年度预算执行表{opposite}"
            f" {in_wan(other)}，相差 {wan(gap)}"
        )
        case.fail("E-31", f"JX09[{key},{column}]", message, one, other, difference=gap)
        case.settle("E-31", one)


def _short_rate(case: Case, row: Row) -> None:
    budget, done, printed = row.get("预算额"), row.get("执行额"), row.get("预算执行进度")
    if (
        not (budget.number and done.number and printed.number)
        or case.is_settled("E-31", budget)
        or case.is_settled("E-31", done)
    ):
        return
    true = rate_of(interval(done), interval(budget))
    if true is None:
        return
    case.count("E-31")
    outcome = rate_holds(printed.value, true)
    if outcome != "pass":
        message = (
            f"预算完成表“{row.key}”执行进度印 {printed.text}，按金额计算为 {percent(true.middle)}"
        )
        case.fail(
            "E-31",
            f"JX09[{row.key},预算执行进度]",
            message,
            printed,
            [done, budget],
            severity=hint_or_own(outcome),
        )


def _totals_of_short(case: Case) -> None:
    whole = case.pack.row("JX09", "合计")
    parts = [r for k in WHOLE if (r := case.pack.row("JX09", k)) is not None]
    if whole is None or len({p.key for p in parts} & set(WHOLE[:2])) < 2:
        return
    for column in ("预算额", "执行额"):
        cells = [p.get(column) for p in parts]
        if not any(case.is_settled("E-31", c) for c in (whole.get(column), *cells)):
            sum_holds(
                case, "E-31", "JX09", "合计", column, whole.get(column), cells, "基本支出加项目支出"
            )


def _kinds(case: Case) -> None:
    """人员类 + 运转类 + 特定目标类 = 总额."""
    for prose, paragraph in case.pack.paragraphs():
        found = KINDS.search(paragraph.normal.text)
        if not found:
            continue
        parts = [claim("类", prose, paragraph, found, g).entry for g in ("n", "b", "c")]
        entries = [Entry(p.value.scaled(10_000), p.file, p.spot) for p in parts]
        before = TOTAL_BEFORE.search(paragraph.normal.text[: found.start()])
        if before:
            whole = claim("总额", prose, paragraph, before).entry
            sum_holds(
                case, "E-31", "文字", "总额", "人员类运转类特定目标类", whole, entries, "三类合计"
            )
        _targeted(case, entries[2])


def _targeted(case: Case, said: Entry) -> None:
    """特定目标类 of the text is 项目支出, unless the sum of the three is wrong already."""
    row = case.pack.row("JX03", "项目支出")
    if row is None or case.subjects["E-31", "文字[总额,人员类运转类特定目标类]"]:
        return
    other = row.get("预算执行")
    if equal(said, other) is False:
        message = f"特定目标类 {in_wan(said)}，年度预算执行表项目支出 {in_wan(other)}"
        case.fail("E-31", "文字[特定目标类]", message, said, other, severity="review")


def _disposal_said(case: Case) -> None:
    total = case.pack.row("JX03", "总计")
    if total is None:
        return
    near = re.compile(r"绩效监控结果|运行监控后|及时处置")
    for name, column, pattern in DISPOSAL:
        for said in said_amounts(case, pattern, near):
            cell = total.get(column)
            if cell.number and not case.is_settled("E-20", cell):
                against(case, "E-31", "JX07", name, column, said, [total.get(column)])
