"""Lines of a PDF that are one paragraph, where the break tells little."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipelines.tables.read import read_document
from tests.tables.pdfs import FONT

SIZE, LEFT, TOP, LEADING = 10, 90, 760, 16
FULL = "本部门按照预算安排支出，严格执行各项规定，全年支出进度与时间进度基本一致，没有超出预算。"


def body(lines: list[str]) -> str:
    """The text of a page with these lines, every character ten points wide, no line set in."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    canvas.setFont(FONT, SIZE)
    for number, line in enumerate(lines):
        canvas.drawString(LEFT, TOP - number * LEADING, line)
    canvas.save()
    return read_document(target.getvalue(), "pdf").body


def test_a_bracket_is_not_left_behind_at_the_end_of_a_line() -> None:
    """There was room for the bracket, but not for what it opens on."""
    start = FULL[:-5] + "农林水"
    assert len(start) == len(FULL) - 2
    text = body([FULL, start, "（类）支出11.00万元，占90.00%。"])
    assert "农林水（类）支出" in text


def test_what_follows_a_closing_quotation_mark_is_not_parted_from_it() -> None:
    text = body([FULL, FULL[:-8] + "行政单位医", "疗”（项），年初预算为11.00万元。"])
    assert "行政单位医疗”（项）" in text


def test_a_title_that_fills_its_line_ends_there() -> None:
    title = "六、关于" + "清海市水务局" * 4 + "一般公共预算基本支出决算情况说明"
    full = FULL[: len(title)]
    text = body([full, title, "清海市水务局本年度基本支出17.00万元。"])
    assert "情况说明\n清海市水务局" in text
