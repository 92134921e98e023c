"""Rows of a lined table that no level line parts: cut where numbers stand one above the other in
several columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from pipelines.tables.pdf.layout_parts import PdfCell
from pipelines.tables.pdf.pieces import is_number
from pipelines.tables.pdf.textline import TextLine

FEWEST_COLUMNS = 2  # with as many numbers: one alone may be a number broken over lines
AT_ONE_HEIGHT = 0.5  # heights of print by which numbers of one row may be apart


def split_rows(cells: list[PdfCell]) -> list[PdfCell]:
    """The cells with rows cut apart that hold several rows of numbers."""
    by_row: dict[int, list[PdfCell]] = defaultdict(list)
    for cell in cells:
        by_row[cell.row].append(cell)
    cuts = {row: _cuts(found) for row, found in by_row.items()}
    if not any(cuts.values()):
        return cells
    start: dict[int, int] = {}
    at = 0
    for row in range(max(c.row + c.rows for c in cells) + 1):
        start[row] = at
        at += len(cuts.get(row, ())) + 1
    return [part for cell in cells for part in _parts(cell, cuts, start)]


def _cuts(cells: list[PdfCell]) -> list[float]:
    """Between which heights the rows in one band part; none where it is one row."""
    flat = [c for c in cells if c.rows == 1 and len(c.lines) > 1]
    rows = _rows_of_numbers(flat)
    alike = [c for c in flat if _at_heights(c.lines, rows)]
    if len(alike) < FEWEST_COLUMNS:
        return []
    return [_halfway(above, below) for above, below in pairwise(rows)]


def _rows_of_numbers(cells: list[PdfCell]) -> list[list[TextLine]]:
    """The numbers that stand beside each other in cells with several, from top to bottom."""
    return _at_one_height(x for c in cells if _is_column_of_numbers(c.lines) for x in c.lines)


def _halfway(above: list[TextLine], below: list[TextLine]) -> float:
    """The height in the middle between two rows."""
    return (max(x.v1 for x in above) + min(x.v0 for x in below)) / 2


def _is_column_of_numbers(lines: list[TextLine]) -> bool:
    """Whether every line is a number by itself, all with as many decimals: a number broken over
    lines has its point in one of them only.
    """
    said = ["".join(g.text for g in line.glyphs) for line in lines]
    decimals = {len(x.partition(".")[2]) for x in said if any(d.isdigit() for d in x)}
    return all(map(is_number, said)) and len(decimals) == 1


def _at_heights(lines: list[TextLine], rows: list[list[TextLine]]) -> bool:
    return all(
        any(abs(line.v0 - row[0].v0) <= AT_ONE_HEIGHT * line.size for row in rows) for line in lines
    )


def _parts(cell: PdfCell, cuts: dict[int, list[float]], start: dict[int, int]) -> list[PdfCell]:
    """A cell at its new row, or the rows that it is cut into."""
    own = cuts.get(cell.row, []) if cell.rows == 1 else []
    if not own:
        rows = start[cell.row + cell.rows] - start[cell.row]
        return [replace(cell, row=start[cell.row], rows=rows)]
    lines: dict[int, list[TextLine]] = defaultdict(list)
    for line in cell.lines:
        lines[bisect_right(own, (line.v0 + line.v1) / 2)].append(line)
    return [
        replace(cell, row=start[cell.row] + i, lines=lines.get(i, [])) for i in range(len(own) + 1)
    ]


def _at_one_height(lines: Iterable[TextLine]) -> list[list[TextLine]]:
    """The lines that stand beside each other, from top to bottom."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda x: x.v0):
        if rows and line.v0 - rows[-1][0].v0 <= AT_ONE_HEIGHT * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows
