"""Tables out of a text that keeps one cell a line, as Word gives when it is saved as plain text.

A cell begins at a line with a tab in front; lines without one continue it. A cell merged downwards
is an empty cell, one merged across stands once, so rows of one table differ in length. Empty lines
end rows, but also stand inside cells: where a header is known (``recognise``), rows are cut again
by its width.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pipelines.tables.document import Cell, Table

NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])"
)
ITEM = re.compile(r"\s*\d{1,2}[.．、](?!\d)")
HEADING = re.compile(r"\s*\d{1,2}[.．、](?!\d)[^。；，：]{2,15}$")  # 3.违规记录, no item of a cell
SEPARATED = re.compile(r"\s*\|\s*|\t+| {2,}|\u3000{2,}")
TITLE = re.compile(r"(?:表|体系|情况)$")
# A line that goes on with a cell after an empty line is short, or the row is not yet full.
LONGEST_REST = 40
NEAR = 4  # rows that tell how wide the table is at a place
MOST_JOINED = 4  # a row broken over more lines than this is two rows
MOST_CUT = 7  # a header of two rows, each of them broken
ROWS_BELOW = 8  # enough to see how wide a table is, even where some rows are cut
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


class Headers(Protocol):
    """What is known of the tables that may come: header widths, and rows with which a table begins
    anew.
    """

    def width(self, rows: list[list[str]]) -> int:
        """The number of columns where these rows of words are a known header, else 0."""

    def begins(self, row: list[str]) -> bool:
        """Whether a row is the first of another table, so that the header before holds
        no longer.
        """

    def goes_on(self, row: list[str], rest: list[str]) -> bool:
        """Whether ``rest``, behind several empty lines, can only be the end of ``row``."""


@dataclass(slots=True)
class _Cell:
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Piece:
    """Cells up to an empty line; ``gap``: how many empty lines stand before."""

    cells: list[_Cell]
    gap: int

    @property
    def blank(self) -> bool:
        return not any(c.text.strip() for c in self.cells)


@dataclass(slots=True)
class _Stream:
    """All cells between two paragraphs; ``title``, ``above``: what stands before."""

    pieces: list[_Piece]
    title: str = ""
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Lines into streams of cells. ``above``: paragraphs since the last table."""

    text: str
    streams: list[_Stream] = field(default_factory=list)
    current: _Stream | None = None
    above: list[str] = field(default_factory=list)
    gap: int = 0

    def read(self) -> list[_Stream]:
        lines = list(_lines(self.text))
        for at, (start, end) in enumerate(lines):
            line = self.text[start:end]
            if not line.strip() and not line.startswith("\t"):
                self.gap += 1
            elif line.startswith("\t"):
                self._cell_line(start, end)
            elif "|" in line and self._barred(lines, at):
                self._row(_barred(line, start))
            elif self.current is not None and self._goes_on(lines, at):
                self._extend(end)
            elif len(parts := _separated(line, start)) > 2:
                self._row(parts)
            else:
                self._paragraph(line)
        self._finish()
        return self.streams

    def _cell_line(self, start: int, end: int) -> None:
        inner = self.text[start + 1 : end]
        if not inner.strip():
            self._add([_Cell("", start, end)])
            return
        parts = list(_separated(inner, start + 1, keep=True))
        if len(parts) >= WHOLE_ROW:
            self._row(parts)
            return
        self._add(parts if len(parts) > 1 else [_trimmed(inner, start + 1)])

    def _add(self, cells: list[_Cell]) -> None:
        if self.current is None:
            self.current = _Stream([], *self._headed())
            self.gap = max(self.gap, 1)
        if self.gap or not self.current.pieces:
            self.current.pieces.append(_Piece([], self.gap))
        self.current.pieces[-1].cells += cells
        self.gap = 0

    def _row(self, cells: list[_Cell]) -> None:
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
        found = _trimmed(self.text[last.start : end], last.start)
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


def _detached_title(stream: _Stream) -> str:
    """The title of the next table that ends this one (a row with nothing else), taken off. Blank
    cells at the end stay where they may be the rest of a row.
    """
    pieces = stream.pieces
    last = next((at for at in range(len(pieces) - 1, -1, -1) if not pieces[at].blank), -1)
    if last < 0:
        pieces.clear()
        return ""
    filled = [c.text.strip() for c in pieces[last].cells if c.text.strip()]
    if len(filled) == 1 and TITLE.search(filled[0]) and len(pieces[last].cells) <= 2:
        del pieces[last:]
        return filled[0]
    while pieces[-1].blank and pieces[-1].gap < CUT_INSIDE:
        pieces.pop()
    return ""


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        yield start, start + len(body)
        start += len(raw)


