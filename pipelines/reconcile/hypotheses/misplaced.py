"""Two figures of a table that stand in each other's cells, or one that stands in another's."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words

# Both figures are wished for to the 分, so few formulas will do; but two alone would also hold if
# the pair of another table that is compared with this one were exchanged.
LEAST = 3
MOST_PAIRS = 200  # of a unit and year; where more wish it, whole rows or columns moved


class Cell(NamedTuple):
    """A cell of a sheet; an empty one holds nought and is not ``filled``."""

    key: int
    amt: int
    filled: bool
    address: str


def misplaced(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    pairs = (
        _candidate(uy, sheet, one, other)
        for sheet in sheets
        for one, other in _pairs(_cells(sheet, wishes), wishes)
    )
    return list(islice(pairs, MOST_PAIRS))


def _cells(sheet: Sheet, wishes: Wishes) -> list[Cell]:
    """The cells of a sheet that some formula wishes to hold another figure."""
    found = []
    for place, wished in wishes.places(sheet.key):
        amt = int(sheet.amt[place])
        if wished - {amt}:
            filled, where = bool(sheet.filled[place]), sheet.address(*place)
            found.append(Cell(int(sheet.key[place]), amt, filled, where))
    return found


def _pairs(cells: list[Cell], wishes: Wishes) -> list[tuple[Cell, Cell]]:
    """Cells of which each is wished to hold what the other does."""
    holding: dict[int, list[Cell]] = {}
    for cell in cells:
        holding.setdefault(cell.amt, []).append(cell)
    return [
        (one, other)
        for one in cells
        for wish in sorted(wishes[one.key])
        for other in holding.get(wish, ())
        if one.amt > other.amt and one.amt in wishes[other.key]
    ]


def _candidate(uy: int, sheet: Sheet, larger: Cell, smaller: Cell) -> Candidate:
    pair = (larger, smaller)
    changes = Changes.of(
        uy,
        np.array([c.key for c in pair], np.uint64),
        np.array([smaller.amt, larger.amt], np.int64),
        np.array([not smaller.filled, not larger.filled], bool),
    )
    table, places = table_words([sheet.form]), [c.address for c in pair]
    if smaller.amt:
        rule, what = "S-SWAPPED", f"对调{table} {places[0]} 与 {places[1]}：两格的数互相填反"
    else:
        rule = "S-SHIFTED"
        what = f"把{table} {places[0]} 的 {larger.amt / 100:,.2f} 移到 {places[1]}：数字填错了格"
    return Candidate(
        rule,
        uy,
        f"{sheet.form}[{'、'.join(places)}]",
        f"{what}，改后 {{explained}} 个问题消除",
        changes,
        spots=tuple(_spot(sheet, *p) for p in (pair, pair[::-1])),
        together=True,
        least=LEAST,
    )


def _spot(sheet: Sheet, cell: Cell, other: Cell) -> Spot:
    now = cell.amt if cell.filled else None
    return Spot(sheet.file, sheet.sheet, cell.address, now, other.amt)
