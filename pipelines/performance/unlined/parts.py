"""A part of a form with a header: its columns by what stands under it, its rows by one of them.

What does not belong here: which part it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from pipelines.performance.unlined.columns import ALIGNMENTS, Cell, columns_of, dense, rows_in
from pipelines.performance.unlined.printed import Printed, atoms, lines_of
from pipelines.performance.values import read_value
from pipelines.performance.words import header

LINES = 2.4  # heights of print that a header's words may stand above or below its middle
Known = Callable[[str], bool]
MIRRORED = 0.35  # of a height: lines above and below the middle are of one cell


@dataclass(slots=True)
class Column:
    """A column: its header's words (none where it has no header) and what stands under it."""

    head: Cell
    body: Cell = field(default_factory=list)

    @property
    def name(self) -> str:
        return header("".join(p.text for p in self.head))

    @property
    def middles(self) -> list[float]:
        """Where its lines stand, if each is a cell by itself: a number, or apart from the next;
        nothing otherwise.
        """
        lines = lines_of(self.body)
        numbers = all(read_value(p.text).state in ("number", "dash") for p in self.body)
        if not numbers and any(dense([a, b]) for a, b in pairwise(lines)):
            return []
        return [line[0].y for line in lines]


def headed(
    line: Sequence[Printed], pieces: Sequence[Printed], end: float, known: Known
) -> list[Column] | None:
    """The columns under a header line down to ``end``; None where two of its words are in one. A
    column without a header is one of captions or labels. ``known``: whether words are a header.
    """
    middle = line[0].y
    heads = _heads(line, pieces, known)
    own = {id(p) for head in heads for p in head}
    body = [p for p in pieces if middle < p.y < end and id(p) not in own]
    # Words that fill their cells seem one with the next; numbers stand apart in one cell.
    return _columns(heads, body) or _columns(heads, [a for p in body for a in atoms(p)])


def _columns(heads: Sequence[Cell], body: Sequence[Printed]) -> list[Column] | None:
    own = {id(p) for head in heads for p in head}
    found = []
    for column in columns_of([*(p for head in heads for p in head), *body]):
        mine = [head for head in heads if any(p is head[0] for p in column)]
        if len(mine) > 1:
            return None
        under = lines_of(p for p in column if id(p) not in own)
        found.append(Column(mine[0] if mine else [], [p for line in under for p in line]))
    return found


def _heads(line: Sequence[Printed], pieces: Sequence[Printed], known: Known) -> list[Cell]:
    """The cells of a header: what stands in its line, and what only makes a header together with
    the like above and below it.
    """
    middle, size = line[0].y, line[0].size
    near = [p for p in pieces if 0 < abs(p.y - middle) < LINES * size and p not in line]
    pairs = [(a, b) for a in near for b in near if a.y < middle < b.y and _mirror(a, b, middle)]
    found = [_together(one, near, known) for one in line]
    taken = {id(p) for head in found for p in head}
    for a, b in pairs:
        if id(a) not in taken and id(b) not in taken and known(a.text + b.text):
            found.append([a, b])
            taken |= {id(a), id(b)}
    return sorted(found, key=lambda head: head[0].left)


def _together(one: Printed, near: Sequence[Printed], known: Known) -> Cell:
    """A header's word with the lines above and below that make it one that is known."""
    over = sorted((p for p in near if _over(p, one)), key=lambda p: p.y)
    above, below = [p for p in over if p.y < one.y], [p for p in over if p.y > one.y]
    for ups, downs in product(range(3), range(3)):
        head = [*above[len(above) - ups :], one, *below[:downs]]
        if known(words(head)):
            return head
    return [one]


def _mirror(one: Printed, other: Printed, middle: float) -> bool:
    apart = abs((one.y + other.y) / 2 - middle) <= MIRRORED * one.size
    return apart and _over(one, other)


def _over(one: Printed, other: Printed) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def all_cells(
    columns: Sequence[Column], middles: Sequence[float]
) -> tuple[list[list[Cell]], list[float]] | None:
    """The cells of every column, one for each row, and how their lines may stand in them (of
    ALIGNMENTS): in all columns alike. None where no way or several fit.
    """
    found = {}
    for part in ALIGNMENTS:
        ways = [rows_in(c.body, middles, part) for c in columns]
        if all(way is not None for way in ways):
            found[part] = [way for way in ways if way is not None]
    cells = list(found.values())
    return (cells[0], list(found)) if found and all(c == cells[0] for c in cells) else None


def words(cell: Iterable[Printed]) -> str:
    return "".join(p.text for p in cell)