def _followed_by_blank(text: str, lines: list[tuple[int, int]], at: int) -> bool:
    if at + 1 >= len(lines):
        return True
    start, end = lines[at + 1]
    return not text[start:end].strip() and not text[start:end].startswith("\t")


def _separated(line: str, offset: int, keep: bool = False) -> list[_Cell]:
    """The cells of a row that stands on one line; ``keep``: separators are tabs and bars only."""
    pattern = re.compile(r"\t|\|") if keep else SEPARATED
    if not keep and "|" not in line and "\t" not in line and NUMBERED.match(line):
        return []
    cells, start = [], 0
    for found in pattern.finditer(line):
        cells.append(_trimmed(line[start : found.start()], offset + start))
        start = found.end()
    cells.append(_trimmed(line[start:], offset + start))
    if not keep and cells and not cells[0].text:
        cells.pop(0)
    return cells


def _barred(line: str, offset: int) -> list[_Cell]:
    """The cells of a row with bars between them, or in a frame of bars (which begins the line)."""
    cells = _separated(line, offset, keep=True)
    framed = line.startswith("|")
    return cells[1 : -1 if line.rstrip().endswith("|") else None] if framed else cells


def _trimmed(raw: str, offset: int) -> _Cell:
    body = raw.strip()
    start = offset + (raw.find(body) if body else 0)
    return _Cell(body, start, start + len(body))


def flattened_tables(text: str, headers: Headers | None = None) -> list[Table]:
    """The tables of a text, numbered from 1. Spans count in ``text``.

    ``headers``: what is known of them; by default the headers of the performance forms.
    """
    if headers is None:
        from pipelines.performance.recut import FormHeaders

        headers = FormHeaders()
    tables: list[Table] = []
    for stream in _Reader(text).read():
        cells = _placed(_rows(stream.pieces, headers))
        if cells:
            start, end = min(c.start for c in cells), max(c.end for c in cells)
            number = len(tables) + 1
            tables.append(Table(number, tuple(cells), start, end, stream.title, stream.above))
    return tables


@dataclass(slots=True)
class _Row:
    """A row; ``width``: of the header it stands under; ``head``: it is (a row of) the header
    itself.
    """

    cells: list[_Cell]
    width: int = 0
    head: bool = False


def _rows(pieces: list[_Piece], headers: Headers) -> list[_Row]:
    rows: list[_Row] = []
    width = at = 0
    while at < len(pieces):
        found = _header_at(pieces, at, headers)
        if found:
            width = found.width
            rows += [_Row(cells, width, True) for cells in found.rows]
            at += found.used
            continue
        cells = list(pieces[at].cells)
        if headers.begins([c.text for c in cells]):
            width = 0
        at += 1
        while at < len(pieces) and _continues(cells, at, width, pieces, headers):
            cells += pieces[at].cells
            at += 1
        rows.append(_Row(cells, width if len(cells) <= width else 0))
    return rows


@dataclass(slots=True)
class _Header:
    """The rows of a header, how many pieces they were, and how many columns it has."""

    used: int
    rows: list[list[_Cell]]
    width: int


def _header_at(pieces: list[_Piece], at: int, headers: Headers) -> _Header | None:
    """The header that begins at a piece: one that the rows below confirm, else the first of all,
    unless a confirmed one begins inside it.
    """
    confirmed, first = _headers_from(pieces, at, headers)
    if confirmed or first is None:
        return confirmed
    inside = range(at + 1, at + first.used)
    return None if any(_headers_from(pieces, i, headers)[0] for i in inside) else first


def _headers_from(
    pieces: list[_Piece], at: int, headers: Headers
) -> tuple[_Header | None, _Header | None]:
    """The first header whose width most rows below it have, and the first one of any width."""
    window = pieces[at : at + MOST_CUT]
    first: _Header | None = None
    for used in range(1, len(window) + 1) if window and not window[0].blank else ():
        below = pieces[at + used : at + used + ROWS_BELOW]
        for rows, plain in _ways(window[:used], headers):
            width = headers.width([[c.text for c in row] for row in rows])
            if width and width in _usual_widths(below):
                return _Header(used, rows, width), first
            if width and plain and first is None:
                first = _Header(used, rows, width)
    return None, first


