"""Parts of one lined table that no line joins, as where only filled cells have borders: put
together when they stand in its columns.

What does not belong here: cells out of lines (``ruling.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipelines.tables.pdf.geometry import Rule

Part = tuple[list[Rule], list[Rule]]  # level and standing lines that cross or touch
NEAR = 2.5  # points by which the same edge of a column may differ, as in ``ruling.SNAP``
# Rows without a border between two parts of one table: as many may be blank. More is the distance
# of two tables.
BLANK_ROWS = 12


def with_islands(parts: Sequence[Part], words: Sequence[float]) -> list[Part]:
    """The parts, those in the columns of another one added to it; ``words``: the heights at which
    anything is printed that stands in none of them.
    """
    whole: list[Part] = []
    for part in sorted(parts, key=lambda p: (_span(p)[0], -len(p[1]))):
        home = next((w for w in reversed(whole) if _belongs(part, w, words)), None)
        if home is None:
            whole.append((list(part[0]), list(part[1])))
        else:
            home[0].extend(part[0])
            home[1].extend(part[1])
    return whole


def _span(part: Part) -> tuple[float, float]:
    heights = [r.at for r in part[0]]
    return min(heights), max(heights)


def _belongs(part: Part, whole: Part, words: Sequence[float]) -> bool:
    columns = [r.at for r in whole[1]]
    if not all(any(abs(r.at - c) <= NEAR for c in columns) for r in part[1]):
        return False
    (top, _), (_, foot) = _span(part), _span(whole)
    if top <= foot + NEAR:
        return True
    return top - foot <= BLANK_ROWS * _row(whole) and not any(foot < v < top for v in words)


def _row(part: Part) -> float:
    """How high a row of a table is, in points."""
    heights = sorted({round(r.at, 1) for r in part[0]})
    steps = [b - a for a, b in pairwise(heights) if b - a > NEAR]
    return median(steps) if steps else 0.0
