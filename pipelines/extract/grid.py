"""A sheet as rows of non-empty cells, with merged cells resolved."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extract.amounts import is_number
from pipelines.extract.text import squash
from pipelines.intake.workbook import Sheet


def is_blank(cell: object) -> bool:
    return cell is None or (type(cell) is str and not cell.strip())


def plain(cell: object) -> str:
    """A cell as squashed text; whole floats without their ``.0``; empty for booleans."""
    if type(cell) is str:
        return squash(cell)
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    return "" if cell is None or cell is True or cell is False else str(cell)


def without_repeats(cells: dict[int, object]) -> dict[int, object]:
    """A row without texts that repeat the cell to their left: a merged cell whose text was filled
    into all it covered.

    Numbers (also ``212,445.88元``) and dashes (also ``一``) may well repeat, and stay.
    """
    kept = dict(cells)
    for column, value in cells.items():
        left = cells.get(column - 1)
        if type(value) is str and value == left and _is_label(value):
            del kept[column]
    return kept


def _is_label(text: str) -> bool:
    """Whether a text has Chinese words and is no amount with its unit."""
    words = len(text.strip()) > 1 and any("一" <= c <= "鿿" for c in text)
    return words and not is_number(text)


@dataclass(slots=True)
class Grid:
    """``rows[r]`` lists (column, value) of row r's non-empty cells, left to right; rows and columns
    from zero. ``bare``: a page that has no labels of its own.
    """

    sheet: Sheet
    rows: list[list[tuple[int, object]]] = field(default_factory=list)
    _merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    bare: bool = False
    _over: dict[tuple[int, int], str] = field(default_factory=dict)
    _naming: list[tuple[int, int, str]] | None = None

    @classmethod
    def of(cls, sheet: Sheet) -> Grid:
        rows = [
            [
                (c, v)
                for c, v in enumerate(row)
                if v != ""  # most cells of a wide table are blank
                and (
                    v.__class__ is float
                    or (not v.isspace() if v.__class__ is str else v is not None)
                )  # type: ignore[attr-defined]
            ]
            for row in sheet.cells
        ]
        return cls(sheet, rows)

    def naming(self) -> list[tuple[int, int, str]]:
        """(row, column, text) of the texts that may name a table, top to bottom, left to right."""
        if self._naming is None:
            self._naming = [
                (r, c, v)
                for r, cells in enumerate(self.rows)
                for c, v in cells
                if v.__class__ is str and ("表" in v or "公开" in v)  # type: ignore[operator]
            ]
        return self._naming

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def start(self) -> int:
        """The first row that holds anything: where titles are looked for from."""
        return next((r for r, cells in enumerate(self.rows) if cells), 0)

    def value(self, row: int, column: int) -> object:
        cells = self.sheet.cells
        if 0 <= row < len(cells) and 0 <= column < len(cells[row]):
            return cells[row][column]
        return ""

    def text(self, row: int, column: int) -> str:
        return plain(self.value(row, column))

    def resolve_merged(self, top: int, bottom: int) -> None:
        """Learn which cells of rows top..bottom are covered by a merged cell that starts
        elsewhere.
        """
        self._over.clear()
        for r0, c0, r1, c1 in self.sheet.merged:
            if r1 < top or r0 > bottom or (r1 - r0 + 1) * (c1 - c0 + 1) > 20000:
                continue
            for r in range(max(r0, top), min(r1, bottom) + 1):
                for c in range(c0, c1 + 1):
                    self._merged[(r, c)] = (r0, c0)

    def covered(self, row: int, column: int) -> bool:
        return (row, column) in self._merged

    def source(self, row: int, column: int) -> tuple[int, int]:
        """The cell whose value shows at a place of a header: where a merged cell over it starts,
        else itself.
        """
        return self._merged.get((row, column), (row, column))

    def header_text(self, row: int, column: int) -> str:
        """The text that shows over a cell, seen through merged cells."""
        cell = (row, column)
        text = self._over.get(cell)
        if text is None:
            text = self._over[cell] = self.text(*self._merged.get(cell, cell))
        return text
