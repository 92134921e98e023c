"""What all public tables are drawn with: title, 表号, unit, header, slots for amounts, notes.

No cell is merged. What does not belong here: how a layout is drawn (one module each).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from pipelines.public.figures import Published
from pipelines.public.keys import TOTAL, Key
from pipelines.public.notes import notes, ready_notes
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book
from pipelines.xlsx.plain_sheet import Slots
from schemas.library import Form

HEAD = 3  # the row of the header, below title, number and unit
_EDGE = {"border": 1, "border_color": "808080"}
_KINDS: dict[str, dict[str, Any]] = {
    "g_title": {"bold": True, "font_size": 16, "align": "center_across"},
    "g_wide": {"bold": True, "font_size": 16},
    "g_left": {"font_size": 10},
    "g_wrapped": {"font_size": 10, "text_wrap": True},
    "g_right": {"font_size": 10, "align": "right"},
    "g_head": {"bold": True, "align": "center", "text_wrap": True, "bg_color": "E7EDF5", **_EDGE},
    "g_span": {"bold": True, "align": "center_across", "bg_color": "E7EDF5", **_EDGE},
    "g_name": {"num_format": "@", "text_wrap": True, "align": "left", "indent": 1, **_EDGE},
    "g_code": {"num_format": "@", "align": "left", "indent": 1, **_EDGE},
    "g_line": {"align": "center", "num_format": "0", **_EDGE},
    "g_money": {"num_format": "#,##0.00", **_EDGE},
    "g_total": {"num_format": "#,##0.00", "bold": True, **_EDGE},
    "g_bold": {"bold": True, "align": "center", **_EDGE},
    "g_note": {"font_size": 9, "text_wrap": False},
    "g_lacking": {"bold": True, "font_size": 12, "text_wrap": True, "font_color": "9C0006"},
}


class Foot(NamedTuple):
    """A table that was drawn, and where the notes beneath it begin; without ``row`` the sheet is
    whole.
    """

    form: Form
    sheet: Any
    row: int | None
    column: int = 0


def table_formats(book: Book) -> dict[str, Any]:
    """The formats of the public tables. Every workbook that has these tables asks for them first,
    so that they bear the same numbers in all.
    """
    return book.once(
        "public tables",
        lambda: {kind: book.numbered("plain", **look) for kind, look in _KINDS.items()},
    )


class Paper:
    """Where the public tables of one unit and year are drawn."""

    def __init__(
        self,
        book: Book,
        subject: Subject,
        data: Published,
        pointer: bool = False,
        ready: bool = False,
    ) -> None:
        """``pointer``: the workbook has a sheet 问题; ``ready``: it goes out, with nothing of the
        checks.
        """
        self.book, self.subject, self.data = book, subject, data
        self.pointer, self.ready = pointer, ready
        self.feet: list[Foot] = []
        self._styles = table_formats(book)

    def style(self, kind: str) -> Any:
        return self._styles[kind]

    def notes(self, form: Form) -> list[str]:
        if self.ready:
            return ready_notes(self.data, self.subject, form.form)
        return notes(self.data, self.subject, form.form, self.pointer)

    def open(
        self, form: Form, widths: Sequence[float], *, pages: tuple[int, int] = (1, 0)
    ) -> Worksheet:
        sheet = self.book.sheet(form.number, pages=pages)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        last = len(widths) - 1
        sheet.stamped(
            ("head", form.form, self.subject.year, last),  # a table not made is narrower
            0,
            lambda: self.page_head(sheet, form, 0, last),
            {},
        )
        self.money_unit(sheet, last)
        self.department(sheet, widths[:-1] if len(widths) > 1 else widths)
        return sheet

    def department(self, sheet: Worksheet, widths: Sequence[float]) -> None:
        """The unit, left of the unit of money; a very long name takes several lines."""
        style = self.style("g_left")
        lines = self.book.wide(
            sheet, 2, 0, len(widths) - 1, f"部门：{self.subject.unit_name}", sum(widths), style
        )
        if lines > 1:
            sheet.write_string(2, 0, f"部门：{self.subject.unit_name}", self.style("g_wrapped"))
            sheet.set_row(2, 14 * lines + 4)

    def close(
        self,
        sheet: Worksheet,
        form: Form,
        row: int,
        header: tuple[int, int],
        column: int,
        at: int = 0,
    ) -> None:
        """Notes below the table (from column ``at``), frozen and repeated header."""
        sheet.begin_foot(row)
        self.feet.append(Foot(form, sheet, row, at))
        self.write_notes(sheet, self.feet[-1])
        sheet.freeze_panes(header[1] + 1, column)
        sheet.repeat_rows(*header)

    def write_notes(self, sheet: Any, foot: Foot) -> None:
        if foot.row is not None:
            for row, note in enumerate(self.notes(foot.form), foot.row):
                sheet.write_string(row, foot.column, note, self.style("g_note"))

    def stamped(self, sheet: Any, form: Form, draw: Callable[[Paper, Any, Form], Slots]) -> Slots:
        """What a table has in every workbook of the year: drawn once, then put in again.

        Amounts go into its slots.
        """
        name = (form.form, self.subject.year)
        slots: Slots = sheet.stamped(name, HEAD, lambda: draw(self, sheet, form), self.data.printed)
        return slots

    def slot(self, sheet: Any, slots: Slots, row: int, column: int, key: Key, kind: str) -> None:
        """A place for an amount, blank until there is one."""
        sheet.write_blank(row, column, None, self.style(kind))
        slots.append((row, column, key, self.style(kind)))

    def rows(self, form: str) -> list[str]:
        """The row keys of a list table, the total first, codes in order; only the total where there
        is nothing.
        """
        return sorted(self.lines(form), key=lambda r: (r != TOTAL, r)) or [TOTAL]

    def lines(self, form: str) -> Mapping[str, Mapping[str, int]]:
        """The printed figures of a list table by row and column."""
        return self.data.lines().get(form, {})

    def head(self, sheet: Worksheet, row: int, words: Iterable[str], height: float = 30) -> None:
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, self.style("g_head"))
        sheet.set_row(row, height)

    def head_level(
        self,
        sheet: Worksheet,
        row: int,
        words: Sequence[str],
        *,
        last: bool,
        first: int = 2,
        breaks: Collection[int] = (),
    ) -> None:
        """Words over the columns; a word over several stands once on every page, centred across
        them.
        """
        if first == 2:
            for column, word in enumerate(("科目编码", "科目名称")):
                sheet.write_string(row, column, word if row == HEAD else "", self.style("g_head"))
        goes_on = _goes_on(words, first, breaks)
        for i, word in enumerate(words):
            if last or not word or not (goes_on[i] or goes_on[i + 1]):
                sheet.write_string(row, first + i, word, self.style("g_head"))
            elif goes_on[i]:
                sheet.write_blank(row, first + i, None, self.style("g_span"))
            else:
                sheet.write_string(row, first + i, word, self.style("g_span"))
        sheet.set_row(row, 30)

    def span(self, sheet: Worksheet, words: Sequence[str]) -> None:
        """The upper header: a word is centred over the blanks that follow it."""
        for column, word in enumerate(words):
            if word:
                sheet.write_string(HEAD, column, word, self.style("g_span"))
            else:
                sheet.write_blank(HEAD, column, None, self.style("g_span"))

    def page_head(self, sheet: Worksheet, form: Form, first: int, last: int) -> Slots:
        """Title, number and year over the columns from ``first`` to ``last``; no amounts."""
        sheet.set_row(0, 30)
        sheet.write_string(0, first, form.title, self.style("g_title"))
        for column in range(first + 1, last + 1) if not form.wide else ():
            sheet.write_blank(0, column, None, self.style("g_title"))
        sheet.write_string(
            1, max(first, (first + last) // 2), f"{self.subject.year}年度", self.style("g_left")
        )
        if last > first:
            sheet.write_string(1, last, form.number, self.style("g_right"))
        return []

    def money_unit(self, sheet: Worksheet, last: int) -> None:
        sheet.write_string(2, last, "金额单位：万元", self.style("g_right"))


def _goes_on(words: Sequence[str], first: int, breaks: Collection[int]) -> list[bool]:
    """Whether each column, and one behind the last, goes on with the word of the one before: with
    the same word, on the same page.
    """
    alike = [
        one == other and first + i not in breaks
        for i, (one, other) in enumerate(pairwise(words), 1)
    ]
    return [False, *alike, False]
