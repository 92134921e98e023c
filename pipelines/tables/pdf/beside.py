"""A wide table printed over several pages beside each other: the further pages have the columns
alone, and no line where a row is blank there. They get the rows of the page with the labels.

What does not belong here: rows that go on on the next page (``continued.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile

from pipelines.tables.pdf.layout import Block, PdfPage
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.pieces import is_number
from pipelines.tables.pdf.sharedheads import share_heads
from pipelines.tables.pdf.textline import TextLine

SAME_ROW = 2.0  # points by which the same row may stand higher or lower on another page
FARTHEST = 12  # pages of one table: 公开07表 with 112 columns takes five
FEWEST = 2  # rows with numbers that tell what a column holds
HEAD_ROWS = 3  # rows that a further page may lack at its top: a head whose borders are elsewhere
_TITLE, _NUMBER = re.compile(r"表(?:（[^）]*）)?$"), re.compile(r"\d表$")


@dataclass(slots=True)
class _Wide:
    """A table with labels on its page, and the tables on further pages that lie beside it."""

    page: PdfPage
    table: PdfTable
    beside: list[PdfTable] = field(default_factory=list)


def rows_beside(pages: Sequence[PdfPage]) -> None:
    """Gives pages without labels the rows of the page they belong to, and that page what is
    printed above them: a title in the middle of the whole table.
    """
    found: list[_Wide] = []
    for page in pages:
        for table in [b for b in page.blocks if isinstance(b, PdfTable) and b.vs]:
            if _is_bare(table):
                _bring_home(page, table, found)
            else:
                found.append(_Wide(page, table))
    for wide in found:
        if wide.beside:
            share_heads([wide.table, *wide.beside])


def _bring_home(page: PdfPage, table: PdfTable, found: Sequence[_Wide]) -> None:
    """Puts a table without labels beside the nearest one before it that it fits."""
    for wide in reversed(found):
        if not 0 < page.number - wide.page.number <= FARTHEST or _another(page, table, wide):
            continue
        if at := _places(table, wide.table):
            _put_beside(wide, page, table, at)
            return


def _put_beside(wide: _Wide, page: PdfPage, table: PdfTable, at: list[int]) -> None:
    table.cells = [_moved(c, at) for c in table.cells]
    table.vs, table.beside = [], True
    above = _lines_above(page, table)
    heads = [x for x in above if x.v0 >= wide.table.v0 - SAME_ROW]
    if at[0]:
        width = len(table.us) - 1
        ends = table.us[0], table.us[-1]
        box = page.turn.back(ends[0], wide.table.vs[0], ends[1], table.v0)
        table.cells.append(PdfCell(0, 0, at[0], width, heads, *ends, page.number, box))
    at_table = _index(wide.page, wide.table)
    wide.page.blocks[at_table:at_table] = [x for x in above if x not in heads or not at[0]]
    page.blocks = _without(page.blocks, above)
    wide.beside.append(table)


def _index(page: PdfPage, table: PdfTable) -> int:
    return next(i for i, b in enumerate(page.blocks) if b is table)


def _without(blocks: Sequence[Block], lines: Sequence[TextLine]) -> list[Block]:
    return [b for b in blocks if not any(b is x for x in lines)]


def _another(page: PdfPage, table: PdfTable, wide: _Wide) -> bool:
    """Whether a table prints another title or 表号 than the table with the labels does."""
    own, other = _titles(page, table), _titles(wide.page, wide.table)
    return any(own[numbered] - other[numbered] and other[numbered] for numbered in (True, False))


def _titles(page: PdfPage, table: PdfTable) -> dict[bool, set[str]]:
    """What a table is called on its page: its 表号 (True) and its title (False)."""
    said = {"".join(line.text.split()) for line in _lines_above(page, table)}
    titles = {words for words in said if _TITLE.search(words)}
    return {b: {t for t in titles if bool(_NUMBER.search(t)) is b} for b in (True, False)}


def _lines_above(page: PdfPage, table: PdfTable) -> list[TextLine]:
    """The lines between a table and what stands above it."""
    found: list[TextLine] = []
    for block in reversed(page.blocks[: _index(page, table)]):
        if isinstance(block, PdfTable):
            break
        found.insert(0, block)
    return found


def _is_bare(table: PdfTable) -> bool:
    """Whether the rows below the heads hold numbers alone."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.said:
            rows.setdefault(cell.row, []).append(cell.said)
    ordered = [rows[r] for r in sorted(rows)]
    below = list(dropwhile(lambda said: not all(map(is_number, said)), ordered))
    return len(below) >= FEWEST and all(is_number(w) for said in below for w in said)


def _places(table: PdfTable, labelled: PdfTable) -> list[int] | None:
    """For each edge of a row which of the page with labels it is; None where there is none such."""
    found: list[int] = []
    for v in table.vs:
        at = min(range(len(labelled.vs)), key=lambda i: abs(labelled.vs[i] - v))
        if abs(labelled.vs[at] - v) > SAME_ROW or (found and at <= found[-1]):
            return None
        found.append(at)
    return found if found[0] < HEAD_ROWS else None


def _moved(cell: PdfCell, at: list[int]) -> PdfCell:
    row = at[cell.row]
    return replace(cell, row=row, rows=at[cell.row + cell.rows] - row)
