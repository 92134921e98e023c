"""The sheets of a workbook, read: the form each is, what it says of itself, its facts, and where
each of its numbers went.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.extract.account import account, left_out_fault, repeated_line_numbers
from pipelines.extract.amounts import SCALES, is_number
from pipelines.extract.blurred import BLURRED, CUT, blurred, restore_clipped_names
from pipelines.extract.caption import caption, caption_below
from pipelines.extract.clippedheads import unclipped
from pipelines.extract.continued import join_continued
from pipelines.extract.facts import FactColumns, FactTaker
from pipelines.extract.furtherpages import find_continuations
from pipelines.extract.grid import Grid
from pipelines.extract.itemform import ItemsReader
from pipelines.extract.layoutfaults import of_year
from pipelines.extract.learned.sheets import Met, learn_sheet, meet
from pipelines.extract.listform import ListReader
from pipelines.extract.outside import Outside, outside, title_unit
from pipelines.extract.panelform import PanelReader
from pipelines.extract.printedmoney import settle_money
from pipelines.extract.reading import Fault, NoTable, TableReading, layout_digest
from pipelines.extract.recognise import Evidence, Recogniser
from pipelines.extract.regions import regions
from pipelines.extract.sheetparts import is_printed
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.shownfault import shown_fault
from pipelines.extract.stripform import RowReader, StripReader
from pipelines.extract.unlined import doubtful
from pipelines.extract.unlinedheads import settled
from pipelines.intake.workbook import Sheet
from schemas.library import Form

UNREADABLE = (
    "版式不符：按表号或标题应为{form.number}《{form.title}》，但找不到它的表头和项目，整表未取数。"
    "请用系统导出的原表重报。"
)
MIXED = (
    "{form.number}《{form.title}》一张表列了几个单位或几个年度（{owners}），整表未取数。请照此拆开："
    "每个单位、每个年度各存一个工作簿，都留下表头，抬头写它自己的单位和年度；或分单位、分年度导出后重报。"
)
READERS: dict[str, Any] = {
    "list": ListReader,
    "blocks": PanelReader,
    "strips": StripReader,
    "row": RowReader,
    "items": ItemsReader,
}


def read_sheets(
    sheets: list[Sheet], recogniser: Recogniser, forms: Mapping[str, Form]
) -> list[SheetReading]:
    """The sheets of one workbook that are ours, in its order; a sheet with several tables comes
    once for each.

    Where only a title speaks, the family (财决 or 公开) of the rest of the workbook decides; a
    sheet without a table counts for nothing where another has the form's table.
    """
    tables = _tables_apart(sheets, recogniser)
    grids = [grid for grid, _ in tables]
    evidence = _evidence(tables, recogniser)
    published = _family(evidence)
    found = [
        _read_table(grid, met, said, published, forms, recogniser)
        for (grid, met), said in zip(tables, evidence, strict=True)
    ]
    find_continuations(grids, evidence, found)
    readings = _that_count([r for r in found if r is not None])
    ours = {r.sheet.number for r in readings}
    says = outside((g for g in grids if g.sheet.number not in ours), recogniser.title_texts)
    _complete(readings, says, recogniser)
    return readings


# A table, and what became of it where its sheet is known.
Table = tuple[Grid, Met | None]


def _evidence(tables: list[Table], recogniser: Recogniser) -> list[Evidence]:
    """What each table says of its form; a sheet's name speaks for the first of its tables alone."""
    seen: set[str] = set()
    evidence = []
    for grid, met in tables:
        name = grid.sheet.name
        said = met.known.evidence if met else recogniser.evidence(grid, named=name not in seen)
        evidence.append(said)
        seen.add(name)
    return evidence


def _read_table(
    grid: Grid,
    met: Met | None,
    evidence: Evidence,
    published: bool | None,
    forms: Mapping[str, Form],
    recogniser: Recogniser,
) -> SheetReading | None:
    """A table as it was met, if in a workbook of this family, else by what it shows."""
    if met and met.known.published == published:
        return met.reading
    found = _read(grid, evidence.leaning(published, recogniser.public), forms)
    if found:
        learn_sheet(found, evidence, published, recogniser)
    return found


def _that_count(readings: list[SheetReading]) -> list[SheetReading]:
    """Without the sheets that could not be read where another has the form's table."""
    read = {r.form.form for r in readings if r.status == "read"}
    return [r for r in readings if r.status == "read" or r.form.form not in read]


def read_sheet(
    sheet: Sheet, recogniser: Recogniser, forms: Mapping[str, Form]
) -> SheetReading | None:
    """One sheet by itself, or None where it is none of ours."""
    return next(iter(read_sheets([sheet], recogniser, forms)), None)


def _tables_apart(sheets: list[Sheet], recogniser: Recogniser) -> list[Table]:
    """Every table of every sheet; those after a sheet's first get numbers behind the last
    sheet's.
    """
    last = max((s.number for s in sheets), default=0)
    tables: list[Table] = []
    for sheet in sheets:
        if met := meet(sheet, recogniser):
            tables.append((met.reading.grid, met))
            continue
        for i, grid in enumerate(regions(Grid.of(sheet), recogniser)):
            if i:
                last += 1
                grid.sheet.number = last
            tables.append((grid, None))
    return tables


def _complete(readings: list[SheetReading], says: Outside, recogniser: Recogniser) -> None:
    """What only the whole workbook tells: tables that go on, unit and year printed once, the
    money unit; then the amounts.
    """
    join_continued(readings)
    restore_clipped_names(readings)
    if not any(r.caption.unit for r in readings):
        _look_below(readings)
    if not any(r.caption.unit for r in readings):
        _identify(readings, says, recogniser)
    if not any(r.caption.year for r in readings):
        _date(readings, says)
    read = [r for r in readings if r.status == "read"]
    settle_money(read, says.money)
    for reading in read:
        _finish(reading)


