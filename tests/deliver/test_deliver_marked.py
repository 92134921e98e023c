"""Marked copies: looking as submitted, with the findings at their cells, and nothing in them that
acts.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from marked import PALE, RED, entry, job, old_xls, run, submitted
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from pipelines.deliver.marking.mark import MarkJob, Source, mark


def test_cells_are_coloured_and_noted(tmp_path):
    submitted(tmp_path / "a.xlsx")
    found = entry(
        1,
        ("left", "a.xlsx", "Z01 收入", "B2"),
        ("right", "a.xlsx", "Z04", "F77"),
        ("suspect", "a.xlsx", "Z01 收入", "B2"),
    )
    book = run(
        job(tmp_path, found, entry(2, ("subject", "a.xlsx", "Z01 收入", "D4"), severity="review"))
    )
    cell = book["Z01 收入"]["B2"]
    assert cell.fill.fgColor.rgb == RED and cell.value == 10.5
    assert (
        cell.number_format == "#,##0.00" and cell.font.italic and cell.border.left.style == "medium"
    )
    assert (
        "X-03" in cell.comment.text
        and "10.00" in cell.comment.text
        and "Z04!F77" in cell.comment.text
    )
    blank = book["Z04"]["F77"]
    assert blank.value is None and blank.fill.fgColor.rgb == PALE and blank.comment
    noted = book["Z01 收入"]["D4"]
    assert (
        "原有批注" in noted.comment.text
        and "核实" in noted.comment.text
        and noted.fill.fgColor.rgb == "FFFFF9E3"
    )


def test_the_rest_looks_as_it_was(tmp_path):
    submitted(tmp_path / "a.xlsx")
    book = run(job(tmp_path, entry(1, ("left", "a.xlsx", "Z01 收入", "B2"))))
    before = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["问题清单", *before.sheetnames]
    for old in before:
        new = book[old.title]
        assert (
            new.merged_cells.ranges == old.merged_cells.ranges
            and new.freeze_panes == old.freeze_panes
        )
        assert {k: v.width for k, v in new.column_dimensions.items()} == {
            k: v.width for k, v in old.column_dimensions.items()
        }
        for row in old.iter_rows():
            for cell in row:
                twin = new[cell.coordinate]
                assert (twin.value, repr(twin.font), twin.number_format) == (
                    cell.value,
                    repr(cell.font),
                    cell.number_format,
                )
                if cell.coordinate != "B2":
                    assert repr(twin.fill) == repr(cell.fill)
    assert book["Z01 收入"].print_title_rows == "$1:$1"
    assert book["隐藏"].sheet_state == "hidden"
    assert book.active.title == "问题清单"
    assert [s.title for s in book if s.sheet_view.tabSelected] == ["问题清单"]


def test_first_sheet_lists_and_links(tmp_path):
    submitted(tmp_path / "a.xlsx")
    sheet = run(
        job(
            tmp_path,
            entry(1, ("left", "a.xlsx", "Z01 收入", "B2"), ("right", "b.xlsx", "Z99", "A1")),
            entry(2),
        )
    )["问题清单"]
    assert sheet["D5"].value == "X-03" and sheet["G5"].value == 1
    assert sheet["H5"].hyperlink.location == "'Z01 收入'!B2" and sheet["H5"].value == "Z01 收入!B2"
    assert sheet["I5"].value == "Z99!A1" and sheet["I5"].hyperlink is None
    assert (
        sheet["B6"].value == "错误"
        and sheet.freeze_panes == "A5"
        and sheet.auto_filter.ref == "A4:P6"
    )
    assert sheet.print_title_rows == "$4:$4" and "run-1" in sheet.oddFooter.left.text


def test_hidden_sheet_with_a_finding_is_shown_and_said_so(tmp_path):
    submitted(tmp_path / "a.xlsx")
    book = run(job(tmp_path, entry(1, ("left", "a.xlsx", "隐藏", "A1"))))
    assert book["隐藏"].sheet_state == "visible"
    assert "隐藏" in book["问题清单"]["A3"].value


def test_links_that_lead_outside_are_taken_out(tmp_path):
    submitted(tmp_path / "a.xlsx")
    book = run(job(tmp_path, entry(1)))
    assert (
        book["Z04"]["C9"].hyperlink is None
        and book["Z04"]["C9"].value == "见 http://example.invalid/"
    )
    with zipfile.ZipFile(tmp_path / "out" / "001_2023.xlsx") as bundle:
        for name in bundle.namelist():
            assert b'TargetMode="External"' not in bundle.read(name), name


@pytest.mark.parametrize("second", ["b.xlsx", "b.xls"])
def test_tables_split_over_workbooks_come_back_in_one(tmp_path, second):
    submitted(tmp_path / "a.xlsx")
    if second == "b.xlsx":
        submitted(tmp_path / second)
        name, cell = "Z01 收入", "B2"
    else:
        old_xls(tmp_path / second)
        name, cell = "Z01", "B3"
    work = job(
        tmp_path,
        entry(1, ("left", "a.xlsx", "Z04", "B3"), ("right", second, name, cell)),
        files=("a.xlsx", second),
    )
    result = mark(work)
    book = openpyxl.load_workbook(work.target)
    where = result.sheets[second, name]
    assert (
        where in book.sheetnames
        and book[where][cell].fill.fgColor.rgb == PALE
        and book[where][cell].comment
    )
    if second == "b.xlsx":
        assert (
            where == "Z01 收入(2)"
            and book[where][cell].number_format == "#,##0.00"
            and book[where]["A1"].font.sz == 18
        )
    assert book["问题清单"]["I5"].hyperlink.location == f"'{where}'!{cell}"


def test_a_broken_source_costs_only_its_copy(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    result = mark(job(tmp_path, entry(1)))
    assert (
        not result.written
        and result.trouble
        and not list((tmp_path / "out").glob("*") if (tmp_path / "out").exists() else [])
    )


def test_missing_source_is_said(tmp_path):
    result = mark(job(tmp_path, entry(1)))
    assert not result.written and "a.xlsx" in result.trouble[0]


def test_a_file_changed_since_is_not_marked(tmp_path):
    submitted(tmp_path / "a.xlsx")
    work = MarkJob(
        tmp_path / "o.xlsx",
        "甲局",
        (Source(tmp_path / "a.xlsx", "a.xlsx", "0" * 64),),
        (entry(1),),
        "r",
    )
    result = mark(work)
    assert not result.written and "改动" in result.trouble[0]


def test_same_input_same_bytes(tmp_path):
    submitted(tmp_path / "a.xlsx")
    work = job(tmp_path, entry(1, ("left", "a.xlsx", "Z01 收入", "B2")))
    mark(work)
    first = work.target.read_bytes()
    mark(work)
    assert work.target.read_bytes() == first


def test_rows_and_cells_without_addresses(tmp_path):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    submitted(tmp_path / "x.xlsx")
    data = (
        "<x:worksheet"
        f' xmlns:x="{main}"><x:sheetData>'
        "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
        "<x:row><x:c><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, data if name == "xl/worksheets/sheet2.xml" else old.read(name))
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue())
    book = run(
        job(tmp_path, entry(1, ("left", "a.xlsx", "Z04", "B1"), ("right", "a.xlsx", "Z04", "C2")))
    )
    sheet = book["Z04"]
    assert (
        sheet["B1"].value == 2
        and sheet["B1"].fill.fgColor.rgb == PALE
        and sheet["C2"].fill.fgColor.rgb == PALE
    )
    assert sheet["A2"].value == 3


def test_explained_findings_are_grey(tmp_path):
    submitted(tmp_path / "a.xlsx")
    book = run(job(tmp_path, entry(1, ("left", "a.xlsx", "Z04", "B3"), status="explained")))
    assert (
        book["Z04"]["B3"].fill.fgColor.rgb == "FFE7E6E6"
        and "已有审核说明" in book["Z04"]["B3"].comment.text
    )


@pytest.mark.parametrize("bad", ["", "1-5", "XFE1", "A0", "A1048577", "第一"])
def test_places_that_are_no_cells_do_no_harm(tmp_path, bad):
    submitted(tmp_path / "a.xlsx")
    assert run(job(tmp_path, entry(1, ("left", "a.xlsx", "Z04", bad))))


def rich(path: Path, name: str) -> Path:
    """A workbook with everything that must not be lost: picture, chart, rules of formatting,
    protection, a table, notes.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in range(1, 60):
        for column in range(1, 10):
            sheet.cell(row, column, row * column * 1000.5)
    sheet.merge_cells("B5:C6")
    sheet.conditional_formatting.add(
        "D2:D30", CellIsRule(operator="greaterThan", formula=["5000"], font=Font(bold=True))
    )
    sheet["D9"].comment = Comment("自己的批注", "张三")
    sheet.protection.sheet = True
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=9))
    sheet.add_chart(chart, "K10")
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("H3")
    sheet.add_data_validation(rule)
    deep = book.create_sheet("深藏")
    deep["A1"], deep.sheet_state = 5, "veryHidden"
    listed = book.create_sheet("表格")
    for row in range(1, 6):
        listed.append([f"栏{c}" if row == 1 else row * c for c in range(1, 4)])
    listed.add_table(Table(displayName="T1", ref="A1:C5"))
    book.create_sheet("问题清单")["A1"] = "单位自己的清单"
    book.save(path)
    return path


