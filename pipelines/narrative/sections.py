"""Lines into headings and paragraphs: where a section begins, what it is called, what it is about.

What does not belong here: what a paragraph says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.narrative.contents import contents_lines
from pipelines.narrative.grids import Grid
from pipelines.narrative.lines import (
    FIRST,
    PART,
    SECOND,
    THIRD,
    Line,
    adorned,
    numbered,
    split_lines,
)
from pipelines.narrative.normal import Normal, normalise
from pipelines.narrative.placing import placed, set_in_text
from pipelines.narrative.vocabulary import vocabulary

STARTER = re.compile(
    r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|（\d{1,2}）|\d{1,2}[、.](?:(?!\d)|(?=20\d\d年))"
    r"|（?图\d|（注|注：|表\d|附件|其中：|\[|[^，。（）]{2,25}（类|[^，。（）]{2,25}（款|人员经费|(?:日常)?公用经费"
)
AMOUNT = re.compile(r"\d(?:万元|元|%)")
ENDED = re.compile(r"[。；：！？]）?$")
UNFINISHED = re.compile(r"[\d.，、（]$")
TAIL = re.compile(r"(?:万?元|%|[，。；、）]|\d)")
STICKY = ("glossary", "annex", "tables", "contact", "contents")
BARE_END = re.compile(r"(?:说明|情况|解释|职责|职能|概况|设置|总表|附表|附件\d*)$")
SHORT_TITLE, LONG_LINE, ENDLESS = 45, 18, 10_000


@dataclass(slots=True)
class Heading:
    """A title as printed: its ``level`` (0 第X部分, 1 一、, 2 （一）, 3 1.; None without a number)
    and number; ``words``: what it says without them, normalised.
    """

    title: str
    start: int
    end: int
    level: int | None
    number: int | None
    label: str
    kind: str | None
    part: bool
    words: str = ""


@dataclass(slots=True)
class Section:
    """A stretch of the document under one title; ``kind`` as in
    ``schemas/narrative/sections.yml``.
    """

    title: str
    kind: str
    start: int
    end: int
    heading: Heading | None = None


@dataclass(slots=True)
class Paragraph:
    normal: Normal
    start: int
    end: int
    section: Section
    cell: bool = False

    @property
    def endless(self) -> bool:
        """Longer than any sentence of a narrative: not looked into."""
        return len(self.normal.text) > ENDLESS


@dataclass(slots=True)
class Outline:
    sections: list[Section] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    grids: list[tuple[Grid, Section]] = field(default_factory=list)


def _kind(title: str) -> tuple[str | None, bool]:
    """The kind of section a title names, and whether it is a part of the document of its own."""
    title = title.removeprefix("关于")
    for kind in vocabulary().sections:
        if kind.title.fullmatch(title):
            return kind.kind, kind.part
    return None, False


def _subjectless(title: str) -> str:
    """The kind of a title without a subject of its own (总体情况) below 一般公共预算; empty for
    any other title.
    """
    return next((t.gpb for t in vocabulary().subjectless if t.title.fullmatch(title)), "")


def _below(outer: str, title: str) -> str | None:
    """The kind of a section that goes on with the one it stands in; None for one of its own."""
    told = _subjectless(title) if outer in vocabulary().below else ""
    if not told:
        return None
    return told if outer.startswith("gpb") else outer


def _heading(text: str, line: Line) -> tuple[Heading, int] | None:
    """A heading at the start of a line, and how many normalised characters it takes."""
    if (signs := adorned(line.normal.text)) and (found := _set_off(text, line, *signs)):
        return found
    level, number, label, rest = numbered(line.normal.text)
    whole = rest.rstrip("。：；:")
    kind, part = (
        _kind(whole) if len(whole) <= SHORT_TITLE and not AMOUNT.search(whole) else (None, False)
    )
    used = len(line.normal.text)
    if kind is None and level in (FIRST, SECOND):
        inline = re.match(r"[^。：，\d]{2,40}[。：]|20\d\d年度?[^。：，\d]{2,36}[。：]", rest)
        if inline and len(inline[0]) < len(rest):
            kind, part = _kind(inline[0][:-1])
            if kind or _subjectless(inline[0][:-1]):
                used, whole = len(label) + inline.end(), inline[0][:-1]
    if not _is_title(level, kind, whole):
        return None
    start, end = line.normal.span(0, used)
    title = text[start:end].strip()
    return Heading(title, start, end, level, number, label, kind, part, whole), used


def _set_off(text: str, line: Line, start: int, end: int, used: int) -> tuple[Heading, int] | None:
    """A title by the signs it is set in, of a subject that is known; with a number within or
    without.
    """
    level, number, label, rest = numbered(line.normal.text[start:end])
    words = rest.rstrip("。：；:")
    if not words or len(words) > SHORT_TITLE or AMOUNT.search(words):
        return None
    kind, part = _kind(words)
    if kind is None:
        return None
    first, last = line.normal.span(0, used)
    title = text[first:last].strip()
    return Heading(title, first, last, level, number, label, kind, part, words), used


def _is_title(level: int | None, kind: str | None, title: str) -> bool:
    if not title:
        return level == PART
    if level is None:
        return kind is not None and len(title) <= 40 and bool(BARE_END.search(title))
    if level == THIRD:
        return False
    if kind is not None:
        return True
    return len(title) <= 30 and not re.search(r"[。；，：]|\d(?:万元|元|%)", title)


def _joins(previous: Line, line: Line, soft: bool) -> bool:
    """Whether a line goes on the sentence of the one before."""
    if line.cell or previous.cell or ENDED.search(previous.normal.text):
        return False
    if STARTER.match(line.normal.text):
        return _cut_at_the_point(previous, line)
    broken = _broken_off(previous, line)
    long = len(previous.normal.text) >= LONG_LINE
    if line.after_blank or not soft:
        return broken and long
    return long or (broken and len(previous.normal.text) >= 6)


def _cut_at_the_point(previous: Line, line: Line) -> bool:
    """Whether an amount goes on after its decimal point."""
    return bool(
        re.search(r"\d\.$", previous.normal.text) and re.match(r"\d+万?元", line.normal.text)
    )


def _broken_off(previous: Line, line: Line) -> bool:
    """Whether a line ends, or the next begins, within an amount or at a comma."""
    return bool(UNFINISHED.search(previous.normal.text) or TAIL.match(line.normal.text))


class _Builder:
    """Collects headings, sections and paragraphs line by line."""

    def __init__(self, text: str, soft: bool) -> None:
        self.text, self.soft = text, soft
        self.outline = Outline()
        self.open: list[Line] = []
        self.first = 0
        self.stack: list[tuple[int, str]] = []
        self._section("", "front", 0, None)

    def _section(self, title: str, kind: str, start: int, heading: Heading | None) -> None:
        if self.outline.sections:
            self.outline.sections[-1].end = start
        self.outline.sections.append(Section(title, kind, start, len(self.text), heading))

    def _flush(self) -> None:
        if not self.open:
            return
        spans = [
            (self.first, self.open[0].end),
            *((line.start, line.end) for line in self.open[1:]),
        ]
        whole = len(self.open) == 1 and self.first == self.open[0].start
        normal = self.open[0].normal if whole else normalise(self.text, spans)
        if normal.text:
            section = self.outline.sections[-1]
            self.outline.paragraphs.append(
                Paragraph(normal, spans[0][0], spans[-1][1], section, self.open[0].cell)
            )
        self.open = []

    def heading(self, heading: Heading) -> None:
        self._flush()
        kind = self._kind(heading)
        self.outline.headings.append(heading)
        self._section(heading.title, kind, heading.start, heading)

    def _kind(self, heading: Heading) -> str:
        """The kind of a section: its own, else that of the one it stands in; annexes
        keep theirs.
        """
        own = heading.kind
        if own == "annex" and not self.outline.paragraphs:
            own, heading.part = None, False  # 附件： over a document that is an annex as a whole
        level = self._level(heading, own)
        self._close(level)
        outer = self._kept()
        above = self.stack[-1][1] if self.stack else "front"
        kind = outer or _below(above, heading.words) or own or above
        if outer is None or level <= SECOND:
            self.stack.append((level, kind))
        return kind

    def _level(self, heading: Heading, own: str | None) -> int:
        """Where a heading stands. One without a number is a part or below everything; within what
        keeps its kind only 名词解释 is a part.
        """
        if heading.level is not None:
            return heading.level
        part = own == "glossary" if self._kept() else heading.part
        return PART if part else THIRD

    def _kept(self) -> str | None:
        """The kind that all headings have which stand here."""
        return next((k for _, k in self.stack if k in STICKY), None)

    def _close(self, level: int) -> None:
        """Leaves the sections that a heading of this level ends."""
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()

    def table(self, grid: Grid) -> None:
        """A table stands here: what was open ends before it."""
        self._flush()
        self.outline.grids.append((grid, self.outline.sections[-1]))

    def add(self, line: Line) -> None:
        """A line: a heading with what stands after it, or a part of a paragraph."""
        found = None if line.cell else _heading(self.text, line)
        if found is None:
            self.line(line, line.start)
            return
        heading, used = found
        self.heading(heading)
        if used < len(line.normal.text):
            self.line(line, line.normal.places[used])

    def line(self, line: Line, start: int) -> None:
        if self.open and not _joins(self.open[-1], line, self.soft):
            self._flush()
        if not self.open:
            self.first = start
        self.open.append(line)

    def finish(self) -> Outline:
        self._flush()
        return self.outline


def outline(text: str, *, soft: bool, grids: list[Grid] | None = None) -> Outline:
    """Sections, headings, paragraphs and tables of a text.

    ``soft``: lines may break inside a sentence (text files). ``grids``: the tables that the reader
    of the file found.
    """
    lines = split_lines(text)
    contents = contents_lines(text, lines)
    tables, inside = placed(lines, grids or [])
    for grid in set_in_text(text, lines, contents | inside) if soft else []:
        tables[min(grid.lines)] = grid
        inside |= grid.lines
    builder = _Builder(text, soft)
    for i, line in enumerate(lines):
        if i in tables:
            builder.table(tables[i])
        if i not in contents and i not in inside:
            builder.add(line)
    return builder.finish()
