"""The indicators of a project form without lines: every row of every column in one way only, and
for which rows 一级指标 and 二级指标 stand.

What does not belong here: what the columns mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from pipelines.performance.projecttable import TOTALS
from pipelines.performance.unlined.columns import GOES_ON, Band, Cell, Label, groups
from pipelines.performance.unlined.parts import Column, all_cells, headed, words
from pipelines.performance.unlined.printed import PAGE, Printed, lines_of
from pipelines.performance.values import read_value
from pipelines.performance.words import flat, header, label
from schemas.performance_forms import performance_forms

Row = list[Cell]
EDGE = 3.0  # heights of print above the first row of a page where this may begin
LEVEL = re.compile(r"^.{1,12}指标(?:（[^）]{1,8}）)?$")
POINTS = re.compile(r"^（[^）]{1,8}）$")
SHORT = frozenset(
    ("产出", "效益", "满意度", "成本", "数量", "质量", "时效", "经济效益", "社会效益", "生态效益")
)
# Of these columns each row has one, as a rule in one line: the points before words.
ANCHORS = ("分值", "得分", "目标值", "完成值", "key")


def column_key(name: str) -> str:
    """Which column of the project form a header's words name: key, level1, level2, 目标值 …"""
    return _names().get(header(name), "")


def _is_column(name: str) -> bool:
    return bool(column_key(name))


@cache
def _names() -> dict[str, str]:
    form = performance_forms()["JX14"]
    found = {header(n): c.key for c in form.columns for n in c.names}
    found |= {header(n): "key" for n in form.key.names}
    for number, level in enumerate(form.levels, 1):
        found |= {header(n): f"level{number}" for n in level.names}
    return found


def is_header(line: Sequence[Printed]) -> bool:
    """Whether a line names the columns of indicators."""
    named = {column_key(p.text) for p in line}
    return "key" in named and bool(named & {"目标值", "完成值"})


def indicators(
    line: Sequence[Printed], pieces: Sequence[Printed], end: float
) -> tuple[list[Row], list[Column]] | None:
    """The header, the rows of indicators below it, and the columns; None where they cannot be
    told.
    """
    columns = headed([p for p in line if not _is_side(p)], pieces, end, _is_column)
    if columns is None:
        return None
    while columns and not columns[0].head and _is_caption(columns[0]):
        columns = columns[1:]
    if any(not c.head for c in columns):
        return None
    named = {column_key(c.name): c for c in columns}
    for key in ANCHORS:
        if key in named and (rows := _rows(columns, named[key].middles, line[0])):
            return [[c.head for c in columns], *rows], columns
    return None


def _is_side(piece: Printed) -> bool:
    """绩效指标 at the side of all rows may stand in the line of the header."""
    return label(piece.text) in ("绩效指标", "年度绩效指标", "绩效指标完成情况")


def _is_caption(column: Column) -> bool:
    said = words(column.body)
    return "指标" in flat(said) and len(flat(said)) <= 16


def _rows(columns: list[Column], middles: list[float], head: Printed) -> list[Row] | None:
    plain = [c for c in columns if not column_key(c.name).startswith("level")]
    known = all_cells(plain, middles)
    if not middles or known is None:
        return None
    cells, parts = known
    found = dict(zip(map(id, plain), cells, strict=True))
    for column in plain:
        # A row without a name or a target is the rest of another.
        if column_key(column.name) in ("key", "目标值") and not all(found[id(column)]):
            return None
    levels = [c for c in columns if id(c) not in found]
    placed = _levels(levels, _bands(middles, cells), head, parts)
    if placed is None:
        return None
    found |= dict(zip(map(id, levels), placed, strict=True))
    return [list(row) for row in zip(*(found[id(c)] for c in columns), strict=True)]


def _bands(middles: Sequence[float], cells: Sequence[list[Cell]]) -> list[Band]:
    """How far each row reaches."""
    found = []
    for row, middle in enumerate(middles):
        said = [p for column in cells for p in column[row]]
        ends = [(p.y - p.size / 2, p.y + p.size / 2) for p in said]
        found.append(Band(middle, min(a for a, _ in ends), max(b for _, b in ends)))
    return found


def _levels(
    columns: Sequence[Column], rows: Sequence[Band], head: Printed, parts: Sequence[float]
) -> list[list[Cell]] | None:
    """The labels of each level in the row in which they begin; the other rows are blank. On each
    page for itself: a label for rows of two is told where it is printed on both.
    """
    found: list[list[Cell]] = [[] for _ in columns]
    pages = [list(on) for _, on in groupby(rows, lambda row: row.middle // PAGE)]
    labels = [[_labels(_on_page(c, on)) for on in pages] for c in columns]
    if any(not one for of in labels for one in of):
        return None
    for at, on in enumerate(pages):
        ends = [_ends([one or [] for one in of], at) for of in labels]
        top = head.y + head.size / 2 if at == 0 else on[0].top - EDGE * head.size
        starts = groups(ends, on, head.size, top, parts)
        if starts is None:
            return None
        for column, begins, of in zip(found, starts, labels, strict=True):
            cells = dict(zip(begins, of[at] or [], strict=True))
            if at and _said_twice([one or [] for one in of], at):
                cells[0] = []  # the label of the page before goes on
            column += [cells.get(row, []) for row in range(len(on))]
    return found


def _on_page(column: Column, rows: Sequence[Band]) -> list[list[Printed]]:
    page = rows[0].middle // PAGE
    return lines_of(p for p in column.body if p.y // PAGE == page)


def _said_twice(pages: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether the last label of a page is printed again at the top of the page ``at``."""
    before = pages[at - 1]
    return bool(before) and words(before[-1]) == words(pages[at][0])


def _ends(pages: Sequence[Sequence[Cell]], at: int) -> list[Label]:
    """The first and last lines of the labels of a page."""
    found = [(c[0].y, c[-1].y) for c in pages[at]]
    if at + 1 < len(pages) and _said_twice(pages, at + 1):
        found[-1] = GOES_ON
    if at and _said_twice(pages, at):
        found[0] = GOES_ON
    return found


def _labels(lines: list[list[Printed]]) -> list[Cell] | None:
    """Lines joined to labels: each ends in 指标 and its points, or is one of the short words."""
    if lines and all(flat(words(line)) in SHORT for line in lines):
        return lines
    found: list[Cell] = []
    open_: Cell = []
    for line in lines:
        if found and not open_ and POINTS.match(flat(words(line))):
            found[-1] = [*found[-1], *line]
            continue
        open_ = [*open_, *line]
        if LEVEL.match(flat(words(open_))):
            found.append(open_)
            open_ = []
    return None if open_ else found


def total(line: Sequence[Printed], columns: Sequence[Column]) -> Row:
    """The row of the total: its label first, each number under the column where it stands."""
    row: Row = [[] for _ in columns]
    row[0] = [line[0]]
    for piece in line[1:]:
        over = [i for i, c in enumerate(columns) if _meets(piece, c)]
        if len(over) == 1 and over[0] > 0 and read_value(piece.text).state != "text":
            row[over[0]] = [piece]
    return row


def _meets(piece: Printed, column: Column) -> bool:
    stands = [*column.head, *column.body]
    left, right = min(p.left for p in stands), max(p.right for p in stands)
    return min(right, piece.right) > max(left, piece.left)


def is_total(line: Sequence[Printed]) -> bool:
    return label(line[0].text) in TOTALS
