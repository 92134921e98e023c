"""Two figures of one quantity; a part that is not more than its whole."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.narrative.figures import Interval
from pipelines.narrative.kinds.weights import EQUAL, WITHIN
from pipelines.narrative.relations import Relation, Term, Values


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
