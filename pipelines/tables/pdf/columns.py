"""Text in two columns: the left one is read to its end before the right one.

What does not belong here: tables, whose columns are read across.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.tables.pdf.pieces import is_number
from pipelines.tables.pdf.textline import TextLine

FEWEST_LINES = 6  # that keep clear of the middle: fewer may be chance
BOTH = 0.6  # of these lines have words at both sides
GUTTER = 1.2  # heights of print between the columns
FEWEST_LETTERS = 8  # of a line of a column, on average: tables have shorter words in their cells

Key = tuple[float, int, float]


def in_order(lines: Sequence[TextLine], middle: float) -> list[tuple[Key, TextLine]]:
    """The lines of a page, each with the key by which they are to be read.

    ``middle`` is that of the page; the lines of two columns know which one they are of.
    """
    found: list[tuple[Key, TextLine]] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _is_clear(lines[end], middle):
            end += 1
        region = lines[at:end]
        if _is_two_columns(region, middle):
            for line in region:
                for side, half in enumerate(_halves(line, middle)):
                    if half is not None:
                        found.append(((region[0].v0, side, half.v0), half))
            at = end
        else:
            stop = max(end, at + 1)
            found += [((line.v0, 0, line.v0), line) for line in lines[at:stop]]
            at = stop
    return found


def _is_clear(line: TextLine, middle: float) -> bool:
    """Whether a line leaves the middle of the page free."""
    if line.u0 >= middle or line.u1 <= middle:
        return True
    return any(
        a.u1 <= middle <= b.u0 and b.u0 - a.u1 >= GUTTER * a.size for a, b in pairwise(line.glyphs)
    )


def _halves(line: TextLine, middle: float) -> tuple[TextLine | None, TextLine | None]:
    left = [g for g in line.glyphs if g.u1 <= middle]
    right = [g for g in line.glyphs if g.u1 > middle]
    return (TextLine(left, 1) if left else None), (TextLine(right, 2) if right else None)


def _at_both_sides(region: Sequence[TextLine], middle: float) -> list[tuple[TextLine, TextLine]]:
    """The halves of the lines that have words at both sides."""
    halves = [_halves(line, middle) for line in region]
    return [(a, b) for a, b in halves if a is not None and b is not None]


def _is_two_columns(region: Sequence[TextLine], middle: float) -> bool:
    if len(region) < FEWEST_LINES:
        return False
    both = _at_both_sides(region, middle)
    if len(both) < BOTH * len(region):
        return False
    words = ["".join(g.text for g in half.glyphs) for pair in both for half in pair]
    letters = sum(len(w) for w in words) / len(words)
    return letters >= FEWEST_LETTERS and not any(is_number(w) for w in words)
