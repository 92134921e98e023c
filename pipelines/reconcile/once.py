"""What is made of a rule book alone: once in a process for all that is reconciled with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TypeVar

from schemas.library import Form
from schemas.rulemodel import Check

Made = TypeVar("Made")
OfBook = Callable[[Sequence[Check], Mapping[str, Form]], Made]
MOST_KEPT = 4  # a process has one book; a test, an example or ``explain`` a few small ones


def once_a_book(make: OfBook[Made]) -> OfBook[Made]:
    """``make`` (of checks and forms), called once for the same ones. What it gives is shared and
    may not be changed.
    """
    # By identity, as no two objects have the same while what is kept holds on to them.
    kept: dict[tuple[int, ...], tuple[list[object], Made]] = {}

    @wraps(make)
    def made(checks: Sequence[Check], forms: Mapping[str, Form]) -> Made:
        of = [*checks, *forms.values()]
        key = tuple(map(id, of))
        if key not in kept:
            for oldest in [*kept][: len(kept) + 1 - MOST_KEPT]:
                kept.pop(oldest, None)
            kept[key] = of, make(checks, forms)
        return kept[key][1]

    return made
