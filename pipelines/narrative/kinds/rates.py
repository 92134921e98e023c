"""A printed rate of change, with the amount of the change or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.narrative.figures import Interval, ratio
from pipelines.narrative.kinds.weights import (
    HUNDRED,
    RATE,
    divided,
    scaled,
    signed,
)
from pipelines.narrative.relations import Relation, Term, Values


def rate_range(delta: Interval, now: Interval, sign: int) -> Interval | None:
    """The rate (in percent, signed) of a change that led to a value; None where the base may be
    nothing.
    """
    step = signed(delta, sign)
    base = now - step
    if base.low <= 0 <= base.high:
        return None
    if base.high < 0:
        return Interval(-HUNDRED, -HUNDRED)
    ends = []
    for d in (step.low, step.high):
        for n in (now.low, now.high):
            if n - d > 0:
                ends.append(d / (n - d) * HUNDRED)
    return Interval(min(ends), max(ends)) if ends else None


def rate(
    printed: Term,
    delta: Term,
    nows: Sequence[Term],
    signs: Sequence[int],
    rate_signs: Sequence[int],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
    earlier: Term | None = None,
) -> Relation:
    """The printed rate is that of the change; ``nows``: the values the change may have led to."""
    told = _Rate(printed, delta, nows, signs, rate_signs, earlier)
    terms = (printed, delta, *nows, *((earlier,) if earlier else ()))
    return Relation(rule, subject, terms, told.holds, told.solve, message, weight=RATE)


@dataclass(frozen=True, slots=True)
class _Rate:
    """A rate of change: over the earlier amount where it is printed, else over what the change left
    of an amount of today.
    """

    printed: Term
    delta: Term
    nows: Sequence[Term]
    signs: Sequence[int]
    rate_signs: Sequence[int]
    earlier: Term | None

    def holds(self, values: Values) -> bool:
        known = self._ways(values)
        printed = self.printed.of(values)
        return not known or any(
            signed(printed, sign).meets(way) for sign in self.rate_signs for way in known
        )

    def _ways(self, values: Values) -> list[Interval]:
        """The rates that the change may mean, each as an interval."""
        delta = self.delta.of(values)
        over = ratio(delta, self.earlier.of(values)) if self.earlier else None
        if over is not None:
            return [signed(over, sign) for sign in self.signs]
        found = (rate_range(delta, n.of(values), s) for n in self.nows for s in self.signs)
        return [way for way in found if way is not None]

    def solve(self, term: Term, values: Values) -> Interval | None:
        if term.key == self.printed.key:
            known = self._ways(values)
            return signed(known[0], self.rate_signs[0]) if known else None
        if self.earlier is not None:
            return self._solve_over_earlier(term, self.earlier, values)
        return self._solve_over_now(term, values)

    def _solve_over_earlier(self, term: Term, earlier: Term, values: Values) -> Interval | None:
        rate = self.printed.of(values)
        if term.key == earlier.key:
            return divided(self.delta.of(values), rate)
        if term.key == self.delta.key:
            return scaled(earlier.of(values), rate)
        return None

    def _solve_over_now(self, term: Term, values: Values) -> Interval | None:
        """now = earlier ± delta, delta = earlier × rate: so delta = now × rate / (100 ± rate)."""
        rate, delta, now = (t.of(values) for t in (self.printed, self.delta, self.nows[0]))
        sign = self.signs[0]
        if HUNDRED + sign * rate.middle <= 0 or rate.low <= 0 <= rate.high:
            return None
        ends = (rate.low, rate.high)
        if term.key == self.delta.key:
            found = [n * r / (HUNDRED + sign * r) for n in (now.low, now.high) for r in ends]
        elif term.key == self.nows[0].key:
            found = [d * (HUNDRED + sign * r) / r for d in (delta.low, delta.high) for r in ends]
        else:
            return None
        return Interval(min(found), max(found))


def growth_range(now: Term, base: Term, values: Values) -> Interval:
    """The rate (in percent, signed) between two values; the base is not 0."""
    ends = [
        (n - b) / b * HUNDRED
        for n in (now.of(values).low, now.of(values).high)
        for b in (base.of(values).low, base.of(values).high)
        if b
    ]
    return Interval(min(ends), max(ends))


def growth(
    printed: Term,
    now: Term,
    base: Term,
    signs: Sequence[int],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """A rate without an amount, between two printed values."""

    def holds(values: Values) -> bool:
        way = growth_range(now, base, values)
        return any(signed(printed.of(values), s).meets(way) for s in signs)

    def solve(term: Term, values: Values) -> Interval | None:
        if term.key != printed.key:
            return None
        return signed(growth_range(now, base, values), signs[0])

    return Relation(rule, subject, (printed, now, base), holds, solve, message, weight=RATE)
