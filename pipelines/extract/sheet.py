"""One sheet, read: the form it is, what it says of itself, its facts, and where each of its numbers
went.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.extract.account import account, left_out_fault, repeated_line_numbers
from pipelines.extract.amounts import SCALES, is_number
from pipelines.extract.facts import FactColumns, FactTaker
from pipelines.extract.grid import Grid
from pipelines.extract.listform import ListReader
from pipelines.extract.panelform import PanelReader
from pipelines.extract.reading import Fault, NoTable, TableReading, layout_digest
from pipelines.extract.recognise import Caption, Evidence, Recogniser, caption
from pipelines.extract.stripform import RowReader, StripReader
from pipelines.intake.workbook import Sheet
from schemas.library import Form

READERS: dict[str, Any] = {
    "list": ListReader,
    "blocks": PanelReader,
    "strips": StripReader,
    "row": RowReader,
}


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
    facts: FactColumns = field(default_factory=FactColumns)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    numbers: int = 0
    facts_numbers: int = 0
    structural: int = 0
    layout: str = ""


def read_sheets(
    sheets: list[Sheet], recogniser: Recogniser, forms: Mapping[str, Form]
) -> list[SheetReading]:
    """The sheets of one workbook that are ours, in its order.

    Where only a title speaks, the family (财决 or 公开) of the rest of the workbook decides; a
    sheet without a table counts for nothing where another has the form's table.
    """
    grids = [Grid.of(sheet) for sheet in sheets]
    ends = [recogniser.second_table(grid) for grid in grids]
    evidence = [
        recogniser.evidence(Grid(g.sheet, g.rows[: end and end[0]]))
        for g, end in zip(grids, ends, strict=True)
    ]
    published = _family(evidence)
    found = (
        _read(g, e.leaning(published), forms, end)
        for g, e, end in zip(grids, evidence, ends, strict=True)
    )
    readings = [r for r in found if r is not None]
    read = {r.form.form for r in readings if r.status == "read"}
    return [r for r in readings if r.status == "read" or r.form.form not in read]


def read_sheet(
    sheet: Sheet, recogniser: Recogniser, forms: Mapping[str, Form]
) -> SheetReading | None:
    """One sheet by itself, or None where it is none of ours."""
    return next(iter(read_sheets([sheet], recogniser, forms)), None)


def _family(evidence: list[Evidence]) -> bool | None:
    """Whether most sheets with a code or 表号 are published tables; None where there are none."""
    said = [f for e in evidence for f in e.families]
    return said.count(True) > said.count(False) if said else None


def _read(
    grid: Grid, evidence: Evidence, forms: Mapping[str, Form], end: tuple[int, str] | None
) -> SheetReading | None:
    candidates = evidence.ranked()[:4]
    if not candidates:
        return None
    best = _best_table(
        Grid(grid.sheet, grid.rows[: end and end[0]]),
        [forms[c] for c in candidates],
        evidence.votes,
    )
    if best is None:
        return _unreadable(grid, forms[candidates[0]]) if evidence.claims else None
    form, table = best
    if end is not None:
        _second_table(grid, form, table, end[0], forms[end[1]])
    return _finish(grid, SheetReading(grid.sheet, form, caption(grid, table.top), table))


def _second_table(grid: Grid, form: Form, table: TableReading, end: int, other: Form) -> None:
    """Another form further down the sheet: its numbers are left out, and the sheet's owner is told
    to part them.
    """
    reason = f"第 {end + 1} 行起是另一张表"
    table.reasons.update({(r, c): reason for r in range(end, grid.height) for c, _ in grid.rows[r]})
    table.structural_columns_end = end
    message = (
        f"{form.title}所在工作表第 {end + 1} 行起是另一张表（{other.number}《{other.title}》），"
        "未取数。"
        "请一张工作表只放一张报表，分开后重报。"
    )
    table.faults.append(Fault("S-LAYOUT", f"{form.form}[第二张表]", message, (f"A{end + 1}",)))


def _best_table(
    grid: Grid, forms: list[Form], votes: Mapping[str, int]
) -> tuple[Form, TableReading] | None:
    """Of the forms with the most votes, the one whose header the sheet has; columns decide between
    equals.
    """
    found: list[tuple[Form, Form, TableReading]] = []
    for form in forms:
        if found and votes[form.form] < votes[forms[0].form]:
            break
        for shape in filter(None, (form, form.other_layout)):
            try:
                found.append(
                    (form, shape, READERS[form.layout](Grid(grid.sheet, grid.rows), shape).read())
                )
            except NoTable:
                continue
    if not found:
        return None
    form, _, table = (
        found[0] if len(found) == 1 else max(found, key=lambda f: _fit(f[1], f[2], grid))
    )
    return form, table


def _fit(shape: Form, table: TableReading, grid: Grid) -> float:
    """How much of a form's columns the sheet has, less what it has besides; the printed money unit
    breaks ties.
    """
    expected = sum(len(b.columns) for b in shape.blocks) or len(shape.columns)
    unknown = sum(f.rule_id == "S-LAYOUT" for f in table.faults)
    printed = caption(grid, table.top).money
    return (
        len(table.columns) / max(1, expected)
        - 0.1 * unknown
        + (0.05 if printed == shape.unit else 0)
    )


def _unreadable(grid: Grid, form: Form) -> SheetReading | None:
    """A sheet that claims to be ours but has no such table; one without any number (a cover,
    instructions) is not ours.
    """
    if not any(is_number(v) for row in grid.rows for _, v in row):
        return None
    says = caption(grid, 60)
    reason = (
        f"版式不符：按表号或标题应为{form.number}《{form.title}》，但找不到它的表头和项目，"
        "整表未取数。请用系统导出的原表重报。"
    )
    reading = SheetReading(grid.sheet, form, says, TableReading(), "unreadable", reason)
    reading.numbers = reading.structural = sum(is_number(v) for row in grid.rows for _, v in row)
    reading.faults.append(Fault("S-LAYOUT", form.form, f"{reason}", ("A1",), "error"))
    return reading


def _finish(grid: Grid, reading: SheetReading) -> SheetReading:
    form, table = reading.form, reading.table
    reading.money = reading.caption.money or form.unit
    exponent = SCALES[reading.money]
    taker = FactTaker(form, table, reading.money, exponent)
    taker.take()
    taker.take_special(reading.sheet.special)
    reading.facts = taker.facts
    reading.decimals = 2 if exponent == 0 else min(taker.facts.digits, exponent + 2) - exponent
    sums = account(grid, table)
    reading.numbers, reading.facts_numbers, reading.structural = (
        sums.numbers,
        sums.facts,
        sums.structural,
    )
    reading.left_out = sums.left_out
    reading.faults += [*table.faults, *taker.faults, *left_out_fault(form, sums.left_out)]
    reading.faults += repeated_line_numbers(form, table)
    reading.layout = table.layout or layout_digest(form.form, table.columns)
    return reading
