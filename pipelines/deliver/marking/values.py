"""A workbook rebuilt from its values: for ``.xls``, and for an ``.xlsx`` that cannot be edited in place."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from pipelines.deliver.book import CREATED, FONT, clean
from pipelines.deliver.marking.package import CannotMark

MOST_CELLS = 5_000_000
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": True}  # fmt: skip


def rebuilt(data: bytes) -> bytes:
    """The workbook as ``.xlsx``: every sheet with its values, text as text, merges and visibility kept."""
    buffer = io.BytesIO()
    try:
        source = CalamineWorkbook.from_filelike(io.BytesIO(data))
        with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
            book.set_properties({"author": "财决", "created": CREATED})
            formats = _formats(book)
            for about in source.sheets_metadata:
                if str(about.typ).endswith("WorkSheet"):
                    sheet = book.add_worksheet(clean(about.name)[:31])
                    _fill(sheet, source.get_sheet_by_name(about.name), formats)
                    if about.visible != SheetVisibleEnum.Visible:
                        sheet.hide()
    except (CalamineError, OSError, ValueError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise CannotMark("文件的内容读不出来") from error
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    edge = {"border": 1, "border_color": "BFBFBF"}
    return {
        "text": book.add_format({**base, **edge}),
        "merged": book.add_format({**base, **edge, "align": "center", "text_wrap": True}),
        "number": book.add_format({**base, **edge, "num_format": "#,##0.00"}),
        "whole": book.add_format({**base, **edge, "num_format": "0"}),
        "date": book.add_format({**base, **edge, "num_format": "yyyy-mm-dd"}),
    }


def _fill(sheet: Any, source: CalamineSheet, formats: dict[str, Any]) -> None:
    if source.total_height * source.total_width > MOST_CELLS:
        raise CannotMark("工作表过大")
    grid = source.to_python(skip_empty_area=False)
    merged = {tuple(start): tuple(end) for start, end in source.merged_cell_ranges or []}
    wide: dict[int, int] = {}
    for r, line in enumerate(grid):
        for c, value in enumerate(line):
            if value != "":
                style = formats["merged"] if (r, c) in merged else None
                _write(sheet, r, c, value, formats, style)
                if (r, c) not in merged:
                    wide[c] = max(wide.get(c, 0), _width(value))
    for (r0, c0), (r1, c1) in sorted(merged.items()):
        _merge(sheet, (r0, c0, r1, c1), grid, formats)
    for column, width in wide.items():
        sheet.set_column(column, column, min(max(width + 2, 6), 42))


def _merge(sheet: Any, area: tuple[int, int, int, int], grid: list[list[Any]], formats: dict[str, Any]) -> None:
    r0, c0, r1, c1 = area
    if (r0, c0) == (r1, c1):
        return
    value = grid[r0][c0] if r0 < len(grid) and c0 < len(grid[r0]) else ""
    if sheet.merge_range(r0, c0, r1, c1, "", formats["merged"]) == 0 and value != "":
        _write(sheet, r0, c0, value, formats, formats["merged"])


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any], style: Any = None) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style or formats["text"])
    elif isinstance(value, int | float):
        kind = "whole" if float(value).is_integer() and abs(value) < 1000 else "number"
        sheet.write_number(row, column, value, style or formats[kind])
    elif isinstance(value, dt.date | dt.datetime):
        sheet.write_datetime(row, column, value, formats["date"])
    else:
        sheet.write_string(row, column, clean(value), style or formats["text"])


def _width(value: Any) -> int:
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return max((_line_width(line) for line in text.splitlines()), default=0)


def _line_width(line: Iterable[str]) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
