"""The straight lines drawn on a page: strokes, thin filled bars and the edges of frames, upright.

What does not belong here: which of them make a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from ctypes import byref, c_float, c_int
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import raw

from pipelines.tables.failure import DocumentError
from pipelines.tables.pdf.geometry import Rule, Turn

MOST_OBJECTS = (
    200_000  # drawn things of one page, each letter of a text counted as a part of its run only
)
DEEPEST = 8  # forms inside forms: what programs write has one or two
MOST_SEGMENTS = 200  # of one path: a frame has five, a dashed line a few dozen, a drawing thousands
THICKEST = 4.0  # points: a bar that is thicker is a coloured field, no line
SHORTEST = 1.0  # points: dots of a dotted line are joined later
_STRAIGHT = 0.6  # points: how far the ends of a line that counts as level may be apart

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Drawn:
    """Level and standing lines of a page, and how many pictures it has."""

    level: list[Rule] = field(default_factory=list)
    standing: list[Rule] = field(default_factory=list)
    pictures: int = 0


def drawn_lines(page: Any, turn: Turn) -> Drawn:
    """Every straight line of a page.

    Raises :class:`DocumentError` where there are too many things on it.
    """
    found = Drawn()
    _refuse_beyond(raw.FPDFPage_CountObjects(page.raw))
    for number, (thing, kind, matrix) in enumerate(_things(page)):
        _refuse_beyond(number)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.pictures += 1
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            _add_path(found, thing, matrix, turn)
    return found


def _refuse_beyond(number: int) -> None:
    if number > MOST_OBJECTS:
        raise DocumentError(
            f"有一页画了超过 {MOST_OBJECTS} 个图形，不像印出来的页面；请重新导出后提交"
        )


def _things(page: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """The objects of a page and of the forms on it, with where they are put."""
    count = raw.FPDFPage_CountObjects(page.raw)
    stack = [(page.raw, raw.FPDFPage_GetObject, range(count), _SAME, 0)]
    while stack:
        holder, get, numbers, matrix, depth = stack.pop()
        for i in numbers:
            thing = get(holder, i)
            if not thing:
                continue
            kind = raw.FPDFPageObj_GetType(thing)
            yield thing, kind, matrix
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
                inner = range(raw.FPDFFormObj_CountObjects(thing))
                placed = _times(_matrix(thing), matrix)
                stack.append((thing, raw.FPDFFormObj_GetObject, inner, placed, depth + 1))


def _matrix(thing: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(thing, byref(found)):
        return _SAME
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    return (
        a * then[0] + b * then[2],
        a * then[1] + b * then[3],
        c * then[0] + d * then[2],
        c * then[1] + d * then[3],
        e * then[0] + f * then[2] + then[4],
        e * then[1] + f * then[3] + then[5],
    )


def _add_path(found: Drawn, thing: Any, matrix: Matrix, turn: Turn) -> None:
    count = raw.FPDFPath_CountSegments(thing)
    if not 2 <= count <= MOST_SEGMENTS:
        return
    filled, stroked = c_int(), c_int()
    raw.FPDFPath_GetDrawMode(thing, byref(filled), byref(stroked))
    placed = _times(_matrix(thing), matrix)
    for corners in _outlines(thing, count, placed, turn):
        if stroked.value:
            for start, end in itertools.pairwise(corners):
                _add_line(found, start, end)
        elif filled.value:
            _add_bar(found, corners)


def _outlines(thing: Any, count: int, matrix: Matrix, turn: Turn) -> Iterator[list[Point]]:
    """The corners of each part of a path, upright; a part with a curve in it is left out."""
    corners: list[Point] = []
    curved = False
    for i in range(count):
        segment = raw.FPDFPath_GetPathSegment(thing, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(corners) > 1 and not curved:
                yield corners
            corners, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        corners.append(_point(segment, matrix, turn))
        if raw.FPDFPathSegment_GetClose(segment):
            corners.append(corners[0])
    if len(corners) > 1 and not curved:
        yield corners


def _point(segment: Any, matrix: Matrix, turn: Turn) -> Point:
    x, y = c_float(), c_float()
    raw.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
    a, b, c, d, e, f = matrix
    return turn.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)


def _add_line(found: Drawn, start: Point, end: Point) -> None:
    wide, high = abs(start[0] - end[0]), abs(start[1] - end[1])
    if high <= _STRAIGHT and wide >= SHORTEST:
        _level(found, (start[1] + end[1]) / 2, start[0], end[0])
    elif wide <= _STRAIGHT and high >= SHORTEST:
        _standing(found, (start[0] + end[0]) / 2, start[1], end[1])


def _add_bar(found: Drawn, corners: list[Point]) -> None:
    """A filled shape that is as thin as a line is one."""
    u0, u1 = min(c[0] for c in corners), max(c[0] for c in corners)
    v0, v1 = min(c[1] for c in corners), max(c[1] for c in corners)
    if v1 - v0 <= THICKEST and u1 - u0 > v1 - v0:
        _level(found, (v0 + v1) / 2, u0, u1)
    elif u1 - u0 <= THICKEST and v1 - v0 > u1 - u0:
        _standing(found, (u0 + u1) / 2, v0, v1)


def _level(found: Drawn, at: float, start: float, end: float) -> None:
    found.level.append(Rule(at, min(start, end), max(start, end)))


def _standing(found: Drawn, at: float, start: float, end: float) -> None:
    found.standing.append(Rule(at, min(start, end), max(start, end)))
