"""The heading of a table without lines, put together from blocks of print."""

from __future__ import annotations

from pipelines.tables.pdf.geometry import Glyph
from pipelines.tables.pdf.headings import Block, placed
from pipelines.tables.pdf.pieces import Piece


def block(text: str, u0: float, v0: float, u1: float, v1: float) -> Block:
    """Words in a box of points, ``v`` downwards."""
    glyph = Glyph(text, u0, v0, u1, v1, v1 - v0, 1, (u0, v0, u1, v1))
    return Block([Piece([glyph])])


def test_a_heading_stands_over_its_parts() -> None:
    whole = block("预算数", 40, 0, 160, 10)
    parts = [block("合计", 10, 20, 90, 30), block("会议费", 110, 20, 190, 30)]
    assert placed([whole, *parts], [0, 100, 200]) == 2
    assert (whole.first, whole.last, whole.rows) == (0, 1, 1)
    assert [(p.row, p.first, p.last) for p in parts] == [(1, 0, 0), (1, 1, 1)]


def test_strokes_that_are_hardly_high_are_not_below_each_other() -> None:
    dashes = [block("-", 10, 20, 30, 20.4), block("—", 40, 20.3, 60, 20.7)]
    assert placed([*dashes, block("合计", 10, 0, 90, 10)], [0, 100]) > 0
