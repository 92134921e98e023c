"""Tables of panels, known again by all their cells but the amounts.

Their rows are fixed, so that the lines of one sheet are those of the next with the same labels at
the same places. Only how amounts are taken depends on which cells are filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipelines.extract.account import numbers_in
from pipelines.extract.amounts import is_plain
from pipelines.extract.grid import Grid
from pipelines.extract.header import is_footer
from pipelines.extract.learned.way import is_long
from pipelines.extract.listheader import merged_above
from pipelines.extract.reading import Item, Known, TableReading
from pipelines.extract.rows import Line
from pipelines.extract.text import is_note, label_key

# Tables kept for each form; the one met last is looked at first. A table has some hundred cells,
# and few forms have panels: together they stay at some ten megabytes.
KEPT = 48
PLAIN = {str, float, int}

Cell = tuple[int, object]
Merged = list[tuple[int, int, int, int]]
# A line with the columns and keys that its amounts may stand in, by preference.
Placed = tuple[Line, list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row of data: its cells that are no amounts, and its lines. ``bare``: it was understood as
    a row without amounts, which says nothing of one with them. ``numbers``: how many of its cells
    are 行次; None where another is a number.
    """

    cells: list[Cell]
    lines: list[Placed]
    bare: bool
    numbers: int | None


@dataclass(frozen=True, slots=True)
class KnownPanels:
    """A table of panels that was read: its header with merged cells, its rows, and what reading it
    gave besides amounts.

    ``amounts`` are the columns of amounts, ``width`` the last column used, ``heard`` the keys of
    texts that would have a say above the header.
    """

    table: TableReading
    header: list[list[Cell]]
    merged: Merged
    amounts: frozenset[int]
    width: int
    rows: list[KnownRow]
    heard: frozenset[str]

    def read(self, grid: Grid) -> TableReading | None:
        """The table that the sheet holds, or None where anything but an amount differs."""
        top, first = self.table.top, self.table.first
        if (
            grid.height - first != len(self.rows)
            or grid.rows[top:first] != self.header
            or merged_above(grid.sheet, top, first) != self.merged
            or not self.stands_below(grid.rows[:top])
            or not _is_plain(grid)
        ):
            return None
        return self._lay_over(grid)

    def stands_below(self, above: Sequence[Sequence[Cell]]) -> bool:
        """Whether the rows above are captions: no wider than the table, and none of its words."""
        return all(
            c <= self.width and not (type(v) is str and label_key(v) in self.heard)
            for cells in above
            for c, v in cells
        )

    def _filled(self, row: KnownRow, cells: list[tuple[int, object]]) -> dict[int, object] | None:
        """The amounts of a row that is as it was, None for one that is not."""
        filled = {c: v for c, v in cells if c in self.amounts}
        if not all(map(is_plain, filled.values())) or (row.bare and filled):
            return None
        if [cell for cell in cells if cell[0] not in self.amounts] != row.cells:
            return None
        return filled

    def _lay_over(self, grid: Grid) -> TableReading | None:
        items: list[Item] = []
        reasons: dict[tuple[int, int], str] = {}
        known: dict[int, Known] = {}
        for r, row in enumerate(self.rows, self.table.first):
            filled = self._filled(row, grid.rows[r])
            if filled is None:
                return None
            left = _take(row, filled, items)
            reasons.update({(r, c): "所在行没有项目名称" for c in left})
            if row.numbers is not None and not left:
                known[r] = Known(len(filled), row.numbers)
        return _copy(self.table, items, reasons, known)


def _take(row: KnownRow, filled: Mapping[int, object], items: list[Item]) -> list[int]:
    """Add the amounts of a row's lines to ``items``; gives the columns that no line took."""
    left = dict(filled)
    for line, places in row.lines:
        keyed: dict[str, int] = {}
        for c, key in places:
            if c in left and key not in keyed:
                keyed[key] = c
        items.append((line, [(c, left[c], key) for key, c in keyed.items()]))
        for c in keyed.values():
            del left[c]
    return list(left)