def _look_below(readings: list[SheetReading]) -> None:
    """Where no sheet prints its unit above the table: what its foot says."""
    for reading in readings:
        below = caption_below(reading.rows[reading.table.first :])
        year = reading.caption.year or below.year
        reading.caption = replace(reading.caption, unit=below.unit, year=year)


def _identify(readings: list[SheetReading], says: Outside, recogniser: Recogniser) -> None:
    """Where no sheet prints 编制单位 or its like: the name that its title begins with, else the
    cover's.
    """
    for reading in readings:
        above = reading.rows[: reading.table.top]
        name = title_unit(above, reading.sheet.above, recogniser.title_texts)
        reading.caption = replace(reading.caption, unit=name)
    if says.names and not any(r.caption.unit for r in readings):
        for reading in readings:
            reading.caption = replace(reading.caption, unit=says.names[0])


def _date(readings: list[SheetReading], says: Outside) -> None:
    """Where no sheet prints its year: the cover's."""
    if says.year:
        for reading in readings:
            reading.caption = replace(reading.caption, year=says.year)


def _family(evidence: list[Evidence]) -> bool | None:
    """Whether most sheets with a code or 表号 are published tables, without any those with a title
    that only one family has; None where there are none.
    """
    said = [f for e in evidence for f in e.families] or [f for e in evidence for f in e.titled]
    return said.count(True) > said.count(False) if said else None


def _read(grid: Grid, evidence: Evidence, forms: Mapping[str, Form]) -> SheetReading | None:
    candidates = evidence.ranked()[:4]
    if not candidates:
        return None
    best = _best_table(grid, [forms[c] for c in candidates], evidence.votes)
    if best is None:
        return _unreadable(grid, forms[candidates[0]]) if evidence.claims else None
    form, table = best
    if _is_unsure(grid, form, table):
        # what cannot be told is called by its likeliest name: that of another family would be a
        # table of its set, whose others would then be missing
        return _unreadable(grid, forms[candidates[0]])
    if table.mixed:
        return _unreadable(grid, form, MIXED.format(form=form, owners=table.mixed))
    return SheetReading(grid, form, caption(grid, table.top), table)


def _is_unsure(grid: Grid, form: Form, table: TableReading) -> bool:
    """Whether a page does not show enough of its table to take its amounts."""
    sheet = grid.sheet
    unsure = sheet.torn or (sheet.unlined and doubtful(form, table))
    return unsure or blurred(grid, table) or sheet.cut


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
        for shape in form.shapes:
            try:
                whole = unclipped(settled(Grid(grid.sheet, grid.rows), shape), shape)
                found.append((form, shape, READERS[shape.layout](whole, shape).read()))
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
    besides = {c.key for c in shape.also}
    known = sum(c.key not in besides for c in table.columns)
    unknown = sum(f.rule_id == "S-LAYOUT" for f in table.faults)
    printed = caption(grid, table.top).money
    return known / max(1, expected) - 0.1 * unknown + (0.05 if printed == shape.unit else 0)


def _unreadable(grid: Grid, form: Form, reason: str = "") -> SheetReading | None:
    """A sheet that claims to be ours but has no such table (or has another ``reason``); one without
    any number (a cover, instructions) is not ours.
    """
    if not any(is_number(v) for row in grid.rows for _, v in row):
        return None
    numbers = sum(is_number(v) for row in grid.rows for _, v in row)
    reading = SheetReading(grid, form, caption(grid, 60), TableReading(), numbers=numbers)
    _leave_unread(reading, reason)
    return reading


def _leave_unread(reading: SheetReading, why: str = "") -> None:
    """None of its amounts is taken, and that is said: on a printed page a question, for the file
    may be all there is; of a workbook an error.
    """
    form, printed = reading.form, is_printed(reading.sheet)
    said = (CUT if reading.sheet.cut else BLURRED) if printed else UNREADABLE
    reason = why or said.format(form=form)
    reading.status, reading.reason = "unreadable", reason
    reading.facts, reading.left_out, reading.facts_numbers = FactColumns(), [], 0
    reading.structural = reading.numbers
    severity = "review" if printed else "error"
    reading.faults = [Fault("S-LAYOUT", form.form, reason, ("A1",), severity)]
    reading.table, reading.layout = TableReading(), ""


def _finish(reading: SheetReading) -> None:
    """The amounts, now that their money unit is known, and where every number of the sheet went."""
    form, table = reading.form, reading.table
    exponent = SCALES[reading.money]
    taker = FactTaker(form, table, reading.money, exponent, reading.sheet.shown)
    taker.take()
    taker.take_special(reading.sheet.special)
    reading.facts = taker.facts
    coarsest = taker.coarsest
    reading.decimals = 2 if coarsest == 0 else min(taker.facts.digits, coarsest + 2) - coarsest
    sums = account(reading.grid, table)
    reading.numbers, reading.facts_numbers = sums.numbers, sums.facts
    reading.structural, reading.left_out = sums.structural, sums.left_out
    unlined = reading.sheet.unlined and sums.left_out
    if unlined or (is_printed(reading.sheet) and len(sums.left_out) > sums.facts):
        _leave_unread(reading)
        return
    table.faults = [
        said for f in table.faults if (said := of_year(f, form, reading.caption.year)) is not None
    ]
    reading.faults += [*table.faults, *taker.faults, *left_out_fault(form, sums.left_out)]
    reading.faults += repeated_line_numbers(form, table) + shown_fault(reading)
    reading.layout = table.layout or layout_digest(form.form, table.columns)
