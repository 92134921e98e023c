"""Lines into streams of cells: which lines open a cell, go on with one, or are paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from pipelines.tables.flattened.cells import (
    NUMBERED,
    Cell,
    Piece,
    barred,
    lines_of,
    separated,
    trimmed,
)

ITEM = re.compile(r"\s*\d{1,2}[.．、](?!\d)")
HEADING = re.compile(r"\s*\d{1,2}[.．、](?!\d)[^。；，：]{2,15}$")  # 3.违规记录, no item of a cell
TITLE = re.compile(r"(?:表|体系|情况)$")
# A line that goes on with a cell after an empty line is short, or the row is not yet full.
LONGEST_REST = 40
NEAR = 4  # rows that tell how wide the table is at a place
CUT_INSIDE = 2  # one empty line ends a row; more stand behind a cell that ends in empty lines
# What is left of a cell after an empty line inside it (自评⏎⏎得分), where nothing else tells: no
# more than this.
LITTLE = 4
# The title of the table that follows; inside cells nothing this long ends so.
NEXT_TITLE = re.compile(r".{5}(?:表|体系)(?:（20\d\d年度?）|\(20\d\d年度?\))?$")
NO_REST = re.compile(r"\s*(?:附件|附表|表|注|单位|备注|说明)")
# So many cells on one line behind a tab are a whole row; a converter that splits a cell in two
# leaves fewer.
WHOLE_ROW = 3
EVEN = 3  # lines alike: two may be by chance


@dataclass(slots=True)
class _Stream:
    """All cells between two paragraphs; ``title``, ``above``: what stands before."""

    pieces: list[Piece]
    title: str = ""
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """Lines into streams of cells. ``above``: paragraphs since the last table."""

    text: str
    streams: list[_Stream] = field(default_factory=list)
    current: _Stream | None = None
    above: list[str] = field(default_factory=list)
    gap: int = 0

    def read(self) -> list[_Stream]:
        lines = list(lines_of(self.text))
        even = even_rows([self.text[start:end] for start, end in lines])
        for at, (start, end) in enumerate(lines):
            line = self.text[start:end]
            if at in even:
                self._row(separated(line, start, keep=True))
            elif not line.strip() and not line.startswith("\t"):
                self.gap += 1
            elif line.startswith("\t"):
                self._cell_line(start, end)
            elif "|" in line and self._barred(lines, at):
                self._row(barred(line, start))
            elif self.current is not None and self._goes_on(lines, at):
                self._extend(end)
            elif len(parts := separated(line, start)) > 2:
                self._row(parts)
            else:
                self._paragraph(line)
        self._finish()
        return self.streams

    def _cell_line(self, start: int, end: int) -> None:
        inner = self.text[start + 1 : end]
        if not inner.strip():
            self._add([Cell("", start, end)])
            return
        parts = list(separated(inner, start + 1, keep=True))
        if len(parts) >= WHOLE_ROW:
            self._row(parts)
            return
        self._add(parts if len(parts) > 1 else [trimmed(inner, start + 1)])

    def _add(self, cells: list[Cell]) -> None:
        if self.current is None:
            self.current = _Stream([], *self._headed())
            self.gap = max(self.gap, 1)
        if self.gap or not self.current.pieces:
            self.current.pieces.append(Piece([], self.gap))
        self.current.pieces[-1].cells += cells
        self.gap = 0

    def _row(self, cells: list[Cell]) -> None:
        """A row on a line of its own: empty lines around it say nothing of its inside."""
        self.gap = 1
        self._add(cells)
        self.gap = 1

    def _goes_on(self, lines: list[tuple[int, int]], at: int) -> bool:
        """Whether a line without a tab belongs to the last cell."""
        line = self.text[slice(*lines[at])]
        if NUMBERED.match(line):
            return self.gap == 0 and not _followed_by_blank(self.text, lines, at)
        if not self.gap:
            return True
        if NO_REST.match(line) or NEXT_TITLE.search(line.strip()) or HEADING.match(line):
            return False
        if len(line.strip()) <= LITTLE:
            return True
        fits = len(line.strip()) <= LONGEST_REST or self._short()
        return fits and self._cell_follows(lines, at)

    def _cell_follows(self, lines: list[tuple[int, int]], at: int) -> bool:
        """Whether the next line that is not empty opens a cell, at once or in a short row."""
        for step, (start, end) in enumerate(lines[at + 1 : at + 3]):
            if self.text[start:end].startswith("\t"):
                return step == 0 or self._short()
            if self.text[start:end].strip():
                return self._short()
        return False

    def _short(self) -> bool:
        """Whether the last row has fewer cells than those near it: tables follow each other
        without a word between, so the widest of all says nothing.
        """
        assert self.current is not None
        near = self.current.pieces[-NEAR:]
        return len(near[-1].cells) < max(len(p.cells) for p in near)

    def _barred(self, lines: list[tuple[int, int]], at: int) -> bool:
        """Whether a line with a bar is a row: with several bars, or beside another such line."""
        line = self.text[slice(*lines[at])]
        if NUMBERED.match(line):
            return False
        beside = (lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines))
        return line.count("|") > 1 or any("|" in self.text[slice(*b)] for b in beside)

    def _extend(self, end: int) -> None:
        assert self.current is not None
        last = self.current.pieces[-1].cells[-1]
        found = trimmed(self.text[last.start : end], last.start)
        last.text, last.start, last.end = found.text, found.start, found.end
        self.gap = 0

    def _paragraph(self, line: str) -> None:
        self._finish()
        self.above.append(line.strip())
        self.gap = 0

    def _headed(self) -> tuple[str, tuple[str, ...]]:
        lines = self.above[-4:]
        self.above = []
        titled = [line for line in lines if TITLE.search(line)]
        return (titled[-1] if titled else ""), tuple(lines)

    def _finish(self) -> None:
        if self.current is None:
            return
        title = _detached_title(self.current)
        if self.current.pieces:
            self.streams.append(self.current)
        self.current = None
        if title:
            self.above.append(title)


def even_rows(lines: list[str]) -> set[int]:
    """The lines that are rows of a sheet as it is copied: one after the other with the same many
    tabs. Where all begin with a tab, it may be that of a cell a line.
    """
    found: set[int] = set()
    for tabs, run in groupby(range(len(lines)), key=lambda at: lines[at].count("\t")):
        rows = list(run)
        copied = any(not lines[at].startswith("\t") for at in rows)
        if tabs >= WHOLE_ROW and len(rows) >= EVEN and copied:
            found.update(rows)
    return found


def _title_alone(piece: Piece) -> str:
    """The title that a piece is and nothing else; empty where it is none."""
    filled = [c.text.strip() for c in piece.cells if c.text.strip()]
    alone = len(filled) == 1 and len(piece.cells) <= 2
    return filled[0] if alone and TITLE.search(filled[0]) else ""


def _detached_title(stream: _Stream) -> str:
    """The title of the next table that ends this one (a row with nothing else), taken off. Blank
    cells at the end stay where they may be the rest of a row.
    """
    pieces = stream.pieces
    last = max((at for at, piece in enumerate(pieces) if not piece.blank), default=-1)
    if last < 0:
        pieces.clear()
        return ""
    if title := _title_alone(pieces[last]):
        del pieces[last:]
        return title
    while pieces[-1].blank and pieces[-1].gap < CUT_INSIDE:
        pieces.pop()
    return ""


def _followed_by_blank(text: str, lines: list[tuple[int, int]], at: int) -> bool:
    if at + 1 >= len(lines):
        return True
    start, end = lines[at + 1]
    return not text[start:end].strip() and not text[start:end].startswith("\t")
