"""The head of a project form without lines: labels with their values beside them, and the goals.

What does not belong here: money and indicators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.performance.projectwords import SIDE_BY_SIDE, field_key, heads_result
from pipelines.performance.unlined.columns import (
    ALIGNMENTS,
    LINE,
    Cell,
    columns_of,
    over,
    rows_in,
)
from pipelines.performance.unlined.parts import headed, words
from pipelines.performance.unlined.printed import Printed, lines_of
from pipelines.performance.words import label

Row = list[Cell]
ABOVE = re.compile(r"^（?20\d\d年度?）?$|单位：")  # the year and the unit of money, above the head
CAPTION = re.compile(r"^(?:.{0,8}目标.{0,4})?$")  # at the side of both goals
LABEL = 10  # characters: a longer text is a value
NEAR = 1.5  # heights of print between two pieces of one value; a next cell stands further off
OTHER = re.compile(r"联系|电话|负责人|编[码号]|起止|类[别型]|属性|处室|科室|级次|单位性质|日期")


def fields(lines: Sequence[Sequence[Printed]]) -> tuple[list[Row], bool]:
    """Labels and values, a row a line; whether every value could be told."""
    lines = [[p for p in line if not ABOVE.search(p.plain)] for line in lines]
    anchors = [line for line in lines if _is_row(line)]
    others = [p for line in lines for p in line if not _is_field(p.text)]
    middles = [line[0].y for line in anchors]
    rows = [_row(at, line, middles, others) for at, line in enumerate(anchors)]
    # a label alone would say that nothing is filled in
    return [[c for pair in row if pair for c in pair] for row in rows], all(map(all, rows))


def inline(lines: Sequence[Sequence[Printed]]) -> list[Row]:
    """Lines of labels with their values in one piece (项目名称：…), a row a line."""
    told = ([p for p in line if is_inline(p) and goes_nowhere(p, lines)] for line in lines)
    return [[[p] for p in line] for line in told if line]


def is_inline(piece: Printed) -> bool:
    """Whether a label and its value are one piece."""
    name, colon, value = piece.plain.partition("：")
    return bool(colon and value) and _is_field(name)


def goes_nowhere(piece: Printed, lines: Sequence[Sequence[Printed]]) -> bool:
    """Whether no line that may go on with a value stands just below it."""
    below = (p for line in lines for p in line if 0 < p.y - piece.y <= LINE * piece.size)
    return all(is_inline(p) or _is_field(p.text) or not over(p, piece) for p in below)


def _is_row(line: Sequence[Printed]) -> bool:
    """Whether labels stand in a line, be they of no field that is read (项目负责人, 联系电话)."""
    other = bool(line) and line[0].left == min(p.left for p in line) and _is_other(line[0])
    return other or any(_is_field(p.text) for p in line)


def _is_other(piece: Printed) -> bool:
    return len(piece.plain) <= LABEL and bool(OTHER.search(label(piece.text)))


def _row(
    at: int, line: Sequence[Printed], middles: Sequence[float], others: Sequence[Printed]
) -> list[tuple[Cell, Cell] | None]:
    """The fields of a line, each with its value; None for one whose value cannot be told."""
    labels = [p for p in line if _is_field(p.text)]
    edges = [*(p.left for p in labels), float("inf")][1:]
    found: list[tuple[Cell, Cell] | None] = []
    for one, edge in zip(labels, edges, strict=False):
        beside = [p for p in others if one.right < p.left < edge]
        value = _value(at, middles, beside)
        told = value is not None
        found.append(([one], [p for p in value or [] if p.right < edge]) if told else None)
    return found


def _value(at: int, middles: Sequence[float], beside: list[Printed]) -> Cell | None:
    """What stands next to a label, in the row ``at``; None where lines can be shared out among the
    rows in no way or in several.
    """
    for column in columns_of(beside):
        ways = [w for part in ALIGNMENTS if (w := rows_in(column, middles, part)) is not None]
        cells = [w[at] for w in ways]
        if not cells or any(cell != cells[0] for cell in cells):
            return None
        if cells[0]:
            return [p for line in lines_of(cells[0]) for p in _first_cell(line)]
    return []


def _first_cell(line: Cell) -> Cell:
    """The first of the cells that stand in a line; none where it is another label."""
    found = line[:1]
    for one in line[1:]:
        if one.left - found[-1].right > NEAR * one.size:
            break
        found.append(one)
    return [] if OTHER.search(label(words(found))) and len(line) > 1 else found


def is_goals(line: Sequence[Printed]) -> bool:
    """Whether a line heads the goal and what came of it."""
    return len(_goal_heads(line)) == len(SIDE_BY_SIDE)


def _goal_heads(line: Sequence[Printed]) -> list[Printed]:
    """The head of the goal and, behind it, that of what came of it; fewer where there are fewer.
    Of two that may head the goal the first is the caption of both.
    """
    goal = [p for p in line if field_key(p.text) == "预期目标"][-1:]
    behind = [p for p in line if goal and p.left > goal[0].right and heads_result(p.text)]
    return [*goal, *behind[:1]]


def _is_field(name: str) -> bool:
    return field_key(name) is not None


def goals(line: Sequence[Printed], pieces: Sequence[Printed], end: float) -> list[Row] | None:
    """The heads of both goals and their texts below; None where these cannot be told apart."""
    heads = _goal_heads(line)
    columns = headed(heads, pieces, end, _is_field)
    if columns is None:
        return None
    named = [c for c in columns if c.head]
    caption = [p for p in line if p not in heads]
    caption += [p for c in columns if not c.head for p in c.body]
    if len(named) != len(heads) or not CAPTION.match(label(words(caption))):
        return None
    return [[caption, *(c.head for c in named)], [[], *(c.body for c in named)]]
