"""Tables that stand in a text: of Word and web pages as they are, in plain text by tabs, by aligned
columns, or one cell a line.

A table is never prose and never a heading. What does not belong here: what its lines say
(``rows.py``), and tables that are forms (``pipelines/tables/forms.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.tables.document import Table

Span = tuple[int, int]
NUMBER = re.compile(r"-?[\d,，]+(?:\.\d+)?%?|-|—|--|／|/")
APART = re.compile(r"\t+|[ \u3000\u00a0]{2,}")
PROSE = re.compile(r"[。；，：:]")
MARKED = re.compile(r"[。；]|[一-龥]，[一-龥]")
ABOVE = 4  # lines above a table that may hold its title and its unit
SHORT = 30  # a cell of a table flattened to one a line is not longer
NARROWEST = 3  # columns of a table parted by single spaces: two words may be a title
WIDEST = 9  # columns tried for such a table
FEWEST = 6  # cells it has at least: a heading and one line of three, or two lines of two


@dataclass(slots=True)
class Grid:
    """A table of a text: its lines as spans of cells with their columns, and the words above it
    (title, unit).
    """

    rows: list[list[tuple[int, Span]]]
    above: str = ""
    lines: set[int] = field(default_factory=set)

    @property
    def start(self) -> int:
        return self.rows[0][0][1][0]


def text_grids(text: str, lines: Sequence[Span]) -> list[Grid]:
    """The tables of a plain text; ``lines`` are the spans of its lines that say something."""
    found: list[Grid] = []
    ends = _runs(text, lines)
    at = 0
    while at < len(lines):
        grid = (
            _columns(text, lines, at)
            or _spaced(text, lines, at)
            or _flat(text, lines, at, ends[at])
        )
        if grid is None:
            at += 1
            continue
        first = min(grid.lines)
        grid.above = _above(text, lines, first, at)
        found.append(grid)
        at = max(grid.lines) + 1
    return found


def table_grids(text: str, tables: Iterable[Table]) -> list[Grid]:
    """The tables of a document that its reader found."""
    found = []
    for table in tables:
        rows: dict[int, list[tuple[int, Span]]] = {}
        for cell in table.cells:
            if cell.end > cell.start and text[cell.start : cell.end].strip():
                rows.setdefault(cell.row, []).append((cell.column, (cell.start, cell.end)))
        if rows:
            above = "\n".join((table.title, *table.above))
            found.append(Grid([sorted(rows[r]) for r in sorted(rows)], above))
    return found


def _above(text: str, lines: Sequence[Span], first: int, at: int) -> str:
    """The short lines above a table: what it is called and its unit."""
    near = [text[a:b] for a, b in lines[max(0, first - ABOVE) : first]]
    skipped = [text[a:b] for a, b in lines[at:first]]
    return "\n".join(line for line in [*near, *skipped] if len(line) <= 2 * SHORT)


# columns set with tabs or spaces -------------------------------------------------


def _columns(text: str, lines: Sequence[Span], at: int) -> Grid | None:
    """A run of lines whose cells stand apart by tabs or by spaces."""
    rows: list[list[tuple[int, Span]]] = []
    end = at
    while end < len(lines) and (cells := _cells(text, lines[end])):
        rows.append(list(enumerate(cells)))
        end += 1
    numbers = sum(1 for row in rows if any(_is_number(text, s) for _, s in row[1:]))
    if len(rows) < 2 or numbers * 2 < len(rows):
        return None
    return Grid(_by_tabs(text, lines[at:end]) or rows, lines=set(range(at, end)))


def _by_tabs(text: str, lines: Sequence[Span]) -> list[list[tuple[int, Span]]] | None:
    """The cells of lines that are parted by as many tabs each: an empty cell keeps its place.

    None where the numbers differ, as tabs may then only align.
    """
    made, widths = [], set()
    for start, end in lines:
        found, at = [], start
        fields = text[start:end].split("\t")
        for column, words in enumerate(fields):
            lead = at + len(words) - len(words.lstrip())
            if words.strip():
                found.append((column, (lead, lead + len(words.strip()))))
            at += len(words) + 1
        made.append(found)
        widths.add(len(fields))
    return made if len(widths) == 1 and widths != {1} else None


def _cells(text: str, line: Span) -> list[Span]:
    """The cells of a line; none where it is prose or one piece."""
    start, end = line
    body = text[start:end]
    if MARKED.search(body):
        return []
    lead = len(body) - len(body.lstrip())
    found, at = [], start + lead
    for gap in APART.finditer(text, at, end):
        if gap.start() > at:
            found.append((at, gap.start()))
        at = gap.end()
    if at < end and text[at:end].strip():
        found.append((at, start + len(body.rstrip())))
    return found if len(found) > 1 and _stand_apart(text, body, found) else []


def _stand_apart(text: str, body: str, pieces: list[Span]) -> bool:
    """Whether the pieces of a line are cells: by tabs, or by more of them or a number among two."""
    return "\t" in body.strip() or len(pieces) > 2 or any(_is_number(text, s) for s in pieces)


def _is_number(text: str, span: Span) -> bool:
    return bool(NUMBER.fullmatch(text[span[0] : span[1]].strip().replace(" ", "")))


def _spaced(text: str, lines: Sequence[Span], at: int) -> Grid | None:
    """A heading of words and lines of a label and a number under each other word, all parted by
    single spaces: as a table copied from a page has them.
    """
    header = _pieces(text, lines[at])
    if len(header) < NARROWEST or any(_is_number(text, s) for s in header):
        return None
    rows = [list(enumerate(header))]
    for line in lines[at + 1 :]:
        pieces = _pieces(text, line)
        if len(pieces) != len(header) or not _is_row(text, pieces):
            break
        rows.append(list(enumerate(pieces)))
    return Grid(rows, lines=set(range(at, at + len(rows)))) if len(rows) > 2 else None


def _pieces(text: str, line: Span) -> list[Span]:
    """The words of a line that are parted by spaces; none where it is prose."""
    body = text[line[0] : line[1]]
    if PROSE.search(body):
        return []
    return [(line[0] + m.start(), line[0] + m.end()) for m in re.finditer(r"\S+", body)]


# one cell a line ------------------------------------------------------------------


def _flat(text: str, lines: Sequence[Span], at: int, end: int) -> Grid | None:
    """A run of short lines that makes a table of k columns: a heading of words, then a label and k
    - 1 numbers a line.
    """
    first = text[lines[at][0] : lines[at][1]].strip()
    if not first or len(first) > SHORT or PROSE.search(first) or _is_number(text, lines[at]):
        return None
    if end - at < FEWEST:
        return None
    for width in range(2, WIDEST):
        grid = _of_width(text, lines, at, end, width)
        if grid is not None:
            return grid
    return None


def _runs(text: str, lines: Sequence[Span]) -> list[int]:
    """For each line, where the run of short lines that it stands in ends."""
    ends = [0] * len(lines)
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        if not _short(text, lines[at]):
            end = at
        ends[at] = end
    return ends


def _short(text: str, line: Span) -> bool:
    body = text[line[0] : line[1]].strip()
    return len(body) <= SHORT and not PROSE.search(body)


def _of_width(text: str, lines: Sequence[Span], at: int, end: int, width: int) -> Grid | None:
    header = lines[at : at + width]
    if len(header) < width or any(_is_number(text, h) for h in header):
        return None
    rows = [list(enumerate(header))]
    cursor = at + width
    while cursor + width <= end:
        cells = lines[cursor : cursor + width]
        if not _is_row(text, cells):
            break
        rows.append(list(enumerate(cells)))
        cursor += width
    stray = cursor < end and _is_number(text, lines[cursor])
    if len(rows) < 3 or stray:
        return None
    return Grid(rows, lines=set(range(at, cursor)))


def _is_row(text: str, cells: Sequence[Span]) -> bool:
    """A label, and a number under every other heading."""
    return not _is_number(text, cells[0]) and all(_is_number(text, c) for c in cells[1:])
