"""Disclosures as PDF, in the ways in which such files come: lined and unlined, heads and feet,
over pages.
"""

from __future__ import annotations

import html
import io
from dataclasses import dataclass

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)

from tests.tables.disclosure import Disclosure, PublicTable

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@dataclass(frozen=True)
class Style:
    """How a PDF looks.

    ``lines``: all, level (rules between rows only) or none; ``size`` of the print in points.
    """

    size: float = 10
    lines: str = "all"
    head: str = ""
    numbered: bool = True
    watermark: str = ""
    repeat: bool = True
    rotate: int = 0
    indent: bool = True
    margin: float = 60


class _Book(BaseDocTemplate):
    """A document of upright pages for the text and one page size for each table."""

    def __init__(self, target: io.BytesIO, style: Style, tables: list[Table]) -> None:
        super().__init__(target, pagesize=A4, pageCompression=1)
        self.style = style
        sizes = {"text": A4}
        for i, table in enumerate(tables):
            width = table.wrap(10_000, 10_000)[0] + 2 * style.margin
            wide, high = landscape(A4)
            sizes[f"table{i}"] = (max(wide, width), high)
        for name, size in sizes.items():
            frame = Frame(*_frame(size, style.margin), id=name)
            self.addPageTemplates(PageTemplate(name, [frame], pagesize=size, onPage=self._around))

    def _around(self, canvas, document) -> None:
        width, height = canvas._pagesize
        canvas.setFont(FONT, 9)
        if self.style.head:
            canvas.drawCentredString(width / 2, height - 30, self.style.head)
        if self.style.numbered:
            canvas.drawCentredString(width / 2, 25, f"— {document.page} —")
        if self.style.watermark:
            canvas.saveState()
            canvas.setFillGray(0.85)
            canvas.setFont(FONT, 60)
            canvas.translate(width / 2, height / 2)
            canvas.rotate(45)
            canvas.drawCentredString(0, 0, self.style.watermark)
            canvas.restoreState()
        if self.style.rotate:
            canvas.setPageRotation(self.style.rotate)


def _frame(size: tuple[float, float], margin: float) -> tuple[float, float, float, float]:
    return margin, margin, size[0] - 2 * margin, size[1] - 2 * margin


def as_pdf(source: Disclosure, style: Style | None = None) -> bytes:
    """Text first, then every table under its title on a page of its own."""
    style = style or Style()
    tables = [_table(t, style) for t in source.tables]
    words = _paragraphs(style)
    story = [
        _said(text, words["heading" if kind.startswith("heading") else "text"])
        for kind, text in source.blocks
    ]
    for i, (table, made) in enumerate(zip(source.tables, tables, strict=True)):
        story += [NextPageTemplate(f"table{i}"), PageBreak(), _said(table.title, words["title"])]
        story += [_said(c, words["caption"]) for c in table.captions]
        story += [made, *(_said(note, words["caption"]) for note in table.notes)]
    target = io.BytesIO()
    _Book(target, style, tables).build(story)
    return target.getvalue()


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(html.escape(text).replace("    ", "&nbsp;" * 8), style)


def _paragraphs(style: Style) -> dict[str, ParagraphStyle]:
    size = style.size
    base = ParagraphStyle("base", fontName=FONT, fontSize=size, leading=1.6 * size, wordWrap="CJK")
    first = 2 * size if style.indent else 0
    return {
        "heading": ParagraphStyle("heading", base, fontSize=size + 3, leading=2 * size + 6),
        "text": ParagraphStyle("text", base, firstLineIndent=first, spaceAfter=0.2 * size),
        "title": ParagraphStyle("title", base, fontSize=size + 4, leading=2 * size, alignment=1),
        "caption": base,
        "header": ParagraphStyle(
            "header", base, fontSize=size - 1, leading=1.2 * size, alignment=1
        ),
        "cell": ParagraphStyle("cell", base, fontSize=size - 1, leading=1.2 * size),
    }


def _table(table: PublicTable, style: Style) -> Table:
    cell = _paragraphs(style)["cell"]
    top = _header_rows(table)
    looks = [_paragraphs(style)["header"] if r < top else cell for r in range(len(table.rows))]
    rows = [
        [_in_cell(words, look) for words in row]
        for row, look in zip(table.rows, looks, strict=True)
    ]
    widths = [_width(table, c, cell.fontSize) for c in range(len(table.rows[0]))]
    header = top if style.repeat else 0
    return Table(rows, widths, repeatRows=header, style=TableStyle(_looks(table, style)))


def _in_cell(words: str, cell: ParagraphStyle):
    return _said(words, cell) if len(words) > 1 else words


def _width(table: PublicTable, column: int, size: float) -> float:
    """Room for the longest number of a column; words are wrapped."""
    hidden = table.covered
    longest = max(
        (
            sum(0.55 if w.isascii() else 1.05 for w in row[column])
            for r, row in enumerate(table.rows)
            if (r, column) not in hidden and table.span(r, column)[1] == 1
        ),
        default=4,
    )
    return max(34.0, min(longest, 12) * size + 13)


def _header_rows(table: PublicTable) -> int:
    """The rows down to 栏次."""
    for number, row in enumerate(table.rows):
        if "栏次" in row:
            return number + 1
    return 1


def _looks(table: PublicTable, style: Style) -> list[tuple]:
    looks: list[tuple] = [
        ("FONT", (0, 0), (-1, -1), FONT, style.size - 1),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    if style.lines == "all":
        looks.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    if style.lines == "level":
        looks.append(("LINEABOVE", (0, 0), (-1, -1), 0.5, colors.black))
        looks.append(("LINEBELOW", (0, -1), (-1, -1), 0.5, colors.black))
    looks += [("SPAN", (c0, r0), (c1, r1)) for r0, c0, r1, c1 in table.merged]
    return looks
