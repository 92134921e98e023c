"""deviation_bands and disposal: 支出控制, 及时处置."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.performance.arithmetic import percent, wan
from pipelines.performance.score import Score, nothing, two_places
from pipelines.performance.sources import (
    cancelled,
    final_amounts,
    initial_amounts,
    written_off,
    yearly_budget,
)

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator


def deviation_bands(case: Case, indicator: SchemeIndicator) -> Score:
    """支出控制: how far the items' final amounts are from the year-start budget."""
    items = [str(i) for i in indicator.params["items"]]
    final, final_source = final_amounts(case, items, indicator.params["forms"])
    if final is None:
        return nothing("没有财决08-1、08-2等表，支出控制表也没有列全，得不到八个科目的决算数")
    budget, source = initial_amounts(case, items)
    if budget is None:
        return nothing("没有八个科目的年初预算数（表12 或 performance.yml）")
    if source == "自报年初数" and not _same_finals(case, final):
        return nothing("支出控制表的决算数与财决表不同，年初数不能与财决表的决算数相比")
    spent, planned = sum(final.values(), Fraction(0)), sum(budget.values(), Fraction(0))
    if spent == 0 and planned == 0:
        return nothing("八个科目的预算和决算都是 0")
    bands = indicator.params["bands"]
    pooled = _band(spent, planned, bands)
    worst = min(_each_band(items, final, budget, bands), default=pooled)
    rate = "不适用" if spent == 0 else percent(abs(spent - planned) / spent * 100)
    process = f"|{wan(spent)} − {wan(planned)}| ÷ {wan(spent)} = {rate}"
    reading = "合并计算与逐科目计算得分不同" if worst != pooled else ""
    return Score(
        min(worst, pooled),
        max(worst, pooled),
        f"{final_source}、{source}",
        reading,
        process=process,
    )


def _each_band(
    items: list[str], final: dict[str, Fraction], budget: dict[str, Fraction], bands: list[Any]
) -> list[Fraction]:
    """The points of every item by itself, of those that have an amount."""
    none = Fraction(0)
    used = [i for i in items if final.get(i) or budget.get(i)]
    return [_band(final.get(i, none), budget.get(i, none), bands) for i in used]


def _same_finals(case: Case, final: dict[str, Fraction]) -> bool:
    """Whether the unit's own table is of the same money as the final amounts."""
    rows = {r.key: r.get("决算数") for r in case.pack.of("JX06")}
    own = [rows[i].value.interval for i in final if i in rows and rows[i].number]
    low, high = sum((o.low for o in own), Fraction(0)), sum((o.high for o in own), Fraction(0))
    return low <= sum(final.values(), Fraction(0)) <= high


def _band(spent: Fraction, planned: Fraction, bands: list[Any]) -> Fraction:
    """The points of the band that the deviation falls in; a limit belongs to the better band."""
    if spent == 0:
        return Fraction(str(bands[0 if planned == 0 else -1][1]))
    deviation = abs(spent - planned) / spent * 100
    for limit, points in bands:
        if limit is None or deviation <= Fraction(str(limit)):
            return Fraction(str(points))
    return Fraction(0)


def disposal(case: Case, indicator: SchemeIndicator) -> Score:
    """及时处置: what monitoring cancelled against what was written off at the end."""
    weight = Fraction(str(indicator.weight))
    off, off_from = written_off(case)
    gone, gone_from, other = cancelled(case, off)
    if off is None or gone is None:
        return nothing("没有取消额、注销额（财决CS01-1表、及时处置表或 performance.yml）")
    budget = yearly_budget(case)
    source = "、".join(dict.fromkeys(s for s in (gone_from, off_from) if s))
    score = _disposal(weight, gone, off, budget, indicator)
    if score is None:
        return nothing("有注销额而没有年度预算总额（财决01表全年预算数）")
    others = (
        ()
        if other is None
        else tuple(s for s in [_disposal(weight, other, off, budget, indicator)] if s is not None)
    )
    reading = _reading(gone_from, gone, off)
    process = f"取消额 {wan(gone)}，注销额 {wan(off)}"
    return Score(score, score, source, reading, process=process, others=others)


def _reading(gone_from: str, gone: Fraction, off: Fraction) -> str:
    if gone_from == "无结转":
        return "无结转"
    if gone_from == "财决CS01-1表":
        return "变动减上缴"
    return "极限" if gone > 0 and off == 0 else ""


def _disposal(
    weight: Fraction,
    gone: Fraction,
    off: Fraction,
    budget: Fraction | None,
    indicator: SchemeIndicator,
) -> Fraction | None:
    if off == 0:
        return weight
    if gone > 0:
        return two_places(weight * gone / (gone + off))
    if not budget:
        return None
    share = off / budget
    if share * 100 > Fraction(str(indicator.params.get("limit", 10))):
        return Fraction(0)
    return two_places(weight * (1 - Fraction(str(indicator.params.get("slope", 5))) * share))
