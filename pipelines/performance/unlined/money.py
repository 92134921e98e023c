"""The money of a project form without lines: a header with amounts under it, or a label beside each
amount (layout A).

What does not belong here: what the amounts mean (``projecttable.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.performance.projectfunds import BY_NATURE
from pipelines.performance.projectwords import FUND_COLUMNS, fund_row_key, other_source
from pipelines.performance.unlined.columns import Cell
from pipelines.performance.unlined.parts import Column, all_cells, headed, words
from pipelines.performance.unlined.printed import Printed
from pipelines.performance.values import read_value
from pipelines.performance.words import flat, header, label

AMOUNTS = ("年初预算", "预算数", "执行数")
PAIRED = ("预算数", "执行数")
Row = list[Cell]
# 其中：基本支出：30.00万元, 其他资金：; label() takes the last colon away.
KIND = re.compile(r"^[^：\d]{2,20}(?:：[-\d.,，]+(?:[百千万亿]*元)?)?$")


def is_header(line: Sequence[Printed]) -> bool:
    """Whether a line names the columns of money."""
    named = {FUND_COLUMNS.get(header(p.text)) for p in line}
    ended = any(p.plain.endswith("：") for p in line)
    return len(named & set(AMOUNTS)) >= 2 and not ended


def money(line: Sequence[Printed], pieces: Sequence[Printed], end: float) -> list[Row] | None:
    """The header and the rows of money below it, each a caption (if any), a label and amounts; None
    where they cannot be told.
    """
    heads = [p for p in line if _is_column(p.text) or p.left > _first(line)]
    columns = headed(heads, pieces, end, _is_column)
    if columns is None:
        return None
    named = [c for c in columns if c.head]
    left = [c for c in columns if not c.head]
    if not left or left[-1].body[0].left > named[0].head[0].left or left != columns[: len(left)]:
        return None
    rows = _rows(left[-1], named)
    if rows is None:
        return None
    beside = [p for column in left[:-1] for p in column.body]
    caption = [p for p in (*line, *beside) if not _is_column(p.text)]
    return [[caption, [], *(c.head for c in named)], *rows]


def _rows(labels: Column, named: Sequence[Column]) -> list[Row] | None:
    """The rows below the header; None where a label names no source of money."""
    for middles in _anchors(labels, named):
        placed = all_cells([labels, *named], middles)
        if placed and all(_is_source(words(name)) for name in placed[0][0]):
            return [[[], *row] for row in zip(*placed[0], strict=True)]
    return None


def _first(line: Sequence[Printed]) -> float:
    """Where the columns of money begin in their header."""
    return min(p.left for p in line if _is_column(p.text))


def _anchors(labels: Column, named: Sequence[Column]) -> list[list[float]]:
    """Where rows may stand: by the amounts, or, where some are blank, by the labels."""
    amounts = [c for c in named if FUND_COLUMNS.get(c.name) in AMOUNTS]
    numbers = [c for c in amounts if all(read_value(p.text).state != "text" for p in c.body)]
    fullest = max(numbers, key=lambda c: len(c.body), default=None)
    return [a for a in (fullest.middles if fullest else [], labels.middles) if a]


def _is_column(name: str) -> bool:
    return header(name) in FUND_COLUMNS


def _is_source(name: str) -> bool:
    return bool(fund_row_key(name) or other_source(name))


def pairs(lines: Sequence[Sequence[Printed]]) -> list[Row] | None:
    """Lines of labels with their amounts beside them; None where a line holds anything else."""
    found: list[Row] = []
    for line in lines:
        if any(not _may_pair(p) for p in line):
            return None
        found.append([[p] for p in line])
    return found


def natures(lines: Sequence[Sequence[Printed]]) -> list[Row] | None:
    """Lines from 按收入性质分 on, each division in two columns: its kinds and their amounts, where
    these are no part of the same piece. None where a piece is neither: it may be part of one that
    goes on in the next line.
    """
    if not all(KIND.match(label(p.text)) or _is_amount(p) for line in lines for p in line):
        return None
    starts = [p.left for p in lines[0] if BY_NATURE.search(p.plain)]
    rows = [_division(line, starts) for line in lines]
    alone = (not row[i] and row[i + 1] for row in rows for i in range(0, len(row), 2))
    return None if any(alone) else rows


def _division(line: Sequence[Printed], starts: Sequence[float]) -> Row:
    """For each division what a line says of its kinds, and the amounts beside."""
    edges = [float("-inf"), *(x - line[0].size for x in starts[1:]), float("inf")]
    row: Row = []
    for left, right in pairwise(edges):
        own = [p for p in line if left <= p.left < right]
        row += [[p for p in own if not _is_amount(p)], [p for p in own if _is_amount(p)]]
    return row


def _is_amount(piece: Printed) -> bool:
    return read_value(piece.text).state != "text"


def is_nature(line: Sequence[Printed]) -> bool:
    """Whether a line begins the division of the money by kind."""
    return any(BY_NATURE.search(p.plain) for p in line)


def _may_pair(piece: Printed) -> bool:
    name = label(piece.text).rstrip("：")
    own = name.partition("：")[0] in PAIRED or bool(fund_row_key(name))
    caption = "预算执行" in name or "项目资金" in name or flat(piece.text).startswith("（")
    return own or caption or read_value(piece.text).state != "text"
