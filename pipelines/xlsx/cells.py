"""The cells of a sheet that goes into a template, rendered as XML while they are written.

What recurs is rendered once: the words of a row wherever it stands (cut where its number goes), the
rows that are the same in every workbook (``stamped``), and the rows that two workbooks share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from pipelines.intake.xmltext import escape
from pipelines.xlsx.book import clean
from pipelines.xlsx.package import Piece, piece
from pipelines.xlsx.plain_sheet import Across, Line, Slots, Words, letters

Stamps = dict[Hashable, "Stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Rows that recur: their XML in pieces, some of them the inside of a cell that an amount may go
    into, and which amount goes where.
    """

    pieces: list[str]
    places: list[tuple[int, Hashable]]
    slots: Slots

    def filled(self, amounts: Mapping[Any, int]) -> str:
        """The rows with the amounts (hundredths) that are there."""
        pieces = self.pieces.copy()
        for place, key in self.places:
            if (amount := amounts.get(key)) is not None:
                pieces[place] = f"><v>{amount / 100:.16G}</v></c>"
        return "".join(pieces)


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
        self._whole: dict[int, str] = {}
        self._heights: dict[int, float] = {}
        self._body: Piece | None = None

    def write_string(self, row: int, column: int, text: str, style: int) -> None:
        self._lines[row][column] = f'<c r="{letters(column)}{row + 1}" s="{style}"{_inline(text)}'

    def write_number(self, row: int, column: int, number: Any, style: int) -> None:
        self._lines[row][column] = (
            f'<c r="{letters(column)}{row + 1}" s="{style}"><v>{number:.16G}</v></c>'
        )

    def write_blank(self, row: int, column: int, _: None, style: int) -> None:
        self._lines[row][column] = f'<c r="{letters(column)}{row + 1}" s="{style}"/>'

    def write_lines(self, row: int, lines: Iterable[Line], text: int, number: int) -> int:
        """Whole rows from ``row`` on: texts from the first column on, then numbers. Returns the row
        below.
        """
        rows, begin = [], f'" s="{number}"><v>'
        for at, (texts, numbers) in zip(map(str, count(row + 1)), lines, strict=False):
            row_begun = at.join(_textual(texts, text))
            ends = _ends(len(texts), len(numbers))
            if len(numbers) == 2:  # nearly every row of the longest sheet
                one, two = numbers
                cells = f"{begin}{one!r}{ends[0]}{at}{begin}{two!r}{ends[1]}"
            else:
                cells = at.join([f"{begin}{n!r}{e}" for n, e in zip(numbers, ends, strict=True)])
            rows.append(f"{row_begun}{at}{cells}")
        self._whole[row] = "".join(rows)
        return row + len(rows)

    def write_amounts(
        self, row: int, words: Words, amounts: Mapping[str, int], across: Across, style: int
    ) -> None:
        """A whole row: words from the first column on, then hundredths, each in its column; a
        column without one is blank.
        """
        cells, begin, ends = _blanks(len(words), len(across), style)
        cells = cells.copy()
        for key, amount in amounts.items():
            if (place := across.get(key)) is not None:
                cells[place] = f"{begin}{amount / 100!r}{ends[place]}"
        at = str(row + 1)
        first = f'<c r="{letters(len(words))}{at}'
        self._whole[row] = f"{at.join(_worded(words))}{first}{at.join(cells)}"

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
        stamp = Stamp([""], [], slots)
        for row in sorted(r for r in {*self._lines, *self._heights} if r >= first_row):
            stamp.pieces[-1] += self._opened(row)
            line = self._lines.pop(row, {})
            for column in sorted(line):
                if (row, column) not in keys:
                    stamp.pieces[-1] += line[column]
                    continue
                stamp.pieces[-1] += line[column].removesuffix("/>")
                stamp.places.append((len(stamp.pieces), keys[row, column]))
                stamp.pieces.extend(("/>", ""))
            stamp.pieces[-1] += "</row>"
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
            self._body = piece(f"<sheetData>{self._rows(last=self.foot)}".encode())
        return self._body

    def beneath(self) -> str:
        """The rows of the foot."""
        if self.above is None and self.foot is None:
            return ""
        return self._rows(self.foot or 0)

    def _rows(self, first: int = 0, last: int | None = None) -> str:
        rows = {*self._whole, *self._lines, *self._heights}
        shown = sorted(row for row in rows if row >= first and (last is None or row < last))
        return "".join([self._whole.get(row) or self._row(row) for row in shown])

    def _row(self, row: int) -> str:
        line = self._lines.get(row) or {}
        return f"{self._opened(row)}{''.join([line[c] for c in sorted(line)])}</row>"

    def _opened(self, row: int) -> str:
        height = self._heights.get(row)
        tall = "" if height is None else f' ht="{height:g}" customHeight="1"'
        return f'<row r="{row + 1}"{tall}>'


@lru_cache(maxsize=65536)
def _inline(text: str) -> str:
    shown = escape(clean(text))
    space = ' xml:space="preserve"' if text != text.strip(" \n\t") else ""
    return f' t="inlineStr"><is><t{space}>{shown}</t></is></c>'


@lru_cache(maxsize=65536)
def _worded(words: Words) -> tuple[str, ...]:
    """A row with its first cells, cut where its number goes."""
    return tuple(_cut(words))


@lru_cache(maxsize=65536)
def _textual(texts: tuple[str, ...], style: int) -> tuple[str, ...]:
    """The same for texts of one format, and how the cell that follows them begins."""
    pieces = _cut([(text, style) for text in texts])
    pieces[-1] += f'<c r="{letters(len(texts))}'
    return tuple(pieces)


def _cut(words: Iterable[tuple[str | None, int]]) -> list[str]:
    pieces = ['<row r="', '">']
    for column, (text, style) in enumerate(words):
        pieces[-1] += f'<c r="{letters(column)}'
        pieces.append(f'" s="{style}"{"/>" if text is None else _inline(text)}')
    return pieces


@lru_cache(maxsize=64)
def _ends(first: int, count: int) -> list[str]:
    """How the cells from column ``first`` to the end of a row end, the next begun."""
    return [f'</v></c><c r="{letters(c)}' for c in range(first + 1, first + count)] + [
        "</v></c></row>"
    ]


@lru_cache(maxsize=512)
def _blanks(first: int, count: int, style: int) -> tuple[list[str], str, list[str]]:
    """The blank cells that end a row, cut where its number goes; how a cell with a number begins
    there, and how each ends.
    """
    ends = _ends(first, count)
    blank = [f'" s="{style}"/>{end.removeprefix("</v></c>")}' for end in ends]
    return blank, f'" s="{style}"><v>', ends