def _copy(
    table: TableReading,
    items: list[Item],
    reasons: dict[tuple[int, int], str],
    known: dict[int, Known],
) -> TableReading:
    """The table with other amounts; what a later step changes is the copy's own."""
    return replace(
        table,
        items=items,
        reasons=reasons,
        known=known,
        lines=list(table.lines),
        columns=list(table.columns),
        faults=list(table.faults),
        notes=list(table.notes),
    )


@dataclass(frozen=True, slots=True)
class Learner:
    """A table just read. ``places``: of each row its lines with the places of their amounts."""

    grid: Grid
    table: TableReading
    amounts: frozenset[int]
    places: Mapping[int, list[Placed]]

    def learn(self, form: object, heard: frozenset[str], bare: set[int]) -> None:
        """Keep the table, if its labels alone told how to read it.

        ``bare``: rows that might be a header again, if they had no amounts.
        """
        top, first = self.table.top, self.table.first
        rows = [self._row(r, r in bare) for r in range(first, self.grid.height)]
        read = [row for row in rows if row]
        header = self.grid.rows[top:first]
        known = KnownPanels(
            _copy(self.table, [], {}, {}),
            header,
            merged_above(self.grid.sheet, top, first),
            self.amounts,
            max(c for row in (*header, *(row.cells for row in read)) for c, _ in row),
            read,
            heard,
        )
        if len(read) == len(rows) and self._is_sure() and known.stands_below(self.grid.rows[:top]):
            _keep(form, known)

    def _row(self, r: int, bare: bool) -> KnownRow | None:
        """None where the amounts had a say in what the row is."""
        cells = self.grid.rows[r]
        others = [cell for cell in cells if cell[0] not in self.amounts]
        filled = [v for c, v in cells if c in self.amounts]
        noted = _begins_with_note(others)
        bare = bare or noted
        if (bare and filled) or noted != is_footer(cells) or not all(map(is_plain, filled)):
            return None
        return KnownRow(others, self.places.get(r, []), bare, self._line_numbers(r, others))

    def _line_numbers(self, r: int, cells: list[Cell]) -> int | None:
        """How many cells of a row are numbers, if all of these are 行次."""
        numbers = numbers_in(cells)
        structural = self.table.structural_columns.issuperset(numbers)
        return len(numbers) if structural and r not in self.table.structural_rows else None

    def _is_sure(self) -> bool:
        """Whether no item stands twice: which of two counts is told by the amounts; and nothing
        above the header shows in it through a merged cell.
        """
        top = self.table.top
        if any(m[0] < top for m in merged_above(self.grid.sheet, top, self.table.first)):
            return False
        places = [
            (line.block, line.key, key)
            for placed in self.places.values()
            for line, columns in placed
            for key in {key for _, key in columns}
        ]
        return len(places) == len(set(places)) and _is_plain(self.grid)


def _is_plain(grid: Grid) -> bool:
    """Whether the sheet holds nothing but texts and numbers: True would equal 1."""
    return set(map(type, chain.from_iterable(grid.sheet.cells))) <= PLAIN


_KNOWN: dict[int, tuple[object, list[KnownPanels]]] = {}


def read_known(grid: Grid, form: object) -> TableReading | None:
    """The table of a form, if it is like one that was learned."""
    if is_long():
        return None
    tables = _KNOWN.get(id(form), (form, []))[1]
    for place, known in enumerate(tables):
        if table := known.read(grid):
            tables.insert(0, tables.pop(place))
            return table
    return None


def _keep(form: object, known: KnownPanels) -> None:
    """The form is held too, so that its identity stays its own."""
    tables = _KNOWN.setdefault(id(form), (form, []))[1]
    tables.insert(0, known)
    del tables[KEPT:]


def _begins_with_note(cells: list[Cell]) -> bool:
    first = cells[0][1] if cells else None
    return isinstance(first, str) and is_note(first)
