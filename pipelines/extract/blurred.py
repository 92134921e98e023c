"""Tables on printed pages whose columns cannot be told: said so, and nothing is taken from them.

What does not belong here: pages of other files, whose cells are cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

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


def blurred(grid: Grid, table: TableReading) -> bool:
    """Whether the columns of a printed page cannot be told."""
    odd = odd_columns(table)
    return is_printed(grid.sheet) and odd >= FEWEST_ODD and odd >= ODD_SHARE * len(table.columns)


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
