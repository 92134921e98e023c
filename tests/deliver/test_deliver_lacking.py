"""A form that was not submitted is not a statement that there was no money; sums that do not hold
are named; negative parts are told.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from deliver_model import UNIT_A, Model, add_unit

from pipelines.deliver.deliver import deliver
from pipelines.extract.worker import read_workbook
from pipelines.intake.workbook import open_workbook

RUN = "20240101T000000Z-01"


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


def book_of(model: Model, folder: Path, year: int = 2023) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path_of(model, folder, year))


def path_of(model: Model, folder: Path, year: int = 2023) -> Path:
    deliver(model.write(folder / "caijue.duckdb"), folder / "raw", folder / "reports", run_id=RUN)
    return folder / "reports" / "units" / f"{UNIT_A[0]}_{year}.xlsx"


def words(sheet) -> str:
    return "\n".join(
        str(c.value) for row in sheet.iter_rows() for c in row if isinstance(c.value, str)
    )


def numbers(sheet) -> list:
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, int | float)]


def test_a_missing_form_is_not_published_as_no_money(tmp_path):
    path = path_of(without(unit(), "Z04", "F03"), tmp_path)
    book = openpyxl.load_workbook(path)
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
    read = {r.form.form for r in read_workbook(open_workbook(path, "xlsx"))}
    assert (
        "G03" not in read and "G13" not in read and {"G01", "G02"} <= read
    )  # fed back, it claims no empty table


def test_a_form_that_is_not_required_leaves_an_empty_table_that_says_so(tmp_path):
    book = book_of(unit(rich=False), tmp_path)
    assert "没有政府性基金预算财政拨款收入、支出及结转结余，故本表无数据" in words(book["公开10表"])
    assert "空表：没有" in words(book["目录"])


def test_without_the_form_that_shows_funds_they_are_not_known(tmp_path):
    book = book_of(without(unit(rich=False), "Z01_1"), tmp_path)
    for name in ("公开04表", "公开10表", "公开11表", "公开12表"):
        assert "缺少财决01-1表" in words(book[name]) and "没有" not in words(book[name])


def test_of_a_table_from_several_forms_the_known_part_is_filled(tmp_path):
    book = book_of(without(unit(), "Z10"), tmp_path)
    sheet = book["公开05表"]
    assert "缺少财决10表" in words(sheet) and "有关的栏和合计未能填列" in words(sheet)
    total = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "合计")
    assert total[2] is None and total[3] > 0 and total[4] is None and total[5] > 0
    assert "不等" not in words(sheet)


def test_published_tables_alone_say_nothing_of_what_was_not_submitted(tmp_path):
    model = unit()
    model.tables["facts"] = [
        row | {"form": "G01"} for row in model.tables["facts"] if row["form"] == "Z01"
    ]
    model.tables["sheets"] = [
        row | {"form": "G01"} for row in model.tables["sheets"] if row["form"] == "Z01"
    ]
    model.tables["submissions"][-1].update(status="missing", missing_forms=None)
    book = book_of(model, tmp_path)
    assert all("本表未能生成" in words(book[f"公开{i:02d}表"]) for i in range(1, 14))


def test_amounts_that_could_not_be_read_are_not_zero(tmp_path):
    model = unit()
    for row in model.tables["facts"]:
        if row["form"] == "Z04" or (row["form"] == "F03" and row["row_key"] == "公务接待费"):
            row |= {"amount": None, "state": "uncached"}
    book = book_of(model, tmp_path)
    assert "财决04表《支出决算表》的金额读不出" in words(
        book["公开03表"]
    ) and "没有支出" not in words(book["公开03表"])
    assert "财决附03表有 2 个金额读不出，本表相应各格留空" in words(book["公开13表"])
    assert 0 not in numbers(book["公开13表"])


def test_a_year_of_zeros_is_a_year(tmp_path):
    model = Model()
    model.run()
    add_unit(model, UNIT_A, 2022, seed=3)
    for row in model.tables["facts"]:
        row["amount"] = 0
    add_unit(model, UNIT_A, 2023, seed=3)
    trend = next(
        row
        for row in book_of(model, tmp_path)["趋势"].iter_rows(values_only=True)
        if row[2] == "收入总计"
    )
    assert trend[3] == 0 and trend[4] > 0


def test_sums_that_do_not_hold_are_named_and_the_others_are_called_balanced(tmp_path):
    model = unit()
    wrong = next(
        r
        for r in model.tables["facts"]
        if r["form"] == "Z04" and r["row_key"] == "205" and r["col_key"] == "本年支出合计"
    )
    wrong["amount"] += 123_456
    model.finding(UNIT_A, 2023, "IN-HIER-02", "Z04[205,本年支出合计]", [])
    book = book_of(model, tmp_path)
    text = words(book["公开03表"])
    assert (
        "各项相加等于合计" not in text
        and "是财决04表原有的差错" in text
        and "详见「问题」表" in text
    )
    assert "205 教育支出，本年支出合计栏：列" in text and "相差 12.3" in text
    assert "各项相加等于合计" in words(book["公开02表"])


@pytest.fixture
def negative(tmp_path) -> openpyxl.Workbook:
    model = unit(rich=False)
    for row, fen in (("其他收入", -12_350_000), ("事业收入", 30_000_000)):
        model.fact(UNIT_A, 2023, "Z01", "收入", row, "决算数", fen)
    total = next(
        r for r in model.tables["facts"] if r["form"] == "Z01" and r["row_key"] == "本年收入合计"
    )
    total["amount"] += 176_500
    return book_of(model, tmp_path)


def test_a_negative_part_is_in_the_table_and_told_of(negative):
    sheet = negative["图表"]
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


def test_every_chart_shows_the_data_beside_it(tmp_path):
    book = book_of(unit(), tmp_path)
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


def test_one_year_draws_no_trend(tmp_path):
    book = book_of(unit(), tmp_path)
    assert not book["趋势"]._charts and words(book["趋势"]).count("只有一个年度，不作图") == 2


def test_charts_that_are_not_drawn_leave_no_large_blanks(tmp_path):
    model = unit()
    for row in model.tables["facts"]:
        row["amount"] = 0
    book = book_of(model, tmp_path)
    sheet = book["图表"]
    heights = [sheet.row_dimensions[row].height or 15 for row in range(1, 3 + 7 * 19)]
    assert not sheet._charts and sum(heights) < 1000 and not sheet.row_breaks.brk


def test_pages_lie_across_and_a_long_name_is_wrapped(tmp_path):
    model = unit()
    name = "很长的单位名称" * 18
    for table in ("facts", "sheets", "submissions", "files"):
        for row in model.tables[table]:
            row["unit_name"] = name
    book = book_of(model, tmp_path)
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
        assert book[title][cell].alignment.wrap_text and name in book[title][cell].value
        assert book[title].row_dimensions[book[title][cell].row].height > 30
