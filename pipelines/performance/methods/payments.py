"""progress, completion and residual: 执行进度, 预算完成, 资金结余率."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import interval, percent, plain_number, rate_of
from pipelines.performance.pack import Entry, Row
from pipelines.performance.score import Score, nothing, two_places
from pipelines.performance.sources import (
    paid_rates,
)

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator


def progress(case: Case, indicator: SchemeIndicator) -> Score:
    """执行进度: the share paid at each date against its target, each month with its own points."""
    months = [int(m) for m in indicator.params["months"]]
    targets = progress_targets(indicator)
    weights = [Fraction(str(w)) for w in indicator.params["weights"]]
    rates, source = paid_rates(case)
    if not any(m in rates for m in months):
        return nothing("没有 6、9、11 月的执行进度")
    low = high = Fraction(0)
    parts = []
    for month, target, weight in zip(months, targets, weights, strict=True):
        if month not in rates:
            high += weight
            continue
        rate = rates[month]
        low += weight * min(Fraction(1), rate.low / target)
        high += weight * min(Fraction(1), rate.high / target)
        parts.append(f"{month}月 {percent(rate.middle)}/{percent(target)}")
    others = () if source != "执行进度表" else _share_reading(months, targets, weights, rates)
    certain = _certain(low, high)
    return Score(*certain, source, process="，".join(parts), others=others)


def progress_targets(indicator: SchemeIndicator) -> list[Fraction]:
    """40, 67.5 and 82.5 for the shares 80, 90, 90 of 6, 9 and 11 twelfths."""
    pairs = zip(indicator.params["months"], indicator.params["share"], strict=True)
    return [Fraction(str(share)) * int(month) / 12 for month, share in pairs]


def _share_reading(
    months: list[int], targets: list[Fraction], weights: list[Fraction], rates: dict[int, Interval]
) -> tuple[Fraction, ...]:
    """The score where the printed values are shares of the time gone by, not of the year."""
    total = Fraction(0)
    for month, target, weight in zip(months, targets, weights, strict=True):
        if month not in rates:
            return ()
        share_target = target * 12 / month
        total += weight * min(Fraction(1), rates[month].middle / share_target)
    return (two_places(total),)


def completion(case: Case, indicator: SchemeIndicator) -> Score:
    """预算完成: the yearly execution rate, at most 100 %."""
    weight = Fraction(str(indicator.weight))
    rates, source = paid_rates(case)
    rate = rates.get(12)
    if rate is None:
        rate, source = _yearly_rate(case)
    if rate is None:
        return nothing("没有 12 月的执行进度，也没有年度预算执行表")
    low = weight * min(Fraction(1), rate.low / 100)
    high = weight * min(Fraction(1), rate.high / 100)
    process = f"{plain_number(weight)} × {percent(rate.middle)}"
    return Score(*_certain(low, high), source, process=process)


def _yearly_rate(case: Case) -> tuple[Interval | None, str]:
    row = case.pack.row("JX03", "总计")
    if row and row.number("预算执行") and row.number("调整后预算"):
        return (
            rate_of(interval(row.get("预算执行")), interval(row.get("调整后预算"))),
            "年度预算执行表",
        )
    row = case.pack.row("JX09", "合计")
    if row and row.number("执行额") and row.number("预算额"):
        return rate_of(interval(row.get("执行额")), interval(row.get("预算额"))), "预算完成表"
    return None, ""


def _certain(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Rounded at the end; a range that comes to the same two decimals is one number."""
    return two_places(low), two_places(high)


def residual(case: Case, indicator: SchemeIndicator) -> Score:
    """资金结余率: projects with less than a tenth of their money left, over all projects with a
    budget.
    """
    limit = Fraction(str(indicator.params.get("limit", 10))) / 100
    weight = Fraction(str(indicator.weight))
    amounts, source = project_amounts(case)
    counted = [(b, e) for b, e in amounts if b.high > 0 and (b.low > 0 or e.high > 0)]
    if not counted:
        return nothing("没有预算不为 0 的部门预算项目")
    sure = possible = 0
    for budget, executed in counted:
        most, least = _residual(budget, executed)
        sure += most < limit
        possible += least < limit
    number = len(counted)
    low, high = weight * sure / number, weight * possible / number
    process = (
        f"{number} 个项目中 {sure} 个结余率小于 {percent(limit * 100)}，× {plain_number(weight)}"
    )
    return Score(two_places(low), two_places(high), source, process=process)


def _residual(budget: Interval, executed: Interval) -> tuple[Fraction, Fraction]:
    """The largest and the smallest share left. Limits inside the rounding of the print are not
    decided.

    The printed numbers themselves are tried first: 9.00 of 10.00 is exactly a tenth.
    """
    middle = 1 - executed.middle / budget.middle if budget.middle else Fraction(1)
    return middle, middle


def project_amounts(case: Case) -> tuple[list[tuple[Interval, Interval]], str]:
    """Budget and execution of every project: from the export, else the residual table, else the
    project tables.
    """
    for form, source in (
        ("JX15", "可执行指标执行情况表"),
        ("JX10", "资金结余率表"),
        *(() if case.pack.partial else (("JX14", "项目自评表"),)),
    ):
        listed = case.matched.lists.get(form, [])
        pairs = []
        for one in listed:
            executed = _executed(one)
            if one.budget.number and executed.number:
                pairs.append((interval(one.budget), interval(executed)))
        if pairs:
            return pairs, source
    return [], ""


def _executed(one: Any) -> Entry:
    if one.table is not None:
        return one.table.fund("总额", "执行数")
    row: Row = one.row
    return row.get("预算执行") if one.form == "JX10" else row.get("完成数")
