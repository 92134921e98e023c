"""How checks show what they compared: amounts in 万元, a rounding as a hint; and which of several
outcomes counts.

What does not belong here: what is compared.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.performance.arithmetic import wan
from pipelines.performance.pack import Entry


def in_wan(entry: Entry) -> str:
    """The amount of a cell in 万元; a cell without a number as 0."""
    return wan(entry.value.number or 0)


def hint_or_own(outcome: str) -> str | None:
    """hint where a rate holds but for its rounding; None for the severity of the rule."""
    return "hint" if outcome == "hint" else None


def best_of(outcomes: Iterable[str]) -> str:
    """Of pass, hint and fail against all that may be meant: what fits best is."""
    return min(outcomes, key=("pass", "hint", "fail").index)
