"""Lines into headings and paragraphs: where a section begins, what it is called, what it is about.

What does not belong here: what a paragraph says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from pipelines.narrative.grids import Grid, text_grids
from pipelines.narrative.normal import Normal, chinese_number, normalise
from pipelines.narrative.vocabulary import vocabulary

PART, FIRST, SECOND, THIRD = 0, 1, 2, 3
NUMBERS = (
    (PART, re.compile(r"第([一二三四五六七八九十]+)(?:部分|篇|章)[：、.，]?")),
    (FIRST, re.compile(r"([一二三四五六七八九十]{1,3})[、.，．]")),
    (SECOND, re.compile(r"（([一二三四五六七八九十]{1,3})）[、.，]?")),
    (THIRD, re.compile(r"(\d{1,2})[、.．](?:(?!\d)|(?=20\d\d年))")),
)
STARTER = re.compile(
    r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|（\d{1,2}）|\d{1,2}[、.](?:(?!\d)|(?=20\d\d年))"
    r"|（?图\d|（注|注：|表\d|附件|其中：|\[|[^，。（）]{2,25}（类|[^，。（）]{2,25}（款|人员经费|(?:日常)?公用经费"
)
AMOUNT = re.compile(r"\d(?:万元|元|%)")
ENDED = re.compile(r"[。；：！？]）?$")
UNFINISHED = re.compile(r"[\d.，、（]$")
TAIL = re.compile(r"(?:万?元|%|[，。；、）]|\d)")
TOC_LEADER = re.compile(r"(?:\.{3,}|…{2,}|·{3,})（?\d+(?:-\d+)?）?$|PAGEREF|_Toc\d")
STICKY = ("glossary", "annex", "tables", "contact", "contents")
BARE_END = re.compile(r"(?:说明|情况|解释|职责|职能|概况|设置|总表|附表|附件\d*)$")
SHORT_TITLE, LONG_LINE, ENDLESS = 45, 18, 10_000
LONGEST_ENTRY = 60  # characters of a line of the contents


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    normal: Normal
    after_blank: bool
    cell: bool


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


def split_lines(text: str) -> list[Line]:
    """The lines that say something, each with its span."""
    lines, start, blank = [], 0, False
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        normal = normalise(text, [(start, start + len(body))])
        if normal.text:
            lines.append(Line(start, start + len(body), normal, blank, raw.startswith("\t")))
            blank = False
        else:
            blank = True
        start += len(raw)
    return lines


def _number(text: str) -> tuple[int | None, int | None, str, str]:
    """Level, number, label and the rest of a numbered line."""
    for level, pattern in NUMBERS:
        if found := pattern.match(text):
            value = int(found[1]) if found[1].isdigit() else chinese_number(found[1])
            return level, value, found[0], text[found.end() :]
    return None, None, "", text


def _kind(title: str) -> tuple[str | None, bool]:
    """The kind of section a title names, and whether it is a part of the document of its own."""
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
    level, number, label, rest = _number(line.normal.text)
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


def _contents(text: str, lines: list[Line]) -> set[int]:
    """Indexes of the lines of a table of contents."""
    marked = {
        i for i, line in enumerate(lines) if TOC_LEADER.search(text[line.start : line.end].strip())
    }
    half = lines[: len(lines) // 2 + 1]
    start = next((i for i, line in enumerate(half) if line.normal.text in ("目录", "目次")), None)
    if start is None or start + 1 >= len(lines):
        return marked
    first = _toc_title(lines[start + 1])
    level, last, *_ = _number(first)
    for i in range(start + 2, len(lines)):
        title = _toc_title(lines[i])
        own, number, *_ = _number(title)
        begins = own == level == PART and _falls_back(last, number)
        if (
            begins
            or _same_title(title, first)
            or len(title) > LONGEST_ENTRY
            or title.endswith("。")
        ):
            return marked | set(range(start, i))
        last = number if own == level else last
    return marked | {start}


def _falls_back(last: int | None, number: int | None) -> bool:
    """Whether a number does not go on from the last: parts of the text again, the first of which
    it may lack.
    """
    return last is not None and number is not None and number <= last


def _same_title(title: str, first: str) -> bool:
    """Whether a line is the first entry of the contents again, as the heading of the text: its
    part, or nearly its words.
    """
    level, number, _, rest = _number(title)
    first_level, first_number, _, first_rest = _number(first)
    if (level, number) != (first_level, first_number):
        return False
    if level == PART:
        return True
    shared = set(rest) & set(first_rest)
    return 2 * len(shared) >= max(len(set(rest)), len(set(first_rest))) or rest == first_rest


def _toc_title(line: Line) -> str:
    return re.sub(r"(?:[.…·]*-?\d+(?:-\d+)?-?|[.…·]+)$", "", line.normal.text)


def _joins(previous: Line, line: Line, soft: bool) -> bool:
    """Whether a line goes on the sentence of the one before."""
    if line.cell or previous.cell or ENDED.search(previous.normal.text):
        return False
    if STARTER.match(line.normal.text):
        return bool(
            re.search(r"\d\.$", previous.normal.text) and re.match(r"\d+万?元", line.normal.text)
        )
    broken = UNFINISHED.search(previous.normal.text) or TAIL.match(line.normal.text)
    long = len(previous.normal.text) >= LONG_LINE
    if line.after_blank or not soft:
        return bool(broken) and long
    return long or (bool(broken) and len(previous.normal.text) >= 6)


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
        sticky = next((k for _, k in self.stack if k in STICKY), None)
        own = heading.kind
        if own == "annex" and not self.outline.paragraphs:
            own, heading.part = None, False  # 附件： over a document that is an annex as a whole
        top = heading.level is None and heading.part
        level = PART if top and not sticky else heading.level
        if level is None:
            level = THIRD
        if sticky and heading.level is None and own == "glossary":
            level, sticky = PART, None
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()
        outer = next((k for _, k in self.stack if k in STICKY), None)
        above = self.stack[-1][1] if self.stack else "front"
        kind = outer or _below(above, heading.words) or own or above
        if outer is None or level <= SECOND:
            self.stack.append((level, kind))
        return kind

    def table(self, grid: Grid) -> None:
        """A table stands here: what was open ends before it."""
        self._flush()
        self.outline.grids.append((grid, self.outline.sections[-1]))

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
    contents = _contents(text, lines)
    known = grids or []
    inside = _lines_inside(lines, known)
    tables = {i: grid for grid, i in known_starts(lines, known)}
    if soft:
        for grid in text_grids(text, [(line.start, line.end) for line in lines]):
            if not grid.lines & (contents | inside):
                tables[min(grid.lines)] = grid
                inside |= grid.lines
    builder = _Builder(text, soft)
    for i, line in enumerate(lines):
        if i in tables:
            builder.table(tables[i])
        if i in contents or i in inside:
            continue
        found = None if line.cell else _heading(text, line)
        if found is None:
            builder.line(line, line.start)
            continue
        heading, used = found
        builder.heading(heading)
        if used < len(line.normal.text):
            builder.line(line, line.normal.places[used])
    return builder.finish()


def _lines_inside(lines: list[Line], grids: list[Grid]) -> set[int]:
    """Indexes of the lines that belong to tables found by the reader of the file."""
    spans = sorted((g.start, max(s[1] for row in g.rows for _, s in row)) for g in grids)
    found: set[int] = set()
    at = 0
    for i, line in enumerate(lines):
        while at < len(spans) and spans[at][1] <= line.start:
            at += 1
        if at < len(spans) and spans[at][0] <= line.start:
            found.add(i)
    return found


def known_starts(lines: list[Line], grids: list[Grid]) -> list[tuple[Grid, int]]:
    """Each table with the index of its first line."""
    starts = [line.start for line in lines]
    return [(g, min(bisect_left(starts, g.start), len(lines) - 1)) for g in grids if lines]
