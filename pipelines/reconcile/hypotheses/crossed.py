"""Two tables laid out alike that were put under each other's name, as 财决05-1表 and 05-2表."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words
from schemas.library import forms

# Cells of each of the two that are wished to hold what the other has there; fewer are slips in a
# row or two.
LEAST = 4


def crossed(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    names = sorted({s.form for s in sheets if s.filled.any()})
    return [
        _candidate(uy, sheets, pair, _changes(family, uy, pair))
        for pair in combinations(names, 2)
        if _alike(*pair) and _wished(family, uy, pair)
    ]


@cache
def _alike(one: str, other: str) -> bool:
    """Whether two forms have the same columns, so that one can be taken for the other."""
    library = forms()
    if one not in library or other not in library:
        return False
    a, b = library[one], library[other]
    keys = [tuple(c.key for c in f.columns) for f in (a, b)]
    return a.codes == b.codes and keys[0] == keys[1] and bool(keys[0])


def _wished(family: Family, uy: int, pair: tuple[str, str]) -> bool:
    """Whether cells of each table are wished to hold what the other has in their place."""
    held, wishes = family.holding(uy), family.wishes(uy)
    for mine, its in (pair, pair[::-1]):
        keys, others = family.book.paired(mine, its)
        chosen = wishes.about(keys)
        keys, others = keys[chosen], others[chosen]
        amounts = held.amounts(others)
        different = np.flatnonzero(amounts != held.amounts(keys)).tolist()
        if sum(int(amounts[n]) in wishes[int(keys[n])] for n in different) < LEAST:
            return False
    return True


def _changes(family: Family, uy: int, pair: tuple[str, str]) -> Changes:
    """Each table with the figures of the other, place by place."""
    held = family.holding(uy)
    parts = []
    for mine, its in (pair, pair[::-1]):
        keys, others = family.book.paired(mine, its)
        filled = held.has(keys) | held.has(others)
        keys, others = keys[filled], others[filled]
        parts.append(Changes.of(uy, keys, held.amounts(others), ~held.has(others)))
    return Changes.joined(parts)


def _candidate(uy: int, sheets: list[Sheet], pair: tuple[str, str], changes: Changes) -> Candidate:
    one, other = (table_words([form]) for form in pair)
    message = (
        f"对调{one}与{other}：两张表整表放错，各填了另一张表的数，改后 {{explained}} 个问题消除"
    )
    spots = [Spot(s.file, s.sheet, s.address(0, 0)) for s in sheets if s.form in pair]
    return Candidate("S-SWAPPED", uy, ",".join(pair), message, changes, spots=tuple(spots))
