"""Layouts that some regions publish: 公开05 as a wide list by function, 公开13 with 预算数 and
决算数 beneath every item.
"""

from __future__ import annotations

import pytest

from schemas.library import Column, Form, forms
from tests.extract.paper import Paper, caption_rows, list_paper
from tests.extract.test_sheets import expected, got, numbers_add_up, read

ITEMS = (
    "合计",
    "因公出国（境）费",
    "公务用车购置及运行维护费/小计",
    "公务用车购置费",
    "公务用车运行维护费",
    "公务接待费",
)


@pytest.mark.parametrize("merge", [True, False])
def test_05_as_a_wide_list_by_function(merge: bool) -> None:
    wide = forms()["G05"].other_layout
    assert wide is not None
    paper = list_paper(wide, merge=merge)
    reading = read(paper, "公开05")
    assert reading.form.form == "G05" and got(reading) == expected(paper) and not reading.faults
    numbers_add_up(reading)


def test_05_as_a_list_by_economic_item_is_read_as_before() -> None:
    paper = list_paper("G05", rows=("合计",))
    reading = read(paper, "公开05")
    assert got(reading) == expected(paper) and not reading.faults


def printed_as(form: str, *columns: str) -> Form:
    """The form with its columns under other heads."""
    return forms()[form].model_copy(update={"columns": tuple(Column(key=c) for c in columns)})


YEAR = ("年初结转和结余", "本年收入", "本年支出", "年末结转和结余")
OVER = {
    YEAR[0]: ("合计", "基本支出结转", "项目支出结转和结余"),
    YEAR[1]: ("合计", "基本支出", "项目支出"),
    YEAR[2]: ("合计", "基本支出/小计", "基本支出/人员经费", "基本支出/公用经费", "项目支出"),
    YEAR[3]: ("合计", "基本支出结转", "项目支出结转和结余/小计"),
}
WHOLE_YEAR = [f"{head}/{part}" for head, parts in OVER.items() for part in parts]
PARTS = [
    "本年支出/合计",
    "本年支出/基本支出/合计",
    "本年支出/基本支出/人员经费",
    "本年支出/项目支出",
]


@pytest.mark.parametrize(
    ("form", "title", "columns", "keys"),
    [
        (
            "G06",
            "一般公共预算财政拨款收入支出决算表",
            WHOLE_YEAR,
            {WHOLE_YEAR[6]: "合计", WHOLE_YEAR[7]: "基本支出"},
        ),
        ("G06", "一般公共预算财政拨款支出决算表", PARTS, {PARTS[0]: "合计", PARTS[1]: "基本支出"}),
        (
            "G10",
            "政府性基金预算财政拨款收入支出决算表",
            WHOLE_YEAR,
            {WHOLE_YEAR[0]: "年初结转和结余", WHOLE_YEAR[6]: "本年支出/小计"},
        ),
        (
            "G11",
            "国有资本经营预算财政拨款收入支出决算表",
            WHOLE_YEAR,
            {WHOLE_YEAR[3]: "本年收入", WHOLE_YEAR[6]: "本年支出/合计"},
        ),
    ],
)
def test_the_year_as_a_whole_or_the_parts_of_an_item(
    form: str, title: str, columns: list[str], keys: dict[str, str]
) -> None:
    paper = list_paper(printed_as(form, *columns))
    paper.put(0, 0, title)
    paper.put(1, 6, "公开05表")
    reading = read(paper, "5")
    assert reading.form.form == form and not reading.faults and not reading.left_out
    wanted, found = expected(paper), got(reading)
    assert sorted(v for v in found.values()) == sorted(wanted.values())
    for printed, key in keys.items():
        assert {k[1]: v for k, v in found.items() if k[2] == key} == {
            k[1]: v for k, v in wanted.items() if k[2] == printed
        }


@pytest.mark.parametrize("title", ["", "财决07表"])
def test_the_internal_table_of_that_title_stays_internal(title: str) -> None:
    paper = list_paper("Z07")
    paper.cells[(1, 6)] = title
    assert read(paper, "表").form.form == "Z07"


