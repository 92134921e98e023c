"""A worksheet whose cells are rendered as they are written.

XlsxWriter keeps every cell as an object and renders it on closing; for thousands of workbooks of
some thousand cells that is most of the time. Everything else (columns, panes, page set-up, links,
charts) stays with XlsxWriter. A chart cannot take its cached numbers from such a sheet: the data of
charts goes into an ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.xlsx.lines import Lines, Row, Words

Across = Mapping[str, int]  # the columns of amounts by key, counted from the first of them
Slots = list[tuple[int, int, Hashable, Any]]  # row, column, which amount, format


@lru_cache(maxsize=512)
def letters(column: int) -> str:
    """0 → A, 27 → AB."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


class PlainSheet(Worksheet):
    """Strings, numbers and blanks, in any order of cells; a cell written twice keeps the last."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[int, dict[int, str]] = {}
        self._heights: dict[int, float] = {}
        self._indexes: dict[int, int] = {}

    def _put(self, row: int, column: int, style: Any, rest: str) -> int:
        index = self._indexes.get(id(style))
        if index is None:
            index = self._indexes[id(style)] = style._get_xf_index() if style is not None else 0
        line = self._lines.get(row)
        if line is None:
            line = self._lines[row] = {}
        line[column] = f'<c r="{letters(column)}{row + 1}" s="{index}"{rest}'
        return 0

    def write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:  # type: ignore[override]
        return self._write_string(row, col, string, cell_format)

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        index = self.str_table._get_shared_string_index(string)
        return self._put(row, col, cell_format, f' t="s"><v>{index}</v></c>')

    def write_number(self, row: int, col: int, number: Any, cell_format: Any = None) -> Any:  # type: ignore[override]
        return self._put(row, col, cell_format, f"><v>{number:.16G}</v></c>")

    def write_blank(self, row: int, col: int, blank: Any, cell_format: Any = None) -> Any:  # type: ignore[override]
        return self._put(row, col, cell_format, "/>")

    def write_lines(self, row: int, lines: Lines, text: Any, number: Any) -> int:
        """Whole rows from ``row`` on: texts from the first column on, then amounts. Returns the row
        below.
        """
        for texts, amounts in lines:
            self._write_words(row, tuple((word, text) for word in texts))
            for column, amount in enumerate(amounts, len(texts)):
                self.write_number(row, column, amount / 100, number)
            row += 1
        return row

    def write_table(self, row: int, lines: Iterable[Row], across: Across) -> int:
        """Whole rows from ``row`` on: words from the first column on, then amounts, each in its
        column; a column without one is blank. Returns the row below.
        """
        for head, amounts, style in lines:
            self._write_words(row, head.words)
            for key, place in across.items():
                column = len(head.words) + place
                if key in amounts:
                    self.write_number(row, column, amounts[key] / 100, style)
                else:
                    self.write_blank(row, column, None, style)
            row += 1
        return row

    def _write_words(self, row: int, words: Words) -> None:
        for column, (word, style) in enumerate(words):
            if word is not None:
                self.write_string(row, column, word, style)
            else:
                self.write_blank(row, column, None, style)

    def stamped(
        self,
        _name: object,
        _first_row: int,
        draw: Callable[[], Slots],
        amounts: Mapping[Any, int],
    ) -> Slots:
        """Rows that are the same in every workbook, and the amounts (hundredths) in their slots.
        This sheet is written once, so nothing is remembered.
        """
        slots = draw()
        for row, column, key, style in slots:
            if key in amounts:
                self.write_number(row, column, amounts[key] / 100, style)
        return slots

    def begin_foot(self, _row: int) -> None:
        """This sheet is written whole."""

    def set_row(self, row: int, height: float | None = None, *_: Any) -> Any:  # type: ignore[override]
        """Only heights (points) are kept."""
        if height is not None:
            self._heights[row] = height
        return 0

    def _write_dimension(self) -> None:
        columns = [c for line in self._lines.values() for c in (min(line), max(line))]
        if columns:
            first, last = (
                f"{letters(min(columns))}{min(self._lines) + 1}",
                f"{letters(max(columns))}{max(self._lines) + 1}",
            )
            self._xml_empty_tag("dimension", [("ref", f"{first}:{last}")])
        else:
            self._xml_empty_tag("dimension", [("ref", "A1")])

    def _write_sheet_data(self) -> None:
        parts = ["<sheetData>"]
        for row in sorted({*self._lines, *self._heights}):
            line = self._lines.get(row, {})
            height = (
                f' ht="{self._heights[row]:g}" customHeight="1"' if row in self._heights else ""
            )
            cells = "".join([line[c] for c in sorted(line)])
            parts.append(f'<row r="{row + 1}"{height}>{cells}</row>')
        parts.append("</sheetData>")
        self.fh.write("".join(parts))
