"""Tables on printed pages: heads that ran over are put together, columns that cannot be told are
left.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.intake.workbook import Sheet
from pipelines.tables.overflow import lift_overflow
from tests.extract.paper import list_paper
from tests.extract.test_sheets import expected, got
from tests.extract.test_tables_apart import read_all


def test_heads_that_ran_into_the_row_of_column_numbers() -> None:
    cells: list[list[object]] = [
        ["科目编码", "科目名称", "本年支出合", "基本支出", "对附属单位"],
        ["", "栏次", "计\n1", "2", "补助支出3"],
        ["", "合计", "12.50", "12.50", ""],
    ]
    lift_overflow(cells)
    assert cells[0][2:] == ["本年支出合计", "基本支出", "对附属单位补助支出"]
    assert cells[1] == ["", "栏次", "1", "2", "3"] and cells[2][2] == "12.50"


@pytest.mark.parametrize(
    "row", [["合计", "1", "2", "3"], ["201", "5", "9", "2"], ["栏次", "甲1", "12.5", "3"]]
)
def test_other_rows_stay_as_they_are(row: list[object]) -> None:
    cells: list[list[object]] = [["项目", "a", "b", "c"], list(row)]
    lift_overflow(cells)
    assert cells == [["项目", "a", "b", "c"], row]


def test_a_printed_page_whose_columns_cannot_be_told_is_left() -> None:
    paper = list_paper("G03")
    for column, words in ((5, "出入计"), (6, "出项目"), (7, "上缴上经")):
        paper.cells[(3, column)] = words
    sheet = replace(paper.sheet("支出"), part="#p4")
    (reading,) = read_all(sheet)
    (fault,) = reading.faults
    assert reading.status == "unreadable" and not len(reading.facts)
    assert (fault.rule_id, fault.severity) == ("S-LAYOUT", "review") and "PDF" in fault.message
    assert read_all(paper.sheet("支出"))[0].status == "read"


@pytest.mark.parametrize(("part", "status"), [("#p4", "unreadable"), ("#t4", "read"), ("", "read")])
def test_totals_that_are_blank_throughout_have_slipped_aside(part: str, status: str) -> None:
    """Only on a printed page: elsewhere the cells are cells, and the blanks are the table's own."""
    paper = list_paper("G06")
    heads = [at for at, value in paper.cells.items() if value == "合计" and at[1] > 1]
    row, column = max(heads)
    for at in [at for at in paper.cells if at[1] == column and at[0] > row]:
        if not isinstance(paper.cells[at], int):
            paper.cells[at] = ""
    (reading,) = read_all(replace(paper.sheet("支出"), part=part))
    assert reading.status == status


@pytest.mark.parametrize(("part", "status"), [("#p4", "unreadable"), ("", "read")])
def test_a_single_row_whose_parts_have_slipped_aside(part: str, status: str) -> None:
    heads = ["合计", "因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费"]
    rows: list[list[object]] = [
        ["财政拨款“三公”经费支出决算表"],
        ["部门：云岭县商务局", "", "2023年度", "", "单位：万元"],
        ["预算数", "", "", "", "", "决算数", "", "", "", "", ""],
        [*heads, *heads, ""],
        ["7.04", "", "", "", "", "7.04", "", "", "", "", "4.96"],
    ]
    sheet = Sheet("三公", 1, "visible", rows, [(2, 0, 2, 4), (2, 5, 2, 9)], part=part)
    (reading,) = read_all(sheet)
    assert (reading.form.form, reading.status) == ("G13", status)


@pytest.mark.parametrize(("part", "status"), [("#p4", "unreadable"), ("", "read")])
def test_amounts_beside_every_head_of_a_page(part: str, status: str) -> None:
    heads = [
        "合计",
        "因公出国（境）费",
        "",
        "公务用车购置费",
        "",
        "公务用车运行维护费",
        "公务接待费",
    ]
    amounts = ["6.95", "0.00", "3.48", "0.00", "3.48", "3.48", "3.47"]
    rows: list[list[object]] = [
        ["财政拨款“三公”经费支出决算表"],
        ["部门：云岭县商务局", "", "2023年度", "", "单位：万元"],
        ["预算数", "", "", "", "", "", "", "决算数"],
        [*heads, *heads],
        [*amounts, *amounts],
    ]
    sheet = Sheet("三公", 1, "visible", rows, [(2, 0, 2, 6), (2, 7, 2, 13)], part=part)
    (reading,) = read_all(sheet)
    assert (reading.form.form, reading.status) == ("G13", status)


@pytest.mark.parametrize(
    ("part", "twice", "status"), [("#p4", 2, "unreadable"), ("#p4", 1, "read"), ("", 2, "read")]
)
def test_codes_whose_ends_were_printed_over(part: str, twice: int, status: str) -> None:
    paper = list_paper("G06")
    codes = [at for at, value in sorted(paper.cells.items()) if str(value).isdigit() and at[1] == 0]
    found = {str(paper.cells[at])[:5]: at for at in codes if len(str(paper.cells[at])) == 7}
    long = list(found.values())[:twice]
    for at in long:
        paper.cells[at] = str(paper.cells[at])[:5]
    assert len(long) == twice
    (reading,) = read_all(replace(paper.sheet("支出"), part=part))
    assert reading.status == status


def test_a_name_cut_short_on_a_page_is_that_of_the_others() -> None:
    pages = [list_paper(form, unit="云岭县国库支付中心") for form in ("G02", "G03", "G06")]
    pages[2].put(2, 0, "部门：云岭县")
    found = read_all(*(replace(p.sheet(), part=f"#p{i}") for i, p in enumerate(pages)))
    assert {r.caption.unit for r in found} == {"云岭县国库支付中心"}
    assert got(found[2]) == expected(pages[2])
