"""Characters put together to lines of text, each character with its place.

What does not belong here: which lines are one paragraph (``joining.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import hypot

from pipelines.tables.pdf.geometry import Glyph, Stretch

# Of the height of the print: less is spacing between letters, more parts two pieces of text
WIDE_GAP = 1.0
WORD_GAP = 0.3  # between two Latin words or numbers
APART = (
    2.0  # a gap that parts a label from the next, written as several spaces as it would be typed
)
SPACES = "    "


@dataclass(slots=True)
class TextLine(Stretch):
    """A line: its characters from left to right.

    ``places`` has one glyph a character of ``text``, None for a space.
    """

    glyphs: list[Glyph]
    column: int = 0

    @property
    def size(self) -> float:
        """The height of most of its print."""
        return sorted(g.size for g in self.glyphs)[len(self.glyphs) // 2]

    @property
    def page(self) -> int:
        return self.glyphs[0].page

    def pieces(self) -> Iterator[tuple[str, Glyph | None]]:
        """Characters and spaces with where they stand."""
        before: Glyph | None = None
        for glyph in self.glyphs:
            if before is not None:
                for space in _between(before, glyph):
                    yield space, None
            # One glyph may stand for several letters (fi); each has its place.
            for letter in glyph.text:
                yield letter, glyph
            before = glyph

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces())

    @property
    def said(self) -> str:
        """The text without spaces."""
        return "".join("".join(g.text for g in self.glyphs).split())


def _between(left: Glyph, right: Glyph) -> str:
    """The space between two characters of a line."""
    size = max(left.size, right.size, 0.1)
    gap = (right.u0 - left.u1) / size
    if gap > APART:
        return SPACES
    latin = left.text.isascii() and right.text.isascii()
    if gap > WIDE_GAP or (latin and gap > WORD_GAP) or (right.spaced and gap > 0.1):
        return " "
    return ""


def text_lines(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """The lines that characters make, from the top down."""
    found: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.middle[1], g.u0)):
        if found and _same_line(found[-1], glyph):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [TextLine(_once(sorted(line, key=lambda g: g.u0))) for line in found]


def slanting_lines(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """Characters that do not run level (watermarks, stamps), in the order of drawing."""
    found: list[TextLine] = []
    for glyph in glyphs:
        if found and _near(found[-1].glyphs[-1], glyph):
            found[-1].glyphs.append(glyph)
        else:
            found.append(TextLine([glyph]))
    return found


def _near(last: Glyph, glyph: Glyph) -> bool:
    (u0, v0), (u1, v1) = last.middle, glyph.middle
    return hypot(u1 - u0, v1 - v0) <= APART * max(last.size, glyph.size)


def _same_line(line: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a character overlaps the line by half of the smaller height."""
    tallest = max(line[-8:], key=lambda g: g.size)
    shared = min(tallest.v1, glyph.v1) - max(tallest.v0, glyph.v0)
    return shared >= 0.5 * min(tallest.size, glyph.size)


def _once(line: list[Glyph]) -> list[Glyph]:
    """Without characters printed twice a hair apart, as bold print is made by some programs."""
    kept: list[Glyph] = []
    for glyph in line:
        twin = next((k for k in kept[-3:] if k.text == glyph.text and _on_top(k, glyph)), None)
        if twin is None:
            kept.append(glyph)
    return kept


def _on_top(one: Glyph, other: Glyph) -> bool:
    width = max(one.u1 - one.u0, other.u1 - other.u0)
    return abs(one.u0 - other.u0) < 0.35 * width and abs(one.v0 - other.v0) < 0.35 * one.size
