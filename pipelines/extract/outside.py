"""What a workbook says outside its tables: on a cover, in a table of contents, in notes on a
sheet of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.extract.caption import Cells, row_years
from pipelines.extract.grid import Grid
from pipelines.extract.moneyunit import money_in_row
from pipelines.extract.unitname import unit_in, unit_of_title

# A cover or a list of contents is short; longer sheets are other tables, which speak for
# themselves only.
ROWS, CELLS = 80, 400
WIDE, WIDE_ROWS = 5, 1  # a cover has no rows of a table but perhaps one of captions
_LONGEST = 80  # characters of a line on a cover


@dataclass(frozen=True, slots=True)
class Outside:
    """Names of the unit, likeliest first, the year and the money unit."""

    names: tuple[str, ...] = ()
    year: int | None = None
    money: str | None = None


def outside(grids: Iterable[Grid], titles: tuple[str, ...]) -> Outside:
    """Of the sheets that are no tables of ours; ``titles`` are squashed titles of forms, longest
    first.
    """
    names: list[tuple[int, str]] = []
    years: list[tuple[int, int]] = []
    money: list[str] = []
    for cells in _lines(grids):
        names += _names(cells, titles)
        years += row_years(cells)
        unit = money_in_row([v for _, v in cells if type(v) is str])
        money += [unit] if unit else []
    names.sort(key=lambda named: -named[0])
    year = max(years, key=lambda found: found[0])[1] if years else None
    return Outside(tuple(dict.fromkeys(n for _, n in names)), year, money[0] if money else None)


def _lines(grids: Iterable[Grid]) -> Iterable[Cells]:
    for grid in grids:
        wide = sum(len(cells) >= WIDE for cells in grid.rows)
        if grid.height <= ROWS and sum(map(len, grid.rows)) <= CELLS and wide <= WIDE_ROWS:
            yield from (cells for cells in grid.rows if cells)


def _names(cells: Cells, titles: tuple[str, ...]) -> list[tuple[int, str]]:
    """Names beside 编制单位 and its like before those that a title begins with."""
    found = []
    for i, (_, value) in enumerate(cells):
        if type(value) is not str or len(value) > _LONGEST:
            continue
        if named := unit_in(value, cells[i + 1 :]):
            found.append((named[0] + 1, named[1]))
        elif name := unit_of_title(value, titles):
            found.append((0, name))
    return found


def title_unit(rows: Sequence[Cells], above: Sequence[str], titles: tuple[str, ...]) -> str | None:
    """The organisation that a sheet's title begins with; ``rows`` are those above its header."""
    lines: list[object] = [*above, *(v for cells in rows for _, v in cells)]
    for value in lines:
        if type(value) is str and len(value) <= _LONGEST and (name := unit_of_title(value, titles)):
            return name
    return None
