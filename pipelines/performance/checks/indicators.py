"""E-12, E-22, E-23, E-24, E-37, E-38: indicators against each other and against their
own targets.
"""

from __future__ import annotations

import re
from fractions import Fraction

from pipelines.performance.arithmetic import percent, plain_number
from pipelines.performance.case import Case
from pipelines.performance.matching import Pair
from pipelines.performance.pack import Entry, Indicator
from pipelines.performance.reached import (
    comparable,
    completion,
    is_cost,
    is_quantity,
    is_time,
    numeric_target,
    reached,
)
from pipelines.performance.values import canonical_unit, grade_order

# More than this over the target asks for a reason (a usual limit of finance offices; an
# assumption).
FAR_ABOVE = Fraction(130)
ENOUGH, SHARE = 10, Fraction(95, 100)
GROWS = re.compile(r"增长|增幅|完成率|增速|提升|降低|下降|减少")
GLYPHS = (("≥", "≧"), ("≤", "≦"), ("=", "＝"))


def check(case: Case) -> None:
    everyone = [i for t in case.pack.evaluated() for i in t.indicators]
    listed = case.matched.lists.get("JX05", [])
    quantities = [i for x in listed for i in x.indicators]
    if not everyone and not quantities:
        for rule in ("E-12", "E-22", "E-23", "E-37", "E-38"):
            case.lack(rule, "没有项目自评表和数量指标表")
        return
    if not case.matched.pairs:
        case.lack("E-12", "只有一张表，没有可以对照的指标")
    phrased: set[int] = set()
    for pair in case.matched.pairs:
        _pair(case, pair, phrased)
    for one in (*quantities, *everyone):
        _answer(case, one, phrased)
        _rate(case, one)
        _reason(case, one)
        _range(case, one)
    _declared(case)
    _all_equal(case, everyone)
    _glyphs(case, [*quantities, *everyone])


def _where(one: Indicator) -> str:
    return f"{one.project}/{one.title}"


def _pair(case: Case, pair: Pair, phrased: set[int]) -> None:
    """An indicator of the quantity table and of the project's table."""
    a, b = pair.left, pair.right
    case.count("E-12")
    if pair.how not in ("name", "code"):
        message = f"同一指标两处名称不同：“{a.title}”、“{b.title}”（{pair.project.name}）"
        case.fail("E-36", f"{_where(a)}/名称", message, a.name, b.name, severity="hint")
    if _targets_differ(a, b):
        message = (
            f"“{a.title}”的目标：数量指标表为 {a.op}{a.target.text}{a.unit}，项目自评表为"
            f" {b.op}{b.target.text.lstrip('=≥≤≧≦＝')}"
        )
        case.fail(
            "E-12",
            f"{_where(a)}/目标",
            message,
            [a.target, a.op_entry, a.name],
            [b.target, b.op_entry, b.name],
        )
    elif _units_differ(a, b):
        _unit_said(case, a, b)
    _actuals(case, a, b, phrased)


def _targets_differ(a: Indicator, b: Indicator) -> bool:
    x, y = a.target.value.number, b.target.value.number
    if x is None or y is None:
        return False
    return x != y or bool(a.op and b.op and a.op != b.op)


def _units_differ(a: Indicator, b: Indicator) -> bool:
    own = canonical_unit(a.unit), canonical_unit(b.unit or b.actual.value.unit)
    return (bool(own[0] and own[1]) and own[0] != own[1]) or bool(a.unit) != bool(b.unit)


def _unit_said(case: Case, a: Indicator, b: Indicator) -> None:
    units = canonical_unit(a.unit), canonical_unit(b.unit or b.actual.value.unit)
    if all(units) and units[0] != units[1]:
        message = (
            f"“{a.title}”的单位：数量指标表为“{a.unit}”，"
            f"项目自评表为“{b.unit or b.actual.value.unit}”"
        )
        left, right = [a.unit_entry, a.target], [b.unit_entry, b.target, b.actual]
        case.fail("E-12", f"{_where(a)}/单位", message, left, right)
    elif "单位" not in b.has or "单位" in a.has:
        lacking = b.target if not b.unit else a.target
        message = f"“{a.title}”的目标值 {lacking.text} 没有单位"
        case.fail("E-12", f"{_where(a)}/缺单位", message, lacking, severity="hint")


def _actuals(case: Case, a: Indicator, b: Indicator, phrased: set[int]) -> None:
    x, y = a.actual.value, b.actual.value
    if x.number is not None and y.number is not None:
        if comparable(a) != comparable(b):
            message = (
                f"“{a.title}”的完成值：数量指标表为 {a.actual.text}，项目自评表为 {b.actual.text}"
            )
            case.fail(
                "E-12", f"{_where(a)}/完成值", message, [a.actual, a.name], [b.actual, b.name]
            )
        return
    words = b if x.number is not None else a
    other = a if words is b else b
    if words.actual.said and other.actual.number and not is_time(words) and numeric_target(words):
        phrased.add(id(words))
        message = (
            f"“{a.title}”的完成值：{other.actual.text} 与“{words.actual.text}”不一致，"
            "数量指标应填实际数"
        )
        case.fail(
            "E-12",
            f"{_where(a)}/完成值",
            message,
            [words.actual, words.name],
            [other.actual, other.name],
        )


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
    case.fail(rule, f"{_where(one)}/文字", message, [one.actual, one.name], one.target)


