"""The cells of a sheet that goes into a template, rendered as XML while they are written.

What recurs is rendered once: the words of a row wherever it stands (cut where its number goes), the
rows that are the same in every workbook (``stamped``), and the rows that two workbooks share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.xlsx.amounts import in_slots
from pipelines.xlsx.lines import Lines, Row
from pipelines.xlsx.pieces import inline, listed, tabled
from pipelines.xlsx.plain_sheet import Across, Slots, letters
from pipelines.zipped import Piece, piece

Stamps = dict[Hashable, "Stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Rows that recur: their XML in pieces, some of them the inside of a cell that an amount may go
    into, and which amount goes where.
    """

    pieces: list[bytes]
    places: list[tuple[int, Hashable]]
    slots: Slots

    def filled(self, amounts: Mapping[Any, int]) -> bytes:
        """The rows with the amounts (hundredths) that are there."""
        pieces = self.pieces.copy()
        for place, key in self.places:
            if (amount := amounts.get(key)) is not None:
                pieces[place] = in_slots[amount]
        return b"".join(pieces)


class Cells:
    """The cells of a sheet. ``above``: a sheet of another workbook whose rows above its foot are
    these, too.
    """

    def __init__(self, name: str, stamps: Stamps, above: Cells | None = None) -> None:
        self.name = name
        self.above = above
        self.filter = ""
        self.breaks: Sequence[int] | None = above.breaks if above else None
        self.row_breaks: Sequence[int] | None = above.row_breaks if above else None
        self.merged: list[str] = above.merged if above else []
        self.foot: int | None = None
        self._stamps = stamps
        self._lines: dict[int, dict[int, str]] = defaultdict(dict)
        self._whole: dict[int, bytes] = {}
        self._heights: dict[int, float] = {}
        self._body: Piece | None = None

    def write_string(self, row: int, column: int, text: str, style: int) -> None:
        self._lines[row][column] = f'<c r="{letters(column)}{row + 1}" s="{style}"{inline(text)}'

    def write_number(self, row: int, column: int, number: Any, style: int) -> None:
        self._lines[row][column] = (
            f'<c r="{letters(column)}{row + 1}" s="{style}"><v>{number:.16G}</v></c>'
        )

    def write_blank(self, row: int, column: int, _: None, style: int) -> None:
        self._lines[row][column] = f'<c r="{letters(column)}{row + 1}" s="{style}"/>'

    def write_lines(self, row: int, lines: Lines, text: int, number: int) -> int:
        """Whole rows from ``row`` on: texts from the first column on, then amounts. Returns the row
        below.
        """
        self._whole[row] = listed(lines, row, text, number)
        return row + len(lines.numbers)

    def write_table(self, row: int, lines: Sequence[Row], across: Across) -> int:
        """Whole rows from ``row`` on: words from the first column on, then amounts, each in its
        column; a column without one is blank. Returns the row below.
        """
        self._whole[row] = tabled(lines, row, across)
        return row + len(lines)

    def set_row(self, row: int, height: float) -> None:
        self._heights[row] = height

    def stamped(
        self,
        name: Hashable,
        first_row: int,
        draw: Callable[[], Slots],
        amounts: Mapping[Any, int],
    ) -> Slots:
        """Put in the rows from ``first_row`` on that are the same in every workbook: drawn once,
        remembered under ``name``. ``amounts`` (hundredths) go into their slots.
        """
        stamp = self._stamps.get(name)
        if stamp is None:
            stamp = self._stamps[name] = self._stamp(first_row, draw())
        self._whole[first_row] = stamp.filled(amounts)
        return stamp.slots

    def _stamp(self, first_row: int, slots: Slots) -> Stamp:
        """What was drawn from ``first_row`` on, taken off the sheet again."""
        keys = {(row, column): key for row, column, key, _ in slots}
        stamp = Stamp([b""], [], slots)
        for row in sorted(r for r in {*self._lines, *self._heights} if r >= first_row):
            stamp.pieces[-1] += self._opened(row).encode()
            line = self._lines.pop(row, {})
            for column in sorted(line):
                if (row, column) not in keys:
                    stamp.pieces[-1] += line[column].encode()
                    continue
                stamp.pieces[-1] += line[column].removesuffix("/>").encode()
                stamp.places.append((len(stamp.pieces), keys[row, column]))
                stamp.pieces.extend((b"/>", b""))
            stamp.pieces[-1] += b"</row>"
            self._heights.pop(row, None)
        return stamp

    def autofilter(self, first_row: int, first: int, last_row: int, last: int) -> None:
        self.filter = f"{letters(first)}{first_row + 1}:{letters(last)}{last_row + 1}"

    def set_v_pagebreaks(self, columns: Sequence[int]) -> None:
        self.breaks = columns

    def set_h_pagebreaks(self, rows: Sequence[int]) -> None:
        self.row_breaks = rows

    def merge_range(
        self, first_row: int, first: int, last_row: int, last: int, _: str, style: int
    ) -> None:
        self.merged.append(f"{letters(first)}{first_row + 1}:{letters(last)}{last_row + 1}")
        for row in range(first_row, last_row + 1):
            for column in range(first, last + 1):
                self.write_blank(row, column, None, style)

    def set_column(self, *_: Any) -> None:
        """The template has the widths."""

    def freeze_panes(self, *_: Any) -> None:
        """The template has the panes."""

    def repeat_rows(self, *_: Any) -> None:
        """The template has the repeated rows."""

    def repeat_columns(self, *_: Any) -> None:
        """The template has the repeated columns."""

    def begin_foot(self, row: int) -> None:
        """What is written from ``row`` on is this workbook's own; the rows above may be shared."""
        self.foot = row

    def body(self) -> Piece:
        """The rows above the foot, rendered and deflated once for all workbooks that share them."""
        if self.above is not None:
            return self.above.body()
        if self._body is None:
            self._body = piece(b"<sheetData>" + self._rows(last=self.foot))
        return self._body

    def beneath(self) -> bytes:
        """The rows of the foot."""
        if self.above is None and self.foot is None:
            return b""
        return self._rows(self.foot or 0)

    def _rows(self, first: int = 0, last: int | None = None) -> bytes:
        rows = {*self._whole, *self._lines, *self._heights}
        shown = sorted(row for row in rows if row >= first and (last is None or row < last))
        return b"".join([self._whole.get(row) or self._row(row) for row in shown])

    def _row(self, row: int) -> bytes:
        line = self._lines.get(row) or {}
        return f"{self._opened(row)}{''.join([line[c] for c in sorted(line)])}</row>".encode()

    def _opened(self, row: int) -> str:
        height = self._heights.get(row)
        tall = "" if height is None else f' ht="{height:g}" customHeight="1"'
        return f'<row r="{row + 1}"{tall}>'
