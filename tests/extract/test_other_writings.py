"""The same table in the wordings and places of other regions, years and exporters."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter

from pipelines.extract.header import is_column_numbers
from pipelines.extract.rows import CodeReader, split_leading_code
from pipelines.intake.workbook import Sheet
from pipelines.reading.workbooks import read_workbook
from tests.extract.paper import ROWS, Paper, list_paper, panel_paper
from tests.extract.test_as_they_come import silent
from tests.extract.test_sheets import expected, got, read
from tests.extract.test_tables_apart import read_all

HEADS = [
    ("G02", "本年收入合计", "收入合计"),
    ("G02", "财政拨款收入", "财政拨款"),
    ("G03", "本年支出合计", "合计"),
    ("G03", "对附属单位补助支出", "对附属单位补助"),
    ("G05", "合计", "2023年决算数（万元）"),
    ("G05", "一般公共预算财政拨款", "一般公共预算"),
    ("G10", "年初结转和结余", "上年结转和结余"),
    ("G10", "本年收入", "本年收入合计"),
]


@pytest.mark.parametrize(("form", "head", "other"), HEADS)
def test_a_head_in_another_wording(form: str, head: str, other: str) -> None:
    paper = list_paper(form, rows=("合计",)) if form == "G05" else list_paper(form)
    for at, value in list(paper.cells.items()):
        if at[0] in (3, 4) and value == head:
            paper.cells[at] = other
    reading = read(paper)
    assert reading.form.form == form and got(reading) == expected(paper) and not reading.faults


@pytest.mark.parametrize(("head", "other"), [("金额", "2023年度决算数"), ("金额", "决算金额")])
def test_a_head_of_panels_in_another_wording(head: str, other: str) -> None:
    paper = panel_paper("G01")
    paper.cells = {at: other if v == head else v for at, v in paper.cells.items()}
    reading = read(paper)
    assert got(reading) == expected(paper) and not reading.faults


LABELS = [
    ("G01", "一般公共预算财政拨款收入", "一般公共预算财政拨款"),
    ("G01", "本年收入合计", "收入合计"),
    ("G01", "年初结转和结余", "上年结转"),
    ("G01", "年末结转和结余", "结转下年"),
    ("G04", "年初财政拨款结转和结余", "年初结转和结余"),
]


@pytest.mark.parametrize(("form", "label", "other"), LABELS)
def test_a_fixed_row_in_another_wording(form: str, label: str, other: str) -> None:
    paper = panel_paper(form)
    for at, value in list(paper.cells.items()):
        if type(value) is str and value.endswith(f"、{label}"):
            paper.cells[at] = value.replace(label, other)
    reading = read(paper)
    assert got(reading) == expected(paper) and not reading.faults


def three_public(budget: str, final: str, travel: str, running: str) -> Sheet:
    over: list[object] = [budget, "", "", "", "", "", final]
    items: list[object] = ["合计", travel, "公务用车购置及运行费", "", "", "公务接待费"]
    below: list[object] = ["", "", "小计", "公务用车购置", running, ""]
    merged = [(2, 0, 2, 5), (2, 6, 2, 11), (3, 2, 3, 4), (3, 8, 3, 10)]
    amounts: list[object] = [float(n) + 0.5 for n in range(12)]
    top: list[list[object]] = [
        ["财政拨款“三公”经费支出决算表"],
        ["部门：甲局", "2023年度", "单位：万元"],
    ]
    return Sheet("三公", 1, "visible", [*top, over, items * 2, below * 2, amounts], merged)


@pytest.mark.parametrize(
    ("budget", "final", "travel", "running"),
    [
        ("全年预算数", "决算数", "因公出国（境）费用", "公务用车运行费"),
        ("2023年度预算数", "2023年度决算数", "因公出国(境)费", "公务用车运行维护费"),
        ("年初预算数", "支出决算数", "因公出国（境）", "运行维护费"),
    ],
)
def test_the_three_public_items_in_other_words(
    budget: str, final: str, travel: str, running: str
) -> None:
    (reading,) = read_all(three_public(budget, final, travel, running))
    found = {key[2]: fen for key, (fen, _) in got(reading).items()}
    assert found["预算数/合计"] == 5_000_00 and found["决算数/公务接待费"] == 115_000_00
    assert len(found) == 12 and not reading.left_out and not reading.faults


@pytest.mark.parametrize(
    ("values", "below"),
    [
        (("栏目", 1.0, 2.0), False),
        (("序号", "1", "2"), False),
        (("甲", "乙", 1.0, 2.0), False),
        (("栏次", "第1栏", "第2栏"), False),
        (("列次", "1栏", "2栏"), False),
        ((1.0, 2.0), True),
        ((1.0,), True),
    ],
)
def test_column_numbers_in_other_dress(values: tuple, below: bool) -> None:
    assert is_column_numbers(list(enumerate(values)), below)


@pytest.mark.parametrize("values", [(2.0,), (1.0, 3.0), ("甲", 1.5, 2.0), ("序号", "合计", 1.0)])
def test_no_column_numbers(values: tuple) -> None:
    assert not is_column_numbers(list(enumerate(values)), True)


@pytest.mark.parametrize(
    "text",
    [
        "行政运行 2010301",
        "行政运行-2010301",
        "“2010301”行政运行",
        "『2010301』行政运行",
        "编码2010301 行政运行",
    ],
)
def test_a_code_beside_its_name(text: str) -> None:
    assert split_leading_code(text) == ("2010301", "行政运行")


# --- places ---------------------------------------------------------------------------------------


def nameless(form: str = "G03") -> Paper:
    paper = list_paper(form)
    del paper.cells[(2, 0)], paper.cells[(2, 4)]
    return paper


COVERS = [
    [["2023年度"], ["云岭县商务局"], ["部门决算公开"]],
    [["云岭县商务局"], ["二〇二三年度部门决算表"], ["2024年8月"]],
]


@pytest.mark.parametrize("cover", COVERS)
def test_a_cover_that_is_a_name_and_a_title(cover: list) -> None:
    (reading,) = read_all(Sheet("封面", 1, "visible", cover), nameless().sheet("支出"))
    assert (reading.caption.unit, reading.caption.year) == ("云岭县商务局", 2023)


@pytest.mark.parametrize(
    "title", ["{t}（云岭县商务局2023年度）", "云岭县商务局部门决算{t}（2023年度）"]
)
def test_a_name_behind_or_before_the_title(title: str) -> None:
    paper = nameless()
    paper.put(0, 0, title.format(t=paper.form.title))
    (reading,) = read_all(paper.sheet("支出"))
    assert (reading.caption.unit, reading.caption.year) == ("云岭县商务局", 2023)


def test_the_foot_of_a_table_names_the_unit() -> None:
    paper = nameless()
    paper.put(paper.bottom + 1, 0, "编制单位：云岭县商务局")
    paper.put(paper.bottom, 3, "2023年度")
    (reading,) = read_all(paper.sheet("支出"))
    assert (reading.caption.unit, reading.caption.year) == ("云岭县商务局", 2023)
    assert got(reading) == expected(paper) and not reading.faults


def in_page_header(paper: Paper, header: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("支出")
        sheet.set_header(header)
        for (r, c), value in paper.cells.items():
            sheet.write(r, c, value)
    return out.getvalue()


def test_a_page_header_tells_unit_year_and_money_unit() -> None:
    paper = nameless()
    del paper.cells[(2, 6)]
    header = '&L&"宋体,常规"编制单位：甲局&C2023年度&R单位：元\n&P/&N'
    (reading,) = read_all(*read_workbook(in_page_header(paper, header), "xlsx").sheets)
    said = (reading.caption.unit, reading.caption.year, reading.caption.money)
    assert said == ("甲局", 2023, "元") and not reading.assumed


def instructions(paper: Paper) -> list[Sheet]:
    lines: list[list[object]] = [["填报说明"], ["一、本套报表金额单位为元，保留两位小数。"]]
    return [Sheet("说明", 1, "visible", lines), paper.sheet("支出")]


def in_the_name(paper: Paper) -> list[Sheet]:
    return [paper.sheet("支出决算表(元)")]


def in_every_head(paper: Paper) -> list[Sheet]:
    for at, value in list(paper.cells.items()):
        if at[0] == 3 and at[1] >= 4:
            paper.cells[at] = f"{value}\n单位：元"
    return [paper.sheet("支出")]


@pytest.mark.parametrize("place", [instructions, in_the_name, in_every_head])
def test_other_places_of_the_money_unit(place: Callable[[Paper], list[Sheet]]) -> None:
    paper = silent("G03")
    (reading,) = read_all(*place(paper))
    assert got(reading) == expected(paper, 100) and not reading.assumed and not reading.faults


def test_columns_of_2018_are_not_missing_then() -> None:
    paper = panel_paper("Z01", year=2018)
    columns = {c for (r, c), v in paper.cells.items() if v == "全年预算数"}
    paper.cells = {at: v for at, v in paper.cells.items() if at[1] not in columns}
    assert read(paper).faults == []
    paper.put(2, 4, "2023年度")
    assert [f.keys for f in read(paper).faults] == [("全年预算数",)]


# --- pages without head or labels -----------------------------------------------------------------


def test_a_page_without_labels_goes_on_beside_the_page_before() -> None:
    paper, rest = list_paper("Z04"), list_paper("Z04")
    wanted = {k: v[0] for k, v in expected(paper).items()}
    paper.cells = {(r, c): v for (r, c), v in paper.cells.items() if c < 7}
    paper.merged = [m for m in paper.merged if m[3] < 7]
    rest.cells = {(r, c - 7): v for (r, c), v in rest.cells.items() if c >= 7 and r > 2}
    rest.merged = []
    found = read_all(paper.sheet("支出"), rest.sheet("Sheet2"))
    assert [r.continues for r in found] == [None, 1]
    assert {k: v[0] for r in found for k, v in got(r).items()} == wanted
    assert [f.message for r in found for f in r.faults] == []
    assert next(iter(found[1].facts)).cell == "A6"


def test_a_page_without_a_head_goes_on_below_the_page_before() -> None:
    paper, rest = list_paper("Z04"), list_paper("Z04")
    wanted = {k: v[0] for k, v in expected(paper).items()}
    cut = paper.first + 4
    paper.cells = {at: v for at, v in paper.cells.items() if at[0] < cut}
    rest.cells = {(r - cut, c): v for (r, c), v in rest.cells.items() if r >= cut}
    rest.merged = []
    found = read_all(paper.sheet("支出"), rest.sheet("Sheet2"))
    assert [r.continues for r in found] == [None, 1]
    assert {k: v[0] for r in found for k, v in got(r).items()} == wanted
    assert [f.message for r in found for f in r.faults] == []


def test_heads_merged_over_columns_of_which_one_is_empty() -> None:
    paper = list_paper("G10")
    spread = Paper(paper.form, {(r, 2 * c): v for (r, c), v in paper.cells.items()})
    spread.merged = [(a, 2 * b, c, 2 * d + 1) for a, b, c, d in paper.merged]
    spread.places = {key: (r, 2 * c) for key, (r, c) in paper.places.items()}
    reading = read(spread)
    assert got(reading) == expected(spread) and not reading.faults


@pytest.mark.parametrize("form", ["Z04", "G03", "G05"])
def test_items_without_codes_are_those_of_their_names(form: str) -> None:
    """行政运行 stands under every 款: the item above tells which."""
    rows = ("合计", "301", "30101", "30199", "302", "30201") if form == "G05" else ROWS
    paper = list_paper(form, rows=rows)
    for at in [(r, c) for r, c, _ in paper.codes]:
        del paper.cells[at]
    reading = read(paper)
    assert got(reading) == expected(list_paper(form, rows=rows)) and not reading.faults


def test_a_name_that_follows_from_nothing_stays_a_name() -> None:
    paper = list_paper("G03", rows=("合计", "2010301", "201"))
    for at in [(r, c) for r, c, _ in paper.codes]:
        del paper.cells[at]
    keys = {f.row_key for f in read(paper).facts}
    assert keys == {"合计", "行政运行", "201"}


def test_codes_filled_with_noughts_are_those_of_their_level() -> None:
    paper = list_paper("G03")
    for r, c, code in paper.codes:
        paper.cells[r, c] = code.ljust(7, "0")
    assert got(read(paper)) == expected(list_paper("G03"))
    assert CodeReader([0]).code({0: "2121100"}) == "2121100"  # the one item that ends so


@pytest.mark.parametrize("word", ["合计：", "合 计 数", "本年合计", "支出总计"])
def test_the_sum_of_all_items_in_other_words(word: str) -> None:
    paper = list_paper("G03")
    paper.put(paper.first, 0, word)
    assert got(read(paper)) == expected(list_paper("G03"))
