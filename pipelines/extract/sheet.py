"""One sheet, read: the form it is, what it says of itself, its facts, and where each of its numbers went."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.extract.amounts import SCALES, Value, is_number, of_cell, raw_text
from pipelines.extract.grid import Grid
from pipelines.extract.listform import ListReader
from pipelines.extract.panelform import PanelReader
from pipelines.extract.reading import CellRef, Fault, NoTable, TableReading
from pipelines.extract.recognise import Caption, Recogniser, caption
from pipelines.extract.stripform import RowReader, StripReader
from pipelines.extract.text import address, letter, visible
from pipelines.intake.workbook import Sheet
from schemas.library import Form

READERS: dict[str, Any] = {"list": ListReader, "blocks": PanelReader, "strips": StripReader, "row": RowReader}
FAULT_WORDS = {
    "S-TEXT": "金额栏中不是数字：“{raw}”。请改为数字后重报。",
    "S-RANGE": "数字“{raw}”超出可记录的范围。请核对。",
    "S-PRECISION": "数字“{raw}”的小数位超过{unit}表所能表示的“分”。请核对。",
    "S-ERROR": "单元格是错误值 {raw}，没有金额。请在原表中更正公式后重报。",
    "S-UNCACHED": "单元格的公式没有计算结果：{raw}。请打开原表重新计算并保存后重报。",
}


@dataclass(slots=True)
class FactRow:
    """One fact before its unit is known; ``fen`` in hundredths; address zero-based."""

    block: str
    row_key: str
    row_label: str
    col_key: str
    col_label: str
    fen: int | None
    state: str
    raw: str
    cell: str


@dataclass(slots=True)
class SheetReading:
    """A recognised sheet. ``status``: read or unreadable."""

    sheet: Sheet
    form: Form
    caption: Caption
    table: TableReading
    status: str = "read"
    reason: str | None = None
    decimals: int = 2
    money: str = "元"
    facts: list[FactRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    numbers: int = 0
    facts_numbers: int = 0
    structural: int = 0

    @property
    def layout(self) -> str:
        parts = [f"{c.block}|{c.key}|{c.label}|{c.column}|{c.panel}" for c in self.table.columns]
        return hashlib.sha256("\n".join([self.form.form, *parts]).encode()).hexdigest()[:16]

    @property
    def content(self) -> str:
        rows = sorted(f"{f.block}|{f.row_key}|{f.col_key}|{f.fen}|{f.state}" for f in self.facts)
        return hashlib.sha256("\n".join([self.form.form, *rows]).encode()).hexdigest()[:16]


def read_sheet(sheet: Sheet, recogniser: Recogniser, forms: Mapping[str, Form]) -> SheetReading | None:
    """The sheet as one of our forms, or None where it is none of ours."""
    grid = Grid.of(sheet)
    evidence = recogniser.evidence(grid)
    candidates = evidence.ranked()[:4]
    if not candidates:
        return None
    best = _best_table(grid, [forms[c] for c in candidates], evidence.votes)
    if best is None:
        return _unreadable(sheet, grid, forms[candidates[0]], evidence.inside)
    form, table = best
    return _finish(grid, SheetReading(sheet, form, caption(grid, table.first), table))


def _best_table(grid: Grid, forms: list[Form], votes: Mapping[str, int]) -> tuple[Form, TableReading] | None:
    """Of the forms with the most votes, the one whose header the sheet has; columns decide between equals."""
    found: list[tuple[float, int, Form, TableReading]] = []
    for order, form in enumerate(forms):
        if found and votes[form.form] < votes[forms[0].form]:
            break
        try:
            table = READERS[form.layout](Grid(grid.sheet, grid.rows), form).read()
        except NoTable:
            continue
        found.append((_fit(form, table, grid), -order, form, table))
    if not found:
        return None
    _, _, form, table = max(found, key=lambda f: f[:2])
    return form, table


def _fit(form: Form, table: TableReading, grid: Grid) -> float:
    """How much of a form's columns the sheet has, less what it has besides; the printed money unit breaks ties."""
    expected = sum(len(b.columns) for b in form.blocks) or len(form.columns)
    unknown = sum(f.rule_id == "S-LAYOUT" for f in table.faults)
    printed = caption(grid, table.first).money
    return len(table.columns) / max(1, expected) - 0.1 * unknown + (0.05 if printed == form.unit else 0)


def _unreadable(sheet: Sheet, grid: Grid, form: Form, inside: bool) -> SheetReading | None:
    """A sheet that says it is ours but has no such table; one that only its name claims and that is empty is not ours."""
    if not inside and not any(grid.rows):
        return None
    says = caption(grid, 60)
    reason = f"版式不符：按表号或标题应为{form.number}《{form.title}》，但找不到它的表头和项目，整表未取数。请用系统导出的原表重报。"
    reading = SheetReading(sheet, form, says, TableReading(), "unreadable", reason)
    reading.numbers = reading.structural = sum(is_number(v) for row in grid.rows for _, v in row)
    reading.faults.append(Fault("S-LAYOUT", form.form, f"{reason}", ("A1",), "error"))
    return reading


