"""Points, boxes and turns.

Lengths in points (1/72 inch); ``v`` runs downwards, so that reading order is rising ``v``.
"""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 as the PDF has them, y upwards


@dataclass(frozen=True, slots=True)
class Turn:
    """A quarter turn: how text that runs at ``degrees`` (0, 90, 180, 270; against the clock) is
    brought upright.
    """

    degrees: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        """(u, v): u along the lines of text, v downwards across them."""
        if self.degrees == 90:
            return y, x
        if self.degrees == 180:
            return -x, y
        if self.degrees == 270:
            return -y, -x
        return x, -y

    def box(self, box: Box) -> Box:
        """A box of the page as (u0, v0, u1, v1)."""
        u0, v0 = self.point(box[0], box[1])
        u1, v1 = self.point(box[2], box[3])
        return min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1)

    def back(self, u0: float, v0: float, u1: float, v1: float) -> Box:
        """An upright box as the page has it."""
        ends = [self._back(u0, v0), self._back(u1, v1)]
        xs, ys = [x for x, _ in ends], [y for _, y in ends]
        return min(xs), min(ys), max(xs), max(ys)

    def _back(self, u: float, v: float) -> tuple[float, float]:
        if self.degrees == 90:
            return v, u
        if self.degrees == 180:
            return -u, v
        if self.degrees == 270:
            return -v, -u
        return u, -v


@dataclass(slots=True)
class Glyph:
    """One character on a page.

    ``u0 v0 u1 v1``: its box brought upright; ``box``: the same as the PDF has it.
    """

    text: str
    u0: float
    v0: float
    u1: float
    v1: float
    size: float
    page: int
    box: Box
    spaced: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.u0 + self.u1) / 2, (self.v0 + self.v1) / 2


class Stretch:
    """Characters from left to right, with the box around them."""

    __slots__ = ()
    glyphs: list[Glyph]

    @property
    def u0(self) -> float:
        return self.glyphs[0].u0

    @property
    def u1(self) -> float:
        return max(g.u1 for g in self.glyphs)

    @property
    def v0(self) -> float:
        return min(g.v0 for g in self.glyphs)

    @property
    def v1(self) -> float:
        return max(g.v1 for g in self.glyphs)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, upright: at ``at`` (v of a level one, u of a standing one), from ``start``
    to ``end``.
    """

    at: float
    start: float
    end: float
