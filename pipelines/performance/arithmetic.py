"""Sums and rates of printed numbers, as intervals: nothing fails that some true values behind the
print could satisfy.

What does not belong here: where the numbers stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pipelines.narrative.figures import Interval, total
from pipelines.performance.pack import Entry
from pipelines.performance.values import Value

ZERO = Interval.around(0)


def interval(entry: Entry) -> Interval:
    """What a cell stands for among addends: a blank or a dash is 0."""
    return entry.value.interval if entry.number else ZERO


def readable(*entries: Entry) -> bool:
    """Whether no cell holds words where a number is due."""
    return all(e.value.state != "text" for e in entries)


def sum_of(parts: Iterable[Entry]) -> Interval:
    return total(interval(p) for p in parts)


def sums_up(whole: Entry, parts: list[Entry]) -> bool | None:
    """Whether a total is the sum of its parts; None where nothing can be said (words, or all
    blank).

    A blank total over parts that are not zero is wrong.
    """
    if not parts or not readable(whole, *parts) or not any(p.number for p in parts):
        return None
    added = sum_of(parts)
    if not whole.number:
        return added.low <= 0 <= added.high
    return whole.value.interval.meets(added)


def equal(one: Entry, other: Entry) -> bool | None:
    """Whether two printed numbers can be the same; None where one of them is none."""
    if not one.number or not other.number:
        return None
    return one.value.interval.meets(other.value.interval)


def rate_of(part: Interval, whole: Interval) -> Interval | None:
    """Part over whole in percent; None where the whole may be 0."""
    if whole.low <= 0 <= whole.high:
        return None
    corners = [p / w * 100 for p in (part.low, part.high) for w in (whole.low, whole.high)]
    return Interval(min(corners), max(corners))


def rate_holds(printed: Value, true: Interval) -> str:
    """``pass``, ``hint`` (cut off instead of rounded: off by less than one unit of its last place)
    or ``fail``.
    """
    if printed.interval.meets(true):
        return "pass"
    unit = printed.half * 2
    number = printed.number
    assert number is not None
    near = Interval(number - unit, number + unit)
    return "hint" if near.low < true.high and true.low < near.high else "fail"


def difference(one: Entry, parts: Iterable[Entry]) -> Fraction:
    """Printed left minus the sum of the printed right."""
    left = one.value.number if one.number and one.value.number is not None else Fraction(0)
    right = sum((p.value.number or Fraction(0) for p in parts if p.number), Fraction(0))
    return left - right


def wan(value: Fraction | int) -> str:
    """元 as 万元: at least two decimals, no more than it needs."""
    text = f"{float(Fraction(value) / 10_000):.6f}"
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}万元"


def plain_number(value: Fraction | int | None) -> str:
    """A number for a message without needless zeros, two decimals at most."""
    if value is None:
        return ""
    text = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return text or "0"


def percent(value: Fraction | None) -> str:
    return "" if value is None else f"{float(value):.2f}%"
