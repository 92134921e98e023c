"""The cells of a stream cut into rows, by the width of the header they stand under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.tables.flattened.cells import Cell, Piece
from pipelines.tables.flattened.headers import Headers, header_at
from pipelines.tables.flattened.stream import CUT_INSIDE


@dataclass(slots=True)
class Row:
    """A row; ``width``: of the header it stands under; ``head``: it is (a row of) the header
    itself.
    """

    cells: list[Cell]
    width: int = 0
    head: bool = False


def rows_of(pieces: list[Piece], headers: Headers) -> list[Row]:
    rows: list[Row] = []
    width = at = 0
    while at < len(pieces):
        found = header_at(pieces, at, headers)
        if found:
            width = found.width
            rows += [Row(cells, width, True) for cells in found.rows]
            at += found.used
            continue
        cells = list(pieces[at].cells)
        if headers.begins([c.text for c in cells]):
            width = 0
        at += 1
        while at < len(pieces) and _continues(cells, at, width, pieces, headers):
            cells += pieces[at].cells
            at += 1
        rows.append(Row(cells, width if len(cells) <= width else 0))
    return rows


def _continues(
    cells: list[Cell], at: int, width: int, pieces: list[Piece], headers: Headers
) -> bool:
    """Whether a piece goes on with the row that ``cells`` began: it fits the width, and it does not
    begin anew.
    """
    piece = pieces[at]
    row, further = _words(cells), _words(piece.cells)
    inside = piece.gap >= CUT_INSIDE
    if inside and headers.goes_on(row, further):
        return True
    if not _has_room(row, further, width) or (piece.blank and not inside):
        return False
    if not (inside or any(row)) or _begins_anew(pieces, at, headers):
        return False
    return inside or _fills(row, further, width)


def _words(cells: Sequence[Cell]) -> list[str]:
    return [c.text for c in cells]


def _begins_anew(pieces: list[Piece], at: int, headers: Headers) -> bool:
    """Whether a piece is the first of a header, or of another table."""
    return bool(header_at(pieces, at, headers)) or headers.begins(_words(pieces[at].cells))


def _has_room(row: list[str], further: list[str], width: int) -> bool:
    """Whether a row and what may go on with it are not wider than its header."""
    return len(row) < width and len(row) + len(further) <= width


def _fills(row: list[str], further: list[str], width: int) -> bool:
    """Whether what stands behind a row of several cells is just what it lacks."""
    return len(row) + len(further) == width and bool(further[0]) and len(row) > 1
