"""Two tables on one sheet, and one table on two: each amount is read once, at its own address."""

from __future__ import annotations

import pytest

from pipelines.extract.sheet import SheetReading, read_sheets
from pipelines.extract.workbook import known_forms
from pipelines.intake.workbook import Sheet
from schemas.library import forms
from tests.extract.paper import Paper, list_paper, panel_paper
from tests.extract.test_sheets import expected, got, numbers_add_up


def read_all(*sheets: Sheet) -> list[SheetReading]:
    library, recogniser = known_forms(())
    for number, sheet in enumerate(sheets, 1):
        sheet.number = number
    return read_sheets(list(sheets), recogniser, library)


def beside(
    first: Paper, second: Paper, gap: int, centred: bool = False
) -> tuple[Sheet, dict, dict]:
    """One sheet with the second table on the right of the first; and what each should give."""
    width = max(c for _, c in first.cells) + 1 + gap
    second.shift(0, width)
    if centred:
        second.cells[(0, width + 2)] = second.cells.pop((0, width))
    wanted = expected(first), expected(second)
    first.cells |= second.cells
    first.merged += second.merged
    return first.sheet("Sheet1"), *wanted


@pytest.mark.parametrize("gap", [0, 1, 3])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("pair", [("G01", "G02"), ("G02", "G03"), ("Z03", "Z04")])
def test_tables_side_by_side_are_both_read(pair: tuple[str, str], gap: int, centred: bool) -> None:
    papers = [panel_paper(f) if forms()[f].layout == "blocks" else list_paper(f) for f in pair]
    sheet, one, other = beside(papers[0], papers[1], gap, centred)
    found = read_all(sheet)
    assert [r.form.form for r in found] == list(pair)
    assert [got(r) for r in found] == [one, other]
    assert [f.message for r in found for f in r.faults] == []
    assert len({r.sheet.number for r in found}) == 2
    assert sum(r.numbers for r in found) == sum(r.facts_numbers + r.structural for r in found)


@pytest.mark.parametrize("gap", [1, 4])
@pytest.mark.parametrize("names", [("Z03", "Z04"), ("Z01", "Z03"), ("G02", "G03", "G06")])
@pytest.mark.parametrize("captions", [True, False])
def test_tables_one_below_the_other_are_all_read(
    names: tuple[str, ...], gap: int, captions: bool
) -> None:
    whole, *others = [
        panel_paper(f) if forms()[f].layout == "blocks" else list_paper(f) for f in names
    ]
    wanted = [expected(whole)]
    for paper in others:
        if not captions:  # unit, year and money unit are printed above the first table only
            paper.cells = {at: v for at, v in paper.cells.items() if at[0] != 2}
        paper.shift(whole.bottom + 1 + gap, 0)
        wanted.append(expected(paper))
        for (r, c), value in paper.cells.items():
            whole.put(r, c, value)
        whole.merged += paper.merged
    found = read_all(whole.sheet(f"{names[0]}等"))
    assert [r.form.form for r in found] == list(names)
    assert [got(r) for r in found] == wanted
    assert [f.message for r in found for f in r.faults] == [] and not any(r.assumed for r in found)


def test_pages_of_one_table_stay_one_table() -> None:
    paper = list_paper("Z03")
    again = {at: v for at, v in paper.cells.items() if at[0] < paper.first}
    wanted = expected(paper)
    below = list_paper("Z03", rows=("221", "22102", "2210201"), seed=2)
    below.shift(paper.bottom + 1, 0)
    wanted |= expected(below)
    for (r, c), value in (again | below.cells).items():
        paper.put(r, c, value)
    found = read_all(paper.sheet())
    assert [got(r) for r in found] == [wanted]
    numbers_add_up(found[0])


def split(form: str, at: int, again: int = 0) -> tuple[list[Sheet], dict]:
    """A list table whose columns from ``at`` stand on a second sheet, which repeats ``again``
    columns of the first.
    """
    paper, rest = list_paper(form), list_paper(form)
    wanted = {k: v[0] for k, v in expected(paper).items()}
    first = 4 + at
    paper.cells = {(r, c): v for (r, c), v in paper.cells.items() if c < first or r < 3}
    paper.merged = [m for m in paper.merged if m[3] < first]
    cut = first - again
    rest.cells = {
        (r, c if c < 4 else c - cut + 4): v
        for (r, c), v in rest.cells.items()
        if c < 4 or (c >= cut and r >= 3)
    }
    rest.merged = []
    return [paper.sheet("收入"), rest.sheet("收入（续）")], wanted


