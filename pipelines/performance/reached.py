"""Whether an indicator's target is reached: yes, no, or not to be told from what is printed.

What does not belong here: what follows from it (scores, findings).
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.performance.pack import Entry, Indicator
from pipelines.performance.values import (
    MONEY_UNITS,
    Value,
    about_time,
    canonical_unit,
    grade_order,
)

HUNDRED = Fraction(100)


def reached(one: Indicator, equal_excess: str = "unknown") -> bool | None:
    """True, False, or None where words or an approximate number do not settle it.

    ``equal_excess``: what ＝ with more than the target counts as (reached, missed, unknown).
    """
    target, actual = one.target.value, one.actual.value
    if target.number is None:
        return _grade_reached(one)
    op = asked(one)
    if actual.number is None:
        return _bounded(op, target.number, actual)
    number = comparable(one)
    if number is None:
        return None
    if op == "＝" and number > target.number:
        return {"reached": True, "missed": False}.get(equal_excess)
    return _compare(op, number, target.number)


def comparable(one: Indicator) -> Fraction | None:
    """The actual number in the target's unit; None where the units cannot be compared."""
    target, actual = one.target.value, one.actual.value
    if actual.number is None:
        return None
    wanted, got = canonical_unit(one.unit or target.unit), canonical_unit(actual.unit)
    if wanted == "%" and not got and 0 < actual.number <= 1 and (target.number or 0) > 1:
        return actual.number * 100
    if wanted and got and wanted != got and "%" in (wanted, got):
        return None  # 100% of 50 万元 says how much of it is done, not how much money it took
    (thing, many), (other, in_ones) = _in_ones(wanted), _in_ones(got)
    return actual.number * in_ones / many if thing == other else actual.number


def _in_ones(unit: str) -> tuple[str, int]:
    """万人次 as 人次 and how many of them."""
    for sign, many in (("万", 10**4), ("亿", 10**8)):
        if unit.startswith(sign) and len(unit) > 1:
            return unit[1:], many
    return unit, 1


def asked(one: Indicator) -> str:
    """The operator of the target; without one a cost may not be more, anything else not less."""
    return one.op or ("≤" if is_cost(one) else "≥")


def _compare(op: str, actual: Fraction, target: Fraction) -> bool | None:
    if op == "≥":
        return actual >= target
    if op == "≤":
        return actual <= target
    if op == "＞":
        return actual > target
    if op == "＜":
        return actual < target
    return actual == target


def _bounded(op: str, target: Fraction, actual: Value) -> bool | None:
    """An approximate answer settles it only where its bound does: ≥150 answered 200余次
    is reached.
    """
    if actual.about is None or not actual.bound:
        return None
    if actual.bound == "≥" and op in ("≥", "＞") and actual.about >= target:
        return True
    if actual.bound == "≤" and op in ("≤", "＜") and actual.about <= target:
        return True
    return None


def _grade_reached(one: Indicator) -> bool | None:
    wanted, got = grade_order(one.target.value.raw), grade_order(one.actual.value.raw)
    if wanted is None or got is None:
        return None
    return got >= wanted


def completion(one: Indicator) -> Fraction | None:
    """The real rate of a numeric indicator in percent: a/t, for ≤ t/a where more is worse."""
    target, actual = one.target.value.number, comparable(one)
    if target is None or actual is None or target <= 0:
        return None
    if asked(one) in ("≤", "＜"):
        return target / actual * HUNDRED if actual > 0 else None
    return actual / target * HUNDRED


def is_time(one: Indicator) -> bool:
    """A time indicator: by its level, its unit or its answer."""
    if "时效" in one.level2:
        return True
    return about_time("", one.unit) or about_time(one.actual.value.raw)


def is_cost(one: Indicator) -> bool:
    """By its levels; in a form without levels by its name."""
    return "成本" in (one.level1 + one.level2 or one.title)


def is_quantity(one: Indicator) -> bool:
    """By its level; in a form without levels by its unit: things are counted, not shares, time,
    money or points.
    """
    if one.level1 or one.level2:
        return "数量" in one.level2
    unit = canonical_unit(one.unit or one.target.value.unit)
    measured = unit in ("", "%", "分") or unit in MONEY_UNITS or is_time(one) or is_cost(one)
    return not measured


def numeric_target(one: Indicator) -> bool:
    return one.target.value.number is not None


def exact_number(entry: Entry) -> Fraction | None:
    return entry.value.number
