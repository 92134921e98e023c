"""Tables that go on over pages: their parts joined, repeated headings taken out, rows cut by the
end of a page mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.tables.pdf.joining import broken_line
from pipelines.tables.pdf.layout import Block, PdfPage
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.pieces import pieces_of
from pipelines.tables.pdf.resumed import resumed
from pipelines.tables.pdf.textline import TextLine

ALIKE = 4.0  # points by which the same column may stand elsewhere on the next page
HEADING_LINES = 6  # lines above a table that may be repeated with its heading
_NUMBER = re.compile(r"-?[\d,，]+(?:\.\d+)?%?")
_GOES_ON = re.compile(r"[（(]?续表?\s*\d*[）)]?")


def join_tables(pages: Sequence[PdfPage]) -> None:
    """Joins what goes on at the top of a page to the table at the foot of the page before."""
    whole: PdfTable | None = None
    above: list[str] = []
    for page in pages:
        if whole is not None and not whole.ruled:
            part = resumed(whole, page, _leading(page.blocks, above))
            if part is not None:
                _append(whole, part, page)
            _tell_torn(whole, page, above)
        elif whole is not None:
            _join_ruled(whole, page, above)
        if page.blocks:
            whole, above = _last(page.blocks)


def _join_ruled(whole: PdfTable, page: PdfPage, above: list[str]) -> None:
    """Joins a lined table at the top of a page that has the columns of the one before."""
    repeated = _repeated(page.blocks, above)
    first = page.blocks[repeated] if repeated < len(page.blocks) else None
    if isinstance(first, PdfTable) and not first.beside and _fits(whole, first):
        page.running += [b for b in page.blocks[:repeated] if isinstance(b, TextLine)]
        _append(whole, first, page)
        del page.blocks[: repeated + 1]


def _tell_torn(whole: PdfTable, page: PdfPage, above: list[str]) -> None:
    """Marks a table without lines, and what is left of it on the next page: a table there without a
    title, or with the same, or figures beside each other, that could not be told to go on with it.
    """
    repeated = _leading(page.blocks, above)
    if repeated == len(page.blocks):
        return
    first = page.blocks[repeated]
    if isinstance(first, PdfTable):
        whole.torn |= not first.ruled
        first.torn |= not first.ruled
    elif sum(p.is_number for p in pieces_of(first)) > 1 or first.said in whole.head_lines:
        whole.torn = True


def _leading(blocks: Sequence[Block], above: list[str]) -> int:
    """How many lines at the top of a page stand above the table before too."""
    known = set(above)
    for number, block in enumerate(blocks):
        if isinstance(block, PdfTable):
            return number
        if block.said not in known and _GOES_ON.sub("", block.said) not in known | {""}:
            return number
    return len(blocks)


def _last(blocks: list[Block]) -> tuple[PdfTable | None, list[str]]:
    """The table with which a page ends, and what stands above it."""
    last = blocks[-1]
    if not isinstance(last, PdfTable):
        return None, []
    above: list[str] = []
    for block in reversed(blocks[:-1]):
        if isinstance(block, PdfTable) or len(above) == HEADING_LINES:
            break
        above.append(block.said)
    return last, above


def _repeated(blocks: Sequence[Block], above: list[str]) -> int:
    """How many lines at the top of a page repeat what stands above the table before."""
    number = _leading(blocks, above)
    return number if number < len(blocks) and isinstance(blocks[number], PdfTable) else 0


def _fits(whole: PdfTable, part: PdfTable) -> bool:
    """Whether two tables have the same columns; some of them may be seen in one part only."""
    if not part.ruled:
        return False
    if whole.cut or part.cut:  # where the paper ends is no edge of a column
        return len(whole.us) == len(part.us) and _near(whole.us[:-1], part.us[:-1])
    few, many = sorted((whole.us, part.us), key=len)
    # Pages may be set with other margins left and right, so columns are told from the first.
    moved = [u - many[0] + few[0] for u in many]
    same_end = abs(few[-1] - moved[-1]) <= ALIKE or (few is part.us and _is_open(part))
    return same_end and _are_among(few, moved)


def _is_open(part: PdfTable) -> bool:
    """Whether a part begins with a row of the table, so that it may lack its last columns: rows
    that are blank there may have no lines either. A head would say that it is another table.
    """
    said = [c.said for c in part.row(0) if c.said]
    return len(said) > 1 and any(map(_NUMBER.fullmatch, said))


def _near(one: Sequence[float], other: Sequence[float]) -> bool:
    shift = other[0] - one[0]
    return all(abs(b - a - shift) <= ALIKE for a, b in zip(one, other, strict=True))


def _are_among(few: Sequence[float], many: Sequence[float]) -> bool:
    """Whether every edge of some stands with those of others."""
    return all(min(abs(u - m) for m in many) <= ALIKE for u in few)


def _append(whole: PdfTable, part: PdfTable, page: PdfPage) -> None:
    """Adds the rows of a part behind those of the table."""
    whole.cut |= part.cut
    if whole.ruled:
        _same_columns(whole, part)
    rest = _own_rows(part, _same_rows(whole, part), page)
    if _is_cut(whole, rest):
        _mend(whole, [c for c in rest if c.row == 0])
        rest = [replace(c, row=c.row - 1) for c in rest if c.row > 0]
    elif not any(_NUMBER.fullmatch(c.said) for c in whole.cells):
        rest = _with_cut_heads(whole, rest)
    height = whole.height
    whole.pages.append((height, part.page))
    whole.cells += [replace(c, row=c.row + height) for c in rest]


def _own_rows(part: PdfTable, repeated: int, page: PdfPage) -> list[PdfCell]:
    """The cells of a part below so many rows that are repeated, which are put to what the page
    repeats.
    """
    for cell in part.cells:
        if cell.row < repeated:
            page.running += cell.lines
    return [replace(c, row=c.row - repeated) for c in part.cells if c.row >= repeated]


def _same_columns(whole: PdfTable, part: PdfTable) -> None:
    """Brings both to the columns of the one that shows more of them."""
    shift = part.us[0] - whole.us[0]
    few, many = (whole, part) if len(whole.us) < len(part.us) else (part, whole)
    moved = [u + (shift if few is part else -shift) for u in many.us]
    at = [min(range(len(moved)), key=lambda i: abs(moved[i] - u)) for u in few.us]
    few.cells = [
        replace(c, column=at[c.column], columns=at[c.column + c.columns] - at[c.column])
        for c in few.cells
    ]
    few.us = [few.us[0] + (u - many.us[0]) for u in many.us]


def _same_rows(whole: PdfTable, part: PdfTable) -> int:
    """How many rows at the top of a part repeat those at the top of the table."""
    number = 0
    while number < part.height and number < whole.height:
        said = _row_said(part, number)
        if said != _row_said(whole, number) or not any(words for _, words in said):
            break
        number += 1
    return number


def _row_said(table: PdfTable, number: int) -> list[tuple[int, str]]:
    return sorted((c.column, c.said) for c in table.row(number))


def _last_row(table: PdfTable) -> dict[int, PdfCell]:
    """The cells that reach down to the end of a table, by column."""
    height = table.height  # counted over all cells: once, not for each
    return {c.column: c for c in table.cells if c.row + c.rows == height}


def _is_cut(whole: PdfTable, rest: Sequence[PdfCell]) -> bool:
    """Whether the first row of a part is the end of the last row before it: words only, each going
    on with a full cell over the same columns.
    """
    first = [c for c in rest if c.row == 0 and c.said]
    if not first or len(first) * 2 > len(whole.us):
        return False
    last = _last_row(whole)
    uppers = [(last.get(c.column), c) for c in first]
    return all(u is not None and u.columns == c.columns and _cut_through(u, c) for u, c in uppers)


def _with_cut_heads(whole: PdfTable, rest: Sequence[PdfCell]) -> list[PdfCell]:
    """The rest of a table whose heads the end of a page cuts: those that go on in a head over
    several rows are put to it.
    """
    last = _last_row(whole)
    kept = []
    for cell in rest:
        upper = last.get(cell.column)
        alike = upper is not None and upper.columns == cell.columns
        if cell.row == 0 and cell.lines and alike and _cut_through(upper, cell):
            upper.lines += cell.lines  # type: ignore[union-attr]
            upper.rows += cell.rows  # type: ignore[union-attr]
        else:
            kept.append(cell)
    return kept


def _cut_through(upper: PdfCell | None, lower: PdfCell) -> bool:
    if upper is None or not upper.lines or _NUMBER.fullmatch(lower.said):
        return False
    return broken_line(upper, upper.lines[-1], lower.lines[0])


def _mend(whole: PdfTable, first: Sequence[PdfCell]) -> None:
    last = _last_row(whole)
    for cell in first:
        if cell.column in last:
            last[cell.column].lines += cell.lines
