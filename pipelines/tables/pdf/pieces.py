"""A line cut into what stands apart in it: the cells of a row without lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipelines.tables.pdf.geometry import Glyph, Stretch
from pipelines.tables.pdf.textline import TextLine

PIECE = 0.7  # heights of print between two cells of a line; letters of a word stand nearer
# Heights of print between two cells where an amount or a code ends: digits stand closer.
DIGITS = 0.07
_ENDED = re.compile(r"(?:.*\D)?\d[\d,，]*\.\d{2}|-|—|\d{3}(?:\d\d){0,2}")
SPREAD_GAP = 1.5  # heights of print between letters that are set apart: mostly one letter's width
SPREAD = frozenset(("合计", "总计", "小计", "栏次"))  # words whose two letters are set wide apart
_NUMBER = re.compile(r"[-—－+]?\d[\d,，]*(?:\.\d+)?%?|[-—－]+")
Span = tuple[float, float]


@dataclass(slots=True)
class Piece(Stretch):
    """What stands together in a line, apart from what is beside it."""

    glyphs: list[Glyph]

    @property
    def size(self) -> float:
        return self.v1 - self.v0

    @property
    def text(self) -> str:
        return "".join(g.text for g in self.glyphs)

    @property
    def said(self) -> str:
        """The text without spaces."""
        return "".join(self.text.split())

    @property
    def is_number(self) -> bool:
        return is_number(self.text)


def is_number(text: str) -> bool:
    """Whether a text is a number or a dash in its place, and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def pieces_of(line: TextLine) -> list[Piece]:
    """A line cut where a gap is as wide as a letter."""
    found: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if found and glyph.u0 - found[-1][-1].u1 <= PIECE * glyph.size:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [Piece(p) for p in found]


def cells_of(line: TextLine) -> list[Piece]:
    """The pieces of a row, cut also where an amount or a code ends and something stands close
    behind it, as right-aligned amounts do before the words of the next column.
    """
    found: list[Piece] = []
    for part in (part for piece in pieces_of(line) for part in _parted(piece)):
        if found and (found[-1].said + part.said in SPREAD or _is_spread(found[-1], part)):
            found[-1] = Piece([*found[-1].glyphs, *part.glyphs])
        else:
            found.append(part)
    return found


def _is_spread(before: Piece, part: Piece) -> bool:
    """Whether a letter goes on with letters that are set apart, as names are to fill a column; 类,
    款 and 项 are columns of their own.
    """
    letters = (*before.glyphs, *part.glyphs)
    single = len(part.said) == 1 and all(
        b.u0 - a.u1 > PIECE * a.size for a, b in pairwise(before.glyphs)
    )
    near = part.u0 - before.u1 <= SPREAD_GAP * part.glyphs[0].size
    return single and near and all(g.text.isalpha() and g.text not in "类款项" for g in letters)


def _parted(piece: Piece) -> list[Piece]:
    found: list[list[Glyph]] = []
    for glyph in piece.glyphs:
        before = found[-1] if found else []
        near = not before or glyph.u0 - before[-1].u1 <= DIGITS * glyph.size
        if before and (near or not _ENDED.fullmatch("".join(g.text for g in before))):
            before.append(glyph)
        else:
            found.append([glyph])
    return [Piece(p) for p in found]


def units_of(line: TextLine) -> list[Piece]:
    """A line of heads cut wherever there is any room: two heads may stand that close."""
    found: list[list[Glyph]] = []
    for glyph in line.glyphs:
        if found and glyph.u0 - found[-1][-1].u1 <= DIGITS * glyph.size:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [Piece(p) for p in found]


def overlap(one: Span, other: Span) -> float:
    """How much two stretches share; less than nothing where they stand apart."""
    return min(one[1], other[1]) - max(one[0], other[0])
