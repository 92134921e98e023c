"""Where the next cell of a row goes, past the cells that reach down from rows above."""

from __future__ import annotations

MOST_COLUMNS = 400  # wider than any form with the whole economic classification across
MOST_ROWS = 20_000  # a row span beyond this is a mistake or an attack


class GridPlace:
    """Row by row, cell by cell, as HTML and OpenDocument lay out their tables."""

    def __init__(self) -> None:
        self.row = -1
        self.column = 0
        self._until: dict[int, int] = {}

    def next_row(self) -> None:
        """A new row begins."""
        self.row += 1
        self.column = 0

    def place(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        """(row, column, rows, columns) of a cell with these spans; spans are kept within bounds."""
        if self.row < 0:
            self.next_row()
        rows, columns = max(1, min(rows, MOST_ROWS)), max(1, min(columns, MOST_COLUMNS))
        while self._until.get(self.column, -1) >= self.row:
            self.column += 1
        at = self.column
        for column in range(at, at + columns):
            self._until[column] = self.row + rows - 1
        self.column = at + columns
        return self.row, at, rows, columns
