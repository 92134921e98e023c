"""A draft's tables as a workbook: a sheet a table, numbers as numbers, a comment with the
source at every figure.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from pipelines.performance.draft.model import OPEN, TAB, Cell, Draft, DraftTable, placed, width

UNFIT = re.compile(r"[\\/*?:\[\]]")
LONGEST_NAME = 31  # of a sheet, by Excel
FIRST_ROW = 3  # title and unit stand above
EDGE = Side("thin", color="808080")
THIN = Border(left=EDGE, right=EDGE, top=EDGE, bottom=EDGE)
HEAD = PatternFill("solid", fgColor="E7EDF5")
ASKED = PatternFill("solid", fgColor="FFF2CC")
WIDE, NARROW, PER_LETTER = 40, 10, 2.1


def write_sheets(draft: Draft, out: Path) -> None:
    """Writes the workbook. Raises OSError where it cannot be written."""
    book = Workbook()
    book.remove(book.worksheets[0])
    used: set[str] = set()
    for table in draft.tables:
        _sheet(book, table, draft, _name(table.sheet, used))
    book.save(out)


def _name(wanted: str, used: set[str]) -> str:
    """A name that Excel takes, each once."""
    plain = UNFIT.sub("", wanted)[:LONGEST_NAME] or "表"
    name, number = plain, 1
    while name in used:
        number += 1
        name = f"{plain[: LONGEST_NAME - 4]}（{number}）"
    used.add(name)
    return name


def _sheet(book: Workbook, table: DraftTable, draft: Draft, name: str) -> None:
    sheet = book.create_sheet(name)
    columns = width(table)
    sheet.cell(1, 1, table.title).font = Font(bold=True, size=14)
    unit = f"　单位：{table.unit}" if table.unit else ""
    about = f"编制单位：{draft.unit}　{draft.year}年度{unit}　（草稿）"
    sheet.cell(2, 1, about).font = Font(size=9, color="808080")
    for row, column, cell in placed(table):
        _cell(sheet, row + FIRST_ROW, column + 1, cell, head=row < table.head)
    for column in range(1, columns + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _width(table, column - 1)
    sheet.page_setup.orientation = "landscape" if columns > 6 else "portrait"
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth = sheet.PAPERSIZE_A4, 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _cell(sheet: Any, row: int, column: int, cell: Cell, *, head: bool) -> None:
    target = sheet.cell(row, column)
    if cell.number is None:
        target.value = cell.text or None
        target.data_type = "s"  # a target such as =70户 is no formula
    else:
        target.value = cell.number
        target.number_format = "0.00%" if cell.percent else _format(cell.text)
    if cell.source:
        target.comment = Comment(
            f"来源：{cell.source.replace(TAB, ' ')}", "caijue", width=260, height=80
        )
    _look(target, cell, head)
    last_row, last_column = row + cell.down - 1, column + cell.across - 1
    for r in range(row, last_row + 1):
        for c in range(column, last_column + 1):
            sheet.cell(r, c).border = THIN
    if cell.across > 1 or cell.down > 1:
        sheet.merge_cells(
            start_row=row, start_column=column, end_row=last_row, end_column=last_column
        )


def _look(target: Any, cell: Cell, head: bool) -> None:
    centred = head or (cell.number is None and len(cell.text) < NARROW)
    target.alignment = Alignment(
        horizontal="center" if centred else None, vertical="center", wrap_text=True
    )
    if head:
        target.fill, target.font = HEAD, Font(bold=True)
    if OPEN in cell.text:
        target.fill = ASKED


def _format(text: str) -> str:
    decimals = len(text.partition(".")[2])
    return "0." + "0" * decimals if decimals else "0"


def _width(table: DraftTable, column: int) -> float:
    """By the longest of the column's own cells, within reason."""
    own = [len(c.text) for _, at, c in placed(table) if at == column and c.across == 1]
    return min(WIDE, max(NARROW, max(own, default=0) * PER_LETTER))
