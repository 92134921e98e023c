"""What a workbook says outside its tables: on a cover, in a table of contents, in notes on a
sheet of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.extract.caption import Cells, row_years
from pipelines.extract.grid import Grid
from pipelines.extract.moneyunit import money_in_row, money_said
from pipelines.extract.text import squash
from pipelines.extract.unitname import bare_unit, unit_in, unit_of_title

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


def _is_about_accounts(grid: Grid) -> bool:
    return any("决算" in squash(v) for cells in grid.rows for _, v in cells if type(v) is str)


def outside(grids: Iterable[Grid], titles: tuple[str, ...]) -> Outside:
    """Of the sheets that are no tables of ours; ``titles`` are squashed titles of forms, longest
    first.
    """
    names: list[tuple[int, str]] = []
    years: list[tuple[int, int]] = []
    money: list[str] = []
    for grid in filter(_is_short, grids):
        about = _is_about_accounts(grid)
        for cells in grid.rows:
            names += _names(cells, titles)
            names += _bare_names(cells) if about else []
            years += row_years(cells)
            if unit := _money(cells):
                money.append(unit)
    names.sort(key=lambda named: -named[0])
    year = max(years, key=lambda found: found[0])[1] if years else None
    return Outside(tuple(dict.fromkeys(n for _, n in names)), year, money[0] if money else None)


def _is_short(grid: Grid) -> bool:
    """Whether a sheet can be a cover, a list of contents or instructions."""
    wide = sum(len(cells) >= WIDE for cells in grid.rows)
    return grid.height <= ROWS and sum(map(len, grid.rows)) <= CELLS and wide <= WIDE_ROWS


def _bare_names(cells: Cells) -> list[tuple[int, str]]:
    """A line of a cover that is a name and nothing else: it counts after all others."""
    texts = [v for _, v in cells]
    if len(texts) != 1 or type(texts[0]) is not str or len(texts[0]) > _LONGEST:
        return []
    name = bare_unit(texts[0])
    return [(-1, name)] if name else []


def _money(cells: Cells) -> str | None:
    """The unit that a line prints, as a caption or in a sentence of instructions."""
    texts = [v for _, v in cells if type(v) is str]
    return money_in_row(texts) or next((unit for t in texts if (unit := money_said(t))), None)


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
