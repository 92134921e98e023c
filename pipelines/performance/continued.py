"""A project form that goes on in the next table of a document, as where an office cut it at the end
of a page (续表): one grid.

What does not belong here: tables of a PDF over several pages (``tables/pdf/continued.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.performance.grid import Grid, GridCell, grid_of_table
from pipelines.performance.header import PROJECT_LAYOUTS
from pipelines.performance.projecttable import ENDS, TOTALS
from pipelines.performance.segments import Segment, segments
from pipelines.performance.words import flat, label
from pipelines.tables.document import Table

# What may stand between both parts: that it goes on, and the number of a page.
BETWEEN = re.compile(r"^(?:（?(?:接上|上|承前|续)?[表页]?续?表?[一二三\d]*）?|第?[-—\d]+页?)?$")


def grids_of(tables: Sequence[Table], text: str) -> Iterator[tuple[Table, Grid]]:
    """Every table with its grid; the parts of a form as one, under the first of its tables."""
    waiting: tuple[Table, Grid] | None = None
    end = 0
    for table in tables:
        grid = grid_of_table(table, text)
        if waiting is not None and not table.unlined:
            between = flat(text[end : table.start])
            skipped = _goes_on(waiting[1], grid) if BETWEEN.match(between) else None
            if skipped is not None:
                waiting = waiting[0], _joined(waiting[1], grid, skipped)
                end = table.end
                continue
        if waiting is not None:
            yield waiting
        waiting, end = (table, grid), table.end
    if waiting is not None:
        yield waiting


def _goes_on(grid: Grid, after: Grid) -> int | None:
    """How many rows of the next table are its header again (none where it has none); None where it
    is a table of its own.
    """
    own, following = _open_form(grid), segments(after)
    if own is None or _width(grid) != _width(after):
        return None
    if not following:
        return 0
    only = following[0]
    height = only.rows.start - only.first
    same = _words(own.grid, own.rows.start - height, height) == _words(after, only.first, height)
    return height if len(following) == 1 and only.first == 0 and same else None


def _open_form(grid: Grid) -> Segment | None:
    """The project form that the grid ends with, unless its total or what stands below one has
    come.
    """
    last = segments(grid)[-1:]
    if not last or last[0].form.layout not in PROJECT_LAYOUTS or not last[0].rows:
        return None
    firsts = [label(c.text) for r in last[0].rows for c in list(grid.filled(r))[:1]]
    closed = any(word in TOTALS or ENDS.match(word) for word in firsts)
    return None if closed or last[0].rows.stop < len(grid.rows) else last[0]


def _width(grid: Grid) -> int:
    return max((c.end for row in grid.rows for c in row), default=0)


def _words(grid: Grid, first: int, height: int) -> list[str]:
    return [flat(c.text) for row in grid.rows[first : first + height] for c in row if not c.blank]


def _joined(grid: Grid, after: Grid, skipped: int) -> Grid:
    down = len(grid.rows) - skipped
    rows = [[_moved(c, down) for c in row] for row in after.rows[skipped:]]
    return replace(grid, rows=[*grid.rows, *rows])


def _moved(cell: GridCell, down: int) -> GridCell:
    return replace(cell, row=cell.row + down)
