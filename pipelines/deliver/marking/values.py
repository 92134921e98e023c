"""A workbook rebuilt from its values: for ``.xls`` with the looks it had, and for an ``.xlsx`` that
cannot be edited in place.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipelines.deliver.marking.oldlooks import OldLooks, SheetLook, read_looks
from pipelines.deliver.marking.package import CannotMark
from pipelines.intake.kinds import OLE, classify
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.reading.workbooks import read_workbook
from pipelines.xlsx.book import CREATED, FONT, clean

MOST_CELLS = 5_000_000  # an .xls cannot hold more on a few sheets
NO_RESULT = "（公式没有结果）"
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def rebuilt(data: bytes, name: str = "") -> bytes:
    """The workbook as ``.xlsx``: every sheet with its values, text as text, merges, visibility and,
    of an ``.xls``, its looks. ``name`` is what its file is called.
    """
    buffer = io.BytesIO()
    try:
        source = read_workbook(data, classify(data, name).type)
        looks = read_looks(data) if data.startswith(OLE) else OldLooks()
        with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
            book.set_properties({"author": "财决", "created": CREATED})
            formats = _Formats(book, looks)
            for found in source.sheets:
                sheet = book.add_worksheet(clean(found.name)[:31])
                look = looks.sheets[found.number - 1] if found.number <= len(looks.sheets) else None
                _Filling(sheet, found, formats, look).fill()
                if found.visibility != "visible":
                    (sheet.very_hidden if found.visibility == "veryhidden" else sheet.hide)()
    except Refused as error:
        raise CannotMark(error.reason) from error
    except (OSError, ValueError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise CannotMark("文件的内容读不出来") from error
    return buffer.getvalue()


class _Formats:
    """The formats of the workbook: those it had, each made once, and plain ones for what
    had none.
    """

    def __init__(self, book: xlsxwriter.Workbook, looks: OldLooks) -> None:
        self.book, self.looks = book, looks
        base = {
            "font_name": FONT,
            "font_size": 10,
            "valign": "vcenter",
            "border": 1,
            "border_color": "BFBFBF",
        }
        more: dict[str, dict[str, Any]] = {
            "text": {},
            "merged": {"align": "center", "text_wrap": True},
            "number": {"num_format": "#,##0.00"},
            "whole": {"num_format": "0"},
            "date": {"num_format": "yyyy-mm-dd"},
        }
        self.plain = {kind: book.add_format({**base, **look}) for kind, look in more.items()}
        self._made: dict[int, Format] = {}

    def numbered(self, number: int | None) -> Format | None:
        if number is None or number >= len(self.looks.formats):
            return None
        if number not in self._made:
            self._made[number] = self.book.add_format(self.looks.formats[number])
        return self._made[number]


class _Filling:
    """One sheet being written; without a ``look`` it is given a plain one."""

    def __init__(
        self, sheet: Any, source: Sheet, formats: _Formats, look: SheetLook | None
    ) -> None:
        self.sheet, self.source, self.formats, self.look = sheet, source, formats, look
        self.merged = {(r0, c0) for r0, c0, _, _ in source.merged}
        self.wide: dict[int, int] = {}

    def fill(self) -> None:
        if sum(map(len, self.source.cells)) > MOST_CELLS:
            raise CannotMark("工作表过大")
        self._lay_out()
        for row, line in enumerate(self.source.cells):
            for column, value in enumerate(line):
                self._cell(row, column, self._shown(row, column, value))
        self._blanks()
        for area in sorted(self.source.merged):
            self._merge(*area)
        if self.look is None or not self.look.columns:
            for column, width in self.wide.items():
                self.sheet.set_column(column, column, min(max(width + 2, 6), 42))

    def _blanks(self) -> None:
        """Empty cells that have a look of their own, as borders and colours."""
        for (row, column), number in self.look.styles.items() if self.look else ():
            if self._empty(row, column) and (style := self.formats.numbered(number)):
                self.sheet.write_blank(row, column, None, style)

    def _value(self, row: int, column: int) -> Any:
        lines = self.source.cells
        return lines[row][column] if row < len(lines) and column < len(lines[row]) else ""

    def _empty(self, row: int, column: int) -> bool:
        return self._shown(row, column, self._value(row, column)) == ""

    def _shown(self, row: int, column: int, value: Any) -> Any:
        """The value; for an error its sign, for a formula without a result the formula as text."""
        kind, text = self.source.special.get((row, column), ("", ""))
        return value if not kind else text if text and text != "公式" else NO_RESULT

    def _style(self, row: int, column: int, kind: str) -> Format:
        own = self.formats.numbered(self.look.styles.get((row, column))) if self.look else None
        return (
            own
            or self.formats.plain[
                "merged" if (row, column) in self.merged and kind != "date" else kind
            ]
        )

    def _cell(self, row: int, column: int, value: Any) -> None:
        if value == "":
            return
        _write(self.sheet, row, column, value, self._style(row, column, _kind(value)))
        if (row, column) not in self.merged:
            self.wide[column] = max(self.wide.get(column, 0), _width(value))

    def _merge(self, r0: int, c0: int, r1: int, c1: int) -> None:
        if (r0, c0) == (r1, c1):
            return
        value = self._shown(r0, c0, self._value(r0, c0))
        style = self._style(r0, c0, _kind(value))
        if self.sheet.merge_range(r0, c0, r1, c1, "", style) == 0 and value != "":
            _write(self.sheet, r0, c0, value, style)

    def _lay_out(self) -> None:
        """Widths, heights, panes and page set-up; A4 across and fitted to its width where nothing
        else was said.
        """
        look = self.look or SheetLook()
        for first, last, width, hidden in look.columns:
            self.sheet.set_column(first, last, width, None, {"hidden": hidden})
        for row, (height, hidden) in look.heights.items():
            if height is not None or hidden:
                self.sheet.set_row(row, height, None, {"hidden": hidden})
        if look.frozen and any(look.frozen):
            self.sheet.freeze_panes(*look.frozen)
        if not look.gridlines:
            self.sheet.hide_gridlines(2)
        self._page(look)

    def _page(self, look: SheetLook) -> None:
        paper, scale, wide, high, portrait = look.setup or (9, 100, 1, 0, False)
        self.sheet.set_paper(paper if 0 < paper < 120 else 9)
        if portrait:
            self.sheet.set_portrait()
        else:
            self.sheet.set_landscape()
        if look.fits or look.setup is None:
            self.sheet.fit_to_pages(min(wide, 99), min(high, 99))
        elif 10 <= scale <= 400:
            self.sheet.set_print_scale(scale)
        if look.margins and all(0 <= m < 10 for m in look.margins.values()):
            self.sheet.set_margins(**look.margins)


def _kind(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "whole" if float(value).is_integer() and abs(value) < 1000 else "number"
    return "date" if isinstance(value, dt.date | dt.datetime) else "text"


def _write(sheet: Any, row: int, column: int, value: Any, style: Format) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, dt.date | dt.datetime | dt.time | dt.timedelta):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, clean(value), style)


def _width(value: Any) -> int:
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return max((_line_width(line) for line in text.splitlines()), default=0)


def _line_width(line: Iterable[str]) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
