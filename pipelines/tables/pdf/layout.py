"""A page in the order of reading: lines of text and tables, from the top down.

What does not belong here: what goes on over pages (``joining.py``, ``running.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.tables.pdf.drawn import drawn_lines
from pipelines.tables.pdf.geometry import Box, Glyph, Turn
from pipelines.tables.pdf.glyphs import PageText, page_text
from pipelines.tables.pdf.ruling import Grid, ruled_grids
from pipelines.tables.pdf.textline import TextLine, slanting_lines, text_lines


@dataclass(slots=True)
class PdfCell:
    """A cell of a table: its lines, where it stands, how much it covers; its page and box there."""

    row: int
    column: int
    rows: int
    columns: int
    lines: list[TextLine]
    u0: float
    u1: float
    page: int
    box: Box

    @property
    def said(self) -> str:
        return "".join("".join(line.text.split()) for line in self.lines)


@dataclass(slots=True)
class PdfTable:
    """A table on one page: the edges of its columns and its cells, row by row.

    ``pages``: (first row, page) of its parts.
    """

    page: int
    us: list[float]
    v0: float
    v1: float
    cells: list[PdfCell]
    pages: list[tuple[int, int]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return max((c.row + c.rows for c in self.cells), default=0)

    def row(self, number: int) -> list[PdfCell]:
        return [c for c in self.cells if c.row == number]


Block = TextLine | PdfTable


@dataclass(slots=True)
class PdfPage:
    """A page: its blocks in order, what stands aslant on it, and what is known of it.

    ``width`` is that of the page as it is read; ``letters`` counts its characters, ``pictures``
    its pictures.
    """

    number: int
    width: float
    blocks: list[Block]
    aslant: list[TextLine]
    running: list[TextLine] = field(default_factory=list)
    letters: int = 0
    unmapped: int = 0
    outside: int = 0
    pictures: int = 0


def read_page(page: Any, number: int) -> PdfPage:
    """One page (from 1). Raises :class:`DocumentError` where it holds more than a page can."""
    text = page_text(page, number)
    drawn = drawn_lines(page, text.turn)
    tables, rest = _tables(ruled_grids(drawn), text)
    blocks: list[Block] = [*tables, *text_lines(rest)]
    blocks.sort(key=lambda b: b.v0)
    found = PdfPage(number, _width(page, text.turn), blocks, slanting_lines(text.aslant))
    found.letters = len(text.glyphs) + len(text.aslant)
    found.unmapped, found.outside = text.unmapped, text.outside
    found.pictures = drawn.pictures
    return found


def _width(page: Any, turn: Turn) -> float:
    x0, y0, x1, y1 = page.get_bbox()
    return y1 - y0 if turn.degrees in (90, 270) else x1 - x0


def _tables(grids: Sequence[Grid], text: PageText) -> tuple[list[PdfTable], list[Glyph]]:
    """The tables with what stands in their cells, and the characters outside them.

    A grid of one column is layout.
    """
    tables, rest = [], text.glyphs
    for grid in grids:
        if len(grid.us) < 3:
            continue
        inside: dict[int, list[Glyph]] = defaultdict(list)
        outside = []
        for glyph in rest:
            at = grid.cell_at(*glyph.middle)
            if at is None:
                outside.append(glyph)
            else:
                inside[at].append(glyph)
        if inside:
            tables.append(_table(grid, inside, text.number, text.turn))
            rest = outside
    return tables, rest


def _table(grid: Grid, inside: dict[int, list[Glyph]], page: int, turn: Turn) -> PdfTable:
    cells = [
        PdfCell(
            p.row,
            p.column,
            p.rows,
            p.columns,
            text_lines(inside.get(i, ())),
            grid.us[p.column],
            grid.us[p.column + p.columns],
            page,
            turn.back(
                grid.us[p.column],
                grid.vs[p.row],
                grid.us[p.column + p.columns],
                grid.vs[p.row + p.rows],
            ),
        )
        for i, p in enumerate(grid.places)
    ]
    return PdfTable(page, grid.us, grid.vs[0], grid.vs[-1], cells, [(0, page)])
