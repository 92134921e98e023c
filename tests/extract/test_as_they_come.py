"""Sheets as exporters, typists and converters leave them: what is printed otherwise is read all
the same.
"""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from pipelines.extract.rows import split_leading_code
from pipelines.extract.sheet import SheetReading
from pipelines.intake.numberformats import shown_as
from pipelines.intake.workbook import Sheet
from pipelines.reading.workbooks import open_workbook, read_workbook
from schemas.library import forms
from tests.extract.paper import Paper, list_paper, panel_paper
from tests.extract.test_sheets import expected, got, numbers_add_up, read
from tests.extract.test_tables_apart import read_all


def wan(paper: Paper, places: int = 2) -> Paper:
    """The same table with rounded amounts."""
    for at in paper.places.values():
        paper.cells[at] = round(float(paper.cells[at]), places)  # type: ignore[arg-type]
    return paper


# --- merged cells filled -------------------------------------------------------------------------


def filled(sheet: Sheet) -> Sheet:
    """As converters do it: every merged cell's text in all the cells it covered, and no merged
    cells.
    """
    for r0, c0, r1, c1 in sheet.merged:
        for r in range(r0, r1 + 1):
            for c in range(c0, c1 + 1):
                sheet.cells[r][c] = sheet.cells[r0][c0]
    sheet.merged = []
    return sheet


@pytest.mark.parametrize("form", ["Z01", "Z01_1", "G01", "G04", "F03", "Z03", "Z07", "G03", "Z05"])
def test_merged_cells_filled(form: str) -> None:
    blocks = forms()[form].layout == "blocks"
    paper = panel_paper(form) if blocks else list_paper(form)
    wanted = expected(paper)
    tails = [
        (r, c) for (r, c), v in paper.cells.items() if v in ("本年支出合计", "总计") and blocks
    ]
    if (
        len(forms()[form].panels) > 2
    ):  # the label of a total spans the middle panel and the next labels
        starts = sorted(c for (r, c), v in paper.cells.items() if r == 4 and v == "项目")
        paper.merged += [(r, c, r, starts[2]) for r, c in tails if c == starts[1]]
    (reading,) = read_all(filled(paper.sheet()))
    assert got(reading) == wanted and [f.message for f in reading.faults] == []
    numbers_add_up(reading)


# --- number formats that scale -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value", "steps"),
    [
        ("0!.0,", 4853900, 4),
        ("0\\.0,", 4853900, 4),
        ("0!.0000", 4853900, 4),
        ('#,##0"."00,', 4853900, 5),
        ("#,##0,", 1, 3),
        ("0.00,,", 1, 6),
        ('[>=10000]0!.0,"万元";0.00', 20000, 4),
        ('[>=10000]0!.0,"万元";0.00', 20, 0),
        ("#,##0.00;[Red]-#,##0.00", -5, 0),
        ("#,##0,;-#,##0", -5, 0),
        ("0.00%", 5, 0),
        ("General", 5, 0),
        ('yyyy"年"m"月"', 5, 0),
    ],
)
def test_what_a_number_format_does(code: str, value: float, steps: int) -> None:
    assert shown_as(code, value).steps == steps


def formatted(
    kind: str, code: str, banner: str, only: int | None = None
) -> tuple[SheetReading, Paper]:
    """A table whose amounts (of the first ``only`` rows) have a number format, written and read
    as a file.
    """
    paper = wan(list_paper("G03"))
    paper.put(2, 6, banner)
    styled = {at for at in paper.places.values() if only is None or at[0] < paper.first + only}
    data = (_xlsx if kind == "xlsx" else _xls)(paper, styled, code)
    (reading,) = read_all(*read_workbook(data, kind).sheets)
    return reading, paper