def test_08_as_a_list() -> None:
    heads = ("基本支出/合计", "基本支出/人员经费", "基本支出/公用经费")
    rows = ("合计", "301", "30101", "302", "30201", "310", "31002")
    paper = list_paper(printed_as("G08", *heads), rows=rows)
    reading = read(paper, "公开06")
    found = {(k[1], k[2].replace("决算数", "基本支出/合计")): v for k, v in got(reading).items()}
    assert reading.form.form == "G08" and not reading.faults
    assert {(r, c if "/" in c else f"基本支出/{c}"): v for (r, c), v in found.items()} == {
        (k[1], k[2]): v for k, v in expected(paper).items()
    }


DOWN = [
    ("一、“三公”经费支出", None),
    ("（一）支出合计", "合计"),
    ("1．因公出国（境）费", "因公出国（境）费"),
    ("2．公务用车购置及运行维护费", "公务用车购置及运行维护费/小计"),
    ("（1）公务用车购置费", "公务用车购置费"),
    ("（2）公务用车运行维护费", "公务用车运行维护费"),
    ("3．公务接待费", "公务接待费"),
    ("（1）国内接待费", None),
    ("（二）相关统计数", None),
    ("1．因公出国（境）团组数（个）", None),
    ("二、机关运行经费", None),
]


@pytest.mark.parametrize(
    "title", ["财政拨款“三公”经费、行政参公单位机关运行经费情况表", "“三公”经费支出决算表"]
)
@pytest.mark.parametrize(
    "heads", [("年初预算数", "全年预算数", "决算统计数"), ("预算数", "决算数")]
)
def test_13_with_an_item_a_line(title: str, heads: tuple[str, ...]) -> None:
    paper = Paper(forms()["G13"])
    caption_rows(paper, "甲局", 2023)
    paper.put(0, 0, title)
    for c, head in enumerate(("项目", "行次", *heads)):
        paper.put(3, c, head)
    paper.put(4, 0, "栏次")
    for i, (label, item) in enumerate(DOWN):
        paper.put(5 + i, 0, label)
        paper.put(5 + i, 1, float(i + 1))
        for c in range(len(heads)):
            paper.put(5 + i, 2 + c, round(3.27 * (i + 1) + c, 2))
            lead = {len(heads) - 2: "预算数", len(heads) - 1: "决算数"}.get(c)
            if item and lead:
                paper.places["", "合计", f"{lead}/{item}"] = (5 + i, 2 + c)
    paper.put(17, 0, "注：预算数为全年预算数。")
    reading = read(paper, "10三公")
    assert reading.form.form == "G13" and got(reading) == expected(paper)
    assert not reading.faults and len(reading.left_out) > 5
    numbers_add_up(reading)


@pytest.mark.parametrize("total", ["合计", "“三公”经费合计"])
def test_13_with_budget_and_final_account_beneath_every_item(total: str) -> None:
    paper = Paper(forms()["G13"])
    caption_rows(paper, "甲局", 2023)
    over = [
        (total, ""),
        ("因公出国（境）费", ""),
        *[
            ("公务用车购置及运行维护费", w)
            for w in ("小计", "公务用车购置费", "公务用车运行维护费")
        ],
        ("公务接待费", ""),
    ]
    for i, (item, (upper, lower)) in enumerate(zip(ITEMS, over, strict=True)):
        for row, word in ((3, upper), (4, lower)):
            paper.put(row, 2 * i, word)
        paper.merged.append((3 if not lower else 4, 2 * i, 4, 2 * i + 1))
        for n, lead in enumerate(("预算数", "决算数")):
            paper.put(5, 2 * i + n, lead)
            paper.put(6, 2 * i + n, 10.5 * (i + 1) + n)
            paper.places["", "合计", f"{lead}/{item}"] = (6, 2 * i + n)
    paper.merged.append((3, 4, 3, 9))
    for c in range(5, 10):
        paper.cells.pop((3, c), None)
    paper.first, paper.bottom = 6, 6
    reading = read(paper, "公开13")
    assert got(reading) == expected(paper) and not reading.faults
