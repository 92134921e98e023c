"""E-08 (a), (b): the residual table in itself and against its sentence."""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import (
    interval,
    percent,
    plain_number,
    rate_holds,
    rate_of,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.shown import hint_or_own, in_wan
from pipelines.performance.claims import RESIDUAL, find
from pipelines.performance.pack import Row

TENTH = Fraction(1, 10)
YES, NO = frozenset(("是", "√", "小于")), frozenset(("否", "×", "不小于"))


def check(case: Case) -> None:
    listed = case.matched.lists.get("JX10", [])
    rows = [x.row for x in listed if x.row is not None]
    if not rows:
        return
    for row in rows:
        _row(case, row)
    _sentence(case, rows)


def _row(case: Case, row: Row) -> None:
    budget, done = row.get("预算金额"), row.get("预算执行")
    if not budget.number or not done.number:
        return
    case.count("E-08")
    rate = rate_of(interval(done), interval(budget))
    if rate is None:
        if interval(done).low > 0:
            message = f"“{row.key}”预算为 0，却有执行 {in_wan(done)}"
            case.fail("E-08", f"JX10[{row.key}]/无预算", message, done, budget, severity="review")
        return
    if interval(done).low > interval(budget).high:
        message = f"“{row.key}”执行 {in_wan(done)}，大于预算 {in_wan(budget)}"
        case.fail("E-08", f"JX10[{row.key}]/超预算", message, done, budget, severity="review")
    _rate(case, row, rate)
    left = Interval(1 - rate.high / 100, 1 - rate.low / 100)
    _left(case, row, left)
    _flag(case, row, budget.value.number, done.value.number)


def _rate(case: Case, row: Row, rate: Interval) -> None:
    budget, done, printed = row.get("预算金额"), row.get("预算执行"), row.get("预算完成率")
    if printed.number and (outcome := rate_holds(printed.value, rate)) != "pass":
        message = (
            f"“{row.key}”预算完成率印 {printed.text}，{in_wan(done)} ÷"
            f" {in_wan(budget)} = {percent(rate.middle)}"
        )
        place = f"JX10[{row.key},预算完成率]"
        severity = hint_or_own(outcome)
        case.fail("E-08", place, message, printed, [done, budget], severity=severity)


def _left(case: Case, row: Row, left: Interval) -> None:
    printed = row.get("资金结余率")
    if not printed.number:
        return
    value = printed.value
    percent_fits = rate_holds(value, Interval(left.low * 100, left.high * 100))
    # Without a percent sign both readings are allowed: 0.05 and 5 are the same share.
    fraction_fits = "fail" if value.percent else rate_holds(value, left)
    if "pass" in (percent_fits, fraction_fits):
        return
    severity = "hint" if "hint" in (percent_fits, fraction_fits) else None
    message = (
        f"“{row.key}”资金结余率印 {printed.text}，按预算和执行计算为 {percent(left.middle * 100)}"
    )
    case.fail(
        "E-08",
        f"JX10[{row.key},资金结余率]",
        message,
        printed,
        [row.get("预算执行"), row.get("预算金额")],
        severity=severity,
    )


def _flag(case: Case, row: Row, budget: Fraction | None, done: Fraction | None) -> None:
    said = row.get("是否小于0.1")
    if not budget or done is None or said.text not in YES | NO:
        return
    small = 1 - done / budget < TENTH
    if small != (said.text in YES):
        message = (
            f"“{row.key}”结余率 {percent((1 - done / budget) * 100)}，是否小于 0.1 填“{said.text}”"
        )
        case.fail("E-08", f"JX10[{row.key},是否小于0.1]", message, said, row.get("资金结余率"))


def _sentence(case: Case, rows: list[Row]) -> None:
    small = [r for r in rows if _small(r)]
    for said in find(case.pack, "结余", RESIDUAL):
        case.count("E-08")
        if said.number != len(small):
            message = (
                f"文字称结余率小于 0.1 的项目 {plain_number(said.number)} 个，表中 {len(small)} 个"
            )
            case.fail(
                "E-08", "文字/达标数", message, said.entry, [r.get("是否小于0.1") for r in rows][:3]
            )


def _small(row: Row) -> bool:
    budget, done = row.number("预算金额"), row.number("预算执行")
    if budget is None or done is None or not budget.number or done.number is None:
        return False
    return 1 - done.number / budget.number < TENTH
