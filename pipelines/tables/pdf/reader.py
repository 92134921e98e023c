"""A PDF as a document: text in the order of reading, tables with their cells.

What does not belong here: how pages are taken apart (``layout.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pypdfium2

from pipelines.intake.workbook import Heads
from pipelines.tables.document import Document
from pipelines.tables.pdf.beside import rows_beside
from pipelines.tables.pdf.continued import join_tables
from pipelines.tables.pdf.geometry import Box, Glyph
from pipelines.tables.pdf.joining import Paragraph, Pieces, cell_entries, joined_lines, paragraphs
from pipelines.tables.pdf.layout import PdfPage, read_page
from pipelines.tables.pdf.layout_parts import PdfTable
from pipelines.tables.pdf.opening import open_pdf
from pipelines.tables.pdf.readable import check_readable
from pipelines.tables.pdf.running import without_running
from pipelines.tables.pdf.textline import TextLine
from pipelines.tables.writer import Writer


@dataclass(slots=True)
class Located:
    """A document, and for each character of its text where it stands on a page (None where it does
    not).
    """

    document: Document
    places: list[Glyph | None] = field(default_factory=list)
    boxes: dict[tuple[int, int, int], tuple[int, Box]] = field(default_factory=dict)


def read_pdf(data: bytes) -> Document:
    """A PDF. Raises :class:`DocumentError`."""
    return locate_pdf(data).document


def locate_pdf(data: bytes) -> Located:
    """A PDF with the place of every character. Raises :class:`DocumentError`."""
    opened = open_pdf(data)
    try:
        pages = [_read_page(opened, number) for number in range(1, len(opened) + 1)]
    finally:
        opened.close()
    unread = check_readable(pages)
    without_running(pages)
    rows_beside(pages)
    join_tables(pages)
    taken = _Taken()
    for block in paragraphs(pages):
        if isinstance(block, Paragraph):
            taken.line(block.pieces(), "paragraph", block.page)
        else:
            taken.table(block)
    for page in pages:
        for line in (*page.running, *page.aslant):
            taken.line(list(line.pieces()), "running", page.number)
    taken.writer.unread += unread
    return Located(taken.writer.document(), taken.places, taken.boxes)


def _read_page(opened: pypdfium2.PdfDocument, number: int) -> PdfPage:
    """A page; one that cannot be opened has nothing on it, and is told of."""
    try:
        page = opened[number - 1]
    except pypdfium2.PdfiumError:
        return PdfPage(number, 0.0, [], [], broken=True)
    try:
        return read_page(page, number)
    finally:
        page.close()


class _Taken:
    """What was read, taken down; a place for every character of it."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.places: list[Glyph | None] = []
        self.boxes: dict[tuple[int, int, int], tuple[int, Box]] = {}

    def line(self, pieces: Pieces, kind: str, page: int) -> None:
        if self.writer.lines:
            self.places.append(None)  # the line feed before it
        self.writer.line("".join(p for p, _ in pieces), kind, page=page)
        self.places += [glyph for _, glyph in pieces]

    def table(self, table: PdfTable) -> None:
        opened = self.writer.open_table(table.page)
        opened.pages, opened.cut = tuple(table.pages[1:]), table.cut
        opened.unlined, opened.torn = not table.ruled, table.torn
        opened.heads = _heads(table)
        for cell in sorted(table.cells, key=lambda c: (c.row, c.column)):
            self.writer.open_cell(opened, cell.row, cell.column, cell.rows, cell.columns)
            for entry in cell_entries(cell):
                self.line(joined_lines(entry), "paragraph", _page(entry))
            self.writer.close_cell()
            at = len(self.writer.tables), cell.row, cell.column
            self.boxes[at] = cell.page, cell.box


def _heads(table: PdfTable) -> Heads | None:
    """The heads of a table without lines, where they can be told from its rows."""
    if table.ruled or not table.head_rows:
        return None
    units = tuple((p.text, p.u0, p.v0, p.u1, p.v1) for p in table.heads)
    return Heads(units, table.head_rows, tuple(table.spans))


def _page(lines: list[TextLine]) -> int:
    return lines[0].page
