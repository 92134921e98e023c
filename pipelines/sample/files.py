"""Writes sheets to ``.xlsx`` and ``.xls`` files. The same sheets give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlwt

from pipelines.sample.ooxml import write_xlsx
from pipelines.sample.paper import COUNT, HEAD, LEFT, NUMBER, RIGHT, TEXT, TITLE, WAN, Paper

_LOOKS = {
    TITLE: "font: bold on, height 320; align: horiz center, vert center",
    LEFT: "align: vert center",
    RIGHT: "align: horiz right, vert center",
    HEAD: (
        "align: horiz center, vert center, wrap on; borders: left thin, right thin, top thin,"
        " bottom thin"
    ),
    TEXT: "align: vert center; borders: left thin, right thin, top thin, bottom thin",
}
_NUMBERS = {NUMBER: "#,##0.00", COUNT: "0", WAN: "#,##0.000000"}
_VISIBILITY = {"visible": 0, "hidden": 1, "veryhidden": 2}


def write_book(path: Path, sheets: tuple[Paper, ...], kind: str) -> None:
    """Writes one workbook; ``kind`` is ``xlsx`` or ``xls``."""
    if kind == "xls":
        write_xls(path, sheets)
    else:
        write_xlsx(path, sheets)


def write_xls(path: Path, sheets: tuple[Paper, ...]) -> None:
    """Writes the old format (Excel 97–2003)."""
    book = xlwt.Workbook(encoding="utf-8")
    looks = {name: xlwt.easyxf(text) for name, text in _LOOKS.items()}
    looks |= {name: xlwt.easyxf(_LOOKS[TEXT], num_format_str=fmt) for name, fmt in _NUMBERS.items()}
    for paper in sheets:
        _fill(book.add_sheet(paper.name), paper, looks)
    book.active_sheet = next(n for n, p in enumerate(sheets) if p.visibility == "visible")
    book.save(str(path))


def _fill(sheet: Any, paper: Paper, looks: dict[str, Any]) -> None:
    sheet.portrait, sheet.paper_size_code = False, 9
    sheet.fit_num_pages, sheet.fit_width_to_pages, sheet.fit_height_to_pages = 1, paper.pages, 0
    for column, width in paper.columns().items():
        sheet.col(column).width = int(width * 256)
    for row, column, value, look in paper.cells:
        sheet.write(row, column, value, looks[look])
    sheet.merged_ranges.extend(
        (top, bottom, left, right) for top, left, bottom, right in paper.merged
    )
    sheet.visibility = _VISIBILITY[paper.visibility]
