"""PDFs printed from sheets: cells without borders, pages beside each other, heads in parts, tables
that the paper cuts off.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from pipelines.extract.sheet import SheetReading
from pipelines.extract.workbook import read_workbook
from pipelines.intake.workbook import Workbook
from pipelines.tables.pdf.layout import read_page
from pipelines.tables.pdf.running import without_running
from pipelines.tables.read import read_document
from pipelines.tables.sheets import document_sheets
from tests.tables.disclosure import PublicTable, amounts_of, disclosure, expected
from tests.tables.pdfs import Style, as_pdf
from tests.tables.printedsheets import as_printed_sheet

WIDE = "一般公共预算财政拨款支出决算明细表"  # 公开07表, of 112 columns
BOOKS = Path(__file__).parent / "printed"


@cache
def table(title: str) -> PublicTable:
    return next(t for t in disclosure().tables if t.title == title)


def readings(data: bytes) -> list[SheetReading]:
    return read_workbook(Workbook(document_sheets(read_document(data, "pdf"))))


def wanted(form: str) -> dict:
    return {key: fen for key, fen in expected().items() if key[0] == form}


@pytest.mark.parametrize("columns", [20, 57])
def test_a_wide_table_over_pages_beside_each_other_is_read_whole(columns: int) -> None:
    """Every amount at its row, though blank rows have no lines on the further pages."""
    found = readings(as_printed_sheet(table(WIDE), columns=columns))
    assert amounts_of(found) == wanted("G07")
    pages = {r.sheet.part for r in found}
    assert pages == {f"#p{n + 1}" for n in range(-(-112 // columns))}
    assert not [f for r in found for f in r.faults] and not [x for r in found for x in r.left_out]


def test_parts_of_heads_are_told_by_those_that_are_whole() -> None:
    """公开05表: three heads end alike; 一般公共 begins one, 有资本经 only another."""
    found = readings(as_printed_sheet(table("财政拨款支出决算明细表"), columns=6))
    assert amounts_of(found) == wanted("G05")


def test_a_part_that_two_heads_have_stands_for_none() -> None:
    source = table("财政拨款支出决算明细表")
    heads = tuple("预算财政" if "预算财政" in w else w for w in source.rows[0])
    data = as_printed_sheet(replace(source, rows=(heads, *source.rows[1:])), columns=6)
    (reading,) = readings(data)
    assert reading.status == "unreadable" and not amounts_of([reading])


@pytest.mark.parametrize("paper", [500.0, 655.0])
def test_a_table_that_the_paper_cuts_off_gives_no_amount_and_says_so(paper: float) -> None:
    """A number at the edge has lost digits: 6.66 would be read as 6.6."""
    (reading,) = readings(as_printed_sheet(table(WIDE), columns=112, paper=paper))
    assert reading.status == "unreadable" and not amounts_of([reading])
    (fault,) = reading.faults
    assert fault.severity == "review" and "右边超出版面" in fault.message


def test_a_footer_with_the_number_of_its_page_in_an_address_is_no_text() -> None:
    """file:///…%E5%85%AC: the 5 of an address is not that of page 5."""
    address = "file:///%E5%85%AC%E5%BC%80.html 7:54"
    printed = replace(disclosure(), tables=disclosure().tables[:3])
    document = pypdfium2.PdfDocument(as_pdf(printed, Style(head=address, numbered=False)))
    assert len(document) > 5
    pages = [read_page(document[n], n + 1) for n in range(len(document))]
    without_running(pages)
    assert all("file:" in "".join(x.text for x in page.running) for page in pages)


def test_tables_of_a_browser_without_lines_are_read() -> None:
    """Narrow gaps, heads at the left of their columns, a font with much room above its letters."""
    data = gzip.decompress((BOOKS / "unlined.pdf.gz").read_bytes())
    found = readings(data)
    assert amounts_of(found) == {k: v for f in ("G01", "G02", "G13") for k, v in wanted(f).items()}
