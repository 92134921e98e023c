"""What only a person can say: manual, yes_no, feedback, spot_check, ratio."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.methods.given import number_of
from pipelines.performance.score import Score, exact, nothing, two_places

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator


def manual(case: Case, indicator: SchemeIndicator) -> Score:
    """What only a person can say: a score with its evidence."""
    given = case.manual.get(indicator.manual or indicator.name)
    score = number_of(given.get("score")) if isinstance(given, dict) else number_of(given)
    if score is None:
        return nothing("需要人工评定", manual=True)
    return exact(
        score,
        "performance.yml",
        str(given.get("evidence") or "") if isinstance(given, dict) else "",
    )


def yes_no(case: Case, indicator: SchemeIndicator) -> Score:
    """自评公开: full points where a date and an address are given, none where only the budget was
    published.
    """
    given = case.manual.get(indicator.manual or indicator.name)
    if not isinstance(given, dict) or not (given.get("date") or given.get("budget_only")):
        return nothing("需要人工填写公开日期和网址", manual=True)
    done = not given.get("budget_only")
    return exact(
        Fraction(str(indicator.weight)) if done else 0,
        "performance.yml",
        str(given.get("url") or ""),
    )


def feedback(case: Case, indicator: SchemeIndicator) -> Score:
    """应用反馈: full points where it was sent by the day it was due."""
    given = case.manual.get(indicator.manual or indicator.name)
    if not isinstance(given, dict) or not (given.get("due") and given.get("sent")):
        return nothing("需要人工填写要求反馈和实际反馈的日期", manual=True)
    in_time = str(given["sent"]) <= str(given["due"])
    return exact(
        Fraction(str(indicator.weight)) if in_time else 0,
        "performance.yml",
        f"{given['sent']} / {given['due']}",
    )


def spot_check(case: Case, indicator: SchemeIndicator) -> Score:
    """自评准确: what is taken off for the distance between the unit's score and the evaluators'."""
    spot = number_of(case.manual.get("spot_check_score"))
    own = self_total(case)
    if spot is None or own is None or spot == 0:
        return nothing("自评时不打分，由评价组抽查评定", manual=True)
    weight = Fraction(str(indicator.weight))
    scores = []
    for base in (spot, own):
        off = abs(own - spot) / base * 100 if base else Fraction(0)
        scores.append(weight - _taken_off(off, indicator.params["bands"]))
    process = f"|{plain_number(own)} − {plain_number(spot)}| ÷ {plain_number(spot)}"
    return Score(min(scores), max(scores), "performance.yml", process=process)


def _taken_off(off: Fraction, bands: list[Any]) -> Fraction:
    for limit, points in bands:
        if limit is None or off <= Fraction(str(limit)):
            return Fraction(str(points))
    return Fraction(0)


def ratio(case: Case, indicator: SchemeIndicator) -> Score:
    """A scheme's own ratio of two numbers that a person gives."""
    given = case.manual.get(indicator.manual or indicator.name)
    part = number_of(given.get("part")) if isinstance(given, dict) else None
    whole = number_of(given.get("whole")) if isinstance(given, dict) else None
    if part is None or not whole:
        return nothing("需要人工填写分子和分母", manual=True)
    score = Fraction(str(indicator.weight)) * min(Fraction(1), part / whole)
    return exact(
        two_places(score), "performance.yml", f"{plain_number(part)} ÷ {plain_number(whole)}"
    )


def self_total(case: Case) -> Fraction | None:
    """The unit's own printed total."""
    for form in ("JX13", "JX12"):
        row = case.pack.row(form, "自评总分")
        value = row.number("得分") if row else None
        if value is not None:
            return value.number
        scored = [
            v.number
            for r in case.pack.of(form)
            if (v := r.number("得分")) is not None and v.number is not None
        ]
        if scored:
            return sum(scored, Fraction(0))
    return None
