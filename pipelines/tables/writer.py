"""A document taken down line by line: readers say what comes next, spans and tables come out.

What belongs here: offsets. What does not: any file format.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.intake.workbook import Heads
from pipelines.tables.document import Cell, Document, Line, Table


@dataclass(slots=True)
class OpenCell:
    """A cell being read. ``parts`` are its own lines, without those of tables inside it."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    parts: list[str] = field(default_factory=list)
    start: int | None = None
    end: int = 0


@dataclass(slots=True)
class OpenTable:
    """A table being read; ``cells`` in the order in which they were opened."""

    cells: list[OpenCell] = field(default_factory=list)
    page: int | None = None
    pages: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    unlined: bool = False
    torn: bool = False
    heads: Heads | None = None


class Writer:
    """Collects lines and tables in reading order; lines are joined by one line feed."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lines: list[Line] = []
        self.tables: list[OpenTable] = []
        self.notes: list[str] = []
        self.unread: list[str] = []
        self._open: list[OpenCell] = []
        self._at = 0

    def line(
        self, text: str, kind: str = "paragraph", level: int = 0, page: int | None = None
    ) -> int:
        """Adds a line and gives its start.

        Inside a cell a paragraph or heading is a line of the cell.
        """
        start = self._at
        end = start + len(text)
        if self._open and kind in ("paragraph", "heading"):
            kind, level = "cell", 0
            self._open[-1].parts.append(text)
        for cell in self._open:
            cell.start = start if cell.start is None else cell.start
            cell.end = end
        self.parts.append(text)
        self.lines.append(Line(start, end, kind, level, page))
        self._at = end + 1
        return start

    def open_table(self, page: int | None = None) -> OpenTable:
        """A table begins; tables count in the order in which they begin."""
        table = OpenTable(page=page)
        self.tables.append(table)
        return table

    def open_cell(
        self, table: OpenTable, row: int, column: int, rows: int = 1, columns: int = 1
    ) -> OpenCell:
        """A cell begins; lines belong to it until it is closed."""
        cell = OpenCell(row, column, rows, columns)
        table.cells.append(cell)
        self._open.append(cell)
        return cell

    def close_cell(self) -> None:
        """The innermost open cell ends; an empty one spans nothing, where it stands."""
        cell = self._open.pop()
        if cell.start is None:
            cell.start = cell.end = min(self._at, max(0, self._at - 1))

    def document(self) -> Document:
        """What was collected."""
        tables = [
            _table(number, table) for number, table in enumerate(self.tables, 1) if table.cells
        ]
        text = "\n".join(self.parts)
        said = tuple(self.notes), tuple(self.unread)
        return Document(text, tuple(self.lines), tuple(tables), *said)


def _table(number: int, table: OpenTable) -> Table:
    cells = tuple(_cell(c) for c in table.cells)
    written = [c for c in cells if c.end > c.start] or cells
    start, end = min(c.start for c in written), max(c.end for c in written)
    return Table(
        number,
        cells,
        start,
        end,
        page=table.page,
        pages=table.pages,
        cut=table.cut,
        unlined=table.unlined,
        torn=table.torn,
        heads=table.heads,
    )


def _cell(cell: OpenCell) -> Cell:
    text = "\n".join(part for part in cell.parts if part.strip())
    return Cell(cell.row, cell.column, text, cell.start or 0, cell.end, cell.rows, cell.columns)