def _usual_widths(pieces: list[_Piece]) -> set[int]:
    """How many cells most rows have, as they stand and with what was cut inside them joined."""
    found = set()
    for widths in (Counter(len(p.cells) for p in pieces), Counter(map(len, _joined(pieces)))):
        if widths:
            found.add(max(widths, key=lambda w: (widths[w], w)))
    return found


def _ways(window: list[_Piece], headers: Headers) -> Iterator[tuple[list[list[_Cell]], bool]]:
    """How pieces may be the rows of a header: those behind several empty lines joined to the one
    before (only the rows below can confirm it: False); each one a row; all of them one row, unless
    one of them is a header itself.
    """
    joined = _joined(window)
    if len(joined) < min(len(window), MOST_JOINED):
        yield joined, False
    if len(window) < MOST_JOINED:
        yield [list(p.cells) for p in window], True
    alone = any(headers.width([[c.text for c in p.cells]]) for p in window[1:])
    if 1 < len(window) <= MOST_JOINED and not alone:
        yield [[c for p in window for c in p.cells]], True


def _joined(window: list[_Piece]) -> list[list[_Cell]]:
    rows: list[list[_Cell]] = []
    for piece in window:
        if rows and piece.gap >= CUT_INSIDE:
            rows[-1] += piece.cells
        else:
            rows.append(list(piece.cells))
    return rows


def _continues(
    cells: list[_Cell], at: int, width: int, pieces: list[_Piece], headers: Headers
) -> bool:
    """Whether a piece goes on with the row that ``cells`` began: it fits the width, and it does not
    begin anew.
    """
    piece = pieces[at]
    words = [c.text for c in cells], [c.text for c in piece.cells]
    inside = piece.gap >= CUT_INSIDE
    if inside and headers.goes_on(*words):
        return True
    both = len(cells) + len(piece.cells)
    if not width or len(cells) >= width or both > width or (piece.blank and not inside):
        return False
    if not (inside or any(words[0])) or _header_at(pieces, at, headers):
        return False
    if headers.begins(words[1]):
        return False
    return inside or (both == width and bool(words[1][0]) and len(cells) > 1)


def _placed(rows: list[_Row]) -> list[Cell]:
    """Rows into columns: a short row of a known width gives what is lacking to its first words."""
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        spans = _spans(rows, number)
        column = 0
        for cell, columns in zip(row.cells, spans, strict=True):
            cells.append(Cell(number, column, cell.text, cell.start, cell.end, columns=columns))
            column += columns
    return cells


def _spans(rows: list[_Row], number: int) -> list[int]:
    row = rows[number]
    lacking = row.width - len(row.cells)
    if lacking <= 0:
        return [1] * len(row.cells)
    if row.head:
        below = next((r for r in rows[number + 1 :] if r.head and len(r.cells) == row.width), None)
        if below is not None:
            return header_spans([c.text for c in row.cells], [c.text for c in below.cells])
    spans = [1] * len(row.cells)
    first = next((i for i, c in enumerate(row.cells) if c.text), 0)
    spans[first] += lacking
    return spans


def header_spans(upper: list[str], lower: list[str]) -> list[int]:
    """How many columns each upper cell covers, from the full row below it.

    An empty cell below belongs to an upper cell that is merged downwards, so that one covers a
    single column. What lies between is shared out by repetition: 合计, 财政拨款, 合计, 财政拨款 are
    two groups of two.
    """
    spans = [1] * len(upper)
    left, right = 0, len(upper)
    first, last = 0, len(lower)
    while right > left + 1 and last > first and not lower[last - 1].strip():
        right, last = right - 1, last - 1
    while left < right - 1 and first < last and not lower[first].strip():
        left, first = left + 1, first + 1
    groups = _groups(lower[first:last], right - left)
    spans[left:right] = groups
    return spans


def _groups(words: list[str], number: int) -> list[int]:
    """Sizes of ``number`` groups over the words; from the right, a group is what also stands before
    it.
    """
    sizes: list[int] = []
    rest = list(words)
    while len(sizes) < number - 1:
        most = len(rest) - (number - len(sizes) - 1)
        size = min(_period(words, rest), most)
        sizes.insert(0, size)
        rest = rest[: len(rest) - size]
    return [len(rest), *sizes]


def _period(words: list[str], rest: list[str]) -> int:
    """The longest end of ``rest`` that stands once more among all the words, without repeating
    itself.
    """
    for size in range(len(rest), 0, -1):
        tail = rest[-size:]
        places = [i for i in range(len(words) - size + 1) if words[i : i + size] == tail]
        if len(places) > 1 and len(set(tail)) == size:
            return size
    return 1
