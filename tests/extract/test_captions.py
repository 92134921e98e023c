"""What stands above a table, printed in the ways that exporters and typists print it."""

from __future__ import annotations

import datetime

import pytest

from pipelines.extract.caption import caption
from pipelines.extract.grid import Grid
from pipelines.extract.moneyunit import money_beside, money_of_heads, money_said
from pipelines.extract.unitname import split_code, unit_of_title
from pipelines.intake.workbook import Sheet


def says(*rows: tuple):
    return caption(Grid.of(Sheet("一", 1, "visible", [list(r) for r in rows])), len(rows))


MONEY = [
    ("单位：元", "元"),
    ("单 位：元", "元"),
    ("单　位：万元", "万元"),
    ("单　　　位：万元", "万元"),
    ("单 位 ： 万 元", "万元"),
    ("金 额 单 位:元", "元"),
    ("单位（元）", "元"),
    ("（单位：万元）", "万元"),
    ("单位:人民币万元", "万元"),
    ("人民币（元）", "元"),
    ("人民币：千元", "千元"),
    ("币种：人民币　　单位：元", "元"),
    ("计量单位：百万元", "百万元"),
    ("金额：万元", "万元"),
    ("编制单位：甲局　　　　单位：元　　公开01表", "元"),
    ("部门：甲局 2023年度 金额单位：亿元", "亿元"),
    ("收入决算表（万元）", "万元"),
    ("单位：元（保留两位小数）", "元"),
    ("单位；元", "元"),
    ("单位∶万元", "万元"),
    ("单位－元", "元"),
    ("金额单位为元", "元"),
    ("单位：人民币圆", "元"),
    ("单位：萬元", "万元"),
    ("单位：￥元", "元"),
]


@pytest.mark.parametrize(("text", "unit"), MONEY)
def test_a_money_unit_is_found_however_it_is_printed(text: str, unit: str) -> None:
    assert money_beside(text) == unit
    assert says((text,)).money == unit


@pytest.mark.parametrize(
    "text",
    [
        "编制单位：元谋县财政局",
        "单位：元氏县教育局",
        "编制单位：百元店",
        "单位：辆",
        "金额单位：",
        "本年支出合计",
        "编 制 单 位：元谋县商务局",
    ],
)
def test_no_money_unit_is_made_up(text: str) -> None:
    assert money_beside(text) is None


@pytest.mark.parametrize(
    "row", [("金额单位：", "元"), ("单位", "", "元"), ("", "元"), ("单 位：", "（元）")]
)
def test_a_money_unit_may_stand_in_a_cell_of_its_own(row: tuple) -> None:
    assert says(("编制单位：甲局", "2023年度"), row).money == "元"


def test_a_money_unit_in_notes_and_heads() -> None:
    assert money_said("注：本表以“万元”为金额单位（保留两位小数）。") == "万元"
    assert money_said("注：本表金额单位为元，因四舍五入可能存在尾差。") == "元"
    assert money_said("2. 本表金额转换成万元时，因四舍五入可能存在尾差。") == "万元"
    assert money_said("注：本年未发生万元以上采购。") is None
    assert money_of_heads(["项目", "决算数（元）", "预算数(元)"]) == "元"
    assert money_of_heads(["决算数（元）", "预算数（万元）"]) is None


UNITS = [
    (("编 制 单 位：云岭县商务局",), "云岭县商务局"),
    (("编制单位（盖章）：云岭县商务局　　　2023年度",), "云岭县商务局"),
    (("编制单位", "云岭县商务局"), "云岭县商务局"),
    (("填 报 单 位 ：", "云岭县商务局"), "云岭县商务局"),
    (("部门（单位）名称：云岭县商务局",), "云岭县商务局"),
    (("单位名称：云岭县商务局　报表期间：2023年12月",), "云岭县商务局"),
    (("编制单位云岭县商务局",), "云岭县商务局"),
    (("部 门：云岭县商务局   单 位：万元",), "云岭县商务局"),
]


@pytest.mark.parametrize(("row", "unit"), UNITS)
def test_a_unit_is_found_however_it_is_printed(row: tuple, unit: str) -> None:
    assert says(row).unit == unit


YEARS = [
    ("2 0 2 3 年 度",),
    ("二〇二三年度",),
    ("2023年12月31日",),
    ("报表期间：2023年12月",),
    ("会计期间：2023年1月至12月",),
    ("2023年1-12月",),
    ("2023-12-31",),
    ("2023.12.31",),
    ("2023年1月1日至2023年12月31日",),
    ("截至2023年12月31日",),
    ("年度：2023",),
    ("会计年度", 2023.0),
    ("年度：", "2023"),
    (2023.0, "年度"),
    ("报表期间：", "2023-12"),
    (datetime.date(2023, 12, 31),),
    (datetime.datetime(2023, 12, 1),),
]


@pytest.mark.parametrize("row", YEARS)
def test_a_year_is_found_as_year_date_or_period(row: tuple) -> None:
    assert says(("收入决算表",), ("编制单位：甲局", *row)).year == 2023


@pytest.mark.parametrize(
    "row",
    [
        ("导出时间：2024-12-31 10:20",),
        ("填表日期：2024年12月31日",),
        ("打印日期：", datetime.date(2024, 3, 1)),
        ("2024年3月15日",),
        ("公开日期：2024年12月",),
    ],
)
def test_the_day_of_an_export_is_no_fiscal_year(row: tuple) -> None:
    assert says(("收入决算表",), ("编制单位：甲局", *row)).year is None
    assert says(("收入决算表",), row, ("编制单位：甲局", "2023年度")).year == 2023


def test_a_printed_year_outranks_a_date() -> None:
    assert says(("2022年度收入决算表",), ("编制单位：甲局", "2023年12月31日")).year == 2022


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("500004-云岭县商务局", "500004"),
        ("[500004]云岭县商务局", "500004"),
        ("500004 云岭县商务局", "500004"),
        ("（500004）云岭县商务局", "500004"),
        ("500004_云岭县商务局", "500004"),
        ("500004—云岭县商务局", "500004"),
        ("云岭县商务局（500004）", "500004"),
        ("云岭县商务局-500004", "500004"),
        ("云岭县商务局", None),
        ("第101中学", None),
    ],
)
def test_a_code_beside_the_name_of_a_unit(text: str, code: str | None) -> None:
    assert split_code(text) == (code, "云岭县商务局" if "云岭" in text else text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("云岭市财政局2024年度部门决算", "云岭市财政局"),
        ("云岭市财政局 2024 年度部门决算公开报表", "云岭市财政局"),
        ("2023年度云岭县商务局部门决算", "云岭县商务局"),
        ("2023年度云岭县商务局收入支出决算总表", "云岭县商务局"),
        ("云岭县商务局（部门）2023年度部门决算（公开）", "云岭县商务局"),
        ("2023年度部门决算", None),
        ("云岭县2023年度部门决算", None),
        ("2023年度收入支出决算总表", None),
    ],
)
def test_a_title_names_its_unit(text: str, unit: str | None) -> None:
    assert unit_of_title(text, ("收入支出决算总表",)) == unit


def test_where_the_unit_is_printed_is_known() -> None:
    assert says((None, "收入决算表"), (None, "财决03表", "编制单位：甲局", "2023年度")).unit_at == (
        1,
        2,
    )
    assert says(
        ("编制单位：", None, "甲局"),
    ).unit_at == (0, 0)  # the cell of the label
    assert says((None, "收入决算表")).unit_at is None
