"""The two odd ones among the published tables: G08 (code, name, amount three times side by side)
and G13 (one row).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipelines.extract import header as heads
from pipelines.extract.columns import amount_matches, header_words
from pipelines.extract.grid import Grid, is_blank, plain, without_repeats
from pipelines.extract.namedcodes import name_codes
from pipelines.extract.reading import AmountColumn, NoTable, TableReading
from pipelines.extract.rows import (
    CODE_HEADS,
    NAME_HEADS,
    CodeReader,
    Keys,
    Line,
    split_leading_code,
    total_key,
)
from pipelines.extract.text import label_key, letter, squash, visible
from pipelines.extract.words import word
from schemas.library import Form


# The same items stand in every unit's table. Typed, for a cell may hold True, which equals 1.
@lru_cache(maxsize=4096, typed=True)
def _code_and_name(code_cell: object, name_cell: object) -> tuple[str, str]:
    """Code and name that stand in the two cells of an item; None is an empty cell."""
    cells = {0: code_cell, 1: name_cell}
    code = CodeReader([0]).code({c: v for c, v in cells.items() if v is not None})
    labels = [v for v in (name_cell, code_cell) if type(v) is str and not plain(v).isdigit()]
    label = visible(labels[0]) if labels else ""
    return (code, label) if code else split_leading_code(label)


class StripReader:
    """G08: groups of 科目编码, 科目名称 and 决算数 beside each other; totals below in any group."""

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form
        self.words = header_words(form)

    def read(self) -> TableReading:
        top = heads.header_top(self.grid, self.words)
        header = heads.find_header(self.grid, top, self._item)
        if header is None:
            raise NoTable("找不到表头")
        self.table = TableReading(top=header.top, first=header.first)
        self.table.structural_rows.update(range(header.first))
        self.groups = self._groups(header)
        if not self.groups or self._is_list(header):
            raise NoTable("表头中没有认得的金额栏")
        texts = heads.header_texts(self.grid, header)
        keys = Keys()
        for r in range(header.first, self.grid.height):
            cells = dict(self.grid.rows[r])
            if not cells or heads.repeats_header(self.grid, r, texts):
                self.table.structural_rows.add(r)
            elif heads.is_footer(self.grid.rows[r]):
                self.table.structural_rows.add(r)
                self.table.notes.append(" ".join(visible(str(v)) for v in cells.values())[:500])
            else:
                self._row(r, without_repeats(cells), keys)
        name_codes(self.table, self.form.codes or "economic")
        return self.table

    def _is_list(self, header: heads.Header) -> bool:
        """One group with further columns behind it: a list with several amounts, not strips."""
        last = max(c for r in header.rows for c, _ in self.grid.rows[r])
        return len(self.groups) == 1 and last > self.groups[0][2]

    def _item(self, row: int) -> bool:
        texts = [plain(v) for _, v in self.grid.rows[row]]
        return any(
            (t.isdigit() and len(t) in (3, 5)) or len(split_leading_code(t)[0]) in (3, 5)
            for t in texts
        )

    def _groups(self, header: heads.Header) -> list[tuple[int, int, int]]:
        """(code column, name column, amount column) of each group."""
        words = self._head_words(header)
        codes = [c for c, w in words.items() if w in CODE_HEADS]
        names = [c for c, w in words.items() if w in NAME_HEADS]
        amounts = [c for c, w in words.items() if self._heads_amounts(w)]
        groups = []
        for code in codes or names:  # without a head for codes they stand before the names
            group = _group(code, names, amounts)
            if group is not None:
                groups.append(group)
                self._note_column(code, group[2], words[group[2]])
        return groups

    def _head_words(self, header: heads.Header) -> dict[int, str]:
        """The last word over each column, from left to right."""
        cells = (cell for r in header.rows for cell in self.grid.rows[r])
        return dict(sorted({c: squash(v) for c, v in cells if type(v) is str}.items()))

    def _heads_amounts(self, said: str) -> bool:
        return word(said) in self.words and said not in NAME_HEADS

    def _note_column(self, code: int, amount: int, label: str) -> None:
        self.table.columns.append(
            AmountColumn("", self.form.columns[0].key, label, amount, letter(code))
        )
        self.table.structural_columns.add(code)

    def _row(self, r: int, cells: dict[int, object], keys: Keys) -> None:
        pending: Line | None = None
        for code_column, name_column, amount in self.groups:
            line = self._line(r, cells, code_column, name_column, keys)
            if line is None and self._is_total(cells.get(amount)):
                line = self._line(r, cells, amount, amount, keys)
                del cells[amount]  # its amount is that of a group further right
            if line:
                self.table.lines.append(line)
            pending = line or pending
            if amount in cells and pending:
                self.table.items.append(
                    (pending, [(amount, cells[amount], self.form.columns[0].key)])
                )
                pending = None
            elif amount in cells:
                self.table.reasons[(r, amount)] = "所在行没有科目编码和名称"

    def _is_total(self, value: object) -> bool:
        """Whether a cell is the label of a sum, which on a page without lines stands in the middle
        of the columns that it is over.
        """
        labelled = self.grid.sheet.unlined and type(value) is str
        return labelled and label_key(str(value)) in self.form.footers

    def _footer(self, label: str) -> str:
        """The key of a row without a code: a sum in other words (总计, 人员经费小计) is that of the
        form.
        """
        key = label_key(label).rstrip("：")
        part = key.removesuffix("小计") + "合计"  # 小计 alone may be that of any part
        is_part = key != "小计" and part in self.form.footers
        return total_key(label) or (part if is_part else key)

    def _line(
        self, r: int, cells: dict[int, object], code_column: int, name_column: int, keys: Keys
    ) -> Line | None:
        code, label = _code_and_name(cells.get(code_column), cells.get(name_column))
        if code:
            return Line(
                r, "", code, label or code, code, column=name_column, panel=letter(code_column)
            )
        if not label:
            return None
        key = keys.unique("", self._footer(label), None)
        return Line(r, "", key, label, column=name_column, panel=letter(code_column))


def _group(code: int, names: Sequence[int], amounts: Sequence[int]) -> tuple[int, int, int] | None:
    """A column of codes with those of its names and amounts; None where no amounts stand behind."""
    name = next((n for n in names if n >= code), code)  # one column may hold codes and names
    amount = next((a for a in amounts if a > name), None)
    return None if amount is None else (code, name, amount)


class RowReader:
    """G13: a single row of amounts under two groups of headers (budget and final account, or
    interleaved).
    """

    def __init__(self, grid: Grid, form: Form) -> None:
        self.grid, self.form = grid, form

    def read(self) -> TableReading:
        rows, first = self._header()
        self.grid.resolve_merged(rows[0], rows[-1])
        used = sorted({c for r in range(rows[0], first + 1) for c, _ in self.grid.rows[r]})
        matches = [
            m
            for m in amount_matches(
                self.grid, range(used[0], used[-1] + 1), rows, self.form.columns, False
            )
            if m.key
        ]
        if len(matches) < 3:
            raise NoTable("表头中没有认得的金额栏")
        table = TableReading(top=rows[0], first=first)
        table.structural_rows.update(range(first))
        key = self.form.row or "合计"
        line = Line(first, "", key, key)
        table.lines.append(line)
        for match in matches:
            assert match.key is not None
            table.columns.append(AmountColumn("", match.key, match.label, match.column))
            if not is_blank(self.grid.value(first, match.column)):
                table.items.append(
                    (line, [(match.column, self.grid.value(first, match.column), match.key)])
                )
        self._notes(table, first)
        return table

    def _header(self) -> tuple[list[int], int]:
        """Header rows and the row of amounts: the first below the header with numbers or dashes and
        no words.
        """
        words = header_words(self.form)
        rows: list[int] = []
        start = self.grid.start
        for r, cells in enumerate(self.grid.rows[start : start + heads.SEARCH], start):
            texts = [word(v) for _, v in cells if type(v) is str]
            if any(t in words for t in texts):
                rows.append(r)
            elif rows and cells and not heads.is_column_numbers(cells):
                return list(range(rows[0], rows[-1] + 1)), r
        raise NoTable("找不到表头")

    def _notes(self, table: TableReading, first: int) -> None:
        for r in range(first + 1, self.grid.height):
            cells = self.grid.rows[r]
            if cells and all(type(v) is str for _, v in cells):
                table.structural_rows.add(r)
                table.notes.append(" ".join(visible(str(v)) for _, v in cells)[:500])
