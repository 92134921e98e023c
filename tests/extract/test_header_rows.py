"""栏次 rows and continuation headers are known by what they hold: an item is never taken
for one.
"""

from __future__ import annotations

import pytest

from pipelines.extract.header import is_column_numbers
from pipelines.extract.sheet import read_sheet
from pipelines.extract.workbook import known_forms
from pipelines.intake.workbook import Sheet
from tests.extract.paper import panel_paper
from tests.extract.test_sheets import read

NUMBER_ROWS = [
    ("栏次", "", 1.0, "栏次", "", 2.0),
    ("栏次", "（1）", "(2)", "3=1+2"),
    ("栏次", "A", "B", "C"),
    ("栏次", "甲", 1.0, "2", "3＝1＋2"),
    ("类", "款", "项", "栏次", "1", "2"),
    (1.0, 2.0, 3.0, 4.0),
]
ITEM_ROWS = [
    ("一、一般公共预算财政拨款收入", 1.0, "栏次", 5.0),
    ("栏次", 1234.5, 3.0),
    ("栏次", 12345.0),
    ("栏次", "12.50"),
    ("201", "栏次", 100.0),
]


@pytest.mark.parametrize("values", NUMBER_ROWS)
def test_a_row_of_column_numbers_is_known(values: tuple) -> None:
    assert is_column_numbers([(c, v) for c, v in enumerate(values) if v != ""])


@pytest.mark.parametrize("values", ITEM_ROWS)
def test_a_row_with_an_item_or_amounts_is_no_row_of_column_numbers(values: tuple) -> None:
    assert not is_column_numbers([(c, v) for c, v in enumerate(values) if v != ""])


@pytest.mark.parametrize("word", ["栏次", "编制单位：甲", "收入支出决算总表", "财决01表", "项目"])
def test_a_header_word_in_an_amount_cell_is_a_fact_of_its_row(word: str) -> None:
    paper = panel_paper("Z01")
    key, place = next(iter(paper.places.items()))
    paper.cells[place] = word
    reading = read(paper)
    assert next(f for f in reading.facts if f.row_key == key[1]).state == "text"


def test_a_list_that_quotes_forms_is_none_of_ours() -> None:
    library, recogniser = known_forms(())
    header = ["序号", "级别", "规则", "问题", "差额（元）", "左边单元格", "右边单元格"]
    line = [
        1.0,
        "错误",
        "S-MISSING",
        "缺少财决04表《支出决算表》",
        3.5,
        "收入支出决算总表(财决01表)",
        "Z04",
    ]
    sheet = Sheet("问题", 1, "visible", [header, line], [], {})
    assert read_sheet(sheet, recogniser, library) is None


def test_a_sheet_with_a_title_and_no_table_is_said_to_be_unreadable() -> None:
    library, recogniser = known_forms(())
    sheet = Sheet(
        "一",
        1,
        "visible",
        [["收入支出决算总表"], ["财决01表"], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]],
        [],
        {},
    )
    reading = read_sheet(sheet, recogniser, library)
    assert reading is not None and reading.status == "unreadable"
