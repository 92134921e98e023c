"""A table without lines that goes on at the top of a page without its heading: its rows, by the
columns of the page before.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.tables.pdf.aligned import FARTHEST, fits, rows_under
from pipelines.tables.pdf.layout import Block, PdfPage, aligned_table
from pipelines.tables.pdf.layout_parts import PdfTable
from pipelines.tables.pdf.pieces import pieces_of
from pipelines.tables.pdf.textline import TextLine, text_lines


def resumed(whole: PdfTable, page: PdfPage) -> PdfTable | None:
    """The part of a table with which a page begins, taken off the page; None where it has none."""
    taken, lines = _top(page.blocks, whole.us)
    table = rows_under(lines, whole.us, page.level)
    if table is None:
        return None
    del page.blocks[:taken]
    return aligned_table(table, page.number, page.turn)


def _top(blocks: Sequence[Block], us: Sequence[float]) -> tuple[int, list[TextLine]]:
    """How many blocks at the top of a page are rows of the table, and their lines."""
    found: list[TextLine] = []
    kept = last = 0
    for taken, block in enumerate(blocks, 1):
        lines = [block] if isinstance(block, TextLine) else _lines(block)
        if not lines or not all(fits(line, us) for line in lines) or _far(found, lines[0]):
            break
        found += lines
        if len(pieces_of(lines[-1])) > 1:
            kept, last = taken, len(found)
    return kept, found[:last]


def _lines(table: PdfTable) -> list[TextLine]:
    """The lines of a table without lines as they stand on the page; of a lined one none."""
    if table.ruled:
        return []
    return text_lines(g for c in table.cells for line in c.lines for g in line.glyphs)


def _far(found: Sequence[TextLine], line: TextLine) -> bool:
    return bool(found) and line.v0 - found[-1].v1 > FARTHEST * line.size
