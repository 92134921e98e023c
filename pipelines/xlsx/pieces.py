"""Rows of a sheet as pieces of XML: what recurs is made once and cut where the number of the row
goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from pipelines.intake.xmltext import escape
from pipelines.xlsx.amounts import in_rows
from pipelines.xlsx.book import clean
from pipelines.xlsx.lines import Lines, Row, Words
from pipelines.xlsx.plain_sheet import Across, letters


@lru_cache(maxsize=65536)
def inline(text: str) -> str:
    """The inside of a cell with a text, from its format on, and its end."""
    shown = clean(text)
    space = ' xml:space="preserve"' if shown != shown.strip(" \n\t") else ""
    return f' t="inlineStr"><is><t{space}>{escape(shown)}</t></is></c>'


def tabled(lines: Iterable[Row], row: int, across: Across) -> bytes:
    """The rows of a table from ``row`` on."""
    rows = []
    for number, (head, amounts, style) in enumerate(lines, row + 1):
        blank, begin, ends = _blanks(len(head.words), len(across), style)
        cells = blank.copy()
        for key, amount in amounts.items():
            if (place := across.get(key)) is not None:
                cells[place] = begin + in_rows[amount] + ends[place]
        if head.pieces is None:
            head.pieces = _cut(head.words)
        rows.append((b"%d" % number).join(head.pieces + cells))
    return b"".join(rows)


def _cut(words: Words) -> list[bytes]:
    """A row with its first cells, and how the cell that follows them begins."""
    pieces = ['<row r="', '">']
    for column, (text, style) in enumerate(words):
        pieces[-1] += f'<c r="{letters(column)}'
        pieces.append(f'" s="{style}"{"/>" if text is None else inline(text)}')
    pieces[-1] += f'<c r="{letters(len(words))}'
    return [piece.encode() for piece in pieces]


@lru_cache(maxsize=512)
def _blanks(first: int, count: int, style: int) -> tuple[list[bytes], bytes, list[bytes]]:
    """The blank cells that end a row from column ``first`` on; how a cell with a number begins
    there, and how each ends.
    """
    ends = _ends(first, count)
    blank = [b'" s="%d"/>' % style + end.removeprefix(b"</v></c>") for end in ends]
    return blank, b'" s="%d"><v>' % style, ends


@lru_cache(maxsize=64)
def _ends(first: int, count: int) -> list[bytes]:
    """How the cells from column ``first`` to the end of a row end, the next begun."""
    begun = [f'</v></c><c r="{letters(c)}' for c in range(first + 1, first + count)]
    return [text.encode() for text in (*begun, "</v></c></row>")]


def listed(lines: Lines, row: int, text: int, number: int) -> bytes:
    """The rows of a list from ``row`` on, texts and amounts in these formats."""
    if not len(lines.numbers):
        return b""
    rows = slice(row, row + len(lines.numbers))
    opened, begun, *words = lines.phrases.pieces(text, _cut_alike)[lines.numbers].T
    columns: list[Any] = [_between(rows, opened[0], begun[0], b""), words[0]]
    for piece in words[1:]:
        columns += [_between(rows, b"", b""), piece]
    begin, end = b'" s="%d"><v>' % number, b""
    for amounts, closed in zip(lines.amounts, _ends(len(words), len(lines.amounts)), strict=True):
        columns += [_between(rows, end, begin), [in_rows[a] for a in amounts.tolist()]]
        end = closed
    grid = np.empty((len(lines.numbers), len(columns) + 1), dtype=object)
    for place, column in enumerate([*columns, end]):
        grid[:, place] = column
    grid[lines.amounts[-1] == 0, -3:-1] = b""
    return b"".join(grid.ravel().tolist())


def _between(rows: slice, *pieces: bytes) -> np.ndarray:
    """For each row the pieces with its number between them."""
    return _between_all(1 << rows.stop.bit_length(), *pieces)[rows]


@lru_cache(maxsize=256)  # sizes are powers of two
def _between_all(size: int, *pieces: bytes) -> np.ndarray:
    return np.array([(b"%d" % (row + 1)).join(pieces) for row in range(size)], dtype=object)


def _cut_alike(texts: tuple[str, ...], style: int) -> list[bytes]:
    return _cut(tuple((text, style) for text in texts))
