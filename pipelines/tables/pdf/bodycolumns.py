"""The columns of a table without standing lines, by where its rows stand.

What does not belong here: its rows (``bands.py``) and what stands above them (``headings.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.tables.pdf.bands import Row
from pipelines.tables.pdf.headings import Block
from pipelines.tables.pdf.pieces import Piece, Span, overlap

# Heights of print: what stands nearer is one column, its numbers of various length.
SAME_COLUMN = 0.5
FULL = 0.7  # of the most cells of a row; rows with fewer may have cells over several columns
FEWEST_NUMBERS = 3  # numbers of columns: fewer may be amounts


def columns_of(rows: Sequence[Row], blocks: Sequence[Block], size: float) -> list[Span]:
    """Where columns begin and end: by the rows with numbers, then by the numbers of the columns;
    without these by heads that stand alone.
    """
    numbers = next((r for r in rows if is_column_numbers(r)), None)
    body = [r for r in rows if r is not numbers]
    telling = _telling(body)
    columns = _together(_merged(_spans(telling)), body, SAME_COLUMN * size)
    rest = _merged(_apart(_spans(body), columns))
    columns = _together(sorted([*columns, *rest]), body, SAME_COLUMN * size)
    if numbers is not None:
        return _numbered(columns, numbers)
    lowest = [b.span for b in blocks if not any(_is_below(b, other) for other in blocks)]
    alone = _merged(_apart(lowest, columns), SAME_COLUMN * size)
    return _merged([*columns, *alone])


def is_column_numbers(row: Row) -> bool:
    """Whether a row has the numbers of columns and nothing else."""
    return is_numbered(row) or _counts(row)


def is_numbered(row: Row) -> bool:
    """Whether a row has the numbers of columns, as a table without any amount has too."""
    words = [p.said for p in row.pieces]
    return "栏次" in words and sum(w.isdigit() for w in words) >= FEWEST_NUMBERS


def covered(span: Span, columns: Sequence[Span]) -> tuple[int, int]:
    """The first and last column that a piece stands over; the nearest where it is over none."""
    over = [i for i, c in enumerate(columns) if overlap(span, c) > 0]
    if over:
        return over[0], over[-1]
    nearest = max(range(len(columns)), key=lambda i: overlap(span, columns[i]))
    return nearest, nearest


def _counts(row: Row) -> bool:
    """Whether a row is 1, 2 … n or has 栏次 before as many."""
    words = [p.said for p in sorted(row.pieces, key=lambda p: p.u0) if p.said != "栏次"]
    short = FEWEST_NUMBERS if len(words) == len(row.pieces) else 1
    return len(words) >= short and words == [str(n) for n in range(1, len(words) + 1)]


def _telling(rows: Sequence[Row]) -> list[Row]:
    """The rows with the most numbers and cells."""
    most = max((r.numbers for r in rows), default=0)
    found = [r for r in rows if r.numbers >= min(most, 2) and r.numbers]
    full = max((len(r.pieces) for r in found), default=0) * FULL
    return [r for r in found if len(r.pieces) >= full]


def _spans(rows: Iterable[Row]) -> list[Span]:
    return [(p.u0, p.u1) for r in rows for p in r.pieces]


def _apart(spans: Iterable[Span], columns: Sequence[Span]) -> list[Span]:
    """The stretches that are over none of some columns."""
    return [s for s in spans if all(overlap(s, c) < 0 for c in columns)]


def _numbered(columns: list[Span], numbers: Row) -> list[Span]:
    """The columns with their numbers: a number stands over its column, or before the end of its
    right-aligned amounts, or is that of a column without any.
    """
    found = list(columns)
    taken: set[int] = set()
    pieces = sorted(numbers.pieces, key=lambda p: p.u0)
    over = [_over(piece, columns) for piece in pieces]
    taken |= {i for i in over if i is not None}
    for number, piece in enumerate(pieces):
        if over[number] is not None:
            continue
        side = _beside(piece, columns, taken, pieces)
        if side is None:
            found.append((piece.u0, piece.u1))
        else:
            taken.add(side)
            found[side] = min(columns[side][0], piece.u0), max(columns[side][1], piece.u1)
    return _merged(found)


def _over(piece: Piece, columns: Sequence[Span]) -> int | None:
    span = piece.u0, piece.u1
    return next((i for i, c in enumerate(columns) if overlap(span, c) >= 0), None)


def _beside(
    piece: Piece, columns: Sequence[Span], taken: set[int], pieces: Sequence[Piece]
) -> int | None:
    """The column right of a number, or left of 栏次, that has none of its own and is the next."""
    at = _next_column(piece, columns)
    if at is None or at in taken:
        return None
    low, high = sorted((piece.u0, columns[at][0]))
    between = any(p is not piece and low < p.u0 < high for p in pieces)
    return None if between else at


def _next_column(piece: Piece, columns: Sequence[Span]) -> int | None:
    """The nearest column right of a number, or left of a word."""
    if piece.is_number:
        return min((i for i, c in enumerate(columns) if c[0] > piece.u1), default=None)
    return max((i for i, c in enumerate(columns) if c[1] < piece.u0), default=None)


def _together(columns: Sequence[Span], rows: Sequence[Row], near: float) -> list[Span]:
    """Columns that stand near each other are one, and words beside words, as 合计 in the middle of
    a column of names: but where a row has something in both.
    """
    if not columns:
        return []
    both, numbers = _filled(columns, rows)
    found = [columns[0]]
    for i, ((_, end), (start, last)) in enumerate(pairwise(columns)):
        words = i not in numbers and i + 1 not in numbers
        if i not in both and (words or start - end < near):
            found[-1] = (found[-1][0], last)
        else:
            found.append((start, last))
    return found


def _filled(columns: Sequence[Span], rows: Sequence[Row]) -> tuple[set[int], set[int]]:
    """The columns of which a row has something in the next one too, and those with numbers."""
    both: set[int] = set()
    numbers: set[int] = set()
    for row in rows:
        over = {covered((p.u0, p.u1), columns)[0] for p in row.pieces}
        both |= {i for i in over if i + 1 in over}
        numbers |= {covered((p.u0, p.u1), columns)[0] for p in row.pieces if p.is_number}
    return both, numbers


def _is_below(block: Block, other: Block) -> bool:
    return other.v0 >= block.v1 - 1 and overlap(block.span, other.span) > 0


def _merged(spans: Iterable[Span], near: float = 0.0) -> list[Span]:
    """Stretches that overlap, or stand nearer than ``near``, as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and (start - found[-1][1] < near or start <= found[-1][1]):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
