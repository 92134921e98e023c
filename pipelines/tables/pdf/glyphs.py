"""The characters of a page, upright, with what stands in the way of reading them counted.

What does not belong here: which of them are a line or a table.
"""

from __future__ import annotations

import math
from collections import Counter
from ctypes import byref, c_double
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from pypdfium2 import raw

from pipelines.tables.failure import DocumentError
from pipelines.tables.pdf.geometry import Box, Glyph, Turn

MOST_GLYPHS = (
    60_000  # characters of one page: a page set in the smallest print has some eight thousand
)
QUARTER, NEARLY = 90, 3  # degrees: text set by hand is a little off, a watermark a good deal
# Times the width of a Chinese letter that the room of its line is high, to be more than the print:
# narrow print (长宽比 90%) stays below.
TALL = 1.15
_UNREADABLE = frozenset("\ufffd\ufffe\uffff\0")


@dataclass(slots=True)
class PageText:
    """What a page says. ``glyphs`` stand upright by ``turn``; ``aslant`` are those that run in
    another direction.

    ``unmapped``: characters whose font does not say what they are; ``outside``: words beyond the
    edge of the page. ``said``: what is on it, in the order of drawing.
    """

    number: int
    turn: Turn
    glyphs: list[Glyph] = field(default_factory=list)
    aslant: list[Glyph] = field(default_factory=list)
    unmapped: int = 0
    outside: list[str] = field(default_factory=list)
    said: str = ""


@dataclass(slots=True)
class _Raw:
    text: str
    box: Box
    angle: int | None
    spaced: bool


def page_text(page: Any, number: int) -> PageText:
    """The characters of a page (from 1). Raises :class:`DocumentError` where there are too many."""
    textpage = raw.FPDFText_LoadPage(page.raw)
    if not textpage:
        return PageText(number, Turn(0))
    try:
        found = PageText(number, Turn(0))
        glyphs = _taken(textpage, found, page.get_bbox())
    finally:
        raw.FPDFText_ClosePage(textpage)
    found.said = "".join(g.text for g in glyphs)
    found.turn = Turn(_direction(glyphs))
    upright = [found.turn.box(one.box) for one in glyphs]
    slack = _slack(upright, glyphs)
    for one, (u0, above, u1, below) in zip(glyphs, upright, strict=True):
        target = found.glyphs if one.angle == found.turn.degrees else found.aslant
        v0, v1 = above + slack * (below - above), below - slack * (below - above)
        target.append(Glyph(one.text, u0, v0, u1, v1, v1 - v0, number, one.box, one.spaced))
    return found


def _slack(upright: list[Box], glyphs: list[_Raw]) -> float:
    """What part of the room of a line lies above, and as much below, the print itself: some fonts
    ask for half as much again as their letters are high. Chinese letters are as wide as high.
    """
    square = [
        (v1 - v0) / (u1 - u0)
        for (u0, v0, u1, v1), one in zip(upright, glyphs, strict=True)
        if "一" <= one.text <= "鿿"
    ]
    ratio = median(square) if square else 1.0
    return (1 - 1 / ratio) / 2 if ratio > TALL else 0.0


def _direction(glyphs: list[_Raw]) -> int:
    """The direction in which most of the text runs."""
    counted = Counter(g.angle for g in glyphs if g.angle is not None)
    return counted.most_common(1)[0][0] if counted else 0


def _taken(textpage: Any, found: PageText, bounds: Box) -> list[_Raw]:
    count = raw.FPDFText_CountChars(textpage)
    if count > MOST_GLYPHS:
        raise DocumentError(
            f"第 {found.number} 页有 {count} 个字，"
            f"超过 {MOST_GLYPHS} 个，不像印出来的页面；请重新导出后提交"
        )
    glyphs: list[_Raw] = []
    spaced = beyond = False
    for i in range(count):
        text = chr(raw.FPDFText_GetUnicode(textpage, i))
        if text.isspace() or raw.FPDFText_IsGenerated(textpage, i) == 1:
            spaced = spaced or text == " "
            continue
        box = _box(textpage, i)
        if _unreadable(text) or raw.FPDFText_HasUnicodeMapError(textpage, i) == 1:
            found.unmapped += 1
        if box is None or not _inside(box, bounds):
            _add_outside(found.outside, text, beyond)
            beyond = True
            continue
        glyphs.append(_Raw(text, box, _angle(textpage, i), spaced))
        spaced = beyond = False
    return glyphs


def _add_outside(words: list[str], text: str, goes_on: bool) -> None:
    """A character beyond the edge, put to the word before it where nothing stands between."""
    if goes_on:
        words[-1] += text
    else:
        words.append(text)


def _unreadable(text: str) -> bool:
    """No character: a replacement mark, a control, or one of a font's own numbering."""
    return text in _UNREADABLE or text < " " or 0xE000 <= ord(text) <= 0xF8FF


def _box(textpage: Any, i: int) -> Box | None:
    """The room a character takes in its line, which is the same for all characters of a size."""
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, i, byref(rect)):
        return None
    box = (rect.left, rect.bottom, rect.right, rect.top)
    if not all(math.isfinite(n) for n in box):
        return None
    return box if box[2] > box[0] and box[3] > box[1] else _tight(textpage, i)


def _tight(textpage: Any, i: int) -> Box | None:
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    if not raw.FPDFText_GetCharBox(
        textpage, i, byref(left), byref(right), byref(bottom), byref(top)
    ):
        return None
    box = (left.value, bottom.value, right.value, top.value)
    return box if all(math.isfinite(n) for n in box) else None


def _inside(box: Box, bounds: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]


def _angle(textpage: Any, i: int) -> int | None:
    """The direction of a character in whole quarters of a circle; None where it is none."""
    degrees = math.degrees(raw.FPDFText_GetCharAngle(textpage, i)) % 360
    nearest = round(degrees / QUARTER) * QUARTER
    return nearest % 360 if abs(degrees - nearest) <= NEARLY else None
