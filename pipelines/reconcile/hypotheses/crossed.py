"""Two tables laid out alike that were put under each other's name, as 财决05-1表 and 05-2表."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Amount, Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words
from schemas.library import forms

# Cells of each of the two that are wished to hold what the other has there; fewer are slips in a
# row or two.
LEAST = 4

Place = tuple[str, str, str]  # block, row and column


def crossed(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    held = family.cells.get(uy, {})
    names = sorted({s.form for s in sheets if s.filled.any()})
    return [
        _candidate(uy, sheets, pair, _changes(family, uy, pair))
        for pair in combinations(names, 2)
        if _alike(*pair) and _wished(family, uy, held, pair)
    ]


def _alike(one: str, other: str) -> bool:
    """Whether two forms have the same columns, so that one can be taken for the other."""
    library = forms()
    if one not in library or other not in library:
        return False
    a, b = library[one], library[other]
    keys = [tuple(c.key for c in f.columns) for f in (a, b)]
    return a.codes == b.codes and keys[0] == keys[1] and bool(keys[0])


def _wished(family: Family, uy: int, held: dict[int, Amount], pair: tuple[str, str]) -> bool:
    wishes = family.wishes(uy)
    for mine, its in (pair, pair[::-1]):
        there = family.places_of(its)
        found = 0
        for place, key in family.places_of(mine).items():
            amount = _amount(held, there.get(place))
            found += amount != _amount(held, key) and amount in wishes.get(key, ())
        if found < LEAST:
            return False
    return True


def _amount(held: dict[int, Amount], key: int | None) -> int:
    found = held.get(key) if key is not None else None
    return found.amt if found else 0


def _changes(family: Family, uy: int, pair: tuple[str, str]) -> Changes:
    """Each table with the figures of the other, place by place."""
    held = family.cells.get(uy, {})
    parts = []
    for mine, its in (pair, pair[::-1]):
        there = family.places_of(its)
        moved = {
            key: other
            for place, key in family.places_of(mine).items()
            if {key, other := there.get(place)} & held.keys()
        }
        blank = [other not in held for other in moved.values()]
        amounts = [_amount(held, other) for other in moved.values()]
        keys = np.array(list(moved), np.uint64)
        parts.append(Changes.of(uy, keys, np.array(amounts, np.int64), np.array(blank, bool)))
    return Changes.joined(parts)


def _candidate(uy: int, sheets: list[Sheet], pair: tuple[str, str], changes: Changes) -> Candidate:
    one, other = (table_words([form]) for form in pair)
    message = (
        f"对调{one}与{other}：两张表整表放错，各填了另一张表的数，改后 {{explained}} 个问题消除"
    )
    spots = [Spot(s.file, s.sheet, s.address(0, 0)) for s in sheets if s.form in pair]
    return Candidate("S-SWAPPED", uy, ",".join(pair), message, changes, spots=tuple(spots))
