"""The head of a project form without lines: labels with their values beside them, and the goals.

What does not belong here: money and indicators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.performance.projectwords import SIDE_BY_SIDE, field_key
from pipelines.performance.unlined.columns import ALIGNMENTS, Cell, columns_of, rows_in
from pipelines.performance.unlined.parts import headed, words
from pipelines.performance.unlined.printed import Printed, lines_of
from pipelines.performance.words import label

Row = list[Cell]
ABOVE = re.compile(r"^（?20\d\d年度?）?$|单位：")  # the year and the unit of money, above the head
CAPTION = re.compile(r"^(?:.{0,8}目标.{0,4})?$")  # at the side of both goals
NEAR = 1.5  # heights of print between two pieces of one value; a next cell stands further off
OTHER = re.compile(r"联系|电话|负责人|编[码号]|起止|类[别型]|属性|处室|科室|级次|单位性质|日期")


def fields(lines: Sequence[Sequence[Printed]]) -> tuple[list[Row], bool]:
    """Labels and values, a row a line; whether every value could be told."""
    lines = [[p for p in line if not ABOVE.search(p.plain)] for line in lines]
    anchors = [line for line in lines if any(_is_field(p.text) for p in line)]
    others = [p for line in lines for p in line if not _is_field(p.text)]
    found: list[Row] = []
    certain = True
    for at, line in enumerate(anchors):
        row: Row = []
        labels = [p for p in line if _is_field(p.text)]
        for one, after in zip(labels, [*labels[1:], None], strict=True):
            edge = after.left if after is not None else float("inf")
            beside = [p for p in others if one.right < p.left < edge]
            value = _value(at, [x[0].y for x in anchors], beside)
            if value is None:  # a label alone would say that nothing is filled in
                certain = False
                continue
            row += [[one], [p for p in value if p.right < edge]]
        found.append(row)
    return found, certain


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
    return {field_key(p.text) for p in line} >= SIDE_BY_SIDE


def _is_field(name: str) -> bool:
    return field_key(name) is not None


def goals(line: Sequence[Printed], pieces: Sequence[Printed], end: float) -> list[Row] | None:
    """The heads of both goals and their texts below; None where these cannot be told apart."""
    heads = [p for p in line if field_key(p.text)]
    columns = headed(heads, pieces, end, _is_field)
    if columns is None:
        return None
    named = [c for c in columns if c.head]
    caption = [p for p in line if p not in heads]
    caption += [p for c in columns if not c.head for p in c.body]
    if len(named) != len(heads) or not CAPTION.match(label(words(caption))):
        return None
    return [[caption, *(c.head for c in named)], [[], *(c.body for c in named)]]