def test_a_rich_workbook_keeps_all_it_has_under_hundreds_of_findings(tmp_path):
    name = ("表'一'的" + "长" * 31)[:31]
    rich(tmp_path / "a.xlsx", name)
    many = [
        entry(
            i,
            ("left", "a.xlsx", name, "D9"),
            ("right", "a.xlsx", name, f"{'ABCDEFGHI'[i % 9]}{i // 9 + 7}"),
        )
        for i in range(300)
    ]
    book = run(
        job(tmp_path, *many, entry(999, ("subject", "a.xlsx", "深藏", "B2"), severity="review"))
    )
    sheet = book[name]
    assert sheet._charts and len(sheet.conditional_formatting) == 1 and sheet.protection.sheet
    assert (
        sheet.data_validations.dataValidation[0].formula1 == '"是,否"'
        and "T1" in book["表格"].tables
    )
    assert (
        sheet["D9"].comment.text.startswith("自己的批注")
        and "另有 296 个问题" in sheet["D9"].comment.text
    )
    assert book["问题清单"]["A1"].value == "单位自己的清单"
    listing = book.worksheets[0]
    assert listing.title != "问题清单" and listing.max_row == 4 + 301
    assert listing["H5"].hyperlink.location == "'" + name.replace("'", "''") + "'!D9"


