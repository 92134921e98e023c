"""What public tables print for an internal amount: rounding that makes tables add up may move
its last digit.

A text quotes the tables, so it is right with their digit as well as with the amount's own. Where
the unit sent its public
tables, theirs counts; else what this program would print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pipelines.public.exact import is_raised
from pipelines.public.keys import Key
from pipelines.public.printed import printed_amounts
from schemas.relations import figures_of

LAST_DIGIT = Decimal(
    100
)  # 元: the tables are in 万元 with two decimals; balancing moves a figure by less


def printed_facts(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Decimal]:
    """Of each fact of one unit and year: what its public figure says in 元, where that is
    another last digit only.
    """
    held = _in_fen(rows)
    ours = printed_amounts(held)
    raised = is_raised((form, column) for form, _, _, column in held)
    found = {}
    for key, fen in held.items():
        theirs = [held[figure] for figure in figures_of(key, raised) if figure in held]
        printed = theirs[0] if theirs else ours.get(key)
        if printed is not None and printed != fen and abs(printed - fen) < LAST_DIGIT * 100:
            found[key] = Decimal(printed) / 100
    return found


def _in_fen(rows: Iterable[Mapping[str, Any]]) -> dict[Key, int]:
    """The amounts that are there, in 分."""
    held: dict[Key, int] = {}
    for row in rows:
        if row["amount"] is not None:
            key = (row["form"], row["block"] or "", row["row_key"], row["col_key"])
            held[key] = int(row["amount"] * 100)
    return held
