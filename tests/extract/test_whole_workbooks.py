"""What only the whole workbook tells of its tables: which family they are, whose they are."""

from __future__ import annotations

import pytest

from pipelines.extract.unitname import unit_in
from pipelines.intake.workbook import Sheet
from tests.extract.test_tables_apart import read_all


def listed(title: str, heads: list[str], width: int, money: str = "元", name: str = "") -> Sheet:
    """A list of three rows without 表号, as many offices publish it."""
    rows: list[list[object]] = [
        [f"2023年度{title}"],
        ["部门：云岭县商务局", *[""] * (width - 2), f"单位：{money}"],
        ["科目编码", "科目名称", *heads],
        ["", "合计", *[100] * len(heads)],
        ["201", "一般公共服务支出", *[100] * len(heads)],
    ]
    return Sheet(name or title[:31], 1, "visible", rows)


SPENDING = [
    "本年支出合计",
    "基本支出",
    "项目支出",
    "上缴上级支出",
    "经营支出",
    "对附属单位补助支出",
]


def test_a_title_that_only_published_tables_have_speaks_for_the_others() -> None:
    """支出决算表 in 元 could be 财决04; beside a table that is only ever published it is 公开03."""
    sheets = [
        listed("支出决算表", SPENDING, 8),
        listed("一般公共预算财政拨款支出决算表", ["小计", "基本支出", "项目支出"], 5),
    ]
    assert [r.form.form for r in read_all(*sheets)] == ["G03", "G06"]
    assert [r.form.form for r in read_all(sheets[0])] == ["Z04"]


def test_a_title_outranks_a_number_that_stands_twice() -> None:
    """Of the nine national tables 公开08表 is that of 政府性基金, on its tab and above it."""
    heads = ["年初结转和结余", "本年收入", "小计", "基本支出", "项目支出", "年末结转和结余"]
    sheet = listed("政府性基金预算财政拨款收入支出决算表", heads, 8, "万元", "公开08表")
    sheet.cells[2:3] = [
        ["科目编码", "科目名称", *heads[:2], "本年支出", "", "", heads[-1]],
        ["", "", "", "", *heads[2:5], ""],
    ]
    sheet.cells.insert(0, ["公开08表"])
    sheet.merged = [(3, 4, 3, 6)]
    assert [r.form.form for r in read_all(sheet)] == ["G10"]


@pytest.mark.parametrize(
    "line",
    [
        "单位：元 公开部门：云岭县商务局",
        "（单位：万元）公开部门：云岭县商务局 2023年度",
        "金额单位：人民币元 编制单位：云岭县商务局",
    ],
)
def test_a_money_unit_before_the_name_is_no_part_of_it(line: str) -> None:
    found = unit_in(line, [])
    assert found is not None and found[1] == "云岭县商务局"
