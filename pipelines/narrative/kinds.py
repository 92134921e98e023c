"""The kinds of relation: sum, equality, part within whole, share, change, rate, completion,
average.

Each builds a :class:`~pipelines.narrative.relations.Relation` from terms. Intervals carry what
rounding hides, so there is no tolerance to set. What does not belong here: where the terms come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipelines.narrative.figures import Interval, ratio, total
from pipelines.narrative.relations import Relation, Term, Values

HUNDRED = Fraction(100)
# the heaviest relation that one change settles is reported: a sum says more than a share that
# follows from it
SUM, EQUAL, WITHIN, CHANGE, RATE, COMPLETION, SHARE = 60, 50, 45, 40, 30, 25, 20


def sum_of(
    whole: Term,
    parts: Sequence[Term],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
    *,
    partial: bool = False,
    others: Sequence[Interval] = (),
    severity: str | None = None,
) -> Relation:
    """Σ parts = whole; ``partial``: the parts are not all, so only more than the whole fails.
    ``others``: what else the parts may add up to (the budget, last year's value) where the text
    leaves that open.
    """

    def holds(values: Values) -> bool:
        summed = total(p.of(values) for p in parts)
        meant = whole.of(values)
        if partial and summed.low <= meant.high:
            return True
        return summed.meets(meant) or any(summed.meets(o) for o in others)

    def solve(term: Term, values: Values) -> Interval | None:
        if term.key == whole.key:
            return total(p.of(values) for p in parts)
        rest = [p.of(values) for p in parts if p.key != term.key]
        right = whole.of(values) - total(rest)
        return right if right.high >= 0 or term.interval.low < 0 else None

    return Relation(
        rule,
        subject,
        (whole, *parts),
        holds,
        solve,
        message,
        lambda v: whole.of(v).middle - total(p.of(v) for p in parts).middle,
        severity,
        SUM,
    )


def balance(
    incoming: Sequence[Term],
    outgoing: Sequence[Term],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """Σ incoming = Σ outgoing."""

    def summed(terms: Sequence[Term], values: Values) -> Interval:
        return total(t.of(values) for t in terms)

    def solve(term: Term, values: Values) -> Interval | None:
        own, other = (
            (incoming, outgoing)
            if any(t.key == term.key for t in incoming)
            else (outgoing, incoming)
        )
        rest = [t for t in own if t.key != term.key]
        return summed(other, values) - summed(rest, values)

    return Relation(
        rule,
        subject,
        (*outgoing, *incoming),
        lambda v: summed(incoming, v).meets(summed(outgoing, v)),
        solve,
        message,
        lambda v: summed(incoming, v).middle - summed(outgoing, v).middle,
        None,
        SUM,
    )


def equal(
    left: Term,
    right: Term,
    rule: str,
    subject: str,
    message: Callable[[Values], str],
    *,
    weight: int = EQUAL,
) -> Relation:
    """Two figures of one quantity are the same."""

    def solve(term: Term, values: Values) -> Interval | None:
        return (right if term.key == left.key else left).of(values)

    return Relation(
        rule,
        subject,
        (left, right),
        lambda v: left.of(v).meets(right.of(v)),
        solve,
        message,
        lambda v: left.of(v).middle - right.of(v).middle,
        None,
        weight,
    )


def within(
    part: Term, whole: Term, rule: str, subject: str, message: Callable[[Values], str]
) -> Relation:
    """A part is not more than its whole."""

    def solve(term: Term, values: Values) -> Interval | None:
        return (whole if term.key == part.key else part).of(values)

    return Relation(
        rule,
        subject,
        (part, whole),
        lambda v: part.of(v).low <= whole.of(v).high,
        solve,
        message,
        lambda v: part.of(v).middle - whole.of(v).middle,
        None,
        WITHIN,
    )


def share(
    printed: Term,
    part: Term,
    wholes: Sequence[Term],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """A printed share is that of the part in any of the wholes it may be of."""

    def holds(values: Values) -> bool:
        ways = [ratio(part.of(values), w.of(values)) for w in wholes]
        known = [w for w in ways if w is not None]
        return not known or any(printed.of(values).meets(w) for w in known)

    def solve(term: Term, values: Values) -> Interval | None:
        whole = wholes[0]
        if term.key == printed.key:
            return ratio(part.of(values), whole.of(values))
        rate = printed.of(values)
        if term.key == part.key:
            return _times(whole.of(values), rate)
        return _over(part.of(values), rate)

    return Relation(rule, subject, (printed, part, *wholes), holds, solve, message, weight=SHARE)


def _times(value: Interval, rate: Interval) -> Interval:
    ends = [v * r / HUNDRED for v in (value.low, value.high) for r in (rate.low, rate.high)]
    return Interval(min(ends), max(ends))


def _over(value: Interval, rate: Interval) -> Interval | None:
    if rate.low <= 0 <= rate.high:
        return None
    ends = [v / r * HUNDRED for v in (value.low, value.high) for r in (rate.low, rate.high)]
    return Interval(min(ends), max(ends))


def change(
    delta: Term,
    now: Term,
    earlier: Term,
    signs: Sequence[int],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """Now less earlier is the printed change, up or down as the words say."""

    def holds(values: Values) -> bool:
        moved = now.of(values) - earlier.of(values)
        return any(_signed(delta.of(values), s).meets(moved) for s in signs)

    def solve(term: Term, values: Values) -> Interval | None:
        sign = signs[0]
        if term.key == delta.key:
            moved = now.of(values) - earlier.of(values)
            moved = _signed(moved, sign)
            return moved if moved.high >= 0 else None
        step = _signed(delta.of(values), sign)
        return earlier.of(values) + step if term.key == now.key else now.of(values) - step

    return Relation(
        rule,
        subject,
        (delta, now, earlier),
        holds,
        solve,
        message,
        lambda v: delta.of(v).middle - abs((now.of(v) - earlier.of(v)).middle),
        None,
        CHANGE,
    )


def _signed(interval: Interval, sign: int) -> Interval:
    return interval if sign >= 0 else -interval


def rate_range(delta: Interval, now: Interval, sign: int) -> Interval | None:
    """The rate (in percent, signed) of a change that led to a value; None where the base may be
    nothing.
    """
    step = _signed(delta, sign)
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
            _signed(printed, sign).meets(way) for sign in self.rate_signs for way in known
        )

    def _ways(self, values: Values) -> list[Interval]:
        """The rates that the change may mean, each as an interval."""
        delta = self.delta.of(values)
        over = ratio(delta, self.earlier.of(values)) if self.earlier else None
        if over is not None:
            return [_signed(over, sign) for sign in self.signs]
        found = (rate_range(delta, n.of(values), s) for n in self.nows for s in self.signs)
        return [way for way in found if way is not None]

    def solve(self, term: Term, values: Values) -> Interval | None:
        if term.key == self.printed.key:
            known = self._ways(values)
            return _signed(known[0], self.rate_signs[0]) if known else None
        if self.earlier is not None:
            return self._solve_over_earlier(term, self.earlier, values)
        return self._solve_over_now(term, values)

    def _solve_over_earlier(self, term: Term, earlier: Term, values: Values) -> Interval | None:
        rate = self.printed.of(values)
        if term.key == earlier.key:
            return _over(self.delta.of(values), rate)
        if term.key == self.delta.key:
            return _times(earlier.of(values), rate)
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
        return any(_signed(printed.of(values), s).meets(way) for s in signs)

    def solve(term: Term, values: Values) -> Interval | None:
        if term.key != printed.key:
            return None
        return _signed(growth_range(now, base, values), signs[0])

    return Relation(rule, subject, (printed, now, base), holds, solve, message, weight=RATE)


def completion(
    printed: Term,
    value: Term,
    budgets: Sequence[Term],
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """The printed completion is the outturn over any of the budgets it may be of."""
    relation = share(printed, value, budgets, rule, subject, message)
    relation.weight = COMPLETION
    return relation


def completion_by_change(
    printed: Term,
    value: Term,
    delta: Term,
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """The printed completion is the outturn over what remains when the change against the budget is
    taken off.
    """

    def holds(values: Values) -> bool:
        budget = value.of(values) - delta.of(values)
        way = ratio(value.of(values), budget)
        return way is None or printed.of(values).meets(way)

    def solve(term: Term, values: Values) -> Interval | None:
        if term.key == printed.key:
            return ratio(value.of(values), value.of(values) - delta.of(values))
        if term.key == delta.key:
            budget = _over(value.of(values), printed.of(values))
            return value.of(values) - budget if budget else None
        return None

    return Relation(
        rule, subject, (printed, delta, value), holds, solve, message, weight=COMPLETION
    )


def average(
    printed: Term,
    whole: Term,
    count: Term,
    rule: str,
    subject: str,
    message: Callable[[Values], str],
) -> Relation:
    """The printed average times the number is the whole."""

    def each(values: Values) -> Interval | None:
        number, amount = count.of(values), whole.of(values)
        if number.low <= 0:
            return None
        return Interval(amount.low / number.high, amount.high / number.low)

    def holds(values: Values) -> bool:
        way = each(values)
        return way is None or printed.of(values).meets(way)

    def solve(term: Term, values: Values) -> Interval | None:
        return each(values) if term.key == printed.key else None

    return Relation(
        rule, subject, (printed, whole, count), holds, solve, message, weight=COMPLETION
    )