@pytest.mark.filterwarnings("error")
def test_a_cell_that_a_merged_area_covers_is_marked_where_it_is_seen(tmp_path):
    rich(tmp_path / "a.xlsx", "Z01")
    book = run(
        job(
            tmp_path,
            entry(1, ("left", "a.xlsx", "Z01", "C6")),
            entry(2, ("left", "a.xlsx", "Z01", "B5")),
        )
    )
    cell = book["Z01"]["B5"]
    assert cell.fill.fgColor.rgb == PALE and cell.comment.text.count("【错误】") == 2


def test_the_list_prints_at_a_readable_size_and_wraps(tmp_path):
    submitted(tmp_path / "a.xlsx")
    work = job(
        tmp_path,
        entry(1, ("left", "a.xlsx", "Z01 收入", "B2"), ("left", "a.xlsx", "Z01 收入", "B3")),
    )
    work = MarkJob(work.target, "很长的单位名称" * 18, work.sources, work.entries, work.run_id)
    assert mark(work).written
    sheet = openpyxl.load_workbook(work.target)["问题清单"]
    shown = [d for d in sheet.column_dimensions.values() if not d.hidden]
    assert len(shown) < len(sheet.column_dimensions)
    width = sum(7 * d.width + 5 for d in shown) / 96 * 25.4
    assert 10 * (297 - 0.8 * 25.4) / width >= 7
    assert (
        sheet["A1"].alignment.wrap_text
        and sheet.row_dimensions[1].height > 40
        and sheet["H5"].alignment.wrap_text
    )
    assert sheet["H5"].value == "Z01 收入!B2、B3" and sheet.page_setup.orientation == "landscape"


ALONE = """
import sys
from lxml import etree
from pipelines.deliver.marking.package import REL, dump
assert "openpyxl" not in sys.modules and "docx" not in sys.modules
node = etree.Element("sheet")
node.set(f"{{{REL}}}id", "rIdM1")
sys.stdout.buffer.write(dump(node))
"""


def test_a_name_has_the_same_prefix_whatever_else_the_process_has_loaded():
    told = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, check=True).stdout
    assert told.endswith(b' r:id="rIdM1"/>')
