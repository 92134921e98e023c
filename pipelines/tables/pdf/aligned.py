"""Tables without standing lines: columns by what stands under each other, rows by how far apart.

Level lines, where there is one between most rows, tell the rows; of a table with none at all the
distance of the lines does. What does not belong here: tables with a full grid (``ruling.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.tables.pdf.bands import Row, rows_of
from pipelines.tables.pdf.bodycolumns import (
    columns_of,
    covered,
    is_column_numbers,
    is_numbered,
)
from pipelines.tables.pdf.geometry import Glyph, Rule
from pipelines.tables.pdf.headings import Block, blocks_of, placed
from pipelines.tables.pdf.pieces import Piece, Span, cells_of, overlap, pieces_of, units_of
from pipelines.tables.pdf.textline import TextLine

FEWEST_ROWS = 3  # with numbers: less is a line of figures in a text
FEWEST_NUMBERS = 10  # of two rows that are a table all the same, as 公开13表 is
LONGEST = 40  # characters of a cell; a longer one is a sentence
OVERHANG = 2.0  # heights of print by which words may reach over the edge of a column on a next page
BEHIND = 6.0  # heights of print from the middle of a column to where its amounts may begin
FARTHEST = 3.5  # heights of print between two rows of one table
MOST_COLUMNS = (
    30  # whose headings can be told without lines; beyond, none is better than a wrong one
)
_MONEY = re.compile(r"-?\d[\d,，]*\.\d+|-?\d{1,3}(?:[,，]\d{3})+")
_CAPTION = re.compile(r"单位[:：]|部门[:：]|^公开\s*\d+\s*表$|^\s*(?:备?注|说明)\s*\d*[:：.]")
ABOVE = 0.6  # heights of print between the lines of one head, in fonts with the widest spacing
_YEAR = re.compile(r"20\d\d\s*年")
_TITLE = re.compile(r"表(?:（[^）]*）)?$|部分")
_PROSE = re.compile(r"[。；]|，.*，")


Placed = tuple[int, int, int, int, list[Glyph]]  # row, column, rows, columns, what it says


@dataclass(slots=True)
class Aligned:
    """A table: the edges of its columns, its rows, and the pieces with the columns they cover.

    ``heads``: what stands above the first row, cut as fine as it can be, and of how many rows;
    ``head_lines``: the same by line, with the numbers of the columns, without spaces; ``spans``:
    from where to where the rows below stand in each column.
    """

    us: list[float]
    vs: list[float]
    cells: list[Placed] = field(default_factory=list)
    heads: list[Piece] = field(default_factory=list)
    head_rows: int = 0
    head_lines: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def aligned_tables(
    lines: Sequence[TextLine], level: Sequence[Rule]
) -> tuple[list[Aligned], list[TextLine]]:
    """The tables that lines of a page make, and the lines that are none of theirs."""
    tables: list[Aligned] = []
    rest: list[TextLine] = []
    at = 0
    while at < len(lines):
        run = _run(lines, at)
        above = _begun(rest, run) if len(run) > 1 else []
        table = _table([*above, *run], level) if len(run) > 1 else None
        if table is None:
            rest += lines[at : at + max(1, len(run))]
        else:
            del rest[len(rest) - len(above) :]
            if _is_crowded(table.us):
                _take_heads(table, rest)
            tables.append(table)
        at += max(1, len(run))
    return tables, rest


def _run(lines: Sequence[TextLine], at: int) -> Sequence[TextLine]:
    """The lines from here on that may be rows of one table, to the last with several cells."""
    end = last = at
    while end < len(lines) and _may_be_row(lines[end]):
        if end > at and lines[end].v0 - lines[end - 1].v1 > FARTHEST * lines[end].size:
            break
        end += 1
        if len(pieces_of(lines[end - 1])) > 1:
            last = end
    return lines[at : _foot(lines, last, end)] if len(pieces_of(lines[at])) > 1 else ()


def _foot(lines: Sequence[TextLine], last: int, end: int) -> int:
    """Where a table ends: further lines with one cell may be of it too."""
    # The end of a cell broken at the foot of the table stands below the last numbers.
    while last < end and lines[last].v0 - lines[last - 1].v1 < 0.1 * lines[last].size:
        last += 1
    # 合计 alone is the row of a table without amounts.
    while last < end and lines[last].text in ("合计", "总计"):
        last += 1
    return last


def _begun(before: Sequence[TextLine], run: Sequence[TextLine]) -> list[TextLine]:
    """The lines right above a run that begin its heads: of one that is broken over more lines than
    those beside it the first line stands alone.
    """
    found: list[TextLine] = []
    for line in reversed(before):
        below = found[0] if found else run[0]
        near = below.v0 - line.v1 < ABOVE * line.size and below.page == line.page
        if not near or not _may_be_row(line) or _TITLE.search(line.text) or _YEAR.search(line.text):
            break
        found.insert(0, line)
    return found


def _may_be_row(line: TextLine) -> bool:
    text = line.text
    if _CAPTION.search(text) or _PROSE.search(text):
        return False
    return all(len(p.glyphs) <= LONGEST for p in pieces_of(line))


def _table(lines: Sequence[TextLine], level: Sequence[Rule]) -> Aligned | None:
    top = next((i for i, x in enumerate(lines) if _is_data(x)), len(lines))
    if top == len(lines):
        return None
    rows = rows_of(lines[top:], level)
    blocks = blocks_of([p for x in lines[:top] for p in pieces_of(x)], level)
    columns = columns_of(rows, blocks, lines[0].size)
    if not _tells([r for r in rows if r.numbers], len(columns)):
        return None
    us = _edges(columns)
    if _is_crowded(us):
        return _without_heads(us, lines[:top], rows)
    table = _with_heads(us, blocks, rows, columns)
    _note_heads(table, lines[:top], rows)
    return table


def _edges(columns: Sequence[Span]) -> list[float]:
    """The edges of columns, halfway between them."""
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    return [columns[0][0] - 1, *between, columns[-1][1] + 1]


def _with_heads(
    us: list[float], blocks: list[Block], rows: Sequence[Row], columns: list[Span]
) -> Aligned:
    """The cells of the heads and of the rows below them."""
    height = placed(blocks, us)
    table = Aligned(us, _heights(blocks, height, rows), head_rows=height, spans=columns)
    for block in blocks:
        wide = block.last - block.first + 1
        table.cells.append((block.row, block.first, block.rows, wide, block.glyphs))
    for number, row in enumerate(rows, height):
        table.cells += _cells(number, row, columns)
    return table


def _note_heads(table: Aligned, lines: Sequence[TextLine], rows: Sequence[Row]) -> None:
    """Keeps with a table the lines that are its heads, and the numbers of its columns."""
    table.heads = [unit for line in lines for unit in units_of(line)]
    numbers = rows[0].lines if is_column_numbers(rows[0]) else []
    table.head_lines = [line.said for line in (*lines, *numbers)]


def _is_crowded(us: Sequence[float]) -> bool:
    return len(us) - 1 > MOST_COLUMNS


def _without_heads(us: list[float], heads: Sequence[TextLine], rows: Sequence[Row]) -> Aligned:
    """A table of so many columns that its heads cannot be told: they are one cell over all."""
    first = rows[0].v0
    top = min([line.v0 for line in heads], default=first) - 1
    between = [(a.v1 + b.v0) / 2 for a, b in pairwise(rows)]
    table = Aligned(us, [top, first - 0.5, *between, rows[-1].v1 + 1])
    table.cells.append((0, 0, 1, len(us) - 1, [g for line in heads for g in line.glyphs]))
    for number, row in enumerate(rows, 1):
        table.cells += _cells(number, row, list(pairwise(us)))
    return table


def _take_heads(table: Aligned, lines: list[TextLine]) -> None:
    """Takes heads that stand further above such a table off the lines before it."""
    row, column, rows, columns, glyphs = table.cells[0]
    while lines and _may_be_row(lines[-1]) and not _TITLE.search(lines[-1].text):
        line = lines.pop()
        glyphs = [*line.glyphs, *glyphs]
        table.vs[0] = line.v0 - 1
    table.cells[0] = row, column, rows, columns, glyphs


def _is_data(line: TextLine) -> bool:
    """Whether a line is a row with numbers, and no longer the heading."""
    pieces = cells_of(line)
    if any(p.said == "栏次" for p in pieces) and any(p.is_number for p in pieces):
        return True  # of a table with one column of amounts too
    return sum(p.is_number for p in pieces) > 1 or any(_MONEY.fullmatch(p.text) for p in pieces)


def _heights(blocks: Sequence[Block], height: int, rows: Sequence[Row]) -> list[float]:
    """Where rows begin and end, those of the heading shared out evenly."""
    top = min([b.v0 for b in blocks] + [rows[0].v0]) - 1
    first = max([b.v1 for b in blocks], default=rows[0].v0)
    head = [top + (first - top) * i / height for i in range(height)] if height else []
    between = [(a.v1 + b.v0) / 2 for a, b in pairwise(rows)]
    start = (first + rows[0].v0) / 2 if height else top
    return [*head, start, *between, rows[-1].v1 + 1]


def _tells(data: Sequence[Row], columns: int) -> bool:
    """Whether rows are those of a table: several columns of numbers, or amounts beside labels."""
    if columns < 2 or len(data) < 2:
        return any(is_numbered(r) for r in data)
    wide = sum(r.numbers > 1 for r in data)
    money = sum(any(_MONEY.fullmatch(p.text) for p in r.pieces) for r in data)
    many = sum(r.numbers for r in data) >= FEWEST_NUMBERS
    return wide >= FEWEST_ROWS or money >= FEWEST_ROWS or many


def _cells(number: int, row: Row, columns: Sequence[Span]) -> list[Placed]:
    """The cells of a row; pieces in one column are one cell."""
    placed: dict[int, tuple[int, list[Glyph]]] = {}
    for piece in row.pieces:
        first, last = covered((piece.u0, piece.u1), columns)
        before = placed.get(first, (0, []))
        placed[first] = max(before[0], last - first + 1), before[1] + piece.glyphs
    return [(number, first, 1, wide, glyphs) for first, (wide, glyphs) in sorted(placed.items())]


def fits(line: TextLine, us: Sequence[float], spans: Sequence[Span]) -> bool:
    """Whether a line may be a row of a table with these columns: each piece in one of them, or
    beside others over what stands in one of them.
    """
    if not _may_be_row(line) or _TITLE.search(line.text):
        return False
    pieces = cells_of(line)
    if len(pieces) < 2:
        return all(_inside(p, us, line.size) for p in pieces)
    return all(
        _inside(p, us, line.size) or _over_one(p, spans) or _behind(p, us, line.size)
        for p in pieces
    )


def _behind(piece: Piece, us: Sequence[float], size: float) -> bool:
    """Whether a number stands a little right of all columns: of the last only the number of the
    column is known, in its middle, where it is blank on the page before.
    """
    return piece.is_number and 0 <= piece.u0 - us[-1] <= BEHIND * size


def _over_one(piece: Piece, spans: Sequence[Span]) -> bool:
    return sum(overlap((piece.u0, piece.u1), span) > 0 for span in spans) == 1


def _inside(piece: Piece, us: Sequence[float], size: float) -> bool:
    at = _column_of(piece, us)
    over = max(us[at] - piece.u0, piece.u1 - us[at + 1])
    return over <= OVERHANG * size


def _column_of(piece: Piece, us: Sequence[float]) -> int:
    """The column with most of a piece."""
    edges = list(pairwise(us))
    return max(range(len(edges)), key=lambda i: overlap((piece.u0, piece.u1), edges[i]))


def rows_under(
    lines: Sequence[TextLine], us: Sequence[float], level: Sequence[Rule]
) -> Aligned | None:
    """Lines as rows of a table whose columns are known from the page before; None where they are
    none, as a title or a note is.
    """
    rows = rows_of(lines, level) if lines else []
    if not any(len(r.pieces) > 1 for r in rows):
        return None
    between = [(a.v1 + b.v0) / 2 for a, b in pairwise(rows)]
    table = Aligned(list(us), [rows[0].v0 - 1, *between, rows[-1].v1 + 1])
    for number, row in enumerate(rows):
        cells: dict[int, list[Glyph]] = {}
        for piece in row.pieces:
            cells.setdefault(_column_of(piece, us), []).extend(piece.glyphs)
        table.cells += [(number, column, 1, 1, said) for column, said in sorted(cells.items())]
    return table
