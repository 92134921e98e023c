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

BROKEN = 0.1  # heights of print between two lines of a cell, beside numbers halfway between them


def resumed(whole: PdfTable, page: PdfPage, repeated: int) -> PdfTable | None:
    """The part of a table with which a page begins below so many lines that repeat its title, taken
    off the page with these and with heads that are repeated; None where it has none.
    """
    taken, lines, above = _top(page.blocks[repeated:], whole)
    table = rows_under(lines, whole.us, page.level)
    if table is None:
        return None
    titles = [b for b in page.blocks[:repeated] if isinstance(b, TextLine)]
    page.running += [*titles, *above]
    del page.blocks[: repeated + taken]
    return aligned_table(table, page.number, page.turn)


def _top(blocks: Sequence[Block], whole: PdfTable) -> tuple[int, list[TextLine], list[TextLine]]:
    """How many blocks at the top of a page are rows of the table, their lines, and the heads
    repeated above them.
    """
    found: list[TextLine] = []
    heads: list[TextLine] = []
    kept = last = 0
    for taken, block in enumerate(blocks, 1):
        lines = [block] if isinstance(block, TextLine) else _lines(block)
        again = _again(lines, whole.head_lines) if not found else 0
        heads += lines[:again]
        lines = lines[again:]
        if again and not lines:
            continue
        if not _goes_on(lines, found, whole):
            break
        ends = _ends_cell(found, lines[0])
        found += lines
        if ends or isinstance(block, PdfTable) or len(pieces_of(lines[-1])) > 1:
            kept, last = taken, len(found)
    return kept, found[:last], heads


def _goes_on(lines: Sequence[TextLine], found: Sequence[TextLine], whole: PdfTable) -> bool:
    """Whether lines may be further rows of a table, behind those found."""
    if not lines or not all(fits(line, whole.us, whole.spans) for line in lines):
        return False
    return not _far(found, lines[0])


def _ends_cell(found: Sequence[TextLine], line: TextLine) -> bool:
    """Whether a line is the end of a cell broken at the foot of the table: it stands below the last
    numbers.
    """
    return bool(found) and line.v0 - found[-1].v1 < BROKEN * line.size


def _again(lines: Sequence[TextLine], heads: Sequence[str]) -> int:
    """How many lines at the beginning are heads of the table."""
    return next((n for n, line in enumerate(lines) if line.said not in heads), len(lines))


def _lines(table: PdfTable) -> list[TextLine]:
    """The lines of a table without lines as they stand on the page; of a lined one none."""
    if table.ruled:
        return []
    return text_lines(g for c in table.cells for line in c.lines for g in line.glyphs)


def _far(found: Sequence[TextLine], line: TextLine) -> bool:
    return bool(found) and line.v0 - found[-1].v1 > FARTHEST * line.size
