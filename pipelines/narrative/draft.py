"""A narrative drafted from the facts, as a Word document: ``draft_narrative``."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pipelines.narrative.draft_charts import picture
from pipelines.narrative.draft_text import Block, Chart, build
from pipelines.narrative.lookup import FactLookup

BODY_FONT, TITLE_FONT = "仿宋", "黑体"
OPEN_PLACE = re.compile(r"(【[^】]*】)")


def draft_narrative(facts: FactLookup, unit_name: str, year: int, out: Path) -> Path:
    """Writes the narrative of a unit and year as ``.docx`` to ``out`` and returns it.

    ``facts`` holds the year and, if there is one, the year before. Reasons and what the tables do
    not say are left as highlighted places 【待填：…】. Raises OSError where ``out`` cannot be
    written.
    """
    document = docx.Document()
    _page(document)
    for block in build(facts, unit_name, year).blocks:
        _block(document, block)
    out.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(out))
    return out


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.7)
    section.top_margin = section.bottom_margin = Cm(2.8)
    style = document.styles["Normal"]
    style.font.size = Pt(16)
    _font(style, BODY_FONT)
    for level in (1, 2, 3):
        heading = document.styles[f"Heading {level}"]
        heading.font.size = Pt(18 if level == 1 else 16)
        heading.font.color.rgb = RGBColor(0, 0, 0)
        _font(heading, TITLE_FONT)
    document.core_properties.author = ""
    document.core_properties.title = "部门决算公开说明（草稿）"


def _font(style: Any, name: str) -> None:
    style.font.name = name
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _block(document: Any, block: Block) -> None:
    if block.chart is not None:
        _chart(document, block.chart)
    elif block.kind == "title":
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(block.text)
        run.font.size, run.bold = Pt(22), True
    elif block.kind.startswith("heading"):
        document.add_heading(block.text, level=int(block.kind[-1]))
    else:
        _text(document, block.text)


def _text(document: Any, text: str) -> None:
    """A paragraph with its open places highlighted."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(32)
    for part in OPEN_PLACE.split(text):
        if part:
            run = paragraph.add_run(part)
            if OPEN_PLACE.fullmatch(part):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _chart(document: Any, chart: Chart) -> None:
    """The picture with its caption; a small table where no Chinese font is there to draw with."""
    image = picture(chart)
    if image is not None:
        document.add_picture(io.BytesIO(image), width=Cm(14.5))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for label, value in zip(chart.labels, chart.values, strict=True):
            cells = table.add_row().cells
            cells[0].text, cells[1].text = label, f"{value:,.2f}"
    caption = document.add_paragraph(f"{chart.title}（单位：万元）")
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
