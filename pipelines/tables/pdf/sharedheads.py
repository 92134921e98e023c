"""Heads over the columns of two pages: printed on one of them, they are heads on both.

What does not belong here: which pages lie beside each other (``beside.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.pieces import is_number


def share_heads(parts: Sequence[PdfTable]) -> None:
    """Fills blank heads at the edges of pages from the pages beside; ``parts`` from left to
    right.
    """
    for left, right in pairwise(parts):
        _fill(right, _at_edge(right, 0), _at_edge(left, len(left.us) - 1))
    for left, right in reversed(list(pairwise(parts))):
        _fill(left, _at_edge(left, len(left.us) - 1), _at_edge(right, 0))


def _at_edge(table: PdfTable, edge: int) -> dict[int, PdfCell]:
    """The cells of the heads by row that end at an edge of the columns: the first or the last."""
    first = min((c.row for c in table.cells if is_number(c.said)), default=0)
    return {
        c.row: c for c in table.cells if c.row < first and edge in (c.column, c.column + c.columns)
    }


def _fill(table: PdfTable, blank: dict[int, PdfCell], beside: dict[int, PdfCell]) -> None:
    for row, cell in blank.items():
        other = beside.get(row)
        if other is None or cell.lines or not other.lines or cell.rows != other.rows:
            continue
        table.cells = [replace(c, lines=list(other.lines)) if c is cell else c for c in table.cells]
