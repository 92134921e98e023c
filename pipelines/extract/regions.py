"""Several tables on one sheet, one below or beside another: each becomes a part of the sheet with
the addresses it has there.

What does not belong here: pages of one table that go on below (the readers skip their repeated
headers).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from pipelines.extract.caption import Caption, caption_in
from pipelines.extract.grid import Grid, plain
from pipelines.extract.header import ANCHORS
from pipelines.extract.recognise import Recogniser
from pipelines.extract.text import squash

# A title and a 表号 that disagree stand within the first rows: no second table begins there.
FIRST_ROWS = 5
# Rows between a heading and its table's header: 表号, unit, year and money unit, each on a row of
# its own, and some to spare.
HEADER_WITHIN = 8
_HEADER_WORDS = ANCHORS | {"收入", "支出", "预算数", "决算数"}
_LONGEST = 60  # characters of a heading


@dataclass(frozen=True, slots=True)
class _Heading:
    """A cell that names forms by title or 表号."""

    row: int
    column: int
    forms: frozenset[str]
    title: bool


def regions(grid: Grid, recogniser: Recogniser) -> list[Grid]:
    """The sheet as it is, or its tables apart: from top to bottom, those side by side from left
    to right.
    """
    headings = list(_headings(grid, recogniser))
    starts = [0, *_starts(grid, headings)]
    if len({h.forms for h in headings}) < 2 and len(starts) == 1:
        return [grid]
    beside = _edges(grid, 0, grid.height, headings)
    columns = _parts(grid, 0, grid.height, beside) if len(beside) > 1 else []
    if any(_cuts(part, start) for part in columns for start in starts[1:]):
        return [table for part in columns for table in regions(part, recogniser)]
    return _bands(grid, headings, starts)


def _bands(grid: Grid, headings: list[_Heading], starts: list[int]) -> list[Grid]:
    """The tables that begin in these rows, each band's from left to right."""
    found: list[Grid] = []
    for top, end in zip(starts, [*starts[1:], grid.height], strict=True):
        inside = [h for h in headings if top <= h.row < end]
        edges = _edges(grid, top, end, inside)
        if len(edges) == len(starts) == 1:
            return [grid]
        found += _parts(grid, top, end, edges)
    return found


def _cuts(part: Grid, start: int) -> bool:
    """Whether a row where a table begins would cut one that stands beside it."""
    return bool(part.rows[start - 1] and part.rows[start]) and not _begins(part, start)


def _begins(part: Grid, start: int) -> bool:
    return any(type(v) is str and "表" in v for _, v in part.rows[start])


def _headings(grid: Grid, recogniser: Recogniser) -> Iterator[_Heading]:
    for r, c, text in grid.naming():
        if "表" not in text or len(text) > _LONGEST or _is_line(grid.rows[r]):
            continue
        forms, title = recogniser.heading(squash(text))
        if forms:
            yield _Heading(r, c, forms, title)


def _is_line(cells: list[tuple[int, object]]) -> bool:
    """Whether a row is a line of a list, which may well name other tables: a heading has a number
    at the most, its year.
    """
    return sum(isinstance(value, int | float) for _, value in cells) > 1


def _starts(grid: Grid, headings: list[_Heading]) -> list[int]:
    """The rows where another form begins: its 表号 or title, with a header close below; or the same
    form of another unit or year.
    """
    found: list[int] = []
    current: set[str] = set()
    begun = 0
    for row in sorted({h.row for h in headings}):
        said = set().union(*(h.forms for h in headings if h.row == row))
        if not current:
            current = said
        elif row - begun <= FIRST_ROWS:  # of the same heading
            current = current & said or current
        elif _goes_on(grid, begun, row, said & current):
            continue
        elif _header_below(grid, row):
            found.append(row)
            current, begun = said, row
    return found


def _goes_on(grid: Grid, begun: int, row: int, same: set[str]) -> bool:
    """Whether a row far below speaks of the table that has begun."""
    return bool(same) and not _is_anothers(grid, begun, row)


def _is_anothers(grid: Grid, begun: int, row: int) -> bool:
    """Whether a table that is headed like the one before prints another unit or another year."""
    before, here = (_says(grid, r) for r in (begun, row))
    pairs = ((before.unit, here.unit), (before.year, here.year))
    return any(a and b and a != b for a, b in pairs)


