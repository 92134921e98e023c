"""Workbooks as a finance bureau expects them: one place for formats, tables, page set-up and safe
text.

Text from submitted files is always written as text: never a formula, never a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.worksheet import Worksheet

from pipelines.looks import SEVERITY, SUBMISSION
from pipelines.xlsx.plain_sheet import PlainSheet

FONT = "微软雅黑"
CREATED = datetime(2000, 1, 1)
LONGEST_TEXT = 32767  # what Excel allows in a cell
MOST_LINKS = 60000  # of 65,530 that Excel allows on a sheet
# rows of a list: Excel is slow beyond, and says that the rest is in the database
MOST_ROWS = 200000
WRAPPED = ("wrap", "link")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BASE = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
_EDGE = {"border": 1, "border_color": "BFBFBF"}
_KINDS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12, "font_color": "1F3864"},
    "plain": {},
    "note": {"font_color": "595959", "italic": True},
    "header": {
        "bold": True,
        "bg_color": "1F3864",
        "font_color": "FFFFFF",
        "text_wrap": True,
        "align": "center",
        **_EDGE,
    },
    "text": {"num_format": "@", **_EDGE},
    "wrap": {"num_format": "@", "text_wrap": True, **_EDGE},
    "center": {"align": "center", **_EDGE},
    "year": {"num_format": "0", "align": "center", **_EDGE},
    "count": {"num_format": "#,##0", **_EDGE},
    "money": {"num_format": "#,##0.00", **_EDGE},
    "percent": {"num_format": "0.00%", **_EDGE},
    "link": {"font_color": "0563C1", "underline": 1, "text_wrap": True, **_EDGE},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: ``kind`` is one of text wrap center year count money percent severity
    submission link. ``folded``: the column is there but not shown until the reader opens the
    outline above it.
    """

    title: str
    kind: str = "text"
    width: float = 12
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link of our own making; ``target`` is ``internal:…`` or ``external:<relative path>``."""

    target: str
    text: str
    tip: str = ""


def clean(value: object) -> str:
    """Text that any workbook can hold: no control signs, bounded in length."""
    text = _ILLEGAL.sub(" ", str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


class Book:
    """A workbook being written. Use as a context manager; the file is complete after leaving it."""

    def __init__(self, path: Path | BinaryIO, run_id: str, title: str) -> None:
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,
            "max_url_length": 2079,
        }
        self.run_id = run_id
        self.file = xlsxwriter.Workbook(str(path) if isinstance(path, Path) else path, options)
        author = "财决" if run_id else ""  # what goes out without a run bears nobody's name
        self.file.set_properties({"title": title, "author": author, "created": CREATED})
        self.file.set_calc_mode("auto")
        self.formats: dict[tuple, Format] = {}
        self._links: dict[str, int] = {}
        self._made: dict[str, Any] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.file.close()

    def format(self, kind: str, **more: Any) -> Format:
        """The format of a kind, made once."""
        key = (kind, *sorted(more.items())) if more else (kind,)
        if key not in self.formats:
            self.formats[key] = self.file.add_format({**_BASE, **_KINDS.get(kind, {}), **more})
        return self.formats[key]

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made of a book's formats, made once and known by its name."""
        return self._made.get(name) or self._made.setdefault(name, make())

    def numbered(self, kind: str, **more: Any) -> Format:
        """The same, given its number now instead of where it is first used: workbooks that number
        their first formats in the same order may share rows.
        """
        made = self.format(kind, **more)
        made._get_xf_index()
        return made

    def sheet(
        self, name: str, *, charts: bool = False, pages: tuple[int, int] = (1, 0), scale: int = 0
    ) -> Worksheet:
        """A sheet with A4 page set-up, page numbers and the run in the footer.

        ``charts``: it holds data of charts; ``pages``: how many it may be wide and high on paper
        (0: as many as needed); ``scale``: per cent in print, where pages are broken by hand.
        """
        sheet = self.file.add_worksheet(name, Worksheet if charts else PlainSheet)
        sheet.set_paper(9)
        sheet.set_landscape()
        if scale:
            sheet.set_print_scale(scale)
        else:
            sheet.fit_to_pages(*pages)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        run = f"&L运行 {self.run_id.replace('&', '&&')}" if self.run_id else ""
        sheet.set_footer(f"{run}&C第 &P 页 共 &N 页&R&A")
        sheet.hide_gridlines(2)
        return sheet

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        empty: str = "（无）",
        freeze: int = 0,
        printed: int | None = None,
    ) -> int:
        """A filterable sheet, header in row 1; returns the rows written. More than MOST_ROWS are
        cut, and it says so.

        ``printed`` is the number of columns that go on paper (all by default).
        """
        sheet = self.sheet(name)
        self.header(sheet, 0, columns)
        written = 0
        left = 0
        for row in rows:
            if written >= MOST_ROWS:
                left += 1
                continue
            written += 1
            self.row(sheet, written, columns, row)
        if not written:
            self.cell(sheet, 1, 0, empty, "plain")
        if left:
            self.cell(
                sheet, written + 1, 0, f"另有 {left:,} 行未列出，完整内容见 caijue.duckdb", "note"
            )
        sheet.freeze_panes(1, freeze)
        sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
        sheet.repeat_rows(0)
        if printed:
            sheet.print_area(0, 0, max(written, 1), printed - 1)
        return written

    def chart(self, sheet: Worksheet, row: int, column: int, chart: Any) -> None:
        """Place a chart (anything with ``drawn(file)``); None places nothing."""
        if chart is not None:
            sheet.insert_chart(
                row,
                column,
                chart.drawn(self.file),
                {"object_position": 2, "description": chart.title},
            )

    def header(self, sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
        for i, column in enumerate(columns):
            fold = {"level": 1, "hidden": True} if column.folded else {}
            if i and columns[i - 1].folded and not column.folded:
                fold = {"collapsed": True}
            sheet.set_column(i, i, column.width, None, fold)
            sheet.write_string(row, i, column.title, self.format("header"))
        sheet.set_row(row, 30)

    def row(
        self, sheet: Worksheet, number: int, columns: Sequence[Column], values: Sequence[Any]
    ) -> None:
        lines = 1
        for i, (column, value) in enumerate(zip(columns, values, strict=True)):
            self.cell(sheet, number, i, value, column.kind)
            if column.kind in WRAPPED and value:
                lines = max(
                    lines,
                    lines_of(value.text if isinstance(value, Link) else str(value), column.width),
                )
        if lines > 1:
            sheet.set_row(number, min(15 * lines, 400))

    def cell(
        self, sheet: Worksheet, row: int, column: int, value: Any, kind: str = "text", **more: Any
    ) -> None:
        """One value in the format of its kind; a severity or a status is coloured and written in
        words.
        """
        if kind in ("severity", "submission"):
            self._looked(sheet, row, column, value, kind)
        elif value is None or value == "":
            sheet.write_blank(row, column, None, self.format(kind, **more))
        elif isinstance(value, Link):
            self._link(sheet, row, column, value)
        elif isinstance(value, int | Decimal | float) and not isinstance(value, bool):
            sheet.write_number(row, column, value, self.format(kind, **more))
        else:  # what leads nowhere must not look like a link
            kind = "wrap" if kind == "link" else kind
            sheet.write_string(row, column, clean(value), self.format(kind, **more))

    def wide(
        self, sheet: Any, row: int, first: int, last: int, text: str, width: float, style: Any
    ) -> int:
        """A line over several columns, ``width`` letters wide together; merged and wrapped only
        where it is longer than that.

        Returns its lines; the caller sets the height of the row.
        """
        lines = lines_of(text, width)
        if lines > 1:
            sheet.merge_range(row, first, row, last, "", style)
        sheet.write_string(row, first, clean(text), style)
        return lines

    def _looked(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str) -> None:
        look = (SEVERITY if kind == "severity" else SUBMISSION).get(value)
        if look is None:
            self.cell(sheet, row, column, value, "center")
        else:
            style = self.format("center", bg_color=look.fill, font_color=look.ink, bold=True)
            sheet.write_string(row, column, look.word, style)

    def _link(self, sheet: Worksheet, row: int, column: int, link: Link) -> None:
        """A link while the sheet may hold more of them (Excel allows 65,530); after that
        its text.
        """
        used = self._links.get(sheet.name, 0)
        text = clean(link.text)[:2000]
        if used < MOST_LINKS:
            self._links[sheet.name] = used + 1
            sheet.write_url(row, column, _url(link, text), self.format("link"))
        else:
            sheet.write_string(row, column, text, self.format("text"))


@lru_cache(maxsize=16384)  # labels and notes recur from workbook to workbook
def lines_of(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of that width; a Chinese sign is two letters
    wide.
    """
    return sum(
        1 + int(len(line.encode("gb18030", "replace")) * 1.05 // width) for line in text.split("\n")
    )


def _url(link: Link, text: str) -> Url:
    url = Url(link.target)
    url.text = text
    url.tip = link.tip[:250]
    # A relative path with forward slashes opens everywhere, one with backslashes only on Windows.
    url._relationship_link = url._relationship_link.replace("\\", "/")
    return url


def internal(sheet: str, cell: str = "A1") -> str:
    """The target of a link to a cell of the same workbook."""
    return f"internal:{quoted(sheet)}!{cell}"


def external(path: str, sheet: str = "", cell: str = "A1") -> str:
    """The target of a link to another file of the reports, by its path from here."""
    return f"external:{path}" + (f"#{quoted(sheet)}!{cell}" if sheet else "")


def quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"
