"""Number formats that show amounts in another size than the sheet's money unit says: told, for a
reader of the sheet sees them so.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.extract.amounts import SCALES
from pipelines.extract.reading import Fault
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.text import address
from pipelines.intake.numberformats import Shown

_TIMES = {3: "一千", 4: "一万", 5: "十万", 6: "一百万", 7: "一千万", 8: "一亿"}


def _odd(reading: SheetReading) -> Iterator[tuple[tuple[int, int], Shown]]:
    """The amounts whose format divides by another number, and what it makes of them."""
    amounts = {(line.row, c) for line, cells in reading.table.items for c, _, _ in cells}
    for place, shown in sorted(reading.sheet.shown.items()):
        if place in amounts and not shown.unit and shown.steps != SCALES[reading.money]:
            yield place, shown


def shown_fault(reading: SheetReading) -> list[Fault]:
    """S-SCALE (review): the cells whose format divides by another number than the money unit
    stands for.

    A format that divides by ten thousand on a sheet in 万元 shows amounts stored in 元: nothing
    to tell.
    """
    if not reading.sheet.shown:
        return []
    odd = list(_odd(reading))
    if not odd:
        return []
    (row, column), shown = odd[0]
    times = _TIMES.get(shown.steps, f"10^{shown.steps} ")
    taken = "按单元格所存的数" if reading.money == "元" else "按显示出的数"
    more = f"等 {len(odd)} 个单元格" if len(odd) > 1 else ""
    message = (
        f"{reading.form.title} {address(row, column)}{more}的数字格式把金额缩小{times}倍显示，"
        f"与表上的金额单位“{reading.money}”不一致；已{taken}取数。请核对金额单位，改用普通的数字格式后重报。"
    )
    cells = tuple(address(*place) for place, _ in odd[:50])
    return [Fault("S-SCALE", f"{reading.form.form}[数字格式]", message, cells, "review")]
