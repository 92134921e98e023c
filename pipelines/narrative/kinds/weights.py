"""How much a relation says, and what all kinds of relation reckon with."""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.figures import Interval

HUNDRED = Fraction(100)
# the heaviest relation that one change settles is reported: a sum says more than a share that
# follows from it
SUM, EQUAL, WITHIN, CHANGE, RATE, COMPLETION, SHARE = 60, 50, 45, 40, 30, 25, 20


def scaled(value: Interval, rate: Interval) -> Interval:
    ends = [v * r / HUNDRED for v in (value.low, value.high) for r in (rate.low, rate.high)]
    return Interval(min(ends), max(ends))


def divided(value: Interval, rate: Interval) -> Interval | None:
    if rate.low <= 0 <= rate.high:
        return None
    ends = [v / r * HUNDRED for v in (value.low, value.high) for r in (rate.low, rate.high)]
    return Interval(min(ends), max(ends))


def signed(interval: Interval, sign: int) -> Interval:
    return interval if sign >= 0 else -interval