def _rate(case: Case, one: Indicator) -> None:
    """(c) The completion rate of the quantity table."""
    printed = one.rate.value
    if printed.number is None or one.form != "JX05" or not numeric_target(one):
        return
    target, actual = one.target.value.number, comparable(one)
    if target is None or actual is None or target <= 0:
        return
    case.count("E-12")
    allowed = _allowed(one, target, actual)
    if any(abs(printed.number - rate) <= printed.half + Fraction(1, 100) for rate in allowed):
        real = completion(one)
        if (
            printed.number == 100
            and real is not None
            and real > FAR_ABOVE
            and one.op in ("≥", "＞")
        ):
            message = f"“{one.title}”实际为目标的 {percent(real)}，完成率印 100%"
            case.fail(
                "E-12",
                f"{_where(one)}/封顶",
                message,
                one.rate,
                [one.actual, one.target],
                severity="hint",
            )
        return
    if one.op == "＝" and case.subjects["E-12", f"{_where(one)}/完成值"]:
        return
    message = (
        f"“{one.title}”目标 {one.op}{plain_number(target)}，完成 {plain_number(actual)}，完成率印"
        f" {one.rate.text}，应为 {percent(allowed[-1])}"
    )
    case.fail(
        "E-12", f"{_where(one)}/完成率", message, [one.rate, one.name], [one.actual, one.target]
    )


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
            f"请补写未完成的原因：“{one.title}”目标 {one.op}{one.target.text.lstrip('=≥≤≧≦＝')}，"
            f"完成 {one.actual.text}（{one.project}）"
        )
        case.fail("E-23", f"{_where(one)}", message, [one.actual, one.name], one.reason)
        return
    real = completion(one)
    if one.op in ("≥", "＞") and real is not None and real > FAR_ABOVE and one.target.value.number:
        message = (
            f"请补写远超目标的原因：“{one.title}”完成 {one.actual.text}，"
            f"为目标的 {percent(real)}（{one.project}）"
        )
        case.fail(
            "E-23",
            f"{_where(one)}/超过",
            message,
            [one.actual, one.name],
            one.reason,
            severity="review",
        )


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
        case.fail("E-37", _where(one), message, [one.actual, one.name])


def _declared(case: Case) -> None:
    """E-38: the targets as declared."""
    if "JX17" not in case.matched.lists:
        case.lack("E-38", "没有绩效目标申报表")
        return
    for pair in case.matched.declared:
        case.count("E-38")
        if _targets_differ(pair.left, pair.right):
            a, b = pair.left, pair.right
            message = (
                f"“{a.title}”申报的目标为 {a.op}{a.target.text.lstrip('=≥≤≧≦＝')}，自评时为"
                f" {b.op}{b.target.text.lstrip('=≥≤≧≦＝')}"
            )
            case.fail("E-38", _where(a), message, [b.target, b.name], [a.target, a.name])
        elif _units_apart(pair.left, pair.right):
            a, b = pair.left, pair.right
            message = f"“{a.title}”申报的单位为“{a.unit}”，自评时为“{b.unit}”"
            places = [b.unit_entry, b.target, b.name], [a.unit_entry, a.target, a.name]
            case.fail("E-38", f"{_where(a)}/单位", message, *places)
    _dropped(case)


def _units_apart(a: Indicator, b: Indicator) -> bool:
    units = canonical_unit(a.unit), canonical_unit(b.unit or b.actual.value.unit)
    return all(units) and units[0] != units[1]


def _dropped(case: Case) -> None:
    """Indicators that were declared and are not evaluated; one finding a project. The quantity
    table alone shows nothing of the other indicators.
    """
    kept = {id(pair.left) for pair in case.matched.declared}
    for project in case.matched.projects:
        declared, own = project.listed("JX17"), project.listed("JX14")
        if declared is None or own is None or not own.indicators:
            continue
        case.count("E-38")
        lost = [i for i in declared.indicators if id(i) not in kept]
        if lost:
            names = "、".join(i.title for i in lost)
            message = f"“{project.name}”申报的指标{names}在项目自评表中没有"
            case.fail("E-38", f"{project.name}/指标", message, [i.name for i in lost], own.entry)


def _all_equal(case: Case, indicators: list[Indicator]) -> None:
    """E-24: almost every answer exactly its target is a tell."""
    counted = [i for i in indicators if numeric_target(i) and i.actual.number and not is_cost(i)]
    case.count("E-24", 1 if len(counted) >= ENOUGH else 0)
    same = [i for i in counted if comparable(i) == i.target.value.number]
    if len(counted) >= ENOUGH and len(same) >= SHARE * len(counted):
        message = f"请核实完成值：{len(counted)} 个定量指标中 {len(same)} 个与目标值完全相同"
        case.fail("E-24", "完成值", message, [i.actual for i in same[:5]])


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
