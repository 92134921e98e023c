"""target_setting and target_reached: 目标制定, 目标完成."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.methods.given import number_of
from pipelines.performance.reached import is_quantity, reached
from pipelines.performance.score import Score, exact, nothing, two_places

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator


def target_setting(case: Case, indicator: SchemeIndicator) -> Score:
    """目标制定: three sub-scores that only a person can give; never a full score by default."""
    given = case.manual.get("target_setting")
    parts = [number_of(given.get(k)) for k in indicator.params] if isinstance(given, dict) else []
    if not parts or any(p is None for p in parts):
        return nothing("需要人工评定：要素完整、细化量化、集体决策", manual=True)
    total = sum((p for p in parts if p is not None), Fraction(0))
    return exact(total, "performance.yml", " + ".join(plain_number(p) for p in parts))


def target_reached(case: Case, indicator: SchemeIndicator) -> Score:
    """目标完成: projects whose quantity indicators are all reached, over projects with targets.

    The quantity table and the projects' own tables are counted each by itself; where they differ,
    both bounds count.
    """
    excess = str(case.manual.get("equal_excess") or "unknown")
    forms = ("JX05",) if case.pack.partial else ("JX14", "JX05")
    counted = [found for form in forms if (found := _states(case, form, excess))]
    if not counted:
        return nothing("没有带数量指标的项目")
    weight = Fraction(str(indicator.weight))
    first = counted[0]
    states = list(first.values())
    sure, missed = states.count(True), states.count(False)
    unsure = "、".join(name for name, state in first.items() if state is None)
    process = (
        f"{len(first)} 个项目中 {sure} 个确定完成、{missed} 个未完成，× {plain_number(weight)}"
    )
    reading = f"不能确定：{unsure}" if unsure else ""
    low, high = _bounds(weight, counted)
    return Score(low, high, "数量指标完成表、项目自评表", reading, process=process)


def _bounds(weight: Fraction, counted: list[dict[str, bool | None]]) -> tuple[Fraction, Fraction]:
    """The points over all tables: with what is surely reached, and with all that is not missed."""
    lows, highs = [], []
    for states in counted:
        number = len(states)
        lows.append(weight * sum(s is True for s in states.values()) / number)
        highs.append(weight * sum(s is not False for s in states.values()) / number)
    return two_places(min(lows)), two_places(max(highs))


def _states(case: Case, form: str, excess: str) -> dict[str, bool | None]:
    """Each project of a form with quantity indicators: reached, missed, or not to be told."""
    found: dict[str, bool | None] = {}
    for project in case.matched.projects:
        listed = project.listed(form)
        indicators = [] if listed is None else listed.indicators
        counted = [i for i in indicators if form == "JX05" or is_quantity(i)]
        if counted:
            found[project.name] = _project_state(counted, excess)
    return found


def _project_state(indicators: list[Any], excess: str) -> bool | None:
    states = [reached(i, excess) for i in indicators]
    if any(s is False for s in states):
        return False
    return None if any(s is None for s in states) else True
