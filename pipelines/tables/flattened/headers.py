"""The header that begins at a place of a stream, as far as the rows below it confirm its width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.tables.flattened.cells import Cell, Piece
from pipelines.tables.flattened.stream import CUT_INSIDE

MOST_JOINED = 4  # a row broken over more lines than this is two rows
MOST_CUT = 7  # a header of two rows, each of them broken
ROWS_BELOW = 8  # enough to see how wide a table is, even where some rows are cut


class Headers(Protocol):
    """What is known of the tables that may come: header widths, and rows with which a table begins
    anew.
    """

    def width(self, rows: list[list[str]]) -> int:
        """The number of columns where these rows of words are a known header, else 0."""

    def begins(self, row: list[str]) -> bool:
        """Whether a row is the first of another table, so that the header before holds
        no longer.
        """

    def goes_on(self, row: list[str], rest: list[str]) -> bool:
        """Whether ``rest``, behind several empty lines, can only be the end of ``row``."""


@dataclass(slots=True)
class _Header:
    """The rows of a header, how many pieces they were, and how many columns it has."""

    used: int
    rows: list[list[Cell]]
    width: int


def header_at(pieces: list[Piece], at: int, headers: Headers) -> _Header | None:
    """The header that begins at a piece: one that the rows below confirm, else the first of all,
    unless a confirmed one begins inside it.
    """
    confirmed, first = _headers_from(pieces, at, headers)
    if confirmed or first is None:
        return confirmed
    inside = range(at + 1, at + first.used)
    return None if any(_headers_from(pieces, i, headers)[0] for i in inside) else first


def _headers_from(
    pieces: list[Piece], at: int, headers: Headers
) -> tuple[_Header | None, _Header | None]:
    """The first header whose width most rows below it have, and the first one of any width."""
    window = pieces[at : at + MOST_CUT]
    first: _Header | None = None
    if not window or window[0].blank:
        return None, None
    for used in range(1, len(window) + 1):
        below = pieces[at + used : at + used + ROWS_BELOW]
        for rows, plain in _ways(window[:used], headers):
            width = _width(rows, headers)
            if width and width in _usual_widths(below):
                return _Header(used, rows, width), first
            if width and plain and first is None:
                first = _Header(used, rows, width)
    return None, first


def _width(rows: Sequence[Sequence[Cell]], headers: Headers) -> int:
    """The number of columns where the words of some rows are a known header, else 0."""
    return headers.width([[c.text for c in row] for row in rows])


def _usual_widths(pieces: list[Piece]) -> set[int]:
    """How many cells most rows have, as they stand and with what was cut inside them joined."""
    found = set()
    for widths in (Counter(len(p.cells) for p in pieces), Counter(map(len, join_cut(pieces)))):
        if widths:
            found.add(max(widths, key=lambda w: (widths[w], w)))
    return found


def _ways(window: list[Piece], headers: Headers) -> Iterator[tuple[list[list[Cell]], bool]]:
    """How pieces may be the rows of a header: those behind several empty lines joined to the one
    before (only the rows below can confirm it: False); each one a row; all of them one row, unless
    one of them is a header itself.
    """
    joined = join_cut(window)
    if len(joined) < min(len(window), MOST_JOINED):
        yield joined, False
    if len(window) < MOST_JOINED:
        yield [list(p.cells) for p in window], True
    alone = any(_width([p.cells], headers) for p in window[1:])
    if 1 < len(window) <= MOST_JOINED and not alone:
        yield [[c for p in window for c in p.cells]], True


def join_cut(window: list[Piece]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for piece in window:
        if rows and piece.gap >= CUT_INSIDE:
            rows[-1] += piece.cells
        else:
            rows.append(list(piece.cells))
    return rows