def _xlsx(paper: Paper, styled: set[tuple[int, int]], code: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, look = book.add_worksheet("支出"), book.add_format({"num_format": code})
        for (r, c), value in paper.cells.items():
            sheet.write(r, c, value, look if (r, c) in styled else None)
    return out.getvalue()


def _xls(paper: Paper, styled: set[tuple[int, int]], code: str) -> bytes:
    out = io.BytesIO()
    book = xlwt.Workbook()
    sheet, look = book.add_sheet("支出"), xlwt.easyxf(num_format_str=code)
    for (r, c), value in paper.cells.items():
        sheet.write(r, c, value, *([look] if (r, c) in styled else []))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_format_that_shows_yuan_as_wan(kind: str) -> None:
    reading, paper = formatted(kind, "0!.0,", "金额单位：万元")
    assert got(reading) == expected(paper, 100) and not reading.faults
    assert reading.decimals == 2
    reading, paper = formatted(kind, "0!.0,", "金额单位：万元", only=2)
    factors = {r: 100 if r < paper.first + 2 else 1_000_000 for r in range(99)}
    wanted = {k: round(float(paper.cells[at]) * factors[at[0]]) for k, at in paper.places.items()}
    assert {k: v[0] for k, v in got(reading).items()} == wanted


@pytest.mark.parametrize("code", ["0!.0,", "#,##0,"])
def test_a_format_that_shrinks_yuan_is_told(code: str) -> None:
    reading, paper = formatted("xlsx", code, "金额单位：元")
    assert got(reading) == expected(paper, 100)
    (fault,) = reading.faults
    assert (fault.rule_id, fault.severity) == ("S-SCALE", "review") and "数字格式" in fault.message


def test_a_format_alone_tells_the_money_unit() -> None:
    reading, paper = formatted("xlsx", "0!.0,", "公开03表")
    assert got(reading) == expected(paper, 100)
    assert reading.money == "万元" and "数字格式" in reading.assumed


# --- whole numbers, codes inside names ------------------------------------------------------------


@pytest.mark.parametrize("word", ["栏次", ""])
@pytest.mark.parametrize("number", [int, float, str])
def test_a_row_of_column_numbers_is_no_data(word: str, number: type) -> None:
    paper = list_paper("G02")
    at = paper.first
    below = {(r + 1 if r >= at else r, c): v for (r, c), v in paper.cells.items()}
    paper.places = {k: (r + 1, c) for k, (r, c) in paper.places.items()}
    columns = range(4, 4 + len(paper.form.columns))
    paper.cells = below | {(at, c): number(i) for i, c in enumerate(columns, 1)}
    if word:
        paper.cells[(at, 1)] = word
    reading = read(paper)
    assert got(reading) == expected(paper) and not reading.faults and not reading.left_out


def test_whole_numbers_of_an_xls_are_numbers_like_others() -> None:
    out = io.BytesIO()
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    for c, value in enumerate((1, 250000, 12.5, "甲")):
        sheet.write(0, c, value)
    book.save(out)
    (row,) = read_workbook(out.getvalue(), "xls").sheets[0].cells
    assert row == [1.0, 250000.0, 12.5, "甲"] and [type(v) for v in row[:3]] == [float] * 3


CODES = [
    "[{c}]{n}",
    "（{c}）{n}",
    "【{c}】{n}",
    "{c}-{n}",
    "{c} {n}",
    "{c}{n}",
    "{c}：{n}",
    "{n}（{c}）",
    "{n}[{c}]",
    "　{c}|{n}",
]


@pytest.mark.parametrize("style", CODES)
@pytest.mark.parametrize("form", ["G02", "Z04"])
@pytest.mark.parametrize("column", ["name", "code"])
def test_a_code_in_the_cell_of_its_name(style: str, form: str, column: str) -> None:
    paper = list_paper(form)
    for r, c, code in paper.codes:
        name = paper.cells.pop((r, 3), "项目")
        paper.cells.pop((r, c))
        paper.cells[(r, 3 if column == "name" else c)] = style.format(c=code, n=str(name).strip())
    assert got(read(paper)) == expected(list_paper(form))


def test_a_number_in_a_name_is_no_code() -> None:
    assert split_leading_code("第201中学") == ("", "第201中学")
    assert split_leading_code("房屋（3201号）") == ("", "房屋（3201号）")


def test_a_page_of_text_in_a_cell_is_looked_through_at_once() -> None:
    text = "长" * 30_000
    begun = time.process_time()
    assert split_leading_code(text) == ("", text)
    assert time.process_time() - begun < 1


def test_a_table_of_one_line_is_a_table() -> None:
    head = ["项目", "行次", "决算数"]
    line = ["一、一般公共预算财政拨款收入", 1.0, 395.11, "一、一般公共服务支出", 32.0, 333.07]
    rows = [["收入支出决算总表"], ["单位：万元"], ["收入", "", "", "支出"], head * 2, line]
    (reading,) = read_all(Sheet("一", 1, "visible", [list(r) for r in rows]))
    assert reading.form.form == "G01" and len(reading.facts) == 2 and not reading.faults


# --- the money unit -------------------------------------------------------------------------------


def silent(form: str, seed: int = 1) -> Paper:
    """A list table in its usual unit that does not print it."""
    paper = wan(list_paper(form, seed=seed))
    del paper.cells[(2, 6)]
    return paper


def test_the_heads_or_a_note_tell_the_money_unit() -> None:
    paper = silent("G03")
    for at, value in list(paper.cells.items()):
        if at[0] == 3 and at[1] >= 4:
            paper.cells[at] = f"{value}（元）"
    reading = read(paper)
    assert got(reading) == expected(paper, 100) and not reading.assumed and not reading.faults
    paper = silent("G03")
    paper.put(paper.bottom + 1, 0, "注：1.本表反映本年度各项支出情况。2.本表金额单位为元。")
    reading = read(paper)
    assert got(reading) == expected(paper, 100) and not reading.assumed


def test_a_cover_tells_the_money_unit_the_unit_and_the_year() -> None:
    paper = silent("G03")
    for at in [(2, 0), (2, 4)]:
        del paper.cells[at]
    cover = [
        ["云岭县商务局"],
        ["2023 年度部门决算公开表"],
        [""],
        ["编 制 单 位：云岭县商务局"],
        ["单 位：元"],
    ]
    found = read_all(Sheet("封面", 1, "visible", cover), paper.sheet("支出"))
    (reading,) = found
    assert (reading.caption.unit, reading.caption.year) == ("云岭县商务局", 2023)
    assert got(reading) == expected(paper, 100) and not reading.assumed


@pytest.mark.parametrize(
    "title",
    [
        "云岭县商务局2023年度支出决算表",
        "2023年度云岭县商务局支出决算表",
        "云岭县商务局 2023 年度部门支出决算表",
    ],
)
def test_a_title_tells_the_unit_and_the_year(title: str) -> None:
    paper = list_paper("G03")
    for at in [(2, 0), (2, 4)]:
        del paper.cells[at]
    paper.put(0, 0, title)
    reading = read(paper)
    assert (reading.caption.unit, reading.caption.year) == ("云岭县商务局", 2023)
    assert got(reading) == expected(paper)


def assumed(*papers: Paper) -> list[tuple[str, bool]]:
    readings = read_all(*[p.sheet(f"表{i}") for i, p in enumerate(papers, 1)])
    return [(r.money, bool(r.assumed)) for r in readings]


def test_without_a_money_unit_the_usual_one_is_assumed() -> None:
    small = silent("G06")
    for at in small.places.values():
        small.put(*at, round(float(small.cells[at]) / 100_000, 2))
    assert assumed(small) == [("万元", True)]


def test_sister_tables_tell_the_money_unit() -> None:
    told, quiet = list_paper("Z04"), list_paper("G03")
    del quiet.cells[(2, 6)]
    for i, (key, at) in enumerate(
        quiet.places.items()
    ):  # the same figures in 元 and without a unit
        quiet.put(*at, 1234.56 * (i + 1))
        told.put(*told.places.get(key, (99, 99)), 1234.56 * (i + 1))
    assert assumed(told, quiet) == [("元", False), ("元", True)]
    for at in quiet.places.values():
        quiet.put(*at, round(float(quiet.cells[at]) / 10000, 6))
    assert assumed(told, quiet) == [("元", False), ("万元", True)]


def test_other_published_tables_tell_the_money_unit() -> None:
    told = list_paper("G02", seed=5)
    told.put(2, 6, "单位：元")
    assert assumed(told, silent("G03")) == [("元", False), ("元", True)]


# --- the shared cases -----------------------------------------------------------------------------

CASES = Path(__file__).parents[3] / "shared" / "cases" / "workbooks"
READ = {  # file: (form, key of one amount, 分, cell), (unit, year)
    "三公_整数栏次.xls": ("G13", ("", "合计", "决算数/公务接待费"), 1_050_000, "L8"),
    "收入决算_无栏次字样.xls": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "C7"),
    "封面才有单位年度.xlsx": ("G02", ("", "合计", "本年收入合计"), 2_006_750_000, "E5"),
    "报表期间.xlsx": ("Z04", ("", "合计", "本年支出合计"), 483_204_845, "E9"),
    "年末日期.xlsx": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "C7"),
    "方括号科目.xlsx": ("G02", ("", "2011301", "本年收入合计"), 125_350_000, "C10"),
    "显示为万元.xlsx": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "C7"),
    "财决01_2018旧口径.xlsx": ("Z01", ("收入", "财政拨款收入", "决算数"), 95_000_050, "D6"),
    "空串负一.xlsx": ("G02", ("", "2011301", "本年收入合计"), 125_350_000, "C10"),
    "上下两张表.xlsx": ("Z03", ("", "合计", "本年收入合计"), 485_388_442, "E49"),
    "左右两张表.xlsx": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "J7"),
    "合并格已填满.xlsx": ("Z01", ("支出", "本年支出合计", "年初预算数"), None, "M33"),
    "单空格位_元.xlsx": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "C7"),
    "单位与元分两格.xlsx": ("G02", ("", "合计", "本年收入合计"), 485_390_000, "C7"),
    "财决_单全角空格位_万元.xlsx": ("Z04", ("", "合计", "本年支出合计"), 483_204_845, "E9"),
    "编制单位带空格.xlsx": ("Z04", ("", "合计", "本年支出合计"), 483_204_845, "E9"),
}


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")
@pytest.mark.parametrize("name", READ)
def test_shared_cases(name: str) -> None:
    form, key, fen, cell = READ[name]
    sheets = open_workbook(CASES / name, name.rpartition(".")[2]).sheets
    readings = read_all(*sheets)
    assert all(r.caption.unit and r.caption.year for r in readings)
    found = got(next(r for r in readings if r.form.form == form))[key]
    assert found[1] == cell and fen in (None, found[0])
    assert {f.rule_id for r in readings for f in r.faults} <= {"S-LAYOUT"}
    assert not any(r.left_out or r.assumed for r in readings)
