"""A form that was not submitted is not a statement that there was no money; sums that do not hold
are named; negative parts are told.

Each case is a unit of one set, which is delivered once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from deliver_model import UNIT_A, Model
from model_amounts import add_unit

from pipelines.deliver.deliver import deliver
from pipelines.extract.workbook import read_workbook
from pipelines.reading.workbooks import open_workbook

RUN = "20240101T000000Z-01"
LONG = "很长的单位名称" * 18


def without(model: Model, *lost: str) -> Model:
    """The model as if these forms had not been submitted."""
    for name in ("facts", "sheets"):
        model.tables[name] = [row for row in model.tables[name] if row["form"] not in lost]
    model.tables["submissions"][-1].update(status="incomplete", missing_forms=",".join(lost))
    return model


def unit(seed: int = 11, rich: bool = True) -> Model:
    model = Model()
    model.run()
    add_unit(model, UNIT_A, 2023, seed=seed, rich=rich)
    return model


CASES: list[Callable[[], Model]] = []


def case(make: Callable[[], Model]) -> Callable[[], Model]:
    """A unit of the set: what a function makes of :data:`UNIT_A`, under a code of its own."""
    CASES.append(make)
    return make


def code_of(make: Callable[[], Model]) -> str:
    return f"{CASES.index(make) + 1:03d}001"


@pytest.fixture(scope="module")
def units(tmp_path_factory) -> Path:
    """The folder of the workbooks of all cases."""
    folder, whole = tmp_path_factory.mktemp("lacking"), Model()
    whole.run()
    for make in CASES:
        tables = make().tables
        for name in set(tables) - {"runs", "_cells"}:
            whole.tables[name] += [_under(code_of(make), row) for row in tables[name]]
    deliver(whole.write(folder / "caijue.duckdb"), folder / "raw", folder / "reports", run_id=RUN)
    return folder / "reports" / "units"


def _under(code: str, row: dict) -> dict:
    return row | {"unit_code": code} if row.get("unit_code") == UNIT_A[0] else row


@pytest.fixture(scope="module")
def book_of(units: Path) -> Callable[[Callable[[], Model]], openpyxl.Workbook]:
    """The workbook of a case."""
    return cache(lambda make: openpyxl.load_workbook(units / f"{code_of(make)}_2023.xlsx"))


def words(sheet) -> str:
    return "\n".join(
        str(c.value) for row in sheet.iter_rows() for c in row if isinstance(c.value, str)
    )


def numbers(sheet) -> list:
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, int | float)]


@case
def two_forms_missing() -> Model:
    return without(unit(), "Z04", "F03")


def test_a_missing_form_is_not_published_as_no_money(book_of, units):
    book = book_of(two_forms_missing)
    for name, form in (
        ("公开03表", "财决04表《支出决算表》"),
        ("公开13表", "财决附03表《机构运行信息表》"),
    ):
        text = words(book[name])
        assert (
            f"缺少{form}，本表未能生成。请补报后重新生成。" in text
            and "没有" not in text
            and not numbers(book[name])
        )
    contents = {row[0]: row[2] for row in book["目录"].iter_rows(min_row=6, values_only=True)}
    assert (
        contents["公开03表"] == "缺少财决04表《支出决算表》，未能生成"
        and contents["公开02表"] is None
    )
    assert "缺少财决04表《支出决算表》，未作图" in words(
        book["图表"]
    ) and "缺少财决附03表" in words(book["图表"])
    trend = {row[2]: row[3] for row in book["趋势"].iter_rows(values_only=True) if row[2]}
    assert trend["基本支出"] is None and trend["“三公”经费支出"] is None and trend["收入总计"] > 0
    assert "缺少财决04表《支出决算表》" in words(book["趋势"])
    path = units / f"{code_of(two_forms_missing)}_2023.xlsx"
    read = {r.form.form for r in read_workbook(open_workbook(path, "xlsx"))}
    assert (
        "G03" not in read and "G13" not in read and {"G01", "G02"} <= read
    )  # fed back, it claims no empty table


@case
def plain() -> Model:
    return unit(rich=False)


def test_a_form_that_is_not_required_leaves_an_empty_table_that_says_so(book_of):
    book = book_of(plain)
    assert "没有政府性基金预算财政拨款收入、支出及结转结余，故本表无数据" in words(book["公开10表"])
    assert "空表：没有" in words(book["目录"])


def test_a_table_that_is_not_made_does_not_narrow_that_of_the_next_unit(book_of):
    """One worker makes both; 公开13表 is wider than a page that says why there is none."""
    assert "本表未能生成" in words(book_of(two_forms_missing)["公开13表"])
    sheet = book_of(plain)["公开13表"]
    number = next(c for c in sheet[2] if c.value == "公开13表")
    money_unit = next(c for c in sheet[3] if c.value == "金额单位：万元")
    assert number.column == money_unit.column > 8


@case
def without_funds() -> Model:
    return without(unit(rich=False), "Z01_1")


def test_without_the_form_that_shows_funds_they_are_not_known(book_of):
    book = book_of(without_funds)
    for name in ("公开04表", "公开10表", "公开11表", "公开12表"):
        assert "缺少财决01-1表" in words(book[name]) and "没有" not in words(book[name])


@case
def one_of_several_missing() -> Model:
    return without(unit(), "Z10")


def test_of_a_table_from_several_forms_the_known_part_is_filled(book_of):
    book = book_of(one_of_several_missing)
    sheet = book["公开05表"]
    assert "缺少财决10表" in words(sheet) and "有关的栏和合计未能填列" in words(sheet)
    total = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "合计")
    assert total[2] is None and total[3] > 0 and total[4] is None and total[5] > 0
    assert "不等" not in words(sheet)


@case
def published_alone() -> Model:
    model = unit()
    model.tables["facts"] = [
        row | {"form": "G01"} for row in model.tables["facts"] if row["form"] == "Z01"
    ]
    model.tables["sheets"] = [
        row | {"form": "G01"} for row in model.tables["sheets"] if row["form"] == "Z01"
    ]
    model.tables["submissions"][-1].update(status="missing", missing_forms=None)
    return model


def test_published_tables_alone_say_nothing_of_what_was_not_submitted(book_of):
    book = book_of(published_alone)
    assert all("本表未能生成" in words(book[f"公开{i:02d}表"]) for i in range(1, 14))


@case
def unreadable() -> Model:
    model = unit()
    for row in model.tables["facts"]:
        if row["form"] == "Z04" or (row["form"] == "F03" and row["row_key"] == "公务接待费"):
            row |= {"amount": None, "state": "uncached"}
    return model


def test_amounts_that_could_not_be_read_are_not_zero(book_of):
    book = book_of(unreadable)
    assert "财决04表《支出决算表》的金额读不出" in words(
        book["公开03表"]
    ) and "没有支出" not in words(book["公开03表"])
    assert "财决附03表有 2 个金额读不出，本表相应各格留空" in words(book["公开13表"])
    assert 0 not in numbers(book["公开13表"])


@case
def a_year_of_zeros() -> Model:
    model = Model()
    model.run()
    add_unit(model, UNIT_A, 2022, seed=3)
    for row in model.tables["facts"]:
        row["amount"] = 0
    add_unit(model, UNIT_A, 2023, seed=3)
    return model


def test_a_year_of_zeros_is_a_year(book_of):
    trend = next(
        row
        for row in book_of(a_year_of_zeros)["趋势"].iter_rows(values_only=True)
        if row[2] == "收入总计"
    )
    assert trend[3] == 0 and trend[4] > 0


@case
def unbalanced() -> Model:
    model = unit()
    wrong = next(
        r
        for r in model.tables["facts"]
        if r["form"] == "Z04" and r["row_key"] == "205" and r["col_key"] == "本年支出合计"
    )
    wrong["amount"] += 123_456
    model.finding(UNIT_A, 2023, "IN-HIER-02", "Z04[205,本年支出合计]", [])
    return model


def test_sums_that_do_not_hold_are_named_and_the_others_are_called_balanced(book_of):
    book = book_of(unbalanced)
    text = words(book["公开03表"])
    assert (
        "各项相加等于合计" not in text
        and "是财决04表原有的差错" in text
        and "详见「问题」表" in text
    )
    assert "205 教育支出，本年支出合计栏：列" in text and "相差 12.3" in text
    assert "各项相加等于合计" in words(book["公开02表"])


@case
def negative_part() -> Model:
    model = unit(rich=False)
    for row, fen in (("其他收入", -12_350_000), ("事业收入", 30_000_000)):
        model.fact(UNIT_A, 2023, "Z01", "收入", row, "决算数", fen)
    total = next(
        r for r in model.tables["facts"] if r["form"] == "Z01" and r["row_key"] == "本年收入合计"
    )
    total["amount"] += 176_500
    return model


def test_a_negative_part_is_in_the_table_and_told_of(book_of):
    sheet = book_of(negative_part)["图表"]
    rows = {
        row[2]: row[3:5]
        for row in sheet.iter_rows(min_row=20, max_row=40, values_only=True)
        if row[2]
    }
    whole = rows["本年收入合计"][0]
    assert rows["其他收入"][0] == -12.35 and rows["其他收入"][1] == pytest.approx(
        -12.35 / whole, abs=1e-4
    )
    assert (
        rows["事业收入"][1] == pytest.approx(30 / whole, abs=1e-4) and rows["本年收入合计"][1] == 1
    )
    assert "其他收入为负（−12.35万元），未在图中列示；图中占比按其余各项之和" in words(sheet)
    series = next(c for c in sheet._charts if c.tagname == "pieChart").series[0]
    first, last = series.val.numRef.f.rsplit("!", 1)[1].replace("$D$", "").split(":")
    assert [sheet.cell(row, 3).value for row in range(int(first), int(last) + 1)] == [
        "一般公共预算财政拨款收入",
        "事业收入",
    ]


@case
def whole() -> Model:
    return unit()


def test_every_chart_shows_the_data_beside_it(book_of):
    book = book_of(whole)
    for chart in book["图表"]._charts:
        for series in chart.series:
            for reference in (series.val.numRef, series.cat.strRef):
                area = reference.f.rsplit("!", 1)[1].replace("$", "")
                cells = book["图表"][area] if ":" in area else ((book["图表"][area],),)
                shown = [
                    p.v
                    for p in (
                        reference.numCache if reference is series.val.numRef else reference.strCache
                    ).pt
                ]
                assert [str(c.value) for row in cells for c in row] == [
                    str(v) for v in shown
                ] and shown


def test_one_year_draws_no_trend(book_of):
    book = book_of(whole)
    assert not book["趋势"]._charts and words(book["趋势"]).count("只有一个年度，不作图") == 2


@case
def all_zeros() -> Model:
    model = unit()
    for row in model.tables["facts"]:
        row["amount"] = 0
    return model


def test_charts_that_are_not_drawn_leave_no_large_blanks(book_of):
    book = book_of(all_zeros)
    sheet = book["图表"]
    heights = [sheet.row_dimensions[row].height or 15 for row in range(1, 3 + 7 * 19)]
    assert not sheet._charts and sum(heights) < 1000 and not sheet.row_breaks.brk


@case
def long_name() -> Model:
    model = unit()
    for table in ("facts", "sheets", "submissions", "files"):
        for row in model.tables[table]:
            row["unit_name"] = LONG
    return model


def test_pages_lie_across_and_a_long_name_is_wrapped(book_of):
    book = book_of(long_name)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9, (
            sheet.title
        )
        if sheet.title != "公开07表":
            assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (
                None,
                1,
            )
    for title, cell in (("目录", "A1"), ("公开03表", "A3"), ("图表", "A1")):
        assert book[title][cell].alignment.wrap_text and LONG in book[title][cell].value
        assert book[title].row_dimensions[book[title][cell].row].height > 30
