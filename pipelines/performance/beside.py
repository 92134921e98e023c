"""Forms that stand beside each other on a sheet, each as a grid of its own.

What does not belong here: forms below each other (``segments.py``).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pipelines.performance.grid import Grid, GridCell
from pipelines.performance.words import header

INDICATOR = "三级指标"  # stands once in the header of every project form


def apart(grid: Grid) -> list[Grid]:
    """The grid cut at the columns that are blank throughout between two headers of one row."""
    cuts = next((c for row in grid.rows if (c := _cuts(grid, row))), [])
    if not cuts:
        return [grid]
    edges = [0, *cuts, max(c.end for row in grid.rows for c in row)]
    return [_part(grid, a, b) for a, b in pairwise(edges)]


def _cuts(grid: Grid, row: list[GridCell]) -> list[int]:
    """A blank column between each two of a row's headers; none where one of them has none."""
    heads = [c for c in row if header(c.text) == INDICATOR]
    found = []
    for one, other in pairwise(heads):
        blank = [c for c in range(one.end, other.column) if _is_blank(grid, c)]
        if not blank:
            return []
        found.append(blank[-1])
    return found


def _is_blank(grid: Grid, column: int) -> bool:
    return not any(
        cell.column <= column < cell.end and not cell.blank for row in grid.rows for cell in row
    )


def _part(grid: Grid, start: int, end: int) -> Grid:
    rows = [[c for c in row if start <= c.column < end] for row in grid.rows]
    titles = [c for c in grid.titles if start <= c.column < end]
    return replace(grid, rows=rows, titles=titles or grid.titles)
