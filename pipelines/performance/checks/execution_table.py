"""E-20: 年度预算执行表 (表2-2) in itself, against the text and 财决01."""

from __future__ import annotations

import re

from pipelines.narrative.figures import Interval
from pipelines.narrative.vocabulary import Address
from pipelines.performance.arithmetic import (
    interval,
    percent,
    rate_holds,
    rate_of,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.finals import Unequal, tell, unequal
from pipelines.performance.checks.money_sums import (
    AMOUNT,
    AMOUNTS,
    WHOLE,
    against,
    said_amounts,
    sum_holds,
)
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.pack import Entry, Row

SAID_03 = (
    ("总计", "年度预算", rf"(?<!拨款)(?<!收入)支出年初预算{AMOUNT}"),
    ("总计", "中期调整", rf"中期调整{AMOUNT}"),
    ("总计", "调整后预算", rf"调整后预算支出{AMOUNT}"),
    ("总计", "预算执行", rf"部门支出预算执行{AMOUNT}"),
    ("基本支出", "调整后预算", rf"基本支出预算{AMOUNT}"),
    ("基本支出", "预算执行", rf"基本支出执行{AMOUNT}"),
    ("项目支出", "调整后预算", rf"项目支出预算{AMOUNT}"),
    ("项目支出", "预算执行", rf"项目支出执行{AMOUNT}"),
)
RATES_03 = (
    ("总计", r"部门总体执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
    ("基本支出", r"基本支出(?:总体)?执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
    ("项目支出", r"项目支出(?:总体)?执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
)
SPENDING_PROSE = re.compile(r"支出预算执行|执行进度")
FINAL = ("基本支出", "人员经费", "公用经费", "项目支出")
FINAL_COLUMNS = (("预算执行", "决算数"), ("年度预算", "年初预算数"), ("调整后预算", "全年预算数"))


def check(case: Case) -> None:
    rows = case.pack.of("JX03")
    if not rows:
        case.lack("E-20", "没有年度预算执行表（表2-2）")
        return
    broken: set[tuple[str, str]] = set()
    for key, parts in (("基本支出", ("人员经费", "公用经费")), ("总计", WHOLE)):
        for column in AMOUNTS:
            _vertical(case, key, parts, column, broken)
    for row in rows:
        _horizontal(case, row, broken)
        _rate(case, row, broken)
    for key, column, pattern in SAID_03:
        for said in said_amounts(case, pattern, SPENDING_PROSE):
            found = case.pack.row("JX03", key)
            if found is not None and found.get(column).number:
                against(case, "E-20", "JX03", key, column, said, [found.get(column)])
    _rates_said(case)
    _final_accounts(case)


def _vertical(
    case: Case, key: str, parts: tuple[str, ...], column: str, broken: set[tuple[str, str]]
) -> None:
    whole, members = case.pack.row("JX03", key), _rows(case, parts)
    # With one part alone (项目支出 without 基本支出) nothing can be said of the sum.
    if whole is None or len({m.key for m in members} & set(parts[:2])) < 2:
        return
    cells = [m.get(column) for m in members]
    what = f"{' + '.join(m.key for m in members)} 为"
    if not sum_holds(case, "E-20", "JX03", key, column, whole.get(column), cells, what):
        broken.update((k, column) for k in (key, *parts))
        for cell in cells:  # which of them is wrong cannot be told: no other table accuses one
            case.settle("E-20", cell)


def _rows(case: Case, keys: tuple[str, ...]) -> list[Row]:
    """Those of the rows that the table has."""
    return [r for k in keys if (r := case.pack.row("JX03", k)) is not None]


def _horizontal(case: Case, row: Row, broken: set[tuple[str, str]]) -> None:
    """调整后 = 年度 + 调整, unless one of them is found wrong by the column's sum already."""
    if any((row.key, c) in broken for c in AMOUNTS[:3]) or not row.get("调整后预算").said:
        return
    cells = [row.get("年度预算"), row.get("中期调整")]
    if not sum_holds(
        case,
        "E-20",
        "JX03",
        row.key,
        "调整后预算",
        row.get("调整后预算"),
        cells,
        "年度预算加中期调整",
    ):
        broken.add((row.key, "调整后预算"))


def _rate(case: Case, row: Row, broken: set[tuple[str, str]]) -> None:
    """The rate of a row whose amounts no sum accuses, its budget as a limit, its reason."""
    budget, done = row.get("调整后预算"), row.get("预算执行")
    if not budget.number or not done.number:
        return
    if any((row.key, c) in broken for c in ("调整后预算", "预算执行")):
        return
    true = rate_of(interval(done), interval(budget))
    if true is not None:
        _printed_rate(case, row, true)
    _over_budget(case, row)
    if true is not None and true.high < 100 and _lacks_reason(case, row):
        _reason_missing(case, row, row.get("执行率"))


def _printed_rate(case: Case, row: Row, true: Interval) -> None:
    budget, done, printed = row.get("调整后预算"), row.get("预算执行"), row.get("执行率")
    if not printed.number:
        return
    case.count("E-20")
    outcome = rate_holds(printed.value, true)
    if outcome != "pass":
        message = (
            f"“{row.key}”执行率印 {printed.text}，{in_wan(done)} ÷"
            f" {in_wan(budget)} = {percent(true.middle)}"
        )
        place = f"JX03[{row.key},执行率]"
        severity = hint_or_own(outcome)
        case.fail("E-20", place, message, printed, [done, budget], severity=severity)


def _over_budget(case: Case, row: Row) -> None:
    budget, done = row.get("调整后预算"), row.get("预算执行")
    if interval(done).low > interval(budget).high and row.key != "年末结转结余":
        message = f"“{row.key}”预算执行 {in_wan(done)}，大于调整后预算 {in_wan(budget)}"
        case.fail("E-20", f"JX03[{row.key}]/超预算", message, done, budget, severity="review")


def _lacks_reason(case: Case, row: Row) -> bool:
    """Whether the row is one that gives the reason, in a table that has a column for it."""
    asked = "原因" in case.pack.columns("JX03") and row.key in ("总计", "基本支出", "项目支出")
    return asked and not row.get("原因").words


def _reason_missing(case: Case, row: Row, printed: Entry) -> None:
    """One finding for the table: the reason may stand at the part or at the total."""
    rows = [
        case.pack.row("JX03", k) for k in ("总计", "基本支出", "项目支出", "人员经费", "公用经费")
    ]
    if (
        any(r is not None and r.get("原因").words for r in rows)
        or case.subjects["E-20", "JX03/原因"]
    ):
        return
    message = f"请补写原因：“{row.key}”执行率 {printed.text}，没有到 100%"
    case.fail(
        "E-20", "JX03/原因", message, [printed, row.label], row.get("原因"), severity="review"
    )


def _rates_said(case: Case) -> None:
    for key, pattern in RATES_03:
        row = case.pack.row("JX03", key)
        if row is None or not row.get("预算执行").number or not row.get("调整后预算").number:
            continue
        if case.is_settled("E-20", row.get("预算执行"), row.get("调整后预算")):
            continue
        true = rate_of(interval(row.get("预算执行")), interval(row.get("调整后预算")))
        for said in said_amounts(case, pattern, SPENDING_PROSE):
            if true is None:
                continue
            case.count("E-20")
            if (
                rate_holds(said.entry.value, true) == "fail"
                and not case.subjects["E-20", f"JX03[{key},执行率]"]
            ):
                message = (
                    f"文字中{key}执行进度 {said.entry.text}%，按表计算为 {percent(true.middle)}"
                )
                case.fail(
                    "E-20", f"JX03[{key},执行率]/文字", message, said.entry, row.get("执行率")
                )


def _final_accounts(case: Case) -> None:
    """The parts as in 财决01表 (all money) or 01-1表 (a report of fiscal money alone)."""
    for column, fact in FINAL_COLUMNS:
        found: list[Unequal] = []
        for key in FINAL:
            row = case.pack.row("JX03", key)
            cells = [
                Address("Z01", "支出性质", key, fact),
                Address("Z01_1", "支出性质", key, f"{fact}/小计"),
            ]
            entries = [row.get(column)] if row is not None else []
            found += unequal(case, "E-20", f"“{key}”{column}", entries, cells)
        # A budget may be told with or without what was carried over: a question, not an error.
        severity = None if column == "预算执行" else "review"
        tell(case, "E-20", f"JX03[{column}]/财决", found, severity)
