"""Web pages and web archives that a spreadsheet program or an export wrote under a workbook's
name: a sheet a table.

Titles and captions often stand above the table, or in a small table of their own: they become the
sheet's ``above``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipelines.containers.bounds import judge_grid, with_errors
from pipelines.extract.amounts import is_number
from pipelines.intake.archive import printable
from pipelines.intake.limits import Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.tables.archived import archived_pages, is_cover
from pipelines.tables.captions import title_inside, with_captions
from pipelines.tables.document import Document, Table
from pipelines.tables.failure import DocumentError
from pipelines.tables.sheets import table_sheet
from pipelines.tables.web import decoded, read_web

MOST_ABOVE = 12  # lines above a table that can be its title and captions
MOST_CAPTIONS = 3  # unit, year and money unit, above a table that has its title inside
LONGEST_LINE = 80  # characters: longer lines are prose
SMALL_ROWS = 5  # a table of so few rows, without an amount, is the head of the next one
_SHEET_NAME = re.compile(r"<x:Name>\s*([^<]{1,80}?)\s*</x:Name>", re.I)
_HEAD_WORDS = re.compile(r"单位|年度|表$|表号|财决|公开")
_CAPTION = re.compile(r"单位[：:]|\d{4}年度?\s*$")
_FORM_WORDS = re.compile(r"项\s*目|科目.{0,4}|栏\s*次|行\s*次|[合小]\s*计|.{0,4}指标")
_NO_TABLE = "网页中没有表格；请由系统重新导出，或用 Excel 打开并另存为 .xlsx 后重新提交。"


Read = tuple[list[Sheet], tuple[str, ...]]


def read_web_sheets(data: bytes, limits: Limits) -> Read:
    """The tables of a page as sheets, and what of it was not read. Raises Refused."""
    sheets, unread = _page_sheets(data, limits)
    return _checked(sheets, _names(decoded(data)), limits), unread


def read_archive_sheets(data: bytes, limits: Limits) -> Read:
    """The tables of the pages in a web archive (MHTML), in its order. Raises Refused."""
    pages = archived_pages(data)
    names: list[str] = []
    sheets: list[Sheet] = []
    unread: list[str] = []
    for page in pages:
        names = names or _names(decoded(page))
        if not is_cover(page):
            found, said = _page_sheets(page, limits)
            sheets += found
            unread += said
    return _checked(sheets, names, limits), tuple(unread)


def _page_sheets(data: bytes, limits: Limits) -> Read:
    try:
        document = with_captions(read_web(data, exact=True))
    except DocumentError as error:
        raise Refused(f"{error.reason}。", error.detail) from error
    area, sheets = 0, []
    for table, above in _with_heads(document):
        area = judge_grid(printable(table.title), table.height, table.width, area, limits)
        sheets.append(replace(table_sheet(table), above=above, part=""))
    return sheets, tuple(f"unread:{said}" for said in document.unread)


def _checked(sheets: list[Sheet], names: list[str], limits: Limits) -> list[Sheet]:
    """Numbered and named, each name once; within the limits."""
    if not sheets:
        raise Refused(_NO_TABLE)
    if len(sheets) > limits.sheets:
        raise Refused(f"网页中的表格超过 {limits.sheets} 个，未读取；请分成几个文件提交。")
    if len(names) == len(sheets):
        sheets = [replace(s, name=name) for s, name in zip(sheets, names, strict=True)]
    area, taken, found = 0, set[str](), []
    for number, sheet in enumerate(sheets, 1):
        name, again = sheet.name, 1
        while name in taken:
            again += 1
            name = f"{sheet.name}（{again}）"
        taken.add(name)
        width = max((len(row) for row in sheet.cells), default=0)
        area = judge_grid(name, len(sheet.cells), width, area, limits)
        found.append(with_errors(replace(sheet, name=name, number=number)))
    return found


def _names(text: str) -> list[str]:
    """The names of the sheets, as Excel keeps them in a web page."""
    return [" ".join(name.split()) for name in _SHEET_NAME.findall(text)]


def _with_heads(document: Document) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Every table that holds data, with the lines between the one before and it."""
    before = 0
    for table in document.tables:
        if table.height < 2 or table.width < 2 or _is_head(table):
            continue
        lines = _lines_between(document, before, table.start)
        if title_inside(table):  # what stands above is then a list of contents, or the title again
            lines = tuple(line for line in lines[-MOST_CAPTIONS:] if _CAPTION.search(line))
        yield table, lines
        before = table.end


def _is_head(table: Table) -> bool:
    """A small table of words: the title, unit and year of the table that follows."""
    words = [c.text for c in table.cells if c.text.strip()]
    if table.height > SMALL_ROWS or any(
        is_number(w) or _FORM_WORDS.fullmatch(w.strip()) for w in words
    ):
        return False
    return any(_HEAD_WORDS.search(w) for w in words)


def _lines_between(document: Document, start: int, end: int) -> tuple[str, ...]:
    found = []
    for line in document.lines:
        said = " ".join(document.text[line.start : line.end].split())
        if start <= line.start and line.end <= end and 0 < len(said) <= LONGEST_LINE:
            found.append(said)
    return tuple(found[-MOST_ABOVE:])
