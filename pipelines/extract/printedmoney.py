"""The money unit that counts for a sheet: as printed above, in the heads, in the notes, elsewhere
in its workbook; else assumed.

An assumption is always told (S-UNITLESS), with its reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipelines.extract.amounts import SCALES, of_cell
from pipelines.extract.moneyunit import money_beside, money_of_heads, money_said
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.text import squash

# Amounts compared: enough to hold the totals that other tables repeat.
KEPT = 12
# Figures with the same leading digits (not round) that two sheets must share for their sizes to
# be compared.
AGREE = 2
# Published tables in 万元 have amounts below 100 beside a total below a million (100 亿元); in 元
# neither is likely.
LEAST_IN_YUAN, MOST_IN_WAN, ENOUGH = 100, 1_000_000, 5
# 元 has two decimals; most amounts with more of them are 万元 or larger.
DECIMALS_OF_YUAN = 2


def printed_money(reading: SheetReading) -> str | None:
    """The unit that the sheet itself prints."""
    if reading.caption.money:
        return reading.caption.money
    rows, table = reading.rows, reading.table
    if found := money_of_heads([*_texts(rows[table.top : table.first])]):
        return found
    own = [money_of_heads([column.label]) for column in table.columns]
    if own and all(own):  # each column its own; the facts go by them
        return Counter(own).most_common(1)[0][0]
    for text in _texts(rows[table.first :]):
        if "元" in text and (unit := money_said(text)):
            return unit
    return money_beside(reading.sheet.name)


def _texts(rows: Iterable[Iterable[tuple[int, object]]]) -> Iterator[str]:
    """The texts among the cells of some rows."""
    for cells in rows:
        for _, value in cells:
            if type(value) is str:
                yield value


def settle_money(readings: Sequence[SheetReading], elsewhere: str | None) -> None:
    """Fill in ``money`` of every sheet and, where none is printed, ``assumed``.

    ``elsewhere``: the unit that the workbook prints outside its tables (on its cover), which
    holds for all of them.
    """
    printed = {id(r): unit for r in readings if (unit := printed_money(r) or elsewhere)}
    _share(readings, printed)
    told: list[SheetReading] = []
    silent: dict[str, list[SheetReading]] = defaultdict(list)
    for reading in readings:
        if id(reading) in printed:
            reading.money = printed[id(reading)]
            told.append(reading)
        else:
            silent[reading.form.family].append(reading)
    for alike in silent.values():
        for reading in alike:
            reading.money, reading.assumed = _assume(reading, told, alike)


def _share(readings: Sequence[SheetReading], printed: dict[int, str]) -> None:
    """Tables on one sheet, and a table on several, print their unit once."""
    for reading in readings:
        if id(reading) in printed:
            continue
        for other in readings:
            same_sheet = (other.sheet.name, other.sheet.part) == (
                reading.sheet.name,
                reading.sheet.part,
            )
            joined = reading.sheet.number in (other.continues, other.sheet.number) or (
                reading.continues in (other.sheet.number, other.continues) and reading.continues
            )
            if id(other) in printed and (same_sheet or joined):
                printed[id(reading)] = printed[id(other)]


def _assume(
    reading: SheetReading, told: Sequence[SheetReading], alike: Sequence[SheetReading]
) -> tuple[str, str]:
    """A money unit and the reason: the number format, figures shared with other sheets, the other
    sheets, the amounts.
    """
    steps = Counter(s.steps for s in reading.sheet.shown.values() if not s.unit)
    if steps and (unit := _named(steps.most_common(1)[0][0])):
        return unit, f"单元格的数字格式按{unit}显示"
    for other in told:
        unit = _named(_steps_to(reading, other))
        if unit:
            return unit, f"金额的数字与{other.form.number}（{other.money}）相同，数量级相符"
    same = Counter(r.money for r in told if r.form.family == reading.form.family)
    if same:
        unit = same.most_common(1)[0][0]
        return unit, f"同一工作簿的其他{reading.form.family}表印的是“{unit}”"
    return _by_amounts(reading, alike)


def _by_amounts(reading: SheetReading, alike: Sequence[SheetReading]) -> tuple[str, str]:
    """The form's usual unit, unless the amounts of all sheets that print none speak against it."""
    usual = reading.form.unit
    amounts = [a for r in alike for a in _amounts(r)]
    sizes = [abs(float(a)) for a in amounts if a]
    told = usual, f"{reading.form.family}表通常以{usual}列报"
    if len(sizes) < ENOUGH:
        return told
    fine = _finer_than_yuan(amounts)
    if usual == "万元" and _are_large(sizes):
        return "元", f"最小的金额也有 {min(sizes):,.2f}，最大的 {max(sizes):,.2f}，不像万元"
    if usual == "元" and fine > len(sizes) / 2:
        return "万元", f"{len(sizes)} 个金额中 {fine} 个有两位以上小数，不像元"
    return told


def _are_large(sizes: Sequence[float]) -> bool:
    """Whether no amount of a table is small and some is too large for 万元."""
    return min(sizes) >= LEAST_IN_YUAN and max(sizes) >= MOST_IN_WAN


def _finer_than_yuan(amounts: Sequence[str]) -> int:
    """How many amounts have more decimals than 元 have."""
    return sum(_places(a) > DECIMALS_OF_YUAN for a in amounts)


def _amounts(reading: SheetReading) -> list[str]:
    """The amounts of a sheet as written, counts left aside."""
    found = []
    for line, cells in reading.table.items:
        for _, cell, _ in cells if not line.count else ():
            value = of_cell(cell, 0)
            if value is not None and value.fen is not None:
                text = (
                    f"{cell:.15g}" if type(cell) is float else squash(str(cell)).replace("，", "")
                )
                found.append(text)
    return [t for t in found if t.replace(".", "", 1).lstrip("-").isdigit()]


def _places(amount: str) -> int:
    return len(amount.partition(".")[2].rstrip("0"))


def _steps_to(reading: SheetReading, other: SheetReading) -> int | None:
    """The power of ten that makes the figures which two sheets share equal in 元; None without a
    sign.
    """
    mine, theirs = _sizes(_amounts(reading)), _sizes(_amounts(other))
    found = Counter(theirs[d] + SCALES[other.money] - mine[d] for d in mine.keys() & theirs.keys())
    if not found:
        return None
    steps, times = found.most_common(1)[0]
    return steps if times >= AGREE else None


def _sizes(amounts: list[str]) -> dict[str, int]:
    """Of the largest amounts: their first four digits (round ones left aside), and how many
    digits stand before the point.
    """
    largest = sorted(amounts, key=lambda a: -abs(float(a)))[:KEPT]
    found: dict[str, int] = {}
    for amount in largest:
        whole, _, places = amount.lstrip("-").partition(".")
        digits = (whole + places).lstrip("0")
        size = len(whole.lstrip("0")) if whole.strip("0") else len(places.lstrip("0")) - len(places)
        head = digits[:4].ljust(4, "0")
        if digits and not head.endswith("00"):
            found.setdefault(head, size)
    return found


def _named(exponent: int | None) -> str:
    return next((unit for unit, scale in SCALES.items() if scale == exponent), "")
