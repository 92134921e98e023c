"""Rows of a table without standing lines: by the level lines between them, else by their distance.

What does not belong here: its columns (``aligned.py``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.tables.pdf.geometry import Rule
from pipelines.tables.pdf.pieces import Piece, cells_of, overlap, pieces_of
from pipelines.tables.pdf.textline import TextLine

CLOSE = 0.6  # of the distance of rows: lines nearer than that are one row, a cell being broken
# Of the width of a table, by which a line through it may fall short at either side: a first column
# is often without lines.
SHORT = 0.2
BANDED = 0.6  # of the rows that have a level line above them, for these lines to tell the rows


@dataclass(slots=True)
class Row:
    """Lines that are one row, with their pieces."""

    lines: list[TextLine]
    pieces: list[Piece]

    @property
    def v0(self) -> float:
        return min(line.v0 for line in self.lines)

    @property
    def v1(self) -> float:
        return max(line.v1 for line in self.lines)

    @property
    def numbers(self) -> int:
        return sum(p.is_number for p in self.pieces)


def rows_of(lines: Sequence[TextLine], level: Sequence[Rule]) -> list[Row]:
    """Lines as rows: by the level lines between them, else by their distance."""
    banded = _bands(lines, level)
    rows: list[Row] = []
    limit = _row_distance(lines) * CLOSE
    for line, before in zip(lines, [None, *lines], strict=False):
        together = before is not None and _goes_on(before, line, banded, limit)
        if before is not None and together and not _parted(before, line, level):
            rows[-1].lines.append(line)
            rows[-1].pieces += cells_of(line)
        else:
            rows.append(Row([line], cells_of(line)))
    return rows if banded else [part for row in rows for part in _apart(row)]


def _apart(row: Row) -> list[Row]:
    """A row, or the rows it is where numbers stand under each other in it: each other line belongs
    to the numbers that stand nearest, as names broken over two lines do.
    """
    numbered = [line for line in row.lines if any(p.is_number for p in cells_of(line))]
    if not any(_stacked(a, b) for a, b in pairwise(numbered)):
        return [row]
    parts = {id(line): Row([], []) for line in numbered}
    for line in row.lines:
        nearest = min(numbered, key=lambda n: abs(n.v0 + n.v1 - line.v0 - line.v1))
        parts[id(nearest)].lines.append(line)
        parts[id(nearest)].pieces += cells_of(line)
    return list(parts.values())


def _stacked(upper: TextLine, lower: TextLine) -> bool:
    """Whether some numbers of two lines stand under each other."""
    spans = [[(p.u0, p.u1) for p in cells_of(x) if p.is_number] for x in (upper, lower)]
    return any(overlap(a, b) > 0 for a in spans[0] for b in spans[1])


def _goes_on(before: TextLine, line: TextLine, banded: list[float], limit: float) -> bool:
    """Whether a line belongs to the row of the one above it."""
    if banded:
        middle = sum(g.middle[1] for g in line.glyphs) / len(line.glyphs)
        above = sum(g.middle[1] for g in before.glyphs) / len(before.glyphs)
        return bisect_right(banded, middle) == bisect_right(banded, above)
    return line.v0 - before.v0 < limit


def _parted(before: TextLine, line: TextLine, level: Sequence[Rule]) -> bool:
    """Whether a level line runs between what stands under each other in two lines, as between a
    heading and its parts.
    """
    pairs = [
        (a, b)
        for a in pieces_of(before)
        for b in pieces_of(line)
        if overlap((a.u0, a.u1), (b.u0, b.u1)) > 0
    ]
    return any(
        before.v0 < r.at < line.v1 and a.v1 - 1 <= r.at <= b.v0 + 1 and _under(r, b)
        for a, b in pairs
        for r in level
    )


def _under(rule: Rule, piece: Piece) -> bool:
    return rule.start <= piece.u0 + 1 and rule.end >= piece.u1 - 1


def _bands(lines: Sequence[TextLine], level: Sequence[Rule]) -> list[float]:
    """The heights of the level lines through a table, where there is one above most of its rows."""
    left, right = min(x.u0 for x in lines), max(x.u1 for x in lines)
    short = SHORT * (right - left)
    through = sorted(
        r.at
        for r in level
        if r.start <= left + short and r.end >= right - short
        if lines[0].v0 - lines[0].size <= r.at <= lines[-1].v1 + lines[-1].size
    )
    numbered = sum(any(p.is_number for p in pieces_of(x)) for x in lines)
    return through if len(through) >= BANDED * numbered else []


def _row_distance(lines: Sequence[TextLine]) -> float:
    """How far apart two rows stand: the least distance of two numbers under each other."""
    spans = [[(p.u0, p.u1) for p in pieces_of(line) if p.is_number] for line in lines]
    steps = []
    for at in range(1, len(lines)):
        if any(overlap(a, b) > 0 for a in spans[at - 1] for b in spans[at]):
            steps.append(lines[at].v0 - lines[at - 1].v0)
    return min(steps, default=0.0)
