"""A printed share, completion or average over what it is taken of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.narrative.figures import Interval, ratio
from pipelines.narrative.kinds.weights import (
    COMPLETION,
    SHARE,
    divided,
    scaled,
)
from pipelines.narrative.relations import Relation, Term, Values


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
            return scaled(whole.of(values), rate)
        return divided(part.of(values), rate)

    return Relation(rule, subject, (printed, part, *wholes), holds, solve, message, weight=SHARE)


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
            budget = divided(value.of(values), printed.of(values))
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
