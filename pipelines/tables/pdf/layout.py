"""A page in the order of reading: lines of text and tables, from the top down.

What does not belong here: what goes on over pages (``joining.py``, ``running.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.tables.pdf.aligned import Aligned, Placed, aligned_tables
from pipelines.tables.pdf.columns import Key, in_order
from pipelines.tables.pdf.drawn import drawn_lines
from pipelines.tables.pdf.geometry import Glyph, Rule, Turn
from pipelines.tables.pdf.glyphs import PageText, page_text
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.paper import on_paper, runs_over
from pipelines.tables.pdf.ruling import Grid, ruled_grids
from pipelines.tables.pdf.splitting import split_rows
from pipelines.tables.pdf.textline import TextLine, slanting_lines, text_lines

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
    outside: list[str] = field(default_factory=list)
    said: str = ""
    pictures: int = 0
    broken: bool = False
    level: list[Rule] = field(default_factory=list)
    turn: Turn = field(default_factory=lambda: Turn(0))


def read_page(page: Any, number: int) -> PdfPage:
    """One page (from 1). Raises :class:`DocumentError` where it holds more than a page can."""
    text = page_text(page, number)
    whole = drawn_lines(page, text.turn)
    right = text.turn.box(page.get_bbox())[2]
    drawn = on_paper(whole, right)
    tables, rest = _tables(ruled_grids(drawn, [g.middle for g in text.glyphs]), text)
    for table in tables:
        table.cut |= runs_over(whole, right, table.v0, table.v1)
    loose, lines = aligned_tables(text_lines(rest), drawn.level)
    tables += [aligned_table(table, number, text.turn) for table in loose]
    blocks = _ordered(tables, lines, _middle(page, text.turn))
    found = PdfPage(number, _width(page, text.turn), blocks, slanting_lines(text.aslant))
    found.letters = len(text.glyphs) + len(text.aslant)
    found.unmapped, found.outside, found.said = text.unmapped, text.outside, text.said
    found.pictures = drawn.pictures
    found.level, found.turn = drawn.level, text.turn
    return found


def _ordered(tables: Sequence[PdfTable], lines: Sequence[TextLine], middle: float) -> list[Block]:
    """Lines and tables from the top down, text in two columns one column after the other."""
    keyed: list[tuple[Key, Block]] = [((t.v0, 0, t.v0), t) for t in tables]
    keyed += in_order(lines, middle)
    return [block for _, block in sorted(keyed, key=lambda k: k[0])]


def _middle(page: Any, turn: Turn) -> float:
    """The middle between the edges of the page, along the lines of its text."""
    u0, _, u1, _ = turn.box(page.get_bbox())
    return (u0 + u1) / 2


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
    kept, vs = _without_edges(cells, grid.vs)
    parted = split_rows(kept)
    return PdfTable(
        page,
        grid.us,
        grid.vs[0],
        grid.vs[-1],
        parted,
        [(0, page)],
        vs=vs if parted is kept else [],
        cut=grid.open_right,
    )


def _is_empty_strip(strip: list[PdfCell]) -> bool:
    return len(strip) == 1 and strip[0].rows == 1 and not strip[0].lines


def _without_edges(cells: list[PdfCell], vs: list[float]) -> tuple[list[PdfCell], list[float]]:
    """Without an empty strip across at the top or foot, which is the gap of a table's border where
    a page ends; ``vs`` are the edges of the rows.
    """
    for row in (max(c.row for c in cells), 0):
        strip = [c for c in cells if c.row <= row < c.row + c.rows]
        if len(cells) > 1 and _is_empty_strip(strip):
            cells = [replace(c, row=c.row - (c.row > row)) for c in cells if c is not strip[0]]
            vs = vs[:-1] if row else vs[1:]
    return cells, vs


def aligned_table(table: Aligned, page: int, turn: Turn) -> PdfTable:
    """A table without lines, its empty cells filled in."""
    us, vs = table.us, table.vs
    owner: dict[tuple[int, int], list[Glyph]] = {}
    spans: list[Placed] = []
    empty: Iterable[Placed] = (
        (r, c, 1, 1, []) for r in range(len(vs) - 1) for c in range(len(us) - 1)
    )
    for row, column, rows, columns, glyphs in (*table.cells, *empty):
        if (row, column) in owner:  # two cells in one place are one
            owner[row, column].extend(glyphs)
            continue
        boxes = [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
        if any(b in owner for b in boxes):
            boxes, rows, columns = [(row, column)], 1, 1
        owner |= dict.fromkeys(boxes, glyphs)
        spans.append((row, column, rows, columns, glyphs))
    cells = []
    for row, column, rows, columns, glyphs in spans:
        edges = us[column], us[column + columns]
        box = turn.back(edges[0], vs[row], edges[1], vs[row + rows])
        lines = text_lines(glyphs)
        cells.append(PdfCell(row, column, rows, columns, lines, *edges, page, box))
    found = PdfTable(page, us, vs[0], vs[-1], cells, [(0, page)], ruled=False)
    found.heads, found.head_rows, found.spans = table.heads, table.head_rows, table.spans
    found.head_lines = table.head_lines
    return found
