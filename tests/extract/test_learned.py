"""The short way of reading gives what the long way gives, and is gone only where nothing differs.

Both ways read everything that the tests can make: samples tidy and messy, printed variants, sheets
with any content in any cell, and the shared cases. Hostile files are refused before either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from pipelines.extract import listform, listheader, panelform
from pipelines.extract import sheet as sheet_module
from pipelines.extract.learned import panels
from pipelines.extract.learned import sheets as learned_sheets
from pipelines.extract.learned.way import long_way
from pipelines.extract.reading import TableReading
from pipelines.extract.sheet import SheetReading, read_sheets
from pipelines.extract.workbook import known_forms
from pipelines.intake.discover import discover
from pipelines.intake.numberformats import Shown
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.reading.workbooks import open_workbook
from pipelines.sample.writing import write_samples
from schemas.library import forms
from tests.extract.test_tables_apart import split
from tests.extract.variants import sheets, variant

ROOT = Path(__file__).parents[2]
CASES = ROOT.parent / "shared" / "cases" / "workbooks"
TABLE = ("lines", "columns", "notes", "top", "first")
READING = (
    *("caption", "status", "reason", "decimals", "money", "assumed", "continues", "faults"),
    *("left_out", "numbers", "facts_numbers", "structural", "layout"),
)
# What may stand in a cell and change what a row or a sheet is.
ODD: tuple[object, ...] = (
    *("", " ", "合计", "栏次", "行次", "编制单位：甲", "注：说明", "金额单位：万元", "财决04表"),
    *("支出决算表", "科目编码", "201", "2010301", "—", "（12.3）", "1,234.50", "决算数", "项目"),
    *(0.0, -0.0, 1.0, 2.0, 201.0, 0.1 + 0.2, 12.345, 1e13, 1e20, float("inf"), True, 7),
)


def read(found: Sequence[Sheet]) -> list[SheetReading]:
    forms, recogniser = known_forms(())
    return read_sheets(list(found), recogniser, forms)


def told(reading: SheetReading) -> dict[str, Any]:
    """Everything that a reading tells."""
    of_table = {name: getattr(reading.table, name) for name in TABLE}
    of_sheet = {name: getattr(reading, name) for name in READING}
    return {
        "sheet": (reading.sheet.number, reading.sheet.name, reading.form.form),
        "facts": [tuple(fact) for fact in reading.facts],
        "reasons": sorted(reading.table.reasons.items()),
        "rows": sorted(reading.table.structural_rows),
        "columns of numbers": sorted(reading.table.structural_columns),
        **of_table,
        **of_sheet,
    }


def same_both_ways(make: Callable[[], Sequence[Sheet]]) -> int:
    """The number of facts; ``make`` gives fresh sheets, for reading numbers their tables."""
    with long_way():
        long = [told(r) for r in read(make())]
    for _ in ("teaches", "knows"):
        short = [told(r) for r in read(make())]
        # as text, so that nan equals itself, and True is not 1
        assert [repr(x) for x in short] == [repr(x) for x in long]
    return sum(len(x["facts"]) for x in long)


def books(folder: Path) -> Iterator[Callable[[], Sequence[Sheet]]]:
    for file in discover(folder):
        if file.kind == "workbook" and file.status == "ready":
            try:
                open_workbook(file.path, file.type)
            except Refused:
                continue
            yield lambda file=file: open_workbook(file.path, file.type).sheets


@pytest.mark.long
def test_generated_workbooks(tmp_path: Path) -> None:
    """The demo with its planted errors, `.xls` and 万元 among them, and messy layouts."""
    write_samples(tmp_path, 1, 2, seed=9, messy=1.0, workers=1)
    counts = [
        same_both_ways(make) for home in (ROOT / "data/raw", tmp_path) for make in books(home)
    ]
    assert len(counts) > 12
    assert sum(counts) > 10_000


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")
def test_shared_cases() -> None:
    assert sum(same_both_ways(make) for make in books(CASES)) > 1_000


@pytest.mark.long
@pytest.mark.parametrize("published", [False, True])
def test_printed_variants(published: bool) -> None:
    for seed in range(4):
        assert same_both_ways(lambda seed=seed: variant(published, seed)) > 500


def odd_sheets(seed: int) -> list[Sheet]:
    """Some sheets with odd content in a few cells, error values, formulas without a result, scaling
    number formats, rows more and rows less.
    """
    rng = Random(seed)
    found = rng.sample(sheets(rng.random() < 0.5), 3)
    for number, sheet in enumerate(found, 1):
        sheet.number = number
        for _ in range(rng.randrange(3)):
            row = rng.choice(sheet.cells)
            row[rng.randrange(len(row))] = rng.choice(ODD)
        place = rng.randrange(5, len(sheet.cells)), rng.randrange(len(sheet.cells[-1]))
        change = rng.randrange(6)
        if change == 0:
            sheet.special[place] = rng.choice([("error", "#REF!"), ("uncached", "=A1")])
            sheet.cells[place[0]][place[1]] = ""
        elif change == 1:
            sheet.shown[place] = Shown(4, "")
        elif change == 2:
            sheet.cells.insert(place[0], list(sheet.cells[place[0]]))
        elif change == 3:
            del sheet.cells[place[0]]
    return found


@pytest.mark.long
def test_any_content_of_any_cell() -> None:
    for seed in range(40):
        same_both_ways(lambda seed=seed: odd_sheets(seed))


def two_pages(again: int, bare: bool) -> list[Sheet]:
    """A list whose columns go on on a second sheet; its codes are numbers. ``again``: columns that
    stand on both; ``bare``: the second has no labels of its own.
    """
    pages = list(split("Z04", 3, again)[0])
    for number, page in enumerate(pages, 1):
        page.number = number
        page.cells = [[_as_number(v) for v in row] for row in page.cells]
    if bare:
        rest = [row[4:] for row in pages[1].cells]
        pages[1].cells = [["" for _ in row] if r < 3 else row for r, row in enumerate(rest)]
    return pages


def _as_number(value: object) -> object:
    return float(value) if type(value) is str and value.isdigit() and len(value) > 2 else value


@pytest.mark.parametrize("again", [0, 1])
@pytest.mark.parametrize("bare", [False, True])
def test_pages_of_one_table(again: int, bare: bool) -> None:
    assert same_both_ways(lambda: two_pages(again, bare)) > 20


# --- which way is gone ----------------------------------------------------------------------------


def sheet_of(form: str) -> Sheet:
    return next(s for s in sheets(form[0] == "G") if read([s])[0].form.form == form)


class LongWay(Exception):
    """The long way was gone."""


def _long(*_: object) -> None:
    raise LongWay


def _changed(sheet: Sheet, row: int, column: int) -> Sheet:
    value = sheet.cells[row][column]
    sheet.cells[row][column] = f"{value}甲" if type(value) is str else float(value) + 100  # type: ignore[arg-type]
    return sheet


def test_any_other_header_cell_sends_a_list_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    table = read([sheet_of("Z04")])[0].table
    monkeypatch.setattr(listheader._Finder, "find", _long)
    monkeypatch.setattr(listform.ListReader, "_read_row", _long)
    assert read([sheet_of("Z04")])[0].table.items == table.items
    cells = sheet_of("Z04").cells
    header = [
        (r, c)
        for r in range(table.top, table.first)
        for c, value in enumerate(cells[r])
        if value != ""
    ]
    assert len(header) > 8
    for row, column in header:
        with pytest.raises(LongWay):
            read([_changed(sheet_of("Z04"), row, column)])


def test_any_other_label_sends_its_row_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    table = read([sheet_of("Z04")])[0].table
    monkeypatch.setattr(listform.ListReader, "_line", _long)
    for line in table.lines:
        with pytest.raises(LongWay):
            read([_changed(sheet_of("Z04"), line.row, line.column or 0)])


def test_any_cell_but_an_amount_sends_a_table_of_panels_the_long_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = read([sheet_of("Z01")])[0].table
    monkeypatch.setattr(panelform.PanelReader, "_read_and_learn", _long)
    assert read([sheet_of("Z01")])[0].table.items == known.items
    amounts = {c.column for c in known.columns}
    others = [
        (r, c)
        for r, row in enumerate(sheet_of("Z01").cells[known.top :], known.top)
        for c, value in enumerate(row)
        if value != "" and (c not in amounts or r < known.first)
    ]
    assert len(others) > 100
    for row, column in Random(1).sample(others, 40):
        with pytest.raises(LongWay):
            read([_changed(sheet_of("Z01"), row, column)])


def test_merged_cells_of_the_header_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    for form, reader in (("Z04", listheader._Finder), ("Z01", panelform.PanelReader)):
        table = read([sheet_of(form)])[0].table
        name = "find" if form == "Z04" else "_read_and_learn"
        sheet = sheet_of(form)
        sheet.merged.append((table.top, 30, table.top, 31))
        with monkeypatch.context() as patch:
            patch.setattr(reader, name, _long)
            with pytest.raises(LongWay):
                read([sheet])


def test_an_amount_that_is_no_number_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    table = read([sheet_of("Z01")])[0].table
    line, cells = next(item for item in table.items if item[1])
    monkeypatch.setattr(panelform.PanelReader, "_read_and_learn", _long)
    for value in ("1,234.50", "约五万", True, 7):
        sheet = sheet_of("Z01")
        sheet.cells[line.row][cells[0][0]] = value
        with pytest.raises(LongWay):
            read([sheet])


def caption_rows(sheet: Sheet, table: TableReading) -> list[int]:
    """The rows above a header that name no table: unit, year, money unit."""
    rows = range(table.top)
    return [
        r for r in rows if not any("表" in str(v) for v in sheet.cells[r]) and any(sheet.cells[r])
    ]


def test_a_sheet_that_is_known_is_not_analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    known, again = read([sheet_of("Z04")])[0], sheet_of("Z04")
    monkeypatch.setattr(sheet_module, "_read", _long)
    (row,) = caption_rows(again, known.table)
    again.cells[row][0] = "编制单位：另一个局"
    found = read([again])[0]
    assert found.table.flat is not None
    assert found.caption.unit == "另一个局"
    assert [tuple(f) for f in found.facts] == [tuple(f) for f in known.facts]
    assert found.table.items == known.table.items


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("财决05表", True),
        ("支出决算明细表", True),
        ("公开03表", True),
        ("科目名称", False),
        ("本年支出合计", False),
        ("其他说明", True),
    ],
)
def test_what_speaks_above_or_below_sends_a_sheet_the_long_way(
    text: str, below: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = sheet_of("Z04")
    (caption,) = caption_rows(sheet, read([sheet_of("Z04")])[0].table)
    row = len(sheet.cells) - 1 if below else caption
    sheet.cells[row] = [text, *[""] * (len(sheet.cells[row]) - 1)]
    monkeypatch.setattr(sheet_module, "_read", _long)
    with pytest.raises(LongWay):
        read([sheet])


def below_a_banner(form: str, rows: int) -> Sheet:
    """The sheet with more rows above its title: another header, for that stands lower."""
    sheet = sheet_of(form)
    width = len(sheet.cells[0])
    sheet.cells[:0] = [["" for _ in range(width)] for _ in range(rows)]
    sheet.merged = [(r0 + rows, c0, r1 + rows, c1) for r0, c0, r1, c1 in sheet.merged]
    return sheet


def test_rows_learned_under_one_header_are_known_under_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = read([sheet_of("Z04")])[0].table
    assert len(table.lines) > 5
    monkeypatch.setattr(listform.ListReader, "_line", _long)
    moved = read([below_a_banner("Z04", 11)])[0].table
    assert [line.row for line in moved.lines] == [line.row + 11 for line in table.lines]
    assert [line[1:] for line in moved.lines] == [line[1:] for line in table.lines]


def with_column_between(head: str) -> list[Sheet]:
    """A list with a column between codes and names in which a text stands beside a bare code."""
    heads = [c.label or c.key for c in forms()["Z04"].columns]
    amounts: list[object] = [30.0, 10.0, 20.0, "", "", ""]
    rows: list[list[object]] = [
        ["支出决算表", *[""] * 8],
        ["编制单位：甲局", "", "", "2023年度", "", "", "", "", "金额单位：元"],
        ["科目编码", head, "科目名称", *heads],
        ["合计", "", "", *amounts],
        ["201", "", "一般公共服务支出", *amounts],
        ["2010301", "代管项目", "", *amounts],
    ]
    return [Sheet("支出", 1, "visible", rows)]


def headed_from_above(form: str, text: str) -> Sheet:
    """The sheet with the head of an amount column in a cell that begins above the header."""
    sheet, table = sheet_of(form), read([sheet_of(form)])[0].table
    top, column = table.top, table.columns[1].column
    for row in sheet.cells[top : top + 3]:
        row[column] = ""
    sheet.cells[top - 1][column] = text
    apart = [m for m in sheet.merged if not m[1] <= column <= m[3] or m[0] > top + 2]
    sheet.merged = [*apart, (top - 1, column, top + 1, column)]
    return sheet


@pytest.mark.parametrize("form", ["Z04", "Z01"])
def test_a_cell_above_that_is_merged_into_the_header_has_its_say(form: str) -> None:
    """What stands in it shows over a column, and may differ from unit to unit."""
    for text in ("甲栏", "乙栏"):
        assert same_both_ways(lambda text=text: [headed_from_above(form, text)]) > 20
        faults = read([headed_from_above(form, text)])[0].faults
        assert any(text in fault.message for fault in faults)


def test_a_row_of_column_numbers_below_a_known_header_is_of_the_header() -> None:
    """Even where one of its numbers might be a code."""

    def made(numbers: bool) -> list[Sheet]:
        sheet = sheet_of("G06")
        at = next(r for r, row in enumerate(sheet.cells) if "栏次" in row)
        if numbers:
            sheet.cells[at][2] = 201.0
        else:
            del sheet.cells[at]
        return [sheet]

    assert same_both_ways(lambda: made(False)) > 5
    assert same_both_ways(lambda: made(True)) > 5


@pytest.mark.parametrize(("first", "then"), [("备注", "填报人员"), ("填报人员", "备注")])
def test_rows_are_not_shared_where_another_column_may_name_them(first: str, then: str) -> None:
    """What a clerk wrote beside an item does not name it, what stands in any other column does."""
    assert same_both_ways(lambda: with_column_between(first)) > 5
    assert same_both_ways(lambda: with_column_between(then)) > 5


@pytest.mark.parametrize(
    ("form", "module", "kept", "reader", "name"),
    [
        ("Z04", listheader, "_KEPT", listheader._Finder, "find"),
        ("Z01", panels, "KEPT", panelform.PanelReader, "_read_and_learn"),
        ("Z04", learned_sheets, "KEPT", sheet_module, "_read"),
    ],
)
def test_the_layout_met_last_is_forgotten_last(
    form: str,
    module: ModuleType,
    kept: str,
    reader: type | ModuleType,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    met, again = [
        {banner: below_a_banner(form, banner) for banner in (13, 14, 15)} for _ in range(2)
    ]
    monkeypatch.setattr(module, kept, 2)
    monkeypatch.setattr(module, "_KNOWN", {})
    if module is not learned_sheets:  # of headers and panels, not of whole sheets
        monkeypatch.setattr(sheet_module, "meet", lambda *_: None)
    for banner in (13, 14, 13, 15):
        read([met[banner]])
    monkeypatch.setattr(reader, name, _long)
    read([again[13]])
    read([again[15]])
    with pytest.raises(LongWay):
        read([again[14]])