@pytest.mark.parametrize("form", ["Z03", "G02", "Z04", "G03"])
@pytest.mark.parametrize("at", [2, 4])
@pytest.mark.parametrize("again", [0, 1])
def test_a_wide_table_on_two_sheets_is_one_table(form: str, at: int, again: int) -> None:
    sheets, wanted = split(form, at, again)
    found = read_all(*sheets)
    assert [r.continues for r in found] == [None, 1]
    assert {k: v[0] for r in found for k, v in got(r).items()} == wanted
    assert sum(len(r.facts) for r in found) == len(wanted)
    assert [f.message for r in found for f in r.faults] == []
    for reading in found:
        numbers_add_up(reading)


@pytest.mark.parametrize("title", ["续表", "", "（续上表）"])
def test_a_page_without_a_title_goes_on_with_the_sheet_before_it(title: str) -> None:
    sheets, wanted = split("Z04", 3)
    for row in sheets[1].cells[:3]:
        row[:] = [""] * len(row)
    sheets[1].cells[0][0] = title
    sheets[1].name = "Sheet2"
    found = read_all(*sheets)
    assert [r.continues for r in found] == [None, 1]
    assert {k: v[0] for r in found for k, v in got(r).items()} == wanted
    assert [f.message for r in found for f in r.faults] == []


def test_a_sheet_of_its_own_is_no_page_of_the_one_before_it() -> None:
    other = [
        ["科目编码", "科目名称", "人数"],
        ["2010301", "行政运行", 5.0],
        ["2080505", "养老", 7.0],
    ]
    found = read_all(list_paper("Z04").sheet(), Sheet("人员", 1, "visible", other))
    assert [r.form.form for r in found] == ["Z04"]


def test_what_no_sheet_has_is_missing_once() -> None:
    sheets, _ = split("Z04", 2)
    for row in sheets[1].cells:
        row[5:] = [""] * len(row[5:])
    found = read_all(*sheets)
    (fault,) = [f for r in found for f in r.faults]
    assert "“上缴上级支出”、“经营支出”、“对附属单位补助支出”" in fault.message


def test_a_long_table_on_two_sheets_is_one_table() -> None:
    whole = list_paper("Z04", rows=("合计", "201", "20103", "2010301"))
    rest = list_paper("Z04", rows=("208", "20805", "2080505"), seed=2)
    found = read_all(whole.sheet("支出"), rest.sheet("支出续"))
    assert [r.continues for r in found] == [None, 1]
    assert {**got(found[0]), **got(found[1])} == {**expected(whole), **expected(rest)}


def test_another_version_of_a_table_does_not_continue_it() -> None:
    found = read_all(list_paper("Z04").sheet("旧"), list_paper("Z04", seed=2).sheet("新"))
    assert [r.continues for r in found] == [None, None]


@pytest.mark.parametrize("form", ["Z04", "Z05", "Z01"])
@pytest.mark.parametrize(
    ("unit", "year"), [("甲局", 2022), ("乙局", 2023), ("乙局", 2022), ("甲局", 2023)]
)
def test_the_same_table_of_another_unit_or_year_below_is_a_table_of_its_own(
    form: str, unit: str, year: int
) -> None:
    make = panel_paper if form == "Z01" else list_paper
    whole, below = make(form), make(form, unit=unit, year=year, seed=2)
    wanted = [expected(whole)]
    below.shift(whole.bottom + 2, 0)
    wanted.append(expected(below))
    whole.cells |= below.cells
    whole.merged += below.merged
    found = read_all(whole.sheet())
    if (unit, year) == ("甲局", 2023):
        assert len(found) == 1  # it goes on there, or stands there twice
        return
    assert [got(r) for r in found] == wanted
    assert [(r.caption.unit, r.caption.year) for r in found] == [("甲局", 2023), (unit, year)]
