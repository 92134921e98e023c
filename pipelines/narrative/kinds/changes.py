"""A printed change between two values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.narrative.figures import Interval
from pipelines.narrative.kinds.weights import (
    CHANGE,
    signed,
)
from pipelines.narrative.relations import Relation, Term, Values


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
        return any(signed(delta.of(values), s).meets(moved) for s in signs)

    def solve(term: Term, values: Values) -> Interval | None:
        sign = signs[0]
        if term.key == delta.key:
            moved = now.of(values) - earlier.of(values)
            moved = signed(moved, sign)
            return moved if moved.high >= 0 else None
        step = signed(delta.of(values), sign)
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
