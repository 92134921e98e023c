"""What stands together on a page of a PDF, with its span in the document's text.

What does not belong here: what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.performance.words import flat
from pipelines.tables.pdf.geometry import Glyph
from pipelines.tables.pdf.pieces import PIECE

# Heights of print between two Chinese characters of one cell: nearer than this are cells only where
# text fills them; with Latin letters and numbers there is a space between.
LETTERS = 0.2
SIGNS = re.compile(r"[，。、；：！？（）“”《》—…]")
SIGN = 0.9  # of a height: a sign leaves up to three quarters of its square open
# Words of two characters that headers set apart (分 值).
SPACED = frozenset(("分值", "得分", "权重", "合计", "总分", "总计", "原因", "说明"))
FARTHEST = 4.0  # heights of print between these two
PAGE = 100_000.0  # points between the tops of two pages: more than any page has
SIGN_OFF = 0.6  # as below, between two characters: a comma stands low in its line
SAME_LINE = 0.4  # heights of print between the middles of two pieces of one line


@dataclass(frozen=True, slots=True)
class Printed:
    """Words that stand together: their span, from ``left`` to ``right`` in points, ``y`` their
    middle (downwards, over all pages), ``size`` the height of the print.
    """

    text: str
    start: int
    end: int
    left: float
    right: float
    y: float
    size: float
    parts: tuple[Printed, ...] = ()

    @property
    def plain(self) -> str:
        return flat(self.text)


def printed(text: str, places: Sequence[Glyph | None], end: int) -> list[Printed]:
    """Everything printed in ``text[:end]``, from the top down, each line from the left."""
    found: list[Printed] = []
    run: list[tuple[int, Glyph]] = []
    for at, glyph in enumerate(places[:end]):
        if glyph is None:
            continue
        if run and not _together(run[-1][1], glyph):
            found.append(_of(text, run))
            run = []
        run.append((at, glyph))
    if run:
        found.append(_of(text, run))
    found = sorted((p for p in found if p.plain), key=lambda p: (p.y, p.left))
    return [p for line in lines_of(found) for p in _spelled(text, line)]


def _spelled(text: str, line: Sequence[Printed]) -> list[Printed]:
    """A line with the words together whose characters stand apart: two of SPACED, or three and
    more by themselves.
    """
    made: list[Printed] = []
    for run in _runs(line):
        spaced = len(run) > 2 or (len(run) == 2 and "".join(p.plain for p in run) in SPACED)
        made += [_joined(text, run)] if spaced else run
    return made


def _runs(line: Sequence[Printed]) -> Iterator[list[Printed]]:
    """Characters that stand by themselves and near each other; anything else is one of its own."""
    run: list[Printed] = []
    for one in line:
        alone = len(one.plain) == 1 and not one.plain.isascii()
        if run and not (alone and one.left - run[-1].right <= FARTHEST * one.size):
            yield run
            run = []
        if alone:
            run.append(one)
        else:
            yield [one]
    if run:
        yield run


def _joined(text: str, run: Sequence[Printed]) -> Printed:
    start, end = run[0].start, run[-1].end
    return (
        replace(run[0], text="".join(p.text for p in run), end=end, right=run[-1].right)
        if (start < end and "".join(text[start:end].split()) == "".join(p.plain for p in run))
        else replace(run[0], text="".join(p.text for p in run), right=run[-1].right)
    )


def _together(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    if last.page != glyph.page or abs(last.middle[1] - glyph.middle[1]) > SIGN_OFF * size:
        return False
    return -last.size <= glyph.u0 - last.u1 <= _wide(last, glyph, PIECE) * glyph.size


def _wide(last: Glyph, glyph: Glyph, latin: float) -> float:
    """The widest gap between two characters of one cell: signs fill but a corner of their square,
    Latin letters and numbers stand ``latin`` apart from others.
    """
    if SIGNS.search(last.text + glyph.text):
        return SIGN
    return latin if last.text.isascii() or glyph.text.isascii() else LETTERS


def atoms(piece: Printed) -> list[Printed]:
    """A piece cut wherever a gap is wider than between two letters: cells that text fills stand
    nearer than words and numbers may.
    """
    return list(piece.parts) or [piece]


def _of(text: str, run: Sequence[tuple[int, Glyph]]) -> Printed:
    start, end = run[0][0], run[-1][0] + 1
    glyphs = [g for _, g in run]
    middle = sum(g.middle[1] for g in glyphs) / len(glyphs)
    left, right = min(g.u0 for g in glyphs), max(g.u1 for g in glyphs)
    y = glyphs[0].page * PAGE + middle
    parts = _parts(text, run)
    return Printed(text[start:end], start, end, left, right, y, glyphs[0].size, parts)


def _parts(text: str, run: Sequence[tuple[int, Glyph]]) -> tuple[Printed, ...]:
    cuts = [
        i for i in range(1, len(run)) if run[i][1].u0 - run[i - 1][1].u1 > LETTERS * run[i][1].size
    ]
    edges = [0, *cuts, len(run)]
    return tuple(_of(text, run[a:b]) for a, b in pairwise(edges)) if cuts else ()


def lines_of(pieces: Iterable[Printed]) -> list[list[Printed]]:
    """Pieces (from the top down) in lines, each from the left."""
    found: list[list[Printed]] = []
    for one in pieces:
        if found and one.y - found[-1][0].y <= SAME_LINE * one.size:
            found[-1].append(one)
        else:
            found.append([one])
    return [sorted(line, key=lambda p: p.left) for line in found]
