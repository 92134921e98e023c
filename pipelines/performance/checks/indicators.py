"""E-12, E-22, E-23, E-24, E-37: indicators against their own targets.

What does not belong here: the same indicator in two tables (``indicator_twins.py``).
"""

from __future__ import annotations

import re
from fractions import Fraction

from pipelines.performance.arithmetic import percent, plain_number
from pipelines.performance.case import Case
from pipelines.performance.checks.indicator_twins import SIGNS, check_declared, check_pair, where
from pipelines.performance.pack import Entry, Indicator
from pipelines.performance.reached import (
    comparable,
    completion,
    is_cost,
    is_quantity,
    is_time,
    numeric_target,
    reached,
    wanted,
)
from pipelines.performance.values import Value, canonical_unit, grade_order

# More than this over the target asks for a reason (a usual limit of finance offices; an
# assumption).
FAR_ABOVE = Fraction(130)
ENOUGH, SHARE = 10, Fraction(95, 100)
GROWS = re.compile(r"增长|增幅|完成率|增速|提升|降低|下降|减少")
GLYPHS = (("≥", "≧"), ("≤", "≦"), ("=", "＝"))


def check(case: Case) -> None:
    everyone = [i for t in case.pack.evaluated() for i in t.indicators]
    quantities = _quantities(case)
    if not everyone and not quantities:
        for rule in ("E-12", "E-22", "E-23", "E-37", "E-38"):
            case.lack(rule, "没有项目自评表和数量指标表")
        return
    if not case.matched.pairs:
        case.lack("E-12", "只有一张表，没有可以对照的指标")
    phrased: set[int] = set()
    for pair in case.matched.pairs:
        check_pair(case, pair, phrased)
    for one in (*quantities, *everyone):
        _answer(case, one, phrased)
        _rate(case, one)
        _reason(case, one)
        _range(case, one)
    check_declared(case)
    _all_equal(case, everyone)
    _glyphs(case, [*quantities, *everyone])


def _quantities(case: Case) -> list[Indicator]:
    """The indicators of the quantity table."""
    return [i for x in case.matched.lists.get("JX05", []) for i in x.indicators]


def _answer(case: Case, one: Indicator, phrased: set[int]) -> None:
    """Numbers are answered with numbers; time may be answered in words."""
    if not numeric_target(one) or not one.actual.said or one.actual.number or id(one) in phrased:
        return
    if is_time(one) and "数量" not in one.level2:
        return
    if one.actual.value.state == "dash":
        return
    rule = "E-12" if is_quantity(one) or one.form == "JX05" else "E-22"
    case.count(rule)
    message = (
        f"“{one.title}”目标为 {one.target.text}，完成值写“{one.actual.text}”，"
        f"应填实际数（{one.project}）"
    )
    case.fail(rule, f"{where(one)}/文字", message, [one.actual, one.name], one.target)


def _rate(case: Case, one: Indicator) -> None:
    """(c) The completion rate of the quantity table."""
    printed = one.rate.value
    if printed.number is None or one.form != "JX05" or not numeric_target(one):
        return
    target, actual = wanted(one), comparable(one)
    if target is None or actual is None or target <= 0:
        return
    case.count("E-12")
    allowed = _allowed(one, target, actual)
    if _is_one_of(printed, allowed):
        _capped(case, one)
        return
    if one.op == "＝" and case.subjects["E-12", f"{where(one)}/完成值"]:
        return
    message = (
        f"“{one.title}”目标 {one.op}{plain_number(target)}，完成 {plain_number(actual)}，完成率印"
        f" {one.rate.text}，应为 {percent(allowed[-1])}"
    )
    case.fail(
        "E-12", f"{where(one)}/完成率", message, [one.rate, one.name], [one.actual, one.target]
    )


def _is_one_of(printed: Value, allowed: list[Fraction]) -> bool:
    """Whether a rate is one of those, within its rounding and that of what it comes from."""
    if printed.number is None:
        return False
    slack = printed.half + Fraction(1, 100)
    return any(abs(printed.number - rate) <= slack for rate in allowed)


