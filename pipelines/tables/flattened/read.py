"""The tables of a text that keeps one cell a line."""

from __future__ import annotations

from pipelines.tables.document import Cell, Table
from pipelines.tables.flattened.headers import Headers
from pipelines.tables.flattened.rows import Row, rows_of
from pipelines.tables.flattened.spans import spans_of
from pipelines.tables.flattened.stream import Reader


def flattened_tables(text: str, headers: Headers) -> list[Table]:
    """The tables of a text, numbered from 1. Spans count in ``text``.

    ``headers``: what is known of the heads of tables, for finding a row's columns again.
    """
    tables: list[Table] = []
    for stream in Reader(text).read():
        cells = _placed(rows_of(stream.pieces, headers))
        if cells:
            start, end = min(c.start for c in cells), max(c.end for c in cells)
            number = len(tables) + 1
            tables.append(Table(number, tuple(cells), start, end, stream.title, stream.above))
    return tables


def _placed(rows: list[Row]) -> list[Cell]:
    """Rows into columns: a short row of a known width gives what is lacking to its first words."""
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        spans = spans_of(rows, number)
        column = 0
        for cell, columns in zip(row.cells, spans, strict=True):
            cells.append(Cell(number, column, cell.text, cell.start, cell.end, columns=columns))
            column += columns
    return cells