def _finish(grid: Grid, reading: SheetReading) -> SheetReading:
    reading.money = reading.caption.money or reading.form.unit
    reading.faults += reading.table.faults
    values = _values(reading)
    _facts(reading, values)
    _specials(grid, reading)
    _account(grid, reading)
    _line_numbers(reading)
    return reading


def _values(reading: SheetReading) -> list[tuple[CellRef, object, Value]]:
    exponent = SCALES[reading.money]
    cells = reading.sheet.cells
    values = []
    digits = 2
    for ref in reading.table.refs:
        raw = cells[ref.row][ref.column]
        value = of_cell(raw, 0 if ref.line.count else exponent)
        if value is not None:
            values.append((ref, raw, value))
            if value.state == "number" and not ref.line.count:
                digits = max(digits, value.digits)
    reading.decimals = 2 if exponent == 0 else min(digits, exponent + 2) - exponent
    return values


def _facts(reading: SheetReading, values: list[tuple[CellRef, object, Value]]) -> None:
    table = reading.table
    special = reading.sheet.special
    for ref, raw, value in values:
        line = ref.line
        cell = letter(ref.column) + str(ref.row + 1)
        if (ref.row, ref.column) in special:
            continue
        text = raw_text(raw)
        label = table.label_of(line.block, ref.col_key)
        reading.facts.append(
            FactRow(line.block, line.key, line.label, ref.col_key, label, value.fen, value.state, text, cell)
        )
        if value.fault:
            _fault(reading, value.fault, line.key, ref.col_key, text, cell)


def _fault(reading: SheetReading, rule: str, row: str, col: str, raw: str, cell: str) -> None:
    severity = "review" if rule == "S-PRECISION" else "error"
    words = FAULT_WORDS[rule].format(raw=visible(raw)[:60], unit=reading.money)
    subject = f"{reading.form.form}[{row},{col}]@{cell}"
    reading.faults.append(Fault(rule, subject, f"{reading.form.title} {cell}：{words}", (cell,), severity))


def _specials(grid: Grid, reading: SheetReading) -> None:
    """Error values and formulas without a result, which read as empty: facts without an amount, each a fault."""
    lines = {(x.row, x.panel): x for x in reading.table.lines}
    for (r, c), (state, raw) in sorted(reading.sheet.special.items()):
        column = next((k for k in reading.table.columns if k.column == c and (r, k.panel) in lines), None)
        if column is None:
            continue
        line = lines[(r, column.panel)]
        cell = address(r, c)
        reading.facts.append(
            FactRow(line.block, line.key, line.label, column.key, column.label, None, state, raw, cell)
        )
        _fault(reading, "S-ERROR" if state == "error" else "S-UNCACHED", line.key, column.key, raw, cell)


def _account(grid: Grid, reading: SheetReading) -> None:
    """Every number of the sheet goes somewhere: a fact, a structural number, or the list of those left out."""
    taken = {(ref.row, ref.column) for ref in reading.table.refs}
    table = reading.table
    for r, cells in enumerate(grid.rows):
        for c, value in cells:
            if not is_number(value):
                continue
            reading.numbers += 1
            if (r, c) in taken and (r, c) not in reading.sheet.special:
                reading.facts_numbers += 1
            elif r in table.structural_rows or c in table.structural_columns or (r, c) in table.structural:
                reading.structural += 1
            else:
                reason = table.reasons.get((r, c)) or _why(reading, c)
                reading.left_out.append((address(r, c), raw_text(value), reason))
    if reading.left_out:
        _left_out_fault(reading)


def _why(reading: SheetReading, column: int) -> str:
    known = {c.column for c in reading.table.columns}
    return "不在已识别的项目行中" if column in known else "不在已识别的金额栏下"


def _left_out_fault(reading: SheetReading) -> None:
    telling = [x for x in reading.left_out if not x[2].startswith("同一项目")]
    if telling:
        cell, raw, reason = telling[0]
        more = f"等 {len(telling)} 处" if len(telling) > 1 else ""
        message = f"{reading.form.title}中有数字未取：{cell}“{visible(raw)[:40]}”{more}，{reason}。请核对版式或删去多余数字。"
        cells = tuple(x[0] for x in telling[:50])
        reading.faults.append(Fault("S-LEFTOUT", reading.form.form, message, cells, "review"))


def _line_numbers(reading: SheetReading) -> None:
    """行次 that repeat within the sheet."""
    seen: dict[tuple[str, int], str] = {}
    for line in reading.table.lines:
        if line.number is None or line.column is None:
            continue
        here = address(line.row, line.column)
        first = seen.setdefault((line.panel, line.number), here)
        if first != here:
            message = f"{reading.form.title}的行次 {line.number} 重复：{first} 与 {here}。取数按项目名称，不受影响；请核对模板。"
            reading.faults.append(
                Fault("S-LINE", f"{reading.form.form}[行次{line.number}]", message, (first, here), "hint")
            )