def _says(grid: Grid, row: int) -> Caption:
    """The caption between a heading and its header."""
    rows = grid.rows[row : row + HEADER_WITHIN]
    heads = (i for i, cells in enumerate(rows) if _header_below(grid, row + i, within=1))
    return caption_in(rows[: next(heads, len(rows))])


def _header_below(grid: Grid, row: int, within: int = HEADER_WITHIN) -> bool:
    return any(
        type(v) is str and squash(v) in _HEADER_WORDS
        for cells in grid.rows[row : row + within]
        for _, v in cells
    )


def _edges(grid: Grid, top: int, end: int, headings: list[_Heading]) -> list[int]:
    """The first columns of the tables that stand side by side in some rows, told by titles that
    differ.
    """
    titles = sorted(
        (h for h in headings if h.title and h.row - top < 2 * FIRST_ROWS), key=lambda h: h.column
    )
    edges = [0]
    before = None
    for title in titles:
        if (
            before is not None
            and not title.forms & before.forms
            and abs(title.row - before.row) <= 1
        ):
            edge = _edge(grid, top, end, before.column, title)
            if edge is not None and edge > edges[-1]:
                edges.append(edge)
        before = title
    return edges


def _parts(grid: Grid, top: int, end: int, edges: list[int]) -> list[Grid]:
    spans = zip(edges, [*edges[1:], 1 << 14], strict=True)
    return [_part(grid, top, end, left, right) for left, right in spans]


def _edge(grid: Grid, top: int, end: int, left: int, title: _Heading) -> int | None:
    """The first column of the table on the right; None where no header of its own stands there."""
    below = grid.rows[title.row + 1 : end]
    used = {c for cells in below for c, _ in cells}
    gaps = [c for c in range(left + 1, title.column + 1) if c not in used]
    anchors = _columns_headed(below, _HEADER_WORDS)
    edge = gaps[-1] if gaps else _edge_by_heads(below, left, title.column)
    if edge is None or not anchors or not min(anchors) < edge <= max(anchors):
        return None
    return edge


def _edge_by_heads(below: list[list[tuple[int, object]]], left: int, last: int) -> int | None:
    """The first column of a table that no gap parts from the one before it."""
    # 决算数 may head the last amounts of the table before as well as the first of a table without
    # labels: the heads of labels alone, and all of them, whichever cut further right
    headed = (_columns_headed(below, words) for words in (ANCHORS, _HEADER_WORDS))
    near = [sorted(c for c in columns if left < c <= last) for columns in headed]
    cuts = [cut for columns in near if (cut := _first_label(columns, below)) is not None]
    return max(cuts, default=None)


def _columns_headed(below: list[list[tuple[int, object]]], words: Set[str]) -> set[int]:
    """Columns that have one of some words in the rows where a header stands."""
    return {
        c
        for cells in below[:HEADER_WITHIN]
        for c, v in cells
        if type(v) is str and squash(v) in words
    }


def _first_label(labels: list[int], below: list[list[tuple[int, object]]]) -> int | None:
    """The first of the last label columns: nothing but parts of codes stands between them."""
    others = {c for cells in below for c, v in cells if not _is_code_part(v)} - set(labels)
    edge = labels[-1] if labels else None
    for label in reversed(labels):
        if edge is None or others & set(range(label + 1, edge)):
            break
        edge = label
    return edge


def _is_code_part(value: object) -> bool:
    text = plain(value)
    return text.isdigit() or text in _HEADER_WORDS


def _part(grid: Grid, top: int, end: int, left: int, right: int) -> Grid:
    """The cells of some rows and columns, at their own addresses."""
    sheet = grid.sheet

    def inside(place: Sequence[int]) -> bool:
        return top <= place[0] < end and left <= place[1] < right

    part = replace(
        sheet,
        cells=[
            _between(row, left, right) if top <= r < end else []
            for r, row in enumerate(sheet.cells)
        ],
        merged=[m for m in sheet.merged if inside(m)],
        special={place: said for place, said in sheet.special.items() if inside(place)},
        shown={place: shown for place, shown in sheet.shown.items() if inside(place)},
        above=sheet.above if top == 0 else (),
    )
    return Grid.of(part)


def _between(row: Sequence[object], left: int, right: int) -> list[object]:
    """A row in which nothing stands outside some columns."""
    return [v if left <= c < right else "" for c, v in enumerate(row)]
