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
    target, actual = wanted(one), one.actual.value
    if target is None:
        return _grade_reached(one)
    op = asked(one)
    if actual.number is None:
        return _bounded(op, target, actual)
    number = comparable(one)
    if number is None:
        return None
    if op == "＝" and number > target:
        return {"reached": True, "missed": False}.get(equal_excess)
    if number != target and is_time(one) and not (one.op or one.target.value.limit):
        return None  # 12月, 30天: sooner may be better, longer may be
    return _compare(op, number, target)


def wanted(one: Indicator) -> Fraction | None:
    """The number that the target asks for, be it in words (3次以上); None where it is none."""
    value = one.target.value
    return value.about if value.limit and value.number is None else value.number


def comparable(one: Indicator) -> Fraction | None:
    """The actual number in the target's unit; None where the units cannot be compared."""
    target, actual = one.target.value, one.actual.value
    if actual.number is None:
        return None
    own = one.unit or target.unit
    due, got = canonical_unit(own), canonical_unit(actual.unit)
    if due == "%" and not got and 0 < actual.number <= 1 and (wanted(one) or 0) > 1:
        return actual.number * 100
    if due and got and due != got and "%" in (due, got):
        return None  # 100% of 50 万元 says how much of it is done, not how much money it took
    (thing, many), (other, in_ones) = _in_ones(own), _in_ones(actual.unit)
    return actual.number * in_ones / many if thing == other else actual.number


# Units with the smaller one they hold, and how many of it.
HOLDS = {"公里": ("米", 1000), "吨": ("公斤", 1000), "%": ("‰", 10), "平方公里": ("平方米", 10**6)}


def _in_ones(unit: str) -> tuple[str, int]:
    """万人次 as 人次 and how many of them, 公里 as 米."""
    if "‰" in unit:
        return "‰", 1
    plain, times = canonical_unit(unit), 1
    for sign, many in (("万", 10**4), ("亿", 10**8)):
        if plain.startswith(sign) and len(plain) > 1:
            plain, times = plain[1:], many
            break
    thing, held = HOLDS.get(plain, (plain, 1))
    return thing, held * times


def asked(one: Indicator) -> str:
    """The operator of the target, be it in words (3次以上); without one a cost may not be more,
    anything else not less.
    """
    if one.target.value.limit and not one.op:
        return one.target.value.bound
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
    target, actual = wanted(one), comparable(one)
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
    return wanted(one) is not None


def exact_number(entry: Entry) -> Fraction | None:
    return entry.value.number
