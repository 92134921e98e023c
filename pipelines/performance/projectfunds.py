"""The money of a project's form: columns under a header, labels with their amounts beside them
(layout A), and the division of a whole unit's money by kind of income and of expenditure.

What does not belong here: the other labels of the head (``projecttable.py``) and what amounts must
be to each other (``checks/project_money.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.performance.cells import entry_of, in_yuan
from pipelines.performance.grid import Grid, GridCell, money_unit
from pipelines.performance.header import heads_of
from pipelines.performance.pack import Entry, ProjectTable
from pipelines.performance.projectwords import (
    AMOUNT,
    AMOUNTS,
    FUND_COLUMNS,
    PAIRED,
    SPENT,
    fund_row_key,
    other_source,
)
from pipelines.performance.segments import Segment
from pipelines.performance.values import MONEY_UNITS, Value, read_value
from pipelines.performance.words import flat, header, label

# What a blank form of the budget system prints into its reason cell.
INSTRUCTIONS = re.compile(r"^1[.、].*执行率[=＝].{0,200}|^（?(?:请|填写|按要求填)")
BY_NATURE = re.compile(r"按(收入|支出)性质分")
INLINE = re.compile(r"^([^：]{2,20}?)：?([-\d.,]+(?:[百千万亿]*元)?)$")


@dataclass(slots=True)
class Funds:
    """What the rows above have told of those below: where the columns of money stand, in what order
    amounts stand beside their labels, in which column each division by kind begins.
    """

    columns: dict[str, tuple[int, int]] = field(default_factory=dict)
    pairs: list[str] = field(default_factory=list)
    natures: dict[int, str] = field(default_factory=dict)


def fund_header(grid: Grid, row: int) -> dict[str, tuple[int, int]]:
    """Where the columns of money stand, if the row names at least two of them beside a rate or a
    budget.
    """
    found: dict[str, tuple[int, int]] = {}
    for head in heads_of([grid.rows[row]]):
        key = FUND_COLUMNS.get(header(head.leaf))
        if key and key not in found and not head.cell.text.strip().endswith(("：", ":")):
            found[key] = (head.start, head.end)
    return found if len({*AMOUNTS} & found.keys()) >= 2 else {}


def layout_of(cells: list[GridCell]) -> str:
    """B says 权重 or 调整后预算, C says 分值 or 全年预算数."""
    words = " ".join(flat(c.text) for c in cells)
    return "B" if "权重" in words or "调整后" in words else "C"


def read_funds(cells: list[GridCell], funds: Funds, file: str, found: ProjectTable) -> None:
    """A row of the head that may hold money: by its columns, by kind, or by its labels."""
    if funds.columns:
        _fund_row(cells, funds, file, found)
    elif not funds.natures and found.layout == "A":
        _fund_pairs(cells, funds, file, found)
    _by_nature(cells, funds, file, found)


def _fund_row(cells: list[GridCell], funds: Funds, file: str, found: ProjectTable) -> None:
    first = min(start for start, _ in funds.columns.values())
    if any(_names_other(c) for c in cells if c.column >= first):
        funds.columns = {}  # from here on amounts stand beside their labels, not under the header
        return
    name = _fund_name([c for c in cells if c.column < first], found)
    if not name:
        return
    for key, (start, end) in funds.columns.items():
        cell = next((c for c in cells if start <= c.column < end), None)
        if cell is not None and (name, key) not in found.funds:
            found.funds[name, key] = without_instructions(entry_of(cell, file, "answer"))


def _names_other(cell: GridCell) -> bool:
    """Whether a cell under the header of money is a label of its own (按支出性质分, 基本支出：)."""
    plain = label(cell.text)
    return BY_NATURE.search(plain) is not None or plain.rstrip("：") in SPENT


def _fund_name(labels: list[GridCell], found: ProjectTable) -> str:
    """The row's key. A second row of a kind (中央, 省级财政资金), and a source that is of no kind,
    go by their own label.
    """
    known = [n for c in reversed(labels) if (n := fund_row_key(c.text))]
    taken = {row for row, _ in found.funds}
    if known and known[0] not in taken:
        return known[0]
    own = next((label(c.text) for c in reversed(labels) if other_source(c.text)), "")
    return own if own not in taken and ("总额" in taken or known) else ""


def without_instructions(entry: Entry) -> Entry:
    """The cell, blank where a form's own instructions stand in it."""
    if INSTRUCTIONS.match(entry.text):
        return replace(entry, value=Value(entry.value.raw, "empty"))
    return entry


