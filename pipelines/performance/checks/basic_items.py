"""E-15: 基本支出分项目收支情况表, class by class, and its total."""

from __future__ import annotations

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
from pipelines.performance.checks.basic_kinds import check_kinds
from pipelines.performance.checks.money_sums import sum_holds
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.pack import Row

ITEMS = ("资金来源/合计", "资金来源/财政拨款", "支出数/合计", "支出数/财政拨款")


def check(case: Case) -> None:
    """E-15: the tree of codes, the total against 基本支出, the rates."""
    rows = case.pack.of("JX04")
    if not rows:
        case.lack("E-15", "没有基本支出分项目收支情况表")
        return
    failed = False
    for column in (*ITEMS, "完成值"):
        if column in case.pack.columns("JX04"):
            failed |= not _tree(case, rows, column)
    for row in rows:
        _finished(case, row)
    _against_execution(case, failed)
    check_kinds(case, rows)


def _against_execution(case: Case, failed: bool) -> None:
    total = case.pack.row("JX04", "合计")
    basic = case.pack.row("JX03", "基本支出")
    if total is not None and basic is not None and not failed:
        one, other = total.get("支出数/合计"), basic.get("预算执行")
        outcome = equal(one, other)
        if outcome is not None:
            case.count("E-15")
        if outcome is False and not case.is_settled("E-20", other):
            gap = difference(one, [other])
            message = (
                f"基本支出分项目表支出合计 {in_wan(one)}，年度预算执行表基本支出"
                f" {in_wan(other)}，相差 {wan(gap)}"
            )
            case.fail("E-15", "JX04/基本支出", message, one, other, difference=gap)


def _tree(case: Case, rows: list[Row], column: str) -> bool:
    """Whether the total, every class and every 款 is the sum of what stands below it."""
    coded = [(r.key.partition("/")[0], r) for r in rows if r.key[:3].isdigit()]
    held = _classes_hold(case, coded, column)
    for code, row in coded:
        deeper = [r.get(column) for c, r in coded if len(c) == len(code) + 2 and c.startswith(code)]
        if len(code) < 7 and deeper:
            held &= sum_holds(
                case, "E-15", "JX04", code, column, row.get(column), deeper, "下级合计"
            )
    return held


def _classes_hold(case: Case, coded: list[tuple[str, Row]], column: str) -> bool:
    total = case.pack.row("JX04", "合计")
    if total is None:
        return True
    classes = [r.get(column) for c, r in coded if len(c) == 3]
    return sum_holds(case, "E-15", "JX04", "合计", column, total.get(column), classes, "各类合计")


def _finished(case: Case, row: Row) -> None:
    _rate_of_finish(case, row)
    for part, whole in (("资金来源/财政拨款", "资金来源/合计"), ("支出数/财政拨款", "支出数/合计")):
        _part_within(case, row, part, whole)
    _done_as_spent(case, row)


def _rate_of_finish(case: Case, row: Row) -> None:
    """完成率 is spent over funds."""
    source, spent, printed = row.get("资金来源/合计"), row.get("支出数/合计"), row.get("完成率")
    if not (printed.number and spent.number and source.number):
        return
    true = rate_of(interval(spent), interval(source))
    if true is None:
        return
    case.count("E-15")
    outcome = rate_holds(printed.value, true)
    if outcome == "pass" or case.is_settled("E-15", spent, source):
        return
    message = (
        f"“{row.key}”完成率印 {printed.text}，{in_wan(spent)} ÷"
        f" {in_wan(source)} = {percent(true.middle)}"
    )
    place = f"JX04[{row.key},完成率]"
    case.fail("E-15", place, message, printed, [spent, source], severity=hint_or_own(outcome))


def _part_within(case: Case, row: Row, part: str, whole: str) -> None:
    """财政拨款 is not more than 合计."""
    one, other = row.get(part), row.get(whole)
    if not (one.number and other.number) or case.is_settled("E-15", one, other):
        return
    if interval(one).low > interval(other).high:
        message = f"“{row.key}”{part} {in_wan(one)}，大于{whole} {in_wan(other)}"
        case.fail("E-15", f"JX04[{row.key},{part}]", message, one, other)


def _done_as_spent(case: Case, row: Row) -> None:
    """完成值 is what was spent."""
    spent, done = row.get("支出数/合计"), row.get("完成值")
    if not (done.number and spent.number) or equal(done, spent) is not False:
        return
    if case.is_settled("E-15", done) or case.is_settled("E-15", spent):
        return
    message = f"“{row.key}”完成值 {in_wan(done)}，与支出数 {in_wan(spent)} 不同"
    case.fail("E-15", f"JX04[{row.key},完成值]", message, done, spent)
