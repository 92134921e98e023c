"""The heading of a table without lines: words one above the other that are one cell, and which
columns and rows each cell covers.

A heading over several columns stands over their middle; one without anything below it reaches down
to the rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.tables.pdf.geometry import Glyph, Rule
from pipelines.tables.pdf.pieces import Piece, Span, overlap

LEADING = 0.4  # heights of print between two lines of one cell; two cells stand further apart
PARTS_FROM = 0.75  # of the way from a heading to its parts; what begins higher is beside it
SHARED = 0.5  # of the narrower of two lines that must be under each other for one cell


@dataclass(slots=True)
class Block:
    """A cell of the heading: its lines, and the columns (first, last) it stands over."""

    pieces: list[Piece]
    first: int = 0
    last: int = 0
    row: int = 0
    rows: int = 1
    below: list[Block] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return min(p.u0 for p in self.pieces), max(p.u1 for p in self.pieces)

    @property
    def v0(self) -> float:
        return min(p.v0 for p in self.pieces)

    @property
    def v1(self) -> float:
        return max(p.v1 for p in self.pieces)

    @property
    def middle(self) -> float:
        return sum(self.span) / 2

    @property
    def glyphs(self) -> list[Glyph]:
        return [g for p in self.pieces for g in p.glyphs]


def blocks_of(pieces: Sequence[Piece], level: Sequence[Rule]) -> list[Block]:
    """Words that are one cell, broken over lines, put together."""
    found: list[Block] = []
    for piece in sorted(pieces, key=lambda p: (p.v0, p.u0)):
        above = [b for b in found if _same_cell(b, piece, level)]
        if len(above) == 1:
            above[0].pieces.append(piece)
        else:
            found.append(Block([piece]))
    return found


def _same_cell(block: Block, piece: Piece, level: Sequence[Rule]) -> bool:
    gap = piece.v0 - block.v1
    if not -0.5 * piece.size < gap < LEADING * piece.size:
        return False
    shared = overlap(block.span, (piece.u0, piece.u1))
    if shared < SHARED * min(block.span[1] - block.span[0], piece.u1 - piece.u0):
        return False
    return not any(
        block.v1 - 1 <= r.at <= piece.v0 + 1 and r.start <= piece.u0 and r.end >= piece.u1
        for r in level
    )


def placed(blocks: list[Block], us: Sequence[float]) -> int:
    """Gives every block its columns and rows; returns how many rows the heading has."""
    for block in blocks:
        at = bisect_right(us, block.middle) - 1
        block.first = block.last = min(max(at, 0), len(us) - 2)
    ordered = sorted(blocks, key=lambda b: (-b.v0, b.middle))
    for block in ordered:
        _widen(block, blocks, us)
    for block in blocks:
        block.below = _parts(block, blocks)
    height = max((_depth(b) for b in blocks), default=0)
    for block in blocks:
        block.row = _level(block, blocks)
        block.rows = 1 if block.below else height - block.row
    return height


def _parts(block: Block, blocks: Sequence[Block]) -> list[Block]:
    """The cells below a heading that stand over its columns alone."""
    lower = [b for b in blocks if _is_lower(b, block)]
    return [b for b in lower if block.first <= b.first and b.last <= block.last]


def _is_lower(block: Block, other: Block) -> bool:
    """Whether a cell begins below another: two that are no higher than a stroke (a dash) would
    else stand each below the other.
    """
    return block.v0 >= other.v1 - 1 and block.v0 > other.v0


def _widen(block: Block, blocks: Sequence[Block], us: Sequence[float]) -> None:
    """Over which columns a heading stands whose parts stand below: from where its neighbour ends,
    as far to the right of its middle as to the left.
    """
    floor = _parts_at(block, blocks)
    if floor is None:
        return
    beside = [b for b in blocks if b is not block and b.v1 > block.v0 and b.v0 < floor]
    left = max((b.last + 1 for b in beside if b.middle < block.middle), default=0)
    right = min((b.first for b in beside if b.middle > block.middle), default=len(us) - 1)
    left, right = min(left, block.first), max(right, block.last + 1)
    reach = 2 * block.middle - us[left]
    ends = range(block.last + 1, right + 1)
    block.first, block.last = left, min(ends, key=lambda i: abs(us[i] - reach)) - 1


def _parts_at(block: Block, blocks: Sequence[Block]) -> float | None:
    """Above which height blocks are beside a heading and below which its parts; None where it has
    none. A cell as high as both stands halfway.
    """
    lower = [b for b in blocks if _is_lower(b, block)]
    under = [
        b.v0 for b in lower if overlap(block.span, b.span) > 0 or b.first <= block.first <= b.last
    ]
    return block.v0 + PARTS_FROM * (min(under) - block.v0) if under else None


def _depth(block: Block) -> int:
    return 1 + max((_depth(b) for b in block.below), default=0)


def _level(block: Block, blocks: Sequence[Block]) -> int:
    return max((_level(b, blocks) + 1 for b in blocks if block in b.below), default=0)
