"""Tables on printed pages: heads that ran over are put together, columns that cannot be told are
left.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

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


def test_a_name_cut_short_on_a_page_is_that_of_the_others() -> None:
    pages = [list_paper(form, unit="云岭县国库支付中心") for form in ("G02", "G03", "G06")]
    pages[2].put(2, 0, "部门：云岭县")
    found = read_all(*(replace(p.sheet(), part=f"#p{i}") for i, p in enumerate(pages)))
    assert {r.caption.unit for r in found} == {"云岭县国库支付中心"}
    assert got(found[2]) == expected(pages[2])
