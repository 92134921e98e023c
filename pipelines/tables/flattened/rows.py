"""The cells of a stream cut into rows, by the width of the header they stand under."""

from __future__ import annotations

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
    words = [c.text for c in cells], [c.text for c in piece.cells]
    inside = piece.gap >= CUT_INSIDE
    if inside and headers.goes_on(*words):
        return True
    both = len(cells) + len(piece.cells)
    if not width or len(cells) >= width or both > width or (piece.blank and not inside):
        return False
    if not (inside or any(words[0])) or header_at(pieces, at, headers):
        return False
    if headers.begins(words[1]):
        return False
    return inside or (both == width and bool(words[1][0]) and len(cells) > 1)
