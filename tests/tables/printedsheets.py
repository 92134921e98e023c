"""A sheet as a spreadsheet program prints it: borders only where something stands, heads cut by
their cells, columns that do not fit on further pages or beyond the paper.
"""

from __future__ import annotations

import io

from reportlab.pdfgen import canvas

from tests.tables.disclosure import PublicTable
from tests.tables.pdfs import FONT

WIDE, ROW, LEFT, TOP = 46.0, 14.0, 40.0, 120.0  # points
LABELS = 220.0  # the width of the column with names
SIZE = 8.0


def as_printed_sheet(
    table: PublicTable, *, columns: int, paper: float = 0.0, shown: int = 5
) -> bytes:
    """A table with ``columns`` of its columns on a page, its title in the middle of them all; each
    head shows ``shown`` letters. With ``paper`` one page is that wide, and what does not fit is
    not on it.
    """
    target = io.BytesIO()
    height = 2 * TOP + ROW * len(table.rows)
    pages = [range(i, min(i + columns, _width(table))) for i in range(0, _width(table), columns)]
    drawn = canvas.Canvas(target)
    for number, page in enumerate(pages if not paper else [range(_width(table))]):
        edges = _edges(page)
        drawn.setPageSize((paper or edges[-1] + LEFT, height))
        drawn.setFont(FONT, SIZE)
        if number == (len(pages) // 2 if not paper else 0):
            drawn.drawString(LEFT, height - TOP + 50, table.title)
        if not number:
            drawn.drawString(LEFT, height - TOP + 30, table.captions[-1])
        _cells(drawn, table, page, edges, height, shown, paper)
        drawn.showPage()
    drawn.save()
    return target.getvalue()


def _width(table: PublicTable) -> int:
    return len(table.rows[0])


def _edges(page: range) -> list[float]:
    edges = [LEFT]
    for column in page:
        edges.append(edges[-1] + (LABELS if column == 1 else WIDE))
    return edges


def _cells(drawn, table: PublicTable, page: range, edges, height, shown, paper) -> None:
    heads = next(i for i, row in enumerate(table.rows) if "栏次" in row)
    hidden = table.covered
    for r in range(len(table.rows)):
        for c in page:
            first = hidden.get((r, c), (r, c))
            if first[0] != r or (first != (r, c) and c != page[0]):
                continue
            rows, across = table.span(*first)
            end = min(first[1] + across, page[-1] + 1)
            words = table.rows[first[0]][first[1]]
            if not words and r > heads:
                continue
            box = (edges[c - page[0]], height - TOP - ROW * (r + rows)), edges[end - page[0]]
            drawn.rect(*box[0], box[1] - box[0][0], ROW * rows)
            number = any(x.isdigit() for x in words)
            # A head over several pages is printed on that with most of its columns.
            if 2 * (end - c) >= across:
                wide = r < heads and across == 1 and len(words) > shown
                text = words[1 : shown + 1] if wide else words
                _say(drawn, text, box[0][0] + 2, box[0][1] + 3, paper if number else 0)


def _say(drawn, text: str, x: float, y: float, paper: float) -> None:
    """Words from the left; of a number nothing beyond the paper."""
    for letter in text:
        wide = drawn.stringWidth(letter, FONT, SIZE)
        if not paper or x + wide <= paper:
            drawn.drawString(x, y, letter)
        x += wide
