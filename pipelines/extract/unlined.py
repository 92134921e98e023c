"""Tables of a page without lines: read whole or not at all.

What stands under each other tells their columns and rows, and one word that reaches over an edge
puts an amount into another place. So what would be a question about a lined table is here a doubt
about the reading itself, and nothing is taken. What does not belong here: doubts about any printed
page (``blurred.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from pipelines.extract.amounts import of_cell
from pipelines.extract.reading import TableReading
from pipelines.extract.text import squash
from schemas.library import Form

# Last parts of the keys of columns whose amount is the sum of those beside it.
TOTALS = ("合计", "小计", "本年收入合计", "本年支出合计")
# Lines that tables of panels end with; without one a row was lost, as at the end of a page.
ENDS = frozenset(("总计", "本年收入合计", "本年支出合计"))
LEVEL = 2  # digits by which a code is longer than the one above it
TOP_CODE = 3  # digits of a code that has none above it


def doubtful(form: Form, table: TableReading) -> bool:
    """Whether a table without lines may have been read wrongly: its heads are not all those of the
    form, an amount is none or stands without its total, or a row is lost or not whole.
    """
    return (
        bool(table.faults)
        or _no_amount(table)
        or _no_total(table)
        or _no_name(form, table)
        or _lost_row(form, table)
        or _head_below(table)
    )


def _no_amount(table: TableReading) -> bool:
    """Whether an amount is none: two numbers of two rows in one cell, a word of a head."""
    values = (of_cell(value, 0) for _, cells in table.items for _, value, _ in cells)
    return any(value is not None and value.state == "text" for value in values)


def _no_total(table: TableReading) -> bool:
    """Whether a row has amounts beside a blank total: they slipped into the columns beside."""
    totals = {place for c in table.columns if (place := _totals_place(c.block, c.key))}
    filled, some = _filled(table)
    return any(
        (block, under, row) not in filled
        for block, under in totals
        for row in some.get((block, under), ())
    )


def _totals_place(block: str, key: str) -> tuple[str, str] | None:
    """The block and what a total stands under (预算数, 决算数; nothing); None for no total."""
    under, _, item = key.rpartition("/")
    return (block, under) if item in TOTALS and "/" not in under else None


def _filled(
    table: TableReading,
) -> tuple[set[tuple[str, str, int]], dict[tuple[str, str], set[int]]]:
    """Where totals are filled (block, what they stand under, row), and by block and that the rows
    that hold some amount.
    """
    filled, some = set(), defaultdict(set)
    for line, cells in table.items:
        for _, value, key in cells:
            if place := _totals_place(line.block, key):
                filled.add((*place, line.row))
            read = of_cell(value, 0)
            if read is not None and read.fen:
                some[line.block, key.partition("/")[0] if "/" in key else ""].add(line.row)
    return filled, some


def _no_name(form: Form, table: TableReading) -> bool:
    """Whether a code stands without its name, or in a list without an amount."""
    return any(
        line.label == line.code or (form.layout == "list" and not cells)
        for line, cells in table.items
        if line.code
    )


def _head_below(table: TableReading) -> bool:
    """Whether heads that a further page repeats were taken for a row."""
    return any("栏次" in squash(line.label) for line in table.lines)


def _lost_row(form: Form, table: TableReading) -> bool:
    """Whether a line that must be there is not: the last of a panel, 合计 above a list, or the
    code above another.
    """
    if not any(cells for _, cells in table.items):
        return False
    keys = {(line.block, line.key) for line in table.lines}
    codes = {line.code for line in table.lines if line.code}
    listed = bool(codes) and not form.blocks
    if listed and ("", "合计") not in keys:
        return True
    return not (_ends(form) <= keys and _codes_above(codes) <= codes)


def _ends(form: Form) -> set[tuple[str, str]]:
    """The last lines of a form's panels (panel, key)."""
    return {(b.name, row.key) for b in form.blocks for row in b.rows if row.key in ENDS}


def _codes_above(codes: Collection[str]) -> set[str]:
    return {code[:-LEVEL] for code in codes if len(code) > TOP_CODE}
