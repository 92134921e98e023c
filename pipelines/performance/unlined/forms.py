"""The project forms of a PDF that stand there without lines, each as a grid.

What does not belong here: the parts of a form (``head.py``, ``money.py``, ``indicators.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.performance.grid import Grid, GridCell, Spot, money_unit
from pipelines.performance.segments import ENDS, TITLE
from pipelines.performance.unlined import head, indicators, money
from pipelines.performance.unlined.columns import Cell
from pipelines.performance.unlined.parts import words
from pipelines.performance.unlined.printed import Printed, lines_of, printed
from pipelines.performance.words import flat
from pipelines.tables.document import Document
from pipelines.tables.pdf.geometry import Glyph

Line = list[Printed]
Row = list[Cell]
# What a form says of each part, broken into lines or not, and what stands in what was read of it.
TOLD = (
    re.compile(r"项目名|单位名|部门名|主管部|实施单"),
    re.compile(r"资金|预算"),
    re.compile(r"目标"),
)
READ = (
    re.compile(r"项目名称|单位名称|部门名称|主管部门"),
    re.compile(r"预算数"),
    re.compile(r"预期目标|年度目标|年初"),
)
TABLE_NUMBER = re.compile(r"^(?:公开|附件?|表)[\d一二三四五六七八九十]+(?:[-－]\d+)?表?$")
KINDS = "按性质分列的金额"
PARTS = ("表头各项", "项目资金", "绩效目标", "绩效指标")


@dataclass(slots=True)
class UnlinedForm:
    """A form: its grid (None where no indicator could be told), what of it was not read, and its
    span in the text.
    """

    title: str
    start: int
    end: int
    grid: Grid | None = None
    unread: list[str] = field(default_factory=list)


def unlined_forms(document: Document, places: Sequence[Glyph | None]) -> list[UnlinedForm]:
    """Every project form of a document outside its ruled tables."""
    ruled = [(t.start, t.end) for t in document.tables if not t.unlined]
    pieces = printed(document.text, places, document.body_end)
    lines = lines_of(p for p in pieces if not _is_within(p, ruled))
    starts = [i for i, line in enumerate(lines) if _is_titled(line)]
    found = []
    for start, end in pairwise([*starts, len(lines)]):
        form = _form(document.text, lines[start:end])
        if form is not None and not _across(form, ruled):
            found.append(form)
    return found


def _is_titled(line: Line) -> bool:
    """Whether a title stands in a line, alone or beside the number of its table (公开15表)."""
    titles = [p for p in line if TITLE.match(p.plain)]
    rest = [p for p in line if not TITLE.match(p.plain)]
    return len(titles) == 1 and all(TABLE_NUMBER.match(p.plain) for p in rest)


def _across(form: UnlinedForm, ruled: Sequence[tuple[int, int]]) -> bool:
    return any(form.start < end and start < form.end for start, end in ruled)


def _form(text: str, lines: list[Line]) -> UnlinedForm | None:
    """The form under a title; None where it has no header of indicators."""
    at = _first(lines, indicators.is_header)
    if at is None:
        return None
    after = _first(lines[at + 1 :], _is_end)
    stop = len(lines) if after is None else at + 1 + after
    closing = lines[stop] if stop < len(lines) and indicators.is_total(lines[stop]) else None
    inside = [p for line in lines[: stop + (closing is not None)] for p in line]
    found = UnlinedForm(words(lines[0]), min(p.start for p in inside), max(p.end for p in inside))
    pieces = [p for line in lines[:stop] for p in line]
    end = lines[stop][0].y - lines[stop][0].size / 2 if stop < len(lines) else float("inf")
    read = indicators.indicators(lines[at], pieces, end)
    if read is None:
        found.unread.append(PARTS[-1])
        return found
    rows, columns = read
    if closing is not None:
        rows = [*rows, indicators.total(closing, columns)]
    above = _above(lines[:at], pieces, rows[0], found)
    found.grid = _grid(text, [*above, *rows])
    return found


def _first(lines: Sequence[Line], test: Callable[[Line], bool]) -> int | None:
    """The first line of that kind."""
    return next((i for i, line in enumerate(lines) if test(line)), None)


def _is_end(line: Line) -> bool:
    return indicators.is_total(line) or bool(ENDS.match(line[0].plain))


def _above(lines: list[Line], pieces: list[Printed], heads: Row, found: UnlinedForm) -> list[Row]:
    """The rows above the header of indicators: the title, the fields, money, goals."""
    top = min(p.y for cell in heads for p in cell) - heads[0][0].size / 2
    goal = _first(lines, head.is_goals)
    starts = [_first(lines, money.is_header), _first(lines, _is_paired), goal]
    first = min(i for i in (*starts, len(lines)) if i is not None)
    rows = [[[p]] for line in lines[:first] if len(line) == 1 for p in line if _is_caption(p)]
    rows += head.inline(lines[:first])
    named, certain = head.fields(lines[1:first]) if first > 1 else ([], True)
    rows += named
    if not certain:
        found.unread.append(PARTS[0])
    until = lines if goal is None else lines[:goal]
    end = top if goal is None else _over(lines[goal])
    rows += _money(until, pieces, end, found)
    if goal is not None:
        rows += _or_unread(head.goals(lines[goal], pieces, top), PARTS[2], found)
    _note(lines, rows, found)
    return rows


def _money(lines: list[Line], pieces: list[Printed], end: float, found: UnlinedForm) -> list[Row]:
    """The rows of money among the lines above the goals, down to ``end``: under a header, or in
    pairs; then those by kind.
    """
    kinds = _first(lines, money.is_nature)
    above, below = lines[:kinds], lines[kinds:] if kinds is not None else []
    funds, paired = _first(above, money.is_header), _first(above, _is_paired)
    rows: list[Row] = []
    if funds is not None:
        read = money.money(above[funds], pieces, _over(below[0]) if below else end)
        rows = _or_unread(read, PARTS[1], found)
    elif paired is not None:
        rows = _or_unread(money.pairs(above[paired:]), PARTS[1], found)
    return rows + (_or_unread(money.natures(below), KINDS, found) if below else [])


def _over(line: Line) -> float:
    """Just above a line."""
    return line[0].y - line[0].size / 2


def _note(lines: Sequence[Line], rows: Sequence[Row], found: UnlinedForm) -> None:
    """Parts that the form speaks of and of which nothing was read."""
    said = "".join(words(line) for line in lines)
    got = flat("".join(words(cell) for row in rows for cell in row))
    for part, told, read in zip(PARTS, TOLD, READ, strict=False):
        if part not in found.unread and told.search(flat(said)) and not read.search(got):
            found.unread.append(part)


def _or_unread(rows: list[Row] | None, part: str, found: UnlinedForm) -> list[Row]:
    if rows is None:
        found.unread.append(part)
    return rows or []


def _is_paired(line: Line) -> bool:
    said = [p.plain.partition("：") for p in line]
    return {"预算数", "执行数"} <= {name for name, colon, _ in said if colon}


def _is_caption(piece: Printed) -> bool:
    """A line by itself in the head: the title, the year, the unit of money."""
    return not head.field_key(piece.text) and not head.is_inline(piece)


def _grid(text: str, rows: list[Row]) -> Grid:
    title = words(rows[0][0])
    made = [
        [_cell(text, title, cell, r, c) for c, cell in enumerate(row)] for r, row in enumerate(rows)
    ]
    above = " ".join(c.text for row in made[:4] for c in row)
    return Grid(made, title, money_unit=money_unit(above))


def _cell(text: str, title: str, cell: Cell, row: int, column: int) -> GridCell:
    """A cell with its words; its place is the stretch of text that holds nothing else, else that
    of its first piece.
    """
    if not cell:
        return GridCell("", row, column, Spot(title, ""))
    said = "".join(p.text for p in cell)
    start, end = cell[0].start, cell[-1].end
    if "".join(text[start:end].split()) != "".join(said.split()):
        end = cell[0].end
    return GridCell(said, row, column, Spot(title, f"{start}-{end}", text[start:end]))


def _is_within(piece: Printed, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= piece.start < end for start, end in spans)
