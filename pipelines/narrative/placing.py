"""Where the tables of a document stand among its lines.

What does not belong here: what makes lines a table (``grids.py``).
"""

from __future__ import annotations

from bisect import bisect_left

from pipelines.narrative.grids import Grid, text_grids
from pipelines.narrative.lines import Line


def placed(lines: list[Line], grids: list[Grid]) -> tuple[dict[int, Grid], set[int]]:
    """The tables that the reader of the file found by the index of the line they begin at, and the
    indexes of the lines they take.
    """
    return {i: grid for grid, i in _starts(lines, grids)}, _inside(lines, grids)


def set_in_text(text: str, lines: list[Line], taken: set[int]) -> list[Grid]:
    """The tables that are set in the text itself, on lines that are not taken."""
    found = []
    for grid in text_grids(text, [(line.start, line.end) for line in lines]):
        if not grid.lines & taken:
            taken = taken | grid.lines
            found.append(grid)
    return found


def _starts(lines: list[Line], grids: list[Grid]) -> list[tuple[Grid, int]]:
    """Each table with the index of its first line."""
    starts = [line.start for line in lines]
    return [(g, min(bisect_left(starts, g.start), len(lines) - 1)) for g in grids if lines]


def _inside(lines: list[Line], grids: list[Grid]) -> set[int]:
    """Indexes of the lines that belong to tables found by the reader of the file."""
    spans = sorted((g.start, max(s[1] for row in g.rows for _, s in row)) for g in grids)
    found: set[int] = set()
    at = 0
    for i, line in enumerate(lines):
        while at < len(spans) and spans[at][1] <= line.start:
            at += 1
        if at < len(spans) and spans[at][0] <= line.start:
            found.add(i)
    return found
