"""E-12, E-36, E-38: an indicator that stands in two tables: its name, target, unit and answer.

What does not belong here: an indicator against its own target (``indicators.py``).
"""

from __future__ import annotations

from pipelines.performance.case import Case
from pipelines.performance.matching import Pair, Project
from pipelines.performance.pack import Indicator
from pipelines.performance.reached import comparable, is_time, numeric_target
from pipelines.performance.values import canonical_unit

SIGNS = "=≥≤≧≦＝"  # a target may repeat the sign of its own column


def where(one: Indicator) -> str:
    """An indicator as the subject of findings: its project and title."""
    return f"{one.project}/{one.title}"


def check_pair(case: Case, pair: Pair, phrased: set[int]) -> None:
    """An indicator of the quantity table and of the project's table. ``phrased`` takes up the ids
    of those found to be answered in words.
    """
    a, b = pair.left, pair.right
    case.count("E-12")
    if pair.how not in ("name", "code"):
        message = f"同一指标两处名称不同：“{a.title}”、“{b.title}”（{pair.project.name}）"
        case.fail("E-36", f"{where(a)}/名称", message, a.name, b.name, severity="hint")
    if _targets_differ(a, b):
        message = (
            f"“{a.title}”的目标：数量指标表为 {a.op}{a.target.text}{a.unit}，项目自评表为"
            f" {b.op}{b.target.text.lstrip(SIGNS)}"
        )
        case.fail(
            "E-12",
            f"{where(a)}/目标",
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
    return _units_apart(a, b) or bool(a.unit) != bool(b.unit)


def _unit_said(case: Case, a: Indicator, b: Indicator) -> None:
    if _units_apart(a, b):
        message = (
            f"“{a.title}”的单位：数量指标表为“{a.unit}”，"
            f"项目自评表为“{b.unit or b.actual.value.unit}”"
        )
        left, right = [a.unit_entry, a.target], [b.unit_entry, b.target, b.actual]
        case.fail("E-12", f"{where(a)}/单位", message, left, right)
    elif "单位" not in b.has or "单位" in a.has:
        lacking = b.target if not b.unit else a.target
        message = f"“{a.title}”的目标值 {lacking.text} 没有单位"
        case.fail("E-12", f"{where(a)}/缺单位", message, lacking, severity="hint")


def _actuals(case: Case, a: Indicator, b: Indicator, phrased: set[int]) -> None:
    x, y = a.actual.value, b.actual.value
    if x.number is not None and y.number is not None:
        if _answers_differ(a, b):
            message = (
                f"“{a.title}”的完成值：数量指标表为 {a.actual.text}，项目自评表为 {b.actual.text}"
            )
            case.fail("E-12", f"{where(a)}/完成值", message, [a.actual, a.name], [b.actual, b.name])
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
            f"{where(a)}/完成值",
            message,
            [words.actual, words.name],
            [other.actual, other.name],
        )


def _answers_differ(a: Indicator, b: Indicator) -> bool:
    """In the unit of the target; answers in % to a target in another unit against each other."""
    x, y = comparable(a), comparable(b)
    if x is None and y is None:
        return a.actual.value.number != b.actual.value.number
    return x != y


def check_declared(case: Case) -> None:
    """E-38: the targets as declared."""
    if "JX17" not in case.matched.lists:
        case.lack("E-38", "没有绩效目标申报表")
        return
    for pair in case.matched.declared:
        case.count("E-38")
        a, b = pair.left, pair.right
        if _targets_differ(a, b):
            message = (
                f"“{a.title}”申报的目标为 {a.op}{a.target.text.lstrip(SIGNS)}，自评时为"
                f" {b.op}{b.target.text.lstrip(SIGNS)}"
            )
            case.fail("E-38", where(a), message, [b.target, b.name], [a.target, a.name])
        elif _units_apart(a, b):
            message = f"“{a.title}”申报的单位为“{a.unit}”，自评时为“{b.unit}”"
            places = [b.unit_entry, b.target, b.name], [a.unit_entry, a.target, a.name]
            case.fail("E-38", f"{where(a)}/单位", message, *places)
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
        _dropped_of(case, project, kept)


def _dropped_of(case: Case, project: Project, kept: set[int]) -> None:
    declared, own = project.listed("JX17"), project.listed("JX14")
    if declared is None or own is None or not own.indicators:
        return
    case.count("E-38")
    lost = [i for i in declared.indicators if id(i) not in kept]
    if lost:
        names = "、".join(i.title for i in lost)
        message = f"“{project.name}”申报的指标{names}在项目自评表中没有"
        case.fail("E-38", f"{project.name}/指标", message, [i.name for i in lost], own.entry)
