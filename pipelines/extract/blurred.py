"""Tables on printed pages whose columns cannot be told: said so, and nothing is taken from them.

What does not belong here: pages of other files, whose cells are cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pipelines.extract.amounts import is_number
from pipelines.extract.grid import Grid
from pipelines.extract.layoutfaults import tells_of_missing
from pipelines.extract.reading import TableReading
from pipelines.extract.sheetparts import is_printed
from pipelines.extract.sheetreading import SheetReading

BLURRED = (
    "{form.number}《{form.title}》的栏目在 PDF 上分不清（没有竖线，或表头的字叠在一起），"
    "整表未取数，也不据以提出问题。请提供有表格线的 PDF、Word 文件或原来的工作簿。"
)
CUT = (
    "{form.number}《{form.title}》右边超出版面，没有印全，整表未取数，也不据以提出问题。"
    "请缩小到一页宽或改用横向纸张后重新导出，或提交 Word 文件、工作簿。"
)
# Of a page's columns so many have odd heads where it is not read: one may be a region's own.
FEWEST_ODD, ODD_SHARE = 2, 0.25
# Columns of a list that have an amount wherever another has one.
TOTALS = frozenset(("合计", "本年收入合计", "本年支出合计"))
# Lines in which the total is blank beside an amount: fewer may be a fault of the table itself.
FEWEST_HOLLOW = 3
# Codes with several names: one may be mistyped.
FEWEST_OVERPRINTED = 2


def blurred(grid: Grid, table: TableReading) -> bool:
    """Whether the columns of a printed page cannot be told."""
    if not is_printed(grid.sheet):
        return False
    odd = odd_columns(table)
    return (
        hollow(table)
        or slipped(grid, table)
        or beyond(grid, table)
        or overprinted(table)
        or (odd >= FEWEST_ODD and odd >= ODD_SHARE * len(table.columns))
    )


def hollow(table: TableReading) -> bool:
    """Whether a column of totals is blank in every line while others hold amounts: without
    vertical lines the amounts have slipped into the columns beside theirs.
    """
    totals = {c.key for c in table.columns} & TOTALS
    if len(totals) != 1:
        return False
    lines = [{key for _, value, key in cells if is_number(value)} for _, cells in table.items]
    filled = [keys for keys in lines if keys]
    return len(filled) >= FEWEST_HOLLOW and not any(keys & totals for keys in filled)


def slipped(grid: Grid, table: TableReading) -> bool:
    """Whether a single row of amounts has a total alone in its half (预算数, 决算数) and numbers
    beside all columns, where the parts of the total will be.
    """
    if {line.row for line, _ in table.items} != {table.first}:
        return False
    known = {c.column for c in table.columns}
    outside = any(c not in known and is_number(v) for c, v in grid.rows[table.first])
    return outside and {"合计"} in _halves(table).values()


def _halves(table: TableReading) -> dict[str, set[str]]:
    """Of which items each half (预算数, 决算数) has a number."""
    halves: dict[str, set[str]] = {}
    for _, cells in table.items:
        for _, value, key in cells:
            if is_number(value):
                half, _, item = key.partition("/")
                halves.setdefault(half, set()).add(item)
    return halves


def beyond(grid: Grid, table: TableReading) -> bool:
    """Whether amounts stand in so many columns that have no head of the form's, right of one that
    has: the heads were put together wrongly, and who knows what the others hold.
    """
    known = {column.column for column in table.columns}
    told = known | table.structural_columns
    strangers = {
        column
        for line, _ in table.items
        for column, value in grid.rows[line.row]
        if known and column > min(known) and column not in told and is_number(value)
    }
    return len(strangers) >= FEWEST_ODD and len(strangers) >= ODD_SHARE * len(known)


def overprinted(table: TableReading) -> bool:
    """Whether codes stand beside several names each: lines of a cell were printed over the row
    below, and parts of codes are lost. One such code may be the table's own slip.
    """
    names: dict[str, set[str]] = {}
    for line in table.lines:
        if line.code:
            names.setdefault(line.code, set()).add(line.label)
    return sum(len(labels) > 1 for labels in names.values()) >= FEWEST_OVERPRINTED


def odd_columns(table: TableReading) -> int:
    """Columns whose heads are none of the form's, or another column's."""
    return sum(f.rule_id == "S-LAYOUT" and not tells_of_missing(f) for f in table.faults)


def restore_clipped_names(readings: list[SheetReading]) -> None:
    """A name that a printed page cuts short (other words stand over its end) is that of the other
    pages.
    """
    names = Counter(r.caption.unit for r in readings if r.caption.unit)
    whole = names.most_common(1)[0][0] if names else ""
    for reading in readings:
        unit = reading.caption.unit
        if is_printed(reading.sheet) and unit and unit != whole and whole.startswith(unit):
            reading.caption = replace(reading.caption, unit=whole)