def _capped(case: Case, one: Indicator) -> None:
    """A rate cut at 100 where far more was reached."""
    real = completion(one)
    if one.rate.value.number == 100 and real is not None and _far_above(one, real):
        message = f"“{one.title}”实际为目标的 {percent(real)}，完成率印 100%"
        places = [one.actual, one.target]
        case.fail("E-12", f"{where(one)}/封顶", message, one.rate, places, severity="hint")


def _far_above(one: Indicator, real: Fraction) -> bool:
    """Whether a target that asks for at least so much is passed by far."""
    return real > FAR_ABOVE and one.op in ("≥", "＞")


def _allowed(one: Indicator, target: Fraction, actual: Fraction) -> list[Fraction]:
    real = [actual / target * 100]
    if one.op in ("≤", "＜"):
        real += [target / actual * 100] if actual > 0 else []
        real.append((2 - actual / target) * 100)
    done = reached(one)
    return [Fraction(100), *real] if done and not (one.op == "＝" and actual != target) else real


def _reason(case: Case, one: Indicator) -> None:
    """E-23: what is missed or far above its target needs its reason, where the table has a column
    for it.
    """
    column = "未完成原因" if one.form == "JX05" else "原因"
    if column not in one.has or not one.actual.said:
        return
    case.count("E-23")
    if one.reason.words or (is_cost(one) and one.op in ("≤", "＜")):
        return
    if reached(one, "reached") is False:
        message = (
            f"请补写未完成的原因：“{one.title}”目标 {one.op}{one.target.text.lstrip(SIGNS)}，"
            f"完成 {one.actual.text}（{one.project}）"
        )
        case.fail("E-23", f"{where(one)}", message, [one.actual, one.name], one.reason)
        return
    _reason_of_more(case, one)


def _reason_of_more(case: Case, one: Indicator) -> None:
    real = completion(one)
    if real is None or not _far_above(one, real) or not one.target.value.number:
        return
    message = (
        f"请补写远超目标的原因：“{one.title}”完成 {one.actual.text}，"
        f"为目标的 {percent(real)}（{one.project}）"
    )
    places = [one.actual, one.name]
    case.fail("E-23", f"{where(one)}/超过", message, places, one.reason, severity="review")


def _range(case: Case, one: Indicator) -> None:
    """E-37: rates of quality, satisfaction and coverage lie between 0 and 100."""
    value = one.actual.value
    percentage = value.percent or canonical_unit(one.unit) == "%"
    if value.number is None or not percentage or GROWS.search(one.title):
        return
    if not re.search(r"质量|满意|效益|影响", one.level2) and not re.search(
        r"满意|覆盖|合格|率", one.title
    ):
        return
    case.count("E-37")
    if not 0 <= value.number <= 100:
        message = (
            f"“{one.title}”完成值 {one.actual.text}，百分率应在 0 与 100% 之间（{one.project}）"
        )
        case.fail("E-37", where(one), message, [one.actual, one.name])


def _all_equal(case: Case, indicators: list[Indicator]) -> None:
    """E-24: almost every answer exactly its target is a tell."""
    counted = [i for i in indicators if _is_counted(i)]
    case.count("E-24", 1 if len(counted) >= ENOUGH else 0)
    same = [i for i in counted if comparable(i) == wanted(i)]
    if len(counted) >= ENOUGH and len(same) >= SHARE * len(counted):
        message = f"请核实完成值：{len(counted)} 个定量指标中 {len(same)} 个与目标值完全相同"
        case.fail("E-24", "完成值", message, [i.actual for i in same[:5]])


def _is_counted(one: Indicator) -> bool:
    """A number asked for and answered that is no money spent."""
    return numeric_target(one) and one.actual.number and not is_cost(one)


def _glyphs(case: Case, indicators: list[Indicator]) -> None:
    seen: dict[str, Entry] = {}
    for one in indicators:
        for entry in (one.target, one.op_entry):
            for glyph in entry.value.raw.strip()[:1]:
                seen.setdefault(glyph, entry)
    for one_glyph, other in GLYPHS:
        if one_glyph in seen and other in seen:
            message = "请统一计算符号：同一份材料中混用 ≥ 与 ≧、≤ 与 ≦、＝ 与 ="
            case.fail("E-12", "符号", message, seen[one_glyph], seen[other], severity="hint")
            return


__all__ = ["check", "grade_order"]
