"""A draft as a Word document: tables with merged cells, places to fill highlighted, the
sources beneath every table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pipelines.narrative.draft import OPEN_PLACE
from pipelines.performance.draft.model import Cell, Draft, DraftTable, placed, source_note, width

BODY_FONT, TITLE_FONT = "仿宋", "黑体"
HEAD_FILL = "E7EDF5"
SMALLEST_TABLE_FONT, TABLE_FONT = 8, 10
CROWDED = 8  # columns from which a table is set in the smaller letters
LONGEST = 60  # letters of a cell that still widen its column
PAGE_WIDTH = 16.0  # cm between the margins


def write_word(draft: Draft, out: Path) -> None:
    """Writes the document. Raises OSError where it cannot be written."""
    document = docx.Document()
    _page(document, draft.title)
    for block in draft.blocks:
        if isinstance(block, DraftTable):
            _table(document, block)
        else:
            _paragraph(document, *block)
    document.save(str(out))


def _page(document: Any, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    style = document.styles["Normal"]
    style.font.size = Pt(14)
    _font(style, BODY_FONT)
    for level in (1, 2, 3):
        heading = document.styles[f"Heading {level}"]
        heading.font.size = Pt(16 if level == 1 else 14)
        heading.font.color.rgb = RGBColor(0, 0, 0)
        _font(heading, TITLE_FONT)
    document.core_properties.author = ""
    document.core_properties.title = f"{title}（草稿）"


def _font(style: Any, name: str) -> None:
    style.font.name = name
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _paragraph(document: Any, kind: str, text: str) -> None:
    if kind.startswith("heading"):
        document.add_heading(text, level=int(kind[-1]))
        return
    paragraph = document.add_paragraph()
    if kind == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(20), True
        return
    paragraph.paragraph_format.first_line_indent = Pt(28)
    _runs(paragraph, text)


def _runs(paragraph: Any, text: str, size: int | None = None) -> None:
    """The text with its places to fill highlighted."""
    for part in OPEN_PLACE.split(text):
        if part:
            run = paragraph.add_run(part)
            if size:
                run.font.size = Pt(size)
            if OPEN_PLACE.fullmatch(part):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _table(document: Any, table: DraftTable) -> None:
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    caption.add_run(table.title).bold = True
    if table.unit:
        unit = document.add_paragraph(f"单位：{table.unit}")
        unit.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        unit.paragraph_format.keep_with_next = True
    columns = width(table)
    made = document.add_table(len(table.rows), columns, style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    size = SMALLEST_TABLE_FONT if columns >= CROWDED else TABLE_FONT
    places = made._cells  # once: ``made.cell`` makes this list anew every time
    for row, column, cell in placed(table):
        _fill(places, columns, row, column, cell, size, head=row < table.head)
    _widths(made, table, columns)
    if note := source_note(table):
        _runs(document.add_paragraph(), note, SMALLEST_TABLE_FONT)


def _widths(made: Any, table: DraftTable, columns: int) -> None:
    """Columns by the words in them. The root of a length: a long text takes more lines, a
    short one needs its line whole.
    """
    longest = [2.0] * columns
    for _, column, cell in placed(table):
        if cell.across == 1:
            longest[column] = max(longest[column], min(len(cell.text), LONGEST) ** 0.5 + 1)
    whole = sum(longest)
    made.autofit = False
    for column, share in zip(made.columns, longest, strict=True):
        column.width = Cm(PAGE_WIDTH * share / whole)
    for row in made._tbl.tr_lst:
        at = 0
        for tc in row.tc_lst:
            span = tc.grid_span
            tc.width = Cm(PAGE_WIDTH * sum(longest[at : at + span]) / whole)
            at += span


def _fill(
    places: list[Any], columns: int, row: int, column: int, cell: Cell, size: int, *, head: bool
) -> None:
    target = places[row * columns + column]
    if cell.across > 1 or cell.down > 1:
        last = (row + cell.down - 1) * columns + column + cell.across - 1
        target = target.merge(places[last])
    paragraph = target.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if cell.number is not None or head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _runs(paragraph, cell.text, size)
    if head:
        _shade(target)


def _shade(target: Any) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), HEAD_FILL)
    target._tc.get_or_add_tcPr().append(shade)
