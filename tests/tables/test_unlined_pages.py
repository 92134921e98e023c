"""Tables without lines on pages as office programs print them: what stands above and below them,
and what goes on on the next page.
"""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen import canvas

from pipelines.tables.captions import with_captions
from pipelines.tables.document import Document
from pipelines.tables.read import read_document
from pipelines.tables.writer import Writer
from tests.tables.pdfs import FONT

Line = tuple[tuple[float, str], ...]  # what stands at which distance from the left
HEAD: tuple[Line, ...] = (
    ((260, "支出决算表"),),
    ((430, "公开03表"),),
    ((60, "部门：云岭县商务局"), (420, "金额单位：万元")),
    ((60, "科目编码"), (140, "科目名称"), (280, "合计"), (360, "基本支出"), (440, "项目支出")),
)


def rows(first: int) -> tuple[Line, ...]:
    at = (60.0, 140.0, 280.0, 360.0, 440.0)
    words = [(f"20{n}", "教育支出", "1.50", "1.00", "0.50") for n in range(first, first + 6)]
    return tuple(tuple(zip(at, row, strict=True)) for row in words)


def printed(*pages: tuple[Line, ...]) -> Document:
    target = io.BytesIO()
    page = canvas.Canvas(target)
    for lines in pages:
        page.setFont(FONT, 10)
        for i, line in enumerate(lines):
            for x, words in line:
                page.drawString(x, 780 - 20 * i, words)
        page.showPage()
    page.save()
    return read_document(target.getvalue(), "pdf")


def test_a_table_that_goes_on_below_itself_is_one() -> None:
    (table,) = printed((*HEAD, *rows(1)), rows(11)).tables
    assert table.unlined and not table.torn and table.pages


def test_what_cannot_be_told_to_go_on_leaves_both_parts_torn() -> None:
    """Other columns on the next page, and no title: its rows may be those of the table before."""
    more = tuple((*line, (490.0, "0.25"), (540.0, "0.25")) for line in rows(11))
    found = printed((*HEAD, *rows(1)), more).tables
    assert [t.torn for t in found] == [True, True]


def test_a_table_with_a_title_of_its_own_is_another() -> None:
    found = printed((*HEAD, *rows(1)), (((260, "收入决算表"),), *HEAD[2:], *rows(11))).tables
    assert [(t.title, t.torn) for t in found] == [("支出决算表", False), ("收入决算表", False)]


def test_a_form_number_and_a_unit_are_lines_of_their_own() -> None:
    """A 表号 at the right margin ends where full lines of a paragraph end."""
    text = [((60, "云岭县商务局年度决算说明文字" * 3 + "完。"),) for _ in range(5)]
    lines = (*text, ((260, "支出决算表"),), ((455, "公开03表"),), *HEAD[2:], *rows(1))
    said = [
        document.text[x.start : x.end]
        for document in [printed(lines)]
        for x in document.lines
        if x.kind == "paragraph"
    ]
    assert any("".join(s.split()) == "公开03表" for s in said)


def captioned(*below: str, above: tuple[str, ...] = ()):
    writer = Writer()
    for line in above:
        writer.line(line)
    table = writer.open_table(1)
    for c, words in enumerate(("合计", "基本支出")):
        writer.open_cell(table, 0, c)
        writer.line(words)
        writer.close_cell()
    for line in below:
        writer.line(line)
    return with_captions(writer.document()).tables[0]


@pytest.mark.parametrize(
    "notice",
    [
        "2023年度本单位未发生政府性基金收支，此表无数据。",
        "（我部门无政府性基金预算财政拨款收入、支出，本表为空表。）",
        "政府性基金没有安排，故本表无数据",
    ],
)
def test_a_notice_that_a_table_is_empty_is_its_note(notice: str) -> None:
    assert captioned(notice).below == (notice,)


@pytest.mark.parametrize("line", ["国有资本经营预算财政拨款支出决算表", "一、收入情况"])
def test_the_heading_that_follows_is_no_note(line: str) -> None:
    assert captioned(line).below == ()


def test_titles_of_a_list_of_contents_are_not_those_of_the_first_table() -> None:
    contents = ("一、收入支出决算总表", "二、收入决算表", "三、支出决算表")
    table = captioned(above=(*contents, "公开01表", "收入支出决算总表", "金额单位：万元"))
    assert table.title == "收入支出决算总表"
    assert table.above == ("公开01表", "金额单位：万元")
