"""The 13 public tables as sheets, in the layout of Sichuan: title, 表号, 部门, 行次 or 栏次, notes.

No cell is merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.public.figures import Published
from pipelines.public.keys import TOTAL, Key
from pipelines.public.notes import notes, ready_notes
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book
from schemas.library import Form, Row, code_list, published_forms

HEAD = 3
FEWEST_OF_CLASS = 3  # columns of a class that are worth beginning it at the end of a page
WIDE_SCALE, WIDE_COLUMNS = 52, 10  # per cent in print, and how many amounts then go on an A4 page
_NUMERALS = "零一二三四五六七八九"
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
_SHOWN = {("G02", "事业收入"): "事业收入/小计"}
Slots = list[tuple[int, int, Key, str]]  # row, column, which figure, format


class Tables:
    """Writes the public tables into a workbook."""

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
        self.lines: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
        for (form, _, row, column), amount in data.printed.items():
            self.lines[form].setdefault(row, {})[column] = amount
        self._styles = {kind: book.format("plain", **look) for kind, look in _KINDS.items()}

    def write(self) -> None:
        """All 13, in order."""
        for form in published_forms():
            if not self.data.lacking.made(form.form):
                self._not_made(form)
            elif form.layout == "blocks":
                self._blocks(form)
            elif form.layout == "strips":
                self._strips(form)
            elif form.layout == "row":
                self._row(form)
            elif form.wide:
                self._wide(form)
            else:
                self._list(form)

    def style(self, kind: str) -> Any:
        return self._styles[kind]

    def _notes(self, form: Form) -> list[str]:
        if self.ready:
            return ready_notes(self.data, self.subject, form.form)
        return notes(self.data, self.subject, form.form, self.pointer)

    # parts of a table

    def _open(
        self, form: Form, widths: Sequence[float], *, pages: tuple[int, int] = (1, 0)
    ) -> Worksheet:
        sheet = self.book.sheet(form.number, pages=pages)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._page_head(sheet, form, 0, len(widths) - 1)
        self._department(sheet, widths[:-1] if len(widths) > 1 else widths)
        return sheet

    def _department(self, sheet: Worksheet, widths: Sequence[float]) -> None:
        """The unit, left of the unit of money; a very long name takes several lines."""
        style = self.style("g_left")
        lines = self.book.wide(
            sheet, 2, 0, len(widths) - 1, f"部门：{self.subject.unit_name}", sum(widths), style
        )
        if lines > 1:
            sheet.write_string(2, 0, f"部门：{self.subject.unit_name}", self.style("g_wrapped"))
            sheet.set_row(2, 14 * lines + 4)

    def _not_made(self, form: Form) -> None:
        """Title and caption of a table of which nothing is known, and why: no header and no cells,
        so nobody takes it for an empty table.
        """
        widths = [16, *(16 for _ in range(7))]
        sheet = self._open(form, widths)
        for i, note in enumerate(self._notes(form)):
            lines = self.book.wide(
                sheet, HEAD + 1 + i, 0, len(widths) - 1, note, sum(widths), self.style("g_lacking")
            )
            sheet.set_row(HEAD + 1 + i, 18 * lines + 4)
        sheet.freeze_panes(HEAD, 0)
        sheet.repeat_rows(0, 2)

    def _close(
        self,
        sheet: Worksheet,
        form: Form,
        row: int,
        header: tuple[int, int],
        column: int,
        at: int = 0,
    ) -> None:
        """Notes below the table (from column ``at``), frozen and repeated header."""
        for i, note in enumerate(self._notes(form)):
            sheet.write_string(row + i, at, note, self.style("g_note"))
        sheet.freeze_panes(header[1] + 1, column)
        sheet.repeat_rows(*header)

    def _stamped(self, sheet: Any, form: Form, draw: Callable[[Any, Form], Slots]) -> Slots:
        """What a table has in every workbook of the year: drawn once, then put in again.

        Amounts go into its slots.
        """
        name = (form.form, self.subject.year)
        slots: Slots | None = sheet.recall(name)
        if slots is None:
            slots = draw(sheet, form)
            sheet.remember(name, slots, HEAD)
        for row, column, key, kind in slots:
            if (amount := self.data.printed.get(key)) is not None:
                sheet.write_number(row, column, amount / 100, self.style(kind))
        return slots

    def _slot(self, sheet: Any, slots: Slots, row: int, column: int, key: Key, kind: str) -> None:
        """A place for an amount, blank until there is one."""
        sheet.write_blank(row, column, None, self.style(kind))
        slots.append((row, column, key, kind))

    def _rows(self, form: str) -> list[str]:
        """The row keys of a list table, the total first, codes in order; only the total where there
        is nothing.
        """
        return sorted(self.lines[form], key=lambda r: (r != TOTAL, r)) or [TOTAL]

    def _head(self, sheet: Worksheet, row: int, words: Iterable[str], height: float = 30) -> None:
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, self.style("g_head"))
        sheet.set_row(row, height)

    # lists by functional or economic item

    def _list(self, form: Form) -> None:
        columns = form.columns
        sheet = self._open(form, [13, 38, *(17 for _ in columns)])
        self._stamped(sheet, form, self._list_header)
        last = HEAD + max(len(k.split("/")) for k in _shown(form))
        row = last + 1
        for key in self._rows(form.form):
            self._row_head(sheet, row, key, form.codes or "")
            self._amounts(sheet, row, form.form, key, [c.key for c in columns])
            row += 1
        self._close(sheet, form, row, (HEAD, last), 2)

    def _amounts(self, sheet: Any, row: int, form: str, key: str, columns: Sequence[str]) -> None:
        found = self.lines[form].get(key, {})
        sheet.write_amounts(
            row,
            2,
            [found.get(c) for c in columns],
            self.style("g_total" if key == TOTAL else "g_money"),
        )

    def _list_header(self, sheet: Worksheet, form: Form) -> Slots:
        """One header row for each level of the column keys, then 栏次."""
        keys = _shown(form)
        depth = max(len(k.split("/")) for k in keys)
        for level in range(depth):
            words = [(k.split("/") + [""] * depth)[level] for k in keys]
            self._head_level(sheet, HEAD + level, words, last=level == depth - 1)
        self._head(sheet, HEAD + depth, ["栏次", ""], 18)
        for i in range(len(keys)):
            sheet.write_number(HEAD + depth, 2 + i, i + 1, self.style("g_line"))
        return []

    def _head_level(
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
        before = None
        for i, word in enumerate(words):
            goes_on = i + 1 < len(words) and words[i + 1] == word and first + i + 1 not in breaks
            if word and word == before and not last and first + i not in breaks:
                sheet.write_blank(row, first + i, None, self.style("g_span"))
            elif word and not last and goes_on:
                sheet.write_string(row, first + i, word, self.style("g_span"))
            else:
                sheet.write_string(row, first + i, word, self.style("g_head"))
            before = word
        sheet.set_row(row, 30)

    def _row_head(self, sheet: Worksheet, row: int, key: str, codes: str) -> None:
        if key == TOTAL:
            sheet.write_blank(row, 0, None, self.style("g_code"))
            sheet.write_string(row, 1, TOTAL, self.style("g_bold"))
            return
        name = self.subject.economic(key) if codes == "economic" else self.subject.functional(key)
        sheet.write_string(row, 0, key, self.style("g_code"))
        indent = 1 if codes == "economic" else 2
        sheet.write_string(
            row,
            1,
            "　" * ((len(key) - 3) // 2 if indent == 2 else (len(key) > 3)) + name,
            self.style("g_name"),
        )

    def _wide(self, form: Form) -> None:
        """G07: the economic classes that carry amounts across, each with its items; every printed
        page says what it is.
        """
        used = sorted({c for row in self.lines[form.form].values() for c in row if c != TOTAL})
        used = used or [c for c in code_list("economic").items if len(c) == 3]
        starts = page_starts(used)
        sheet = self.book.sheet(form.number, scale=WIDE_SCALE)
        for column, width in enumerate([13, 34, 15, *(14 for _ in used)]):
            sheet.set_column(column, column, width)
        for first, after in zip(starts, [*starts[1:], 3 + len(used)], strict=True):
            if first == starts[0]:
                self._page_head(sheet, form, first, after - 1)
                sheet.write_string(0, first, form.title, self.style("g_wide"))
            else:
                self._next_page_head(sheet, form, first, after - 1)
        first_page = (starts[1] if len(starts) > 1 else 3 + len(used)) - 3
        self._department(sheet, [13, 34, 15, *(14 for _ in range(first_page - 1))])
        sheet.set_v_pagebreaks(starts[1:])
        sheet.repeat_columns(0, 1)
        upper = [""] + [f"{c[:3]}{self.subject.economic(c[:3])}" for c in used]
        lower = [TOTAL] + [
            "小计" if len(c) == 3 else f"{c}{self.subject.economic(c)}" for c in used
        ]
        self._head_level(sheet, HEAD, upper, last=False, breaks=starts)
        self._head_level(sheet, HEAD + 1, lower, last=True)
        sheet.set_row(HEAD + 1, 44)
        row = HEAD + 2
        for key in self._rows(form.form):
            self._row_head(sheet, row, key, "functional")
            self._amounts(sheet, row, form.form, key, (TOTAL, *used))
            row += 1
        self._close(sheet, form, row, (HEAD, HEAD + 1), 2, at=2)

    def _page_head(self, sheet: Worksheet, form: Form, first: int, last: int) -> None:
        """Title, number, year and unit of money over the columns from ``first`` to ``last``."""
        sheet.set_row(0, 30)
        sheet.write_string(0, first, form.title, self.style("g_title"))
        for column in range(first + 1, last + 1) if not form.wide else ():
            sheet.write_blank(0, column, None, self.style("g_title"))
        sheet.write_string(
            1, max(first, (first + last) // 2), f"{self.subject.year}年度", self.style("g_left")
        )
        if last > first:
            sheet.write_string(1, last, form.number, self.style("g_right"))
        sheet.write_string(2, last, "金额单位：万元", self.style("g_right"))

    def _next_page_head(self, sheet: Worksheet, form: Form, first: int, last: int) -> None:
        """What stands above the columns of a further page; the title stands once, as a table has
        one.
        """
        if last > first:
            sheet.write_string(1, first, f"{self.subject.year}年度", self.style("g_left"))
        sheet.write_string(1, last, f"{form.number}（续）", self.style("g_right"))
        sheet.write_string(2, last, "金额单位：万元", self.style("g_right"))

    # panels side by side

    def _blocks(self, form: Form) -> None:
        """G01 and G04: income on the left, expenditure on the right, line by line."""
        amounts = [c.key for c in form.block("支出").columns]
        sheet = self._open(form, [36, 6, 17, 36, 6, *(17 for _ in amounts)], pages=(1, 1))
        slots = self._stamped(sheet, form, self._panels)
        last = max(row for row, _, _, _ in slots)
        self._close(sheet, form, last + 1, (HEAD, HEAD + 1), 0)

    def _panels(self, sheet: Worksheet, form: Form) -> Slots:
        """Everything of G01 and G04 but the amounts."""
        slots: Slots = []
        left = form.block("收入")
        classes, below = form.block("支出功能分类"), form.block("支出")
        amounts = [c.key for c in below.columns]
        words = ["项目", "行次", left.columns[0].key, "项目", "行次", *amounts]
        self._span(sheet, ["收入", "", "", "支出", *("" for _ in words[4:])])
        self._head(sheet, HEAD + 1, words)
        rows = [r for r in classes.rows if r.since <= self.subject.year <= r.until]
        self._left(sheet, slots, form.form, left.rows)
        height = max(r.line or 0 for r in left.rows)
        self._right(sheet, slots, form.form, rows, below.rows, height, amounts)
        for line in range(1, height + 1):
            self._fill_left(sheet, HEAD + 1 + line, line, {r.line for r in left.rows})
        return slots

    def _span(self, sheet: Worksheet, words: Sequence[str]) -> None:
        """The upper header: a word is centred over the blanks that follow it."""
        for column, word in enumerate(words):
            if word:
                sheet.write_string(HEAD, column, word, self.style("g_span"))
            else:
                sheet.write_blank(HEAD, column, None, self.style("g_span"))

    def _fill_left(self, sheet: Worksheet, row: int, line: int, used: set[int | None]) -> None:
        if line not in used:
            sheet.write_blank(row, 0, None, self.style("g_name"))
            sheet.write_number(row, 1, line, self.style("g_line"))
            sheet.write_blank(row, 2, None, self.style("g_money"))

    def _left(self, sheet: Worksheet, slots: Slots, form: str, rows: Sequence[Row]) -> None:
        numbered = 0
        for item in rows:
            row = HEAD + 1 + (item.line or 0)
            numbered = numbered + 1 if self._is_part(item.key) else 0
            self._block_cell(sheet, row, 0, item, numbered, item.line or 0)
            total = item.key in ("总计", "本年收入合计")
            self._slot(
                sheet,
                slots,
                row,
                2,
                (form, "收入", item.key, "金额"),
                "g_total" if total else "g_money",
            )

    def _right(
        self,
        sheet: Worksheet,
        slots: Slots,
        form: str,
        classes: Sequence[Row],
        below: Sequence[Row],
        height: int,
        amounts: Sequence[str],
    ) -> None:
        """Classes from the top, the rest below them with the gaps of the form."""
        placed: list[tuple[str, Row, int]] = [
            ("支出功能分类", r, i + 1) for i, r in enumerate(classes)
        ]
        at = len(classes)
        first = next(r.line for r in below if r.line) or 0
        for item in below:
            at = len(classes) + 1 + item.line - first if item.line else at + 1
            placed.append(("支出", item, at))
        numbered = 0
        taken = {at for _, _, at in placed}
        for block, item, at in placed:
            row = HEAD + 1 + at
            numbered = numbered + 1 if block != "支出" or self._is_part(item.key) else 0
            self._block_cell(sheet, row, 3, item, numbered, height + at)
            for i, column in enumerate(amounts):
                total = item.key in ("总计", "本年支出合计")
                self._slot(
                    sheet,
                    slots,
                    row,
                    5 + i,
                    (form, block, item.key, column),
                    "g_total" if total else "g_money",
                )
        last = max(max(taken), height)
        for at in set(range(1, last + 1)) - taken:
            sheet.write_blank(HEAD + 1 + at, 3, None, self.style("g_name"))
            sheet.write_number(HEAD + 1 + at, 4, height + at, self.style("g_line"))
            for i in range(len(amounts)):
                sheet.write_blank(HEAD + 1 + at, 5 + i, None, self.style("g_money"))

    @staticmethod
    def _is_part(key: str) -> bool:
        """Whether a row of a panel is one of a numbered list."""
        plain = key.rsplit("/", 1)[-1]
        return plain.endswith(
            (
                "财政拨款",
                "财政拨款收入",
                "上级补助收入",
                "事业收入",
                "经营收入",
                "附属单位上缴收入",
                "其他收入",
            )
        )

    def _block_cell(
        self, sheet: Worksheet, row: int, column: int, item: Row, number: int, line: int
    ) -> None:
        label = item.label or item.key
        text = f"{numeral(number)}、{label}" if number else label
        bold = label.endswith(("合计", "总计"))
        sheet.write_string(row, column, text, self.style("g_bold" if bold else "g_name"))
        sheet.write_number(row, column + 1, line, self.style("g_line"))

    # G08 and G13

    def _strips(self, form: Form) -> None:
        """G08: 人员经费 in the first strip, 公用经费 in two more."""
        sheet = self._open(form, [10, 30, 15] * 3, pages=(1, 1))
        slots = self._stamped(sheet, form, self._strip_cells)
        last = max(row for row, _, _, _ in slots)
        self._close(sheet, form, last + 1, (HEAD, HEAD + 1), 0)

    def _strip_cells(self, sheet: Worksheet, form: Form) -> Slots:
        """Everything of G08 but the amounts."""
        slots: Slots = []
        known = [
            c.code
            for c in code_list("economic").items.values()
            if c.since <= self.subject.year <= c.until
        ]
        strips = [[c for c in known if c[:3] in group] for group in (("301", "303"), ("302",), ())]
        strips[2] = [c for c in known if c not in strips[0] and c not in strips[1]]
        self._span(sheet, ("人员经费", "", "", "公用经费", "", "", "", "", ""))
        self._head(sheet, HEAD + 1, ["科目编码", "科目名称", "决算数"] * 3)
        longest = max(len(s) for s in strips)
        for strip, codes in enumerate(strips):
            for i in range(longest):
                self._strip_cell(
                    sheet, slots, HEAD + 2 + i, 3 * strip, codes[i] if i < len(codes) else ""
                )
        row = HEAD + 2 + longest
        for strip, label, place in (
            (0, "人员经费合计", row),
            (2, "公用经费合计", row),
            (0, TOTAL, row + 1),
        ):
            sheet.write_blank(place, 3 * strip, None, self.style("g_name"))
            sheet.write_string(place, 3 * strip + 1, label, self.style("g_bold"))
            self._slot(
                sheet, slots, place, 3 * strip + 2, (form.form, "", label, "决算数"), "g_total"
            )
        return slots

    def _strip_cell(self, sheet: Worksheet, slots: Slots, row: int, column: int, code: str) -> None:
        if not code:
            for i in range(3):
                sheet.write_blank(row, column + i, None, self.style("g_name"))
            return
        sheet.write_string(row, column, code, self.style("g_code"))
        sheet.write_string(
            row,
            column + 1,
            "　" * (len(code) > 3) + self.subject.economic(code),
            self.style("g_name"),
        )
        self._slot(
            sheet,
            slots,
            row,
            column + 2,
            ("G08", "", code, "决算数"),
            "g_total" if len(code) == 3 else "g_money",
        )

    def _row(self, form: Form) -> None:
        """G13: one row of amounts, budget and final account; nothing spent is written as 0, what
        could not be read is left blank.
        """
        unread = self.data.lacking.cells_unread(form.form)
        keys = [c.key for c in form.columns]
        paths = [_three_public_path(k) for k in keys]
        sheet = self._open(form, [14 for _ in keys])
        depth = max(len(p) for p in paths)
        self._stamped(sheet, form, self._row_header)
        row = HEAD + depth + 1
        for i, key in enumerate(keys):
            amount = self.data.printed.get((form.form, "", TOTAL, key))
            if amount is None and unread:
                sheet.write_blank(row, i, None, self.style("g_money"))
            else:
                sheet.write_number(row, i, (amount or 0) / 100, self.style("g_money"))
        self._close(sheet, form, row + 1, (HEAD, HEAD + depth), 0)

    def _row_header(self, sheet: Worksheet, form: Form) -> Slots:
        paths = [_three_public_path(c.key) for c in form.columns]
        depth = max(len(p) for p in paths)
        for level in range(depth):
            words = [(p + [""] * depth)[level] for p in paths]
            self._head_level(sheet, HEAD + level, words, last=level == depth - 1, first=0)
        for i in range(len(paths)):
            sheet.write_number(HEAD + depth, i, i + 1, self.style("g_line"))
        return []


def page_starts(used: Sequence[str]) -> list[int]:
    """The columns with which printed pages of G07 begin: full pages, but no class begins at the
    very end of one.
    """
    starts, classes = [2], [c[:3] for c in used]
    for number, group in enumerate(classes):
        column, room = 3 + number, starts[-1] + WIDE_COLUMNS - 3 - number
        begins = number == 0 or classes[number - 1] != group
        if room <= 0 or (begins and room < min(classes.count(group), FEWEST_OF_CLASS)):
            starts.append(column)
    return starts


def _shown(form: Form) -> list[str]:
    """The headers of the columns of a list table."""
    return [_SHOWN.get((form.form, c.key), c.key) for c in form.columns]


def _three_public_path(key: str) -> list[str]:
    """The header of a column: the two kinds of vehicle costs stand under their common heading."""
    parts = key.split("/")
    if parts[-1] in ("公务用车购置费", "公务用车运行维护费"):
        return [parts[0], "公务用车购置及运行维护费", parts[-1]]
    return parts


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 26 → 二十六 (up to 99)."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_NUMERALS[tens]}十")
    return head + (_NUMERALS[ones] if ones else "")
