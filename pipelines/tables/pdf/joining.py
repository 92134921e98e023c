"""Lines that are one paragraph, or one entry of a cell, put together again as they were typed.

A line goes on with the next where it is full and the next begins where lines of the paragraph
begin.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.tables.pdf.geometry import Glyph
from pipelines.tables.pdf.layout import PdfPage
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.textline import TextLine

HANGING = 0.6  # heights of print: marks at the end of a line may be squeezed to half their width
INDENT = 1.2  # heights of print by which the first line of a paragraph is set in; usual are two
LEADING = 1.35  # of the usual distance of lines: more is a space between paragraphs
SIZES = 1.15  # print that is larger by this is another paragraph
FEWEST = 12  # characters of a line that tells where the margin is
CELL_ROOM = 0.9  # heights of print that the edges of a cell keep free, both together
CENTRED = 0.6  # heights of print by which the room at both sides of a centred line may differ
_NUMBER_END, _NUMBER_START = re.compile(r"[\d,，.]+$"), re.compile(r"^[\d,，.]+")
_WELL_FORMED = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_NEVER_FIRST = frozenset("，。；：、！？）》”’％%.,;:!?)")
_NEVER_LAST = frozenset("（《“‘([”’")  # programs part a closing quotation mark from nothing
_ENDED = re.compile(r"[。：；！？:;]$")
_BEGINS = re.compile(
    r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、](?!\d)"
)

# what stands above a table, each on a line of its own
_CAPTION = re.compile(r"(?:编制|填报|公开)?(?:单位|部门)(?:名称)?[:：]|金额单位[:：]")
_FORM_NUMBER = re.compile(r"(?:财决|公开)\s*\d+(?:-\d)?\s*表")

# a title of a section that fills its line: what follows is its text
_TITLE_END = "情况说明"

Pieces = list[tuple[str, Glyph | None]]


@dataclass(slots=True)
class Margins:
    """Where the text of pages of one width begins and ends, and how far its lines stand apart."""

    left: float
    right: float
    leading: float


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: list[TextLine] = field(default_factory=list)

    @property
    def page(self) -> int:
        return self.lines[0].page

    def pieces(self) -> Pieces:
        """The characters of the whole, lines joined as they were typed."""
        return joined_lines(self.lines)


def paragraphs(pages: Sequence[PdfPage]) -> list[Paragraph | PdfTable]:
    """The whole document in order: paragraphs, also over the end of a page, and tables."""
    margins = _margins(pages)
    widths = {p.number: round(p.width) for p in pages}
    found: list[Paragraph | PdfTable] = []
    for page in pages:
        for block in page.blocks:
            if isinstance(block, PdfTable):
                found.append(block)
                continue
            last = found[-1] if found else None
            both = (last.lines[-1], block) if isinstance(last, Paragraph) else ()
            # A title moved from a page of another width has no margins there.
            settings = [margins.get((widths[x.page], x.column)) for x in both]
            if isinstance(last, Paragraph) and _goes_on(last, block, settings):
                last.lines.append(block)
            else:
                found.append(Paragraph([block]))
    return found


Setting = tuple[int, int]  # the width of a page and the column of text on it


def _margins(pages: Sequence[PdfPage]) -> dict[Setting, Margins]:
    """By the width of pages and the column: the margins that longer lines show."""
    lines: dict[Setting, list[TextLine]] = defaultdict(list)
    steps: dict[Setting, list[float]] = defaultdict(list)
    for page in pages:
        own = [b for b in page.blocks if isinstance(b, TextLine)]
        for line in own:
            lines[round(page.width), line.column].append(line)
        for upper, lower in pairwise(own):
            if lower.v0 > upper.v0 and lower.column == upper.column:
                steps[round(page.width), lower.column].append(lower.v0 - upper.v0)
    return {setting: _margin(found, steps[setting]) for setting, found in lines.items()}


def _margin(lines: list[TextLine], steps: list[float]) -> Margins:
    telling = [line for line in lines if len(line.glyphs) >= FEWEST] or lines
    if not telling:
        return Margins(0, 0, 0)
    ends = sorted(line.u1 for line in telling)
    # The usual start is the margin; the farthest end is, but for a stray line or two.
    left = Counter(round(line.u0) for line in telling).most_common(1)[0][0]
    right = ends[min(len(ends) - 1, int(len(ends) * 0.95))]
    leading = sorted(steps)[len(steps) // 2] if steps else 0.0
    return Margins(left, right, leading)


def _goes_on(paragraph: Paragraph, line: TextLine, settings: Sequence[Margins | None]) -> bool:
    """Whether a line belongs to the paragraph above it; ``settings`` are those of both lines."""
    before, margins = settings
    last = paragraph.lines[-1]
    if before is None or margins is None or _is_set_apart(last, line, before, margins):
        return False
    if _begins_anew(paragraph, line):
        return False
    same = last.page == line.page and last.column == line.column
    body = min(margins.left, last.u0) if same else margins.left
    if len(paragraph.lines) > 1 and paragraph.lines[1].column == line.column:
        body = paragraph.lines[1].u0
    return line.u0 <= body + INDENT * last.size


def _is_set_apart(last: TextLine, line: TextLine, before: Margins, margins: Margins) -> bool:
    """Whether the line above ends early, or the letters or the gap between the lines say that they
    are not of one paragraph.
    """
    size = last.size
    if last.u1 + _word(line) < before.right - HANGING * size:
        return True
    if max(size, line.size) > SIZES * min(size, line.size):
        return True
    same = last.page == line.page and last.column == line.column
    return same and line.v0 - last.v0 > LEADING * max(margins.leading, size)


def _begins_anew(paragraph: Paragraph, line: TextLine) -> bool:
    """Whether the words of a line, or those above it, say that a paragraph begins."""
    last = paragraph.lines[-1]
    if _CAPTION.match(line.text) or _FORM_NUMBER.fullmatch(last.text):
        return True
    if _BEGINS.match(line.text) and (_ENDED.search(last.text) or len(paragraph.lines) == 1):
        return True
    return bool(_BEGINS.match(paragraph.lines[0].text)) and last.text.endswith(_TITLE_END)


def cell_entries(cell: PdfCell) -> list[list[TextLine]]:
    """The lines of a cell, those that are one entry broken at its edge together."""
    found: list[list[TextLine]] = []
    for line in cell.lines:
        if found and broken_line(cell, found[-1][-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def broken_line(cell: PdfCell, last: TextLine, line: TextLine) -> bool:
    """Whether a line of a cell was broken because there was no more room: what follows would not
    have fitted.
    """
    before, behind = last.u0 - cell.u0, cell.u1 - last.u1
    room = before + behind if abs(before - behind) < CENTRED * last.size else behind
    return room <= CELL_ROOM * last.size + _word(line)


def _word(line: TextLine) -> float:
    """The width of what a line begins with and is never broken: a character, a Latin word, a
    number, a bracket with what it opens on.
    """
    end = line.glyphs[0].u1
    for before, glyph in zip(line.glyphs, line.glyphs[1:], strict=False):
        latin = before.text.isascii() and glyph.text.isascii()
        tied = latin or glyph.text in _NEVER_FIRST or before.text in _NEVER_LAST
        if glyph.u0 > end + 0.3 * glyph.size or not tied:
            break
        end = glyph.u1
    return end - line.u0


def joined_lines(lines: Iterable[TextLine]) -> Pieces:
    """Lines one behind the other: a space only between Latin words, and between numbers that are
    no single one.
    """
    found: Pieces = []
    for line in lines:
        pieces = list(line.pieces())
        if found and _needs_space(found, pieces):
            found.append((" ", None))
        found += pieces
    return found


def _needs_space(before: Pieces, after: Pieces) -> bool:
    left, right = before[-1][0], after[0][0]
    if not (left.isascii() and right.isascii()) or left == "-":
        return False
    if left.isalpha() or right.isalpha():
        return left.isalnum() and right.isalnum()
    end, start = _NUMBER_END.search(_said(before[-30:])), _NUMBER_START.search(_said(after[:30]))
    return bool(end and start) and not _WELL_FORMED.fullmatch(f"{end[0]}{start[0]}")  # type: ignore[index]


def _said(pieces: Pieces) -> str:
    return "".join(p for p, _ in pieces)