def _fund_pairs(cells: list[GridCell], funds: Funds, file: str, found: ProjectTable) -> None:
    """Layout A: a label and behind it (or in the next cell) its amount, first the budget, then what
    came in (in some forms), then the execution; behind the total's, its rate.
    """
    before = len(funds.pairs)
    seen: dict[str, int] = {}
    for own, entry in _beside(cells, file):
        if key := _pair_key(own, funds.pairs, seen):
            found.funds.setdefault(key, entry)
    if len(funds.pairs) > before:
        found.columns = found.columns | {*funds.pairs}
        _rate_behind(cells, file, found)


def _beside(cells: list[GridCell], file: str) -> Iterator[tuple[str, Entry]]:
    """Every label with what stands behind it: in its own cell, else in the next."""
    waiting = ""
    for cell in cells:
        name = label(cell.text)
        own, colon, amount = name.partition("：")
        named = own in PAIRED or bool(fund_row_key(own))
        if waiting and not named:
            yield waiting, entry_of(cell, file, "answer")
        waiting = ""
        if named and colon and amount:
            yield own, Entry(read_value(amount), file, cell.spot)
        elif named:
            waiting = own


def _pair_key(name: str, order: list[str], seen: dict[str, int]) -> tuple[str, str] | None:
    """Row and column of a label; a source's amounts stand in the order of those of the total."""
    if name in PAIRED:
        if name not in order:
            order.append(name)
        return "总额", name
    row = fund_row_key(name)
    if row not in ("财政拨款", "其他资金", "单位资金", "上年结转", "专户资金"):
        return None
    seen[row] = seen.get(row, 0) + 1
    columns = order or list(PAIRED[::2])
    return (row, columns[seen[row] - 1]) if seen[row] <= len(columns) else None


def _rate_behind(cells: list[GridCell], file: str, found: ProjectTable) -> None:
    """The rate in the cell behind the total's amounts, where one stands there."""
    last = next((c for c in reversed(cells) if not c.blank), None)
    if last is not None and (rate := entry_of(last, file, "answer")).value.percent:
        found.funds.setdefault(("总额", "执行率"), rate)


def _by_nature(cells: list[GridCell], funds: Funds, file: str, found: ProjectTable) -> None:
    """按收入性质分, 按支出性质分 and the kinds below each, with their amounts in the same cell or
    in the next: of the whole year, in no column of the header.
    """
    for cell in cells:
        if said := BY_NATURE.search(flat(cell.text)):
            funds.natures[cell.column] = f"按{said[1]}性质分"
    if not funds.natures:
        return
    for at, cell in enumerate(cells):
        nature = next((n for c, n in sorted(funds.natures.items())[::-1] if c <= cell.column), "")
        name, entry = _kind(cells[at:], file)
        if nature and entry.number:
            row = nature if BY_NATURE.search(name) else f"{nature}/{name}"
            found.funds.setdefault((row, AMOUNT), entry)


def _kind(cells: list[GridCell], file: str) -> tuple[str, Entry]:
    """The kind that the first of the cells names, and its amount."""
    plain = label(cells[0].text)
    if inline := INLINE.match(plain):
        return inline[1], Entry(read_value(inline[2]), file, cells[0].spot)
    name = plain.rstrip("：")
    if read_value(plain).state != "text" or len(cells) < 2:
        return "", Entry()
    after = next((c for c in cells[1:] if not c.blank), cells[1])
    return name, entry_of(after, file, "answer")


def settle_money(found: ProjectTable, segment: Segment) -> None:
    """The project's money in 元, at the precision of its table."""
    above = " ".join(c.text for row in segment.head for c in segment.grid.filled(row))
    unit = money_unit(above) or segment.grid.money_unit or "万元"
    factor = MONEY_UNITS[unit]
    money = {k: e for k, e in found.funds.items() if k[1] in (*AMOUNTS, *PAIRED, AMOUNT)}
    places = max((e.value.decimals for e in money.values() if e.number), default=0)
    for key, entry in money.items():
        if entry.number:
            found.funds[key] = replace(entry, value=in_yuan(entry.value, factor, places))
    for key, entry in found.funds.items():
        if key[1] == "执行率" and entry.number and not entry.value.percent:
            found.funds[key] = _as_percent(entry)


def _as_percent(entry: Entry) -> Entry:
    """A bare rate in points; a bare 1 is the whole: no project executes just one percent."""
    number = entry.value.number or 0
    scale = 100 if number <= 1 and number != 0 else 1
    return replace(entry, value=replace(entry.value.scaled(scale), unit="%"))
