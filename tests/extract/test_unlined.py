"""Tables of a page without lines are read whole or not at all; the same cells in a lined table
are read, and what is wrong with them is told.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.intake.workbook import Sheet
from tests.extract.test_sheets import got
from tests.extract.test_tables_apart import read_all

LIST: list[list[object]] = [
    ["公开06表"],
    ["一般公共预算财政拨款支出决算表"],
    ["部门：云岭县商务局", "2023年度", "", "", "金额单位：万元"],
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["", "栏次", "1", "2", "3"],
    ["", "合计", "62.07", "55.12", "6.95"],
    ["208", "社会保障和就业支出", "62.07", "55.12", "6.95"],
    ["20805", "行政事业单位养老支出", "55.12", "55.12", ""],
    ["2080505", "机关事业单位基本养老保险缴费支出", "55.12", "55.12", ""],
    ["20808", "抚恤", "6.95", "", "6.95"],
    ["2080801", "死亡抚恤", "6.95", "", "6.95"],
]


def read(changes: dict[tuple[int, int], object], **more: object):
    rows = [list(row) for row in LIST]
    for (r, c), value in changes.items():
        rows[r][c] = value
    sheet = Sheet("支出", 1, "visible", [r for r in rows if r], part="#p4")
    (reading,) = read_all(replace(sheet, **more))
    return reading


ODD = {
    "two rows in one": {(7, 2): "55.12 36.83", (7, 3): "55.12 36.83"},
    "an amount beside its column": {(9, 2): "", (9, 3): "6.95"},
    "a row without its amounts": {(8, 2): "", (8, 3): ""},
    "a code without its name": {(8, 1): ""},
    "the code above is lost": dict.fromkeys([(7, 0), (7, 1), (7, 2), (7, 3)], ""),
    "合计 is lost": dict.fromkeys([(5, 1), (5, 2), (5, 3), (5, 4)], ""),
    "a head in parts": {(3, 4): "项目支"},
}


@pytest.mark.parametrize("name", ODD)
def test_what_may_be_read_wrongly_is_not_read(name: str) -> None:
    unlined = read(ODD[name], unlined=True)
    assert (unlined.status, len(unlined.facts)) == ("unreadable", 0)
    (fault,) = unlined.faults
    assert (fault.rule_id, fault.severity) == ("S-LAYOUT", "review") and "公开06表" in fault.message
    assert read(ODD[name]).status == "read"


def test_a_figure_that_is_wrong_is_read_as_it_stands() -> None:
    assert read({}, unlined=True).status == "read"
    found = got(read({(8, 2): "55.21"}, unlined=True))
    assert found["", "2080505", "合计"][0] == 55_21_00_00


def test_a_table_of_which_rows_may_stand_elsewhere_is_not_read() -> None:
    assert read({}, unlined=True, torn=True).status == "unreadable"


@pytest.mark.parametrize(
    ("side", "status"),
    [
        (["7.04", "", "2.08", "", "2.08", "4.96"], "read"),
        (["", "7.04", "", "2.08", "2.08", "4.96"], "unreadable"),
    ],
)
def test_a_single_row_that_slipped_aside(side: list[object], status: str) -> None:
    car = ["公务用车购置及运行维护费", "", ""]
    rows: list[list[object]] = [
        ["财政拨款“三公”经费支出决算表"],
        ["部门：云岭县商务局", "", "2023年度", "", "单位：万元"],
        ["预算数", "", "", "", "", "", "决算数", "", "", "", "", ""],
        ["合计", "因公出国（境）费", *car, "公务接待费"] * 2,
        ["", "", "小计", "公务用车购置费", "公务用车运行维护费", ""] * 2,
        side * 2,
    ]
    merged = [(2, 0, 2, 5), (2, 6, 2, 11)]
    for first in (0, 6):
        merged += [(3, first + c, 4, first + c) for c in (0, 1, 5)]
        merged.append((3, first + 2, 3, first + 4))
    sheet = Sheet("三公", 1, "visible", rows, merged, part="#p4", unlined=True)
    (reading,) = read_all(sheet)
    assert (reading.form.form, reading.status) == ("G13", status)


def test_a_table_that_is_not_read_is_called_by_its_likeliest_name() -> None:
    """公开08表 without its 表号 has the title of 财决08-1表, whose set would be missing."""
    title = "一般公共预算财政拨款基本支出决算明细表"
    rows: list[list[object]] = [
        [title],
        ["部门：云岭县商务局", "2023年度", "", "", "金额单位：万元"],
        ["科目编码", "科目名称", "合计", "工资福利支出", "商品和服务支出"],
        ["", "合计", "3.00", "1.00", "2.00"],
        ["201", "一般公共服务支出", "3.00", "", "1.00 2.00"],
    ]
    other = Sheet("支出", 1, "visible", [list(r) for r in LIST], part="#p4", unlined=True)
    sheet = Sheet(title, 2, "visible", rows, above=(title,), part="#p5", unlined=True)
    found = read_all(other, sheet)
    assert [(r.form.form, r.status) for r in found] == [("G06", "read"), ("G08", "unreadable")]


@pytest.mark.parametrize(
    "notice",
    [
        "注：本单位没有政府性基金收入，也没有安排的支出，故本表无数据。",
        "我单位无政府性基金预算财政拨款收入、支出，本表为空表",
        "2023年度本单位未发生政府性基金收支，此表无数据。",
    ],
)
def test_a_table_of_heads_alone_keeps_its_notice(notice: str) -> None:
    """What it says explains why the table is empty; below the heads it is none of them."""
    rows = [*[list(r) for r in LIST[:5]], [notice]]
    (reading,) = read_all(Sheet("支出", 1, "visible", rows))
    assert reading.status == "read" and reading.table.notes == [notice]
    assert reading.table.first == 5
