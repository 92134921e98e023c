"""Printed numbers as intervals. A number with d decimals stands for ± half a unit of its last
place; money is in 元.

What belongs here: number, unit, interval. What does not: what the number is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from pipelines.narrative.normal import chinese_number

MONEY = {
    "元": 1,
    "百元": 100,
    "千元": 1_000,
    "万元": 10_000,
    "万": 10_000,
    "百万元": 1_000_000,
    "亿元": 100_000_000,
}
HALF = Fraction(1, 2)
MOST_DOUBLED = 6  # 翻六番 is 64 times: no unit's spending grows by more
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Interval:
    """All values a figure may stand for; both ends count."""

    low: Fraction
    high: Fraction

    @classmethod
    def around(cls, value: Decimal | Fraction | int, half: Fraction = Fraction(0)) -> Interval:
        return cls(Fraction(value) - half, Fraction(value) + half)

    @property
    def middle(self) -> Fraction:
        return (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)


def total(parts: Iterable[Interval]) -> Interval:
    """The sum of intervals."""
    result = Interval.around(0)
    for part in parts:
        result = result + part
    return result


def span_of(function: Callable[..., Fraction], *boxes: Interval) -> Interval:
    """The range of a function that is monotonic in each argument, over a box."""
    corners: list[tuple[Fraction, ...]] = [()]
    for box in boxes:
        corners = [(*c, v) for c in corners for v in (box.low, box.high)]
    values = [function(*c) for c in corners]
    return Interval(min(values), max(values))


def ratio(part: Interval, whole: Interval) -> Interval | None:
    """Part over whole in percent; None where the whole may be 0."""
    if whole.low <= 0 <= whole.high:
        return None
    return span_of(lambda p, w: p / w * 100, part, whole)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the text: ``kind`` is money, percent, count or bare (no unit)."""

    text: str
    number: Decimal
    decimals: int
    unit: str
    kind: str
    start: int
    end: int
    zero_half: Fraction = Fraction(0)
    coarse: bool = False

    @property
    def factor(self) -> int:
        return MONEY.get(self.unit, 1)

    @property
    def amount(self) -> Decimal:
        """The printed value in 元 (money) or in its own unit."""
        return self.number * self.factor

    @property
    def step(self) -> Fraction:
        """One unit of its last place, in 元 (money) or in its own unit."""
        return Fraction(self.factor) / Fraction(10) ** self.decimals

    @property
    def money(self) -> Decimal | None:
        return self.amount.quantize(CENT) if abs(self.amount) < Decimal(10) ** 16 else None

    @property
    def half(self) -> Fraction:
        if self.kind == "count":
            return Fraction(0)
        if self.number == 0 and self.decimals == 0:
            return self.zero_half
        if self.coarse:
            return HALF * 100
        return HALF * self.step

    @property
    def interval(self) -> Interval:
        return Interval.around(self.amount, self.half)

    def coarsened(self) -> Figure:
        """The same figure, known to be in hundreds of 元 only (0.01万元 written out in 元)."""
        return replace(self, coarse=True)

    def with_zero(self, half: Fraction) -> Figure:
        """The same figure; ``half`` is what a plain ``0`` may hide."""
        return replace(self, zero_half=half)


def times(number: str, start: int, end: int) -> Figure | None:
    """4倍 or 1.5倍 as the percentage that it is; to the last place printed."""
    made = make_figure(number, "%", start, end)
    if made is None:
        return None
    return replace(
        made, text=f"{number}倍", number=made.number * 100, decimals=made.decimals - 2, unit="倍"
    )


def doubled(number: str, text: str, start: int, end: int) -> Figure | None:
    """翻一番, 翻两番 as the growth in percent that it is, to within five: it is said of what is
    nearly so as well.
    """
    turns = chinese_number(number) if number else None
    if not turns or turns > MOST_DOUBLED:
        return None
    return Figure(text, Decimal(2**turns - 1) * 100, -1, "番", "percent", start, end)


def make_figure(number: str, unit: str, start: int, end: int) -> Figure | None:
    """A figure from its printed number (digits or a Chinese numeral) and unit."""
    printed = number + unit
    if number[:1].isdigit() or number[:1] in "-+.":
        try:
            value = Decimal(number)
        except InvalidOperation:
            return None
        decimals = len(number.partition(".")[2])
    else:
        whole = chinese_number(number)
        if whole is None:
            return None
        value, decimals = Decimal(whole), 0
    kind = (
        "money"
        if unit in MONEY
        else "percent"
        if unit in ("%", "百分点", "个百分点")
        else "count"
        if unit
        else "bare"
    )
    return Figure(printed, value, decimals, unit, kind, start, end)
