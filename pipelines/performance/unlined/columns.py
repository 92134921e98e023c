"""Columns and rows of words without lines around them, where only one reading is possible.

What does not belong here: which columns and rows a form has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from pipelines.performance.unlined.printed import Printed, lines_of

# How far the middle of a cell's lines may be from that of its row, in heights of print: half of the
# distance between two lines would take a line for another.
OFF = 0.45
LINE = 1.9  # heights of print from one line of a cell to the next, at most
EVEN = 1.4  # and so much further than the nearest: letters and numbers differ in height
# Where the lines of a cell stand in it: at the top, in the middle, at the foot.
ALIGNMENTS = (0.5, 0.0, 1.0)
# Points by which the middle of a row may be off: letters and numbers are of different height.
INEXACT = 2.0
Cell = list[Printed]
Label = tuple[float, float]  # its first and its last line
GOES_ON: Label = (-1.0, -1.0)  # printed on two pages: nowhere in the rows of either


@dataclass(frozen=True, slots=True)
class Band:
    """A row: its middle, and how far what stands in it reaches."""

    middle: float
    top: float
    foot: float


def columns_of(pieces: Iterable[Printed]) -> list[Cell]:
    """Pieces in columns, from the left: what stands over or under each other is one."""
    found: list[tuple[float, Cell]] = []
    for one in sorted(pieces, key=lambda p: p.left):
        if found and one.left < found[-1][0]:
            reach, column = found[-1]
            column.append(one)
            found[-1] = max(reach, one.right), column
        else:
            found.append((one.right, [one]))
    return [sorted(column, key=lambda p: (p.y, p.left)) for _, column in found]


def rows_in(column: Cell, middles: Sequence[float], part: float) -> list[Cell] | None:
    """The cells of a column, one for each row (some empty); None where the lines can be shared out
    in no way or in several. ``middles``: where the rows stand; ``part``: one of ALIGNMENTS.
    """
    if not middles:
        return None
    lines = lines_of(column)
    leading = _leading(lines)
    off = OFF * max((p.size for p in column), default=1.0)
    around = [float("-inf"), *middles, float("inf")]

    @cache
    def ways(line: int, row: int) -> tuple[tuple[int, ...], ...]:
        """Where each row from ``row`` on ends, in (at most two) ways."""
        if row == len(middles):
            return ((),) if line == len(lines) else ()
        found = [(line, *rest) for rest in ways(line, row + 1)]
        for end in range(line + 1, len(lines) + 1):
            first, last = lines[line][0].y, lines[end - 1][0].y
            stands = abs(first + part * (last - first) - middles[row]) <= off
            # No cell reaches to where the next row stands.
            if (
                stands
                and dense(lines[line:end], leading)
                and around[row] + off < first
                and (last < around[row + 2] - off)
            ):
                found += [(end, *rest) for rest in ways(end, row + 1)]
        return tuple(found[:2])

    only = ways(0, 0)
    if len(only) != 1:
        return None
    starts = (0, *only[0][:-1])
    return [[p for line in lines[a:b] for p in line] for a, b in zip(starts, only[0], strict=True)]


def _leading(lines: Sequence[Cell]) -> float:
    """The furthest that two lines of a cell of this column stand apart: hardly more than those
    that stand nearest.
    """
    return EVEN * min((b[0].y - a[0].y for a, b in pairwise(lines)), default=0.0)


def dense(lines: Sequence[Cell], leading: float = float("inf")) -> bool:
    """Whether lines may be of one cell: close below each other, each under some of the last."""
    return all(
        b[0].y - a[0].y <= min(LINE * b[0].size, leading) and any(over(p, q) for p in a for q in b)
        for a, b in pairwise(lines)
    )


def over(one: Printed, other: Printed) -> bool:
    """Whether one stands over or under the other."""
    return min(one.right, other.right) > max(one.left, other.left)


def groups(
    levels: Sequence[Sequence[Label]],
    rows: Sequence[Band],
    size: float,
    top: float,
    parts: Sequence[float] = ALIGNMENTS,
) -> list[tuple[int, ...]] | None:
    """In which row each label of merged columns begins: the labels of a level stand, in their
    order, for all rows; where an upper one begins, a lower one does; all stand alike in their
    cells. None where no way or several fit. ``levels``: the first and last line of each label,
    from the highest level; ``top``: the foot of the header;
    ``parts``: how lines may stand in their cells.
    """
    found: set[tuple[tuple[int, ...], ...]] = set()
    for part in parts:
        for edge in _edges(rows, top) if part == 0.5 else [[]]:
            ways = [_shares(labels, rows, edge, part, OFF * size) for labels in levels]
            found |= {way for way in product(*ways) if _nested(way)}
            if len(found) > 1:
                return None
    return list(next(iter(found))) if found else None


def _nested(levels: Sequence[tuple[int, ...]]) -> bool:
    return all(set(upper) <= set(lower) for upper, lower in pairwise(levels))


def _edges(rows: Sequence[Band], top: float) -> list[list[float]]:
    """Where rows may begin and end: each row's middle is that of its edges, so the first edge
    tells the others; all of them lie between what stands in the rows.
    """
    found = []
    first = top
    while first <= rows[0].top:
        edge = [first]
        for row, below in zip(rows, [*rows[1:], None], strict=True):
            due = 2 * row.middle - edge[-1]
            most = below.top if below is not None else due
            edge.append(min(max(due, row.foot), most))
            if abs(edge[-1] - due) > INEXACT:
                break
        else:
            found.append(edge)
        first += 1.0  # a point: less than any tolerance here
    return found


def _shares(
    labels: Sequence[Label],
    rows: Sequence[Band],
    edge: Sequence[float],
    part: float,
    off: float,
) -> set[tuple[int, ...]]:
    """Every way in which labels may stand for the rows; one that goes on on another page may stand
    anywhere in them.
    """

    def stands(label: Label, first: int, last: int) -> bool:
        if label == GOES_ON:
            return True
        if part == 0.5:
            return abs((label[0] + label[1]) / 2 - (edge[first] + edge[last + 1]) / 2) <= off
        own, row = (label[0], first) if part == 0.0 else (label[1], last)
        return abs(own - rows[row].middle) <= off

    ways: set[tuple[tuple[int, ...], int]] = {((), 0)}
    for number, label in enumerate(labels, 1):
        ways = {
            ((*starts, row), end + 1)
            for starts, row in ways
            for end in range(row, len(rows) - (len(labels) - number))
            if stands(label, row, end)
        }
    return {starts for starts, row in ways if row == len(rows)}
