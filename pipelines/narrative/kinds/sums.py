"""Parts and their whole; what comes in and what goes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.narrative.figures import Interval, total
from pipelines.narrative.kinds.weights import SUM
from pipelines.narrative.relations import Relation, Term, Values


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
