"""PDF as text with tables: nothing is lost, every cell has its place, and what cannot be read is
said.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pypdf
import pypdfium2
import pytest
from pypdf.generic import NameObject, TextStringObject
from reportlab.pdfgen import canvas

from pipelines.extract.workbook import read_workbook
from pipelines.intake.workbook import Workbook
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.pdf.continued import _last_row
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.read import read_document
from pipelines.tables.sheets import document_sheets
from tests.tables.disclosure import Disclosure, amounts_of, disclosure, expected
from tests.tables.pdfs import FONT, Style, as_pdf

STYLES = {
    "plain": Style(),
    "level": Style(lines="level", size=9),
    "open": Style(lines="none", size=10, numbered=False, repeat=False),
    "head": Style(head="2023年度部门决算 9:11", watermark="内部资料", size=11, rotate=90),
}


WHOLE = ("plain", "open")  # with lines and without
WIDEST = 112  # columns of 公开07表, which takes as long as all the others


@cache
def printed(name: str) -> Disclosure:
    """What is printed in a style: 公开07表 only in one with lines and in one without."""
    found = disclosure()
    narrow = tuple(t for t in found.tables if len(t.rows[0]) < WIDEST)
    assert len(narrow) == len(found.tables) - 1
    return found if name in WHOLE else replace(found, tables=narrow)


@cache
def made(name: str) -> bytes:
    return as_pdf(printed(name), STYLES[name])


@cache
def document(name: str) -> Document:
    return read_document(made(name), "pdf")


def digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d", text))


def raw_text(data: bytes) -> str:
    opened = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in opened)


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "name", ["plain", *(pytest.param(n, marks=LONG) for n in STYLES if n != "plain")]
)
def test_every_digit_on_the_pages_is_in_the_document(name: str) -> None:
    assert digits(document(name).text) == digits(raw_text(made(name)))


@pytest.mark.parametrize("name", ["plain", "head"])
def test_cells_hold_their_own_text(name: str) -> None:
    read = document(name)
    assert [t.title for t in read.tables] == [t.title for t in printed(name).tables]
    for table in read.tables:
        assert all(read.text[c.start : c.end] == c.text for c in table.cells if c.text)


@pytest.mark.parametrize("name", STYLES)
def test_paragraphs_are_whole_over_lines_and_pages(name: str) -> None:
    read = document(name)
    lines = {"".join(read.text[x.start : x.end].split()) for x in read.lines}
    typed = {"".join(text.split()) for _, text in printed(name).blocks if text.strip()}
    assert typed <= lines


def test_heads_numbers_and_watermarks_are_no_part_of_the_body() -> None:
    read = document("head")
    running = {read.text[x.start : x.end] for x in read.lines if x.kind == "running"}
    assert {STYLES["head"].head, "内部资料", "— 3 —"} <= running
    assert "内部资料" not in read.body and "— 3 —" not in read.body


def test_a_table_over_pages_is_one_with_its_heading_once() -> None:
    wanted = {t.title: len(t.rows) for t in disclosure().tables}
    assert {t.title: t.height for t in document("plain").tables} == wanted


def test_the_last_row_of_a_table_is_found_by_one_look_at_its_cells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a long table over many pages takes the square of its cells."""
    box = (0.0, 0.0, 1.0, 1.0)
    cells = [PdfCell(n // 5, n % 5, 1, 1, [], 0.0, 1.0, 1, box) for n in range(500)]
    table, asked = PdfTable(1, [], 0.0, 0.0, cells), []
    height = PdfTable.height.fget
    monkeypatch.setattr(PdfTable, "height", property(lambda t: asked.append(t) or height(t)))
    assert _last_row(table) == dict(enumerate(cells[-5:]))
    assert asked == [table]


@pytest.mark.parametrize("name", ["level", "open"])
def test_tables_without_lines_give_the_same_facts(name: str) -> None:
    """All but 公开07表, whose 112 columns nobody can tell apart without lines."""
    found = amounts_of(read_workbook(Workbook(document_sheets(document(name)))))
    wanted = {key: fen for key, fen in expected().items() if key[0] != "G07"}
    assert found == wanted


def test_a_page_of_text_is_no_table() -> None:
    rows = [
        "一、部门职责............................3",
        "二、收入支出决算总体情况说明......................5",
        "部门：云岭县普查中心          2023年度          金额单位：万元",
        "公务用车购置费0.00万元，完成预算的0.00%；公务用车运行维护费6.28万元。",
        "1.2023年度收入总计1,234.56万元          2.2022年度1,111.11万元",
    ]
    assert not read_document(one_page(*rows), "pdf").tables


def drawn(draw) -> bytes:
    """A page drawn by a function."""
    target = io.BytesIO()
    page = canvas.Canvas(target, pagesize=(600, 800))
    page.setFont(FONT, 10)
    draw(page)
    page.save()
    return target.getvalue()


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行写的是部门职责和机构设置的情况说明" for n in "一二三四五六七八"]
    right = [f"右栏第{n}行写的是收入支出决算总体情况的说明" for n in "一二三四五六七八"]

    def draw(page) -> None:
        for i, (a, b) in enumerate(zip(left, right, strict=True)):
            page.drawString(50, 700 - 15 * i, a)
            page.drawString(320, 700 - 15 * i, b)

    text = "".join(read_document(drawn(draw), "pdf").text.split())
    assert text == "".join((*left, *right))


def test_rows_without_a_line_between_them_are_told_by_their_numbers() -> None:
    rows = [
        ("2010301", "行政运行", "12.50"),
        ("2010302", "一般行政", "7.25"),
        ("合计", "", "19.75"),
    ]

    def draw(page) -> None:
        for x in (50, 150, 300, 400):
            page.line(x, 600, x, 700)
        for y in (600, 680, 700):
            page.line(50, y, 400, y)
        for x, words in zip((55, 155, 305), ("科目编码", "科目名称", "决算数"), strict=True):
            page.drawString(x, 686, words)
        for i, row in enumerate(rows):
            for x, words in zip((55, 155, 305), row, strict=True):
                page.drawString(x, 660 - 20 * i, words)

    (table,) = read_document(drawn(draw), "pdf").tables
    found = [[c.text for c in table.cells if c.row == r] for r in range(table.height)]
    assert found == [["科目编码", "科目名称", "决算数"], *map(list, rows)]


# what cannot be read ---------------------------------------------------------------


def refused(data: bytes) -> str:
    with pytest.raises(DocumentError) as error:
        read_document(data, "pdf")
    return error.value.reason


def one_page(*words: str, picture: bool = False, unmapped: str = "") -> bytes:
    target = io.BytesIO()
    page = canvas.Canvas(target)
    page.setFont(FONT, 12)
    for i, line in enumerate(words):
        page.drawString(72, 700 - 20 * i, line)
    if picture:
        page.drawInlineImage(_grey(), 0, 0, 500, 600)
    page.save()
    return target.getvalue()


def _grey():
    from PIL import Image

    return Image.new("L", (40, 50), 200)


def test_a_scan_says_what_to_hand_in() -> None:
    assert "没有文字层，请提供可复制文字的版本" in refused(one_page(picture=True))


def test_a_scanned_page_among_others_is_named() -> None:
    writer = pypdf.PdfWriter()
    for data in (made("plain"), one_page(picture=True)):
        writer.append(io.BytesIO(data))
    target = io.BytesIO()
    writer.write(target)
    (said,) = read_document(target.getvalue(), "pdf").unread
    assert f"第 {len(writer.pages)} 页没有文字层" in said


def test_a_password_is_told_and_an_empty_one_is_none() -> None:
    for password, opens in (("密", False), ("", True)):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(one_page("部门决算公开说明" * 5)))
        writer.encrypt(password, "主人", algorithm="AES-256")
        target = io.BytesIO()
        writer.write(target)
        if opens:
            assert "部门决算" in read_document(target.getvalue(), "pdf").text
        else:
            assert "密码" in refused(target.getvalue())


def test_a_font_without_characters_is_told() -> None:
    """The font of a page is made to number its glyphs in its own way and to say nothing of them."""
    data = one_page("2023年度部门决算公开说明")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    fonts = writer.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        made = font.get_object()
        if made.get("/Subtype") == "/Type0":
            made[NameObject("/Encoding")] = NameObject("/Identity-H")
            info = made["/DescendantFonts"][0].get_object()["/CIDSystemInfo"]
            info[NameObject("/Ordering")] = TextStringObject("Identity")
            info[NameObject("/Registry")] = TextStringObject("Adobe")
    target = io.BytesIO()
    writer.write(target)
    assert "文字对照" in refused(target.getvalue())


def test_damage_is_told() -> None:
    assert "损坏" in refused(b"%PDF-1.7\n" + b"\0" * 50)
    cut = made("plain")[: len(made("plain")) // 3]
    assert refused(cut)


HOSTILE = """%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(true){{}})>>>> endobj
2 0 obj <</Type/Pages/Kids[{kids}]/Count {count}>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 {edge} {edge}]/Contents 4 0 R
  /Resources<</Font<</F 6 0 R>>/XObject<</X 5 0 R>>>>>> endobj
4 0 obj <</Length {length}>> stream
{content}
endstream endobj
5 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>/Length 4>>
stream
/X Do
endstream endobj
6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""


def by_hand(content: str, kids: str = "3 0 R", count: int = 1, edge: int = 600) -> bytes:
    """A PDF without a cross-reference table, with a script, and a form that calls itself."""
    return HOSTILE.format(
        content=content, length=len(content), kids=kids, count=count, edge=edge
    ).encode()


def test_scripts_are_not_run_loops_end_and_a_lost_xref_is_made_anew() -> None:
    words = "BT /F 12 Tf 50 500 Td (Budget 1,234.56 of the year 2023) Tj ET /X Do"
    assert "1,234.56" in read_document(by_hand(words), "pdf").text
    huge = by_hand(words, edge=2_000_000_000)
    assert "1,234.56" in read_document(huge, "pdf").text


def test_too_much_is_refused_with_a_reason() -> None:
    many = by_hand("", "3 0 R " * 1001, 1001)
    assert "1001 页" in refused(many)
    assert "损坏" in refused(by_hand("", "2 0 R"))
    crowded = "BT /F 1 Tf 50 500 Td " + "(12345678901234567890) Tj " * 3_100 + "ET"
    assert "60000" in refused(by_hand(crowded)).replace(",", "")
