"""What a sheet says of itself above its table: unit, year and money unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipelines.extract.fiscalyear import (
    asks_for_year,
    closing_date,
    year_closed,
    year_named,
    year_of_value,
)
from pipelines.extract.grid import Grid
from pipelines.extract.moneyunit import money_in_row
from pipelines.extract.text import is_note, squash
from pipelines.extract.unitname import unit_in

DEEPEST = 80  # rows above a header that are looked at
Cells = list[tuple[int, object]]
# How much a year's place says: beside the unit, beside the money unit, in a title, as 年度, as a
# year, as a date.
BESIDE_UNIT, BESIDE_MONEY, IN_TITLE, FULL, YEAR, DATE = 4, 3, 2, 1, 0, -1


@dataclass(frozen=True, slots=True)
class Caption:
    """What a sheet says of itself. ``row`` is the last row (zero-based) that carries a caption,
    -1 without one; ``unit_at`` the row and column (zero-based) where the unit is printed.
    """

    unit: str | None = None
    year: int | None = None
    money: str | None = None
    row: int = -1
    unit_at: tuple[int, int] | None = None


@dataclass(slots=True)
class _Found:
    """Names (with their column), years and money units with the rows they stand in, each with its
    rank where ranks differ.
    """

    units: list[tuple[int, int, int, str]] = field(default_factory=list)
    years: list[tuple[int, int, int]] = field(default_factory=list)
    money: list[tuple[int, str]] = field(default_factory=list)


class _Said(NamedTuple):
    """What one row says: names with their ranks and the number of their cell, years with their
    ranks, the money unit.
    """

    units: tuple[tuple[int, int, str], ...]
    years: tuple[tuple[int, int], ...]
    money: str | None


def caption(grid: Grid, until: int) -> Caption:
    """Unit, year and money unit from the rows above ``until`` (the header).

    The line that names the unit outranks banners above it: its year counts before a title's, a
    title's before any other.
    """
    lines: list[Cells] = [[(0, line)] for line in grid.sheet.above]
    start = grid.start
    rows = [*lines, *grid.rows[start : min(until, start + DEEPEST)]]
    return _caption(rows, start - len(lines))


def caption_in(rows: Sequence[Cells]) -> Caption:
    """What some rows say, such as those between a title and its header; ``row`` counts from the
    first of them.
    """
    return _caption(rows, 0)


def _caption(rows: Sequence[Cells], first: int) -> Caption:
    found = _Found()
    for r, cells in enumerate(rows, first):
        _read_row(r, cells, found)
    last = [r for _, r, *_ in found.units] + [r for r, _ in found.money]
    unit = max(found.units, key=lambda u: (u[0], u[1]), default=None)
    return Caption(
        unit[3] if unit else None,
        max(found.years, key=lambda y: (y[0], y[1]))[2] if found.years else None,
        found.money[-1][1] if found.money else None,
        max(last, default=-1),
        unit[1:3] if unit else None,
    )


def caption_below(rows: Sequence[Cells]) -> Caption:
    """Unit and year from the foot of a table, where a line names the unit; ``rows`` are those from
    the first of its data.
    """
    for cells in rows[::-1]:
        texts = [(i, v) for i, (_, v) in enumerate(cells) if type(v) is str]
        for i, text in texts:
            if is_note(text) and (named := unit_in(text, cells[i + 1 :])):
                years = row_years(cells)
                return Caption(named[1], max(years)[1] if years else None)
    return Caption()


def _read_row(r: int, cells: Cells, found: _Found) -> None:
    said = _said(*(v for _, v in cells))
    found.units += [(rank, r, cells[i][0], name) for rank, i, name in said.units]
    found.years += [(rank, r, year) for rank, year in said.years]
    if said.money:
        found.money.append((r, said.money))


# The rows above a table repeat on every sheet of a workbook, titles in every unit's: a few hundred
# are in use at a time. Typed, for a cell may hold True, which equals 1.
@lru_cache(maxsize=2048, typed=True)
def _said(*values: object) -> _Said:
    """What a row says whose non-empty cells hold these values."""
    cells = list(enumerate(values))
    units = [
        (named[0], i, named[1])
        for i, v in cells
        if type(v) is str and (named := unit_in(v, cells[i + 1 :]))
    ]
    money = money_in_row([v for v in values if type(v) is str])
    years = row_years(cells)
    if units or money:
        beside = BESIDE_UNIT if units else BESIDE_MONEY
        years = [(_capped(rank, beside), year) for rank, year in (*years, *_bare(values))]
    return _Said(tuple(units), tuple(years), money)


def _capped(rank: int, beside: int) -> int:
    """Beside a unit's name or 金额单位 a year of any rank from YEAR on is worth the same."""
    return beside if rank >= YEAR else rank


def _bare(values: Iterable[object]) -> Iterator[tuple[int, int]]:
    """(rank, year) of numbers alone in their cell: years, beside a unit's name or 金额单位."""
    for value in values:
        if type(value) in (int, float) and (year := year_of_value(value)):
            yield YEAR, year


def row_years(cells: Cells) -> list[tuple[int, int]]:
    """(rank, year) of what a row prints of years, on its own account."""
    found: list[tuple[int, int]] = []
    for i, (_, value) in enumerate(cells):
        if type(value) is str:
            if said := _year_said(value, cells, i):
                found.append(said)
        elif year := closing_date(value):
            found.append((DATE, year))
    return found


def _year_said(text: str, cells: Cells, at: int) -> tuple[int, int] | None:
    """(rank, year) of a text: a year in it, or one beside it that it is about."""
    if year := year_named(text):
        return _rank(text), year
    if year := year_closed(text):
        return DATE, year
    if asks_for_year(text) and cells[at + 1 :] and (year := year_of_value(cells[at + 1][1])):
        return YEAR, year
    if squash(text) in ("年度", "年") and at and (year := year_of_value(cells[at - 1][1])):
        return FULL, year
    return None


def _rank(text: str) -> int:
    full = "年度" in squash(text)
    if full and re.search(r"表\s*$", text):
        return IN_TITLE
    return FULL if full else YEAR
