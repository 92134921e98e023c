"""Marked copies: looking as submitted, with the findings at their cells, and nothing in them that
acts.
"""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.marking.mark import MarkJob, Source, mark
from pipelines.deliver.marking.oldlooks import read_looks

RED, PALE, PALE_YELLOW = "FFFFC7CE", "FFFDF0F1", "FFFFF9E3"


def entry(number: int, *spots: tuple[str, str, str, str], severity: str = "error", **more) -> Entry:
    base = {
        "finding_id": f"f{number}",
        "severity": severity,
        "status": "open",
        "rule_id": "X-03",
        "rule_title": "总表与明细",
        "message": "左边 10.00 元，右边 9.00 元",
        "difference": Decimal("1.00"),
        "advice": "最可能填错：Z01!B2",
    }
    shown = tuple(
        Spot(role, file, sheet, cell, Decimal("10.00")) for role, file, sheet, cell in spots
    )
    return Entry(**(base | more), spots=shown)


def submitted(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Z01 收入"
    sheet["A1"], sheet["B2"], sheet["C2"] = "收入支出决算总表", 10.5, "=B2*2"
    sheet["A1"].font = Font(name="宋体", size=18, bold=True)
    sheet["B2"].number_format = "#,##0.00"
    sheet["B2"].font = Font(italic=True)
    sheet["D4"].comment = Comment("原有批注", "某人")
    sheet.merge_cells("A1:D1")
    sheet.column_dimensions["A"].width = 33
    sheet.freeze_panes = "B2"
    other = book.create_sheet("Z04")
    other["A1"] = "支出决算表"
    other["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    other["C9"] = "见 http://example.invalid/"
    other["C9"].hyperlink = "http://example.invalid/x"
    hidden = book.create_sheet("隐藏")
    hidden["A1"] = 1
    hidden.sheet_state = "hidden"
    book.defined_names["全局名"] = openpyxl.workbook.defined_name.DefinedName(
        "全局名", attr_text="'Z04'!$A$1"
    )
    sheet.print_title_rows = "1:1"
    book.save(path)
    return path


def job(tmp_path: Path, *entries: Entry, files: tuple[str, ...] = ("a.xlsx",)) -> MarkJob:
    sources = tuple(Source(tmp_path / name, name) for name in files)
    return MarkJob(tmp_path / "out" / "001_2023.xlsx", "甲局 2023 年度", sources, entries, "run-1")


def run(work: MarkJob) -> openpyxl.Workbook:
    result = mark(work)
    assert result.written, result.trouble
    return openpyxl.load_workbook(work.target)


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


def test_macros_and_outside_formulas_are_taken_out(tmp_path):
    path = tmp_path / "a.xlsm"
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as book:
        sheet = book.add_worksheet("Z01")
        sheet.write_formula("A1", "=cmd|'/c calc'!A0", None, 5)
        sheet.write_formula("A2", "=SUM(B1:B2)", None, 7)
        sheet.write_formula("A3", '=HYPERLINK("http://example.invalid","看")', None, "看")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"spreadsheetml.sheet.main+xml", b"x").replace(
                    b"application/vnd.openxmlformats-officedocument.x",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Target="vbaProject.bin" Type='
                    b'"http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>',
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"macro")
    book = run(job(tmp_path, entry(1, ("left", "a.xlsm", "Z01", "A1")), files=("a.xlsm",)))
    sheet = book["Z01"]
    assert sheet["A1"].value == 5 and sheet["A2"].value == 7 and sheet["A3"].value == "看"
    assert "宏" in book["问题清单"]["A3"].value
    with zipfile.ZipFile(tmp_path / "out" / "001_2023.xlsx") as bundle:
        assert "xl/vbaProject.bin" not in bundle.namelist() and b"macro" not in bundle.read(
            "[Content_Types].xml"
        )


def test_formulas_come_back_as_their_results_or_as_text(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as book:
        sheet = book.add_worksheet("Z01")
        for row, (formula, value) in enumerate(
            [
                ("=1+1", "@"),
                ('=DDE("cmd","/c calc","x")', "@"),
                ('=INDIRECT("A9")', 3.25),
                ('=IF(1,"","x")', ""),
                ('=HYPERLINK("http://example.invalid")', ""),
                ("=B1*2", "@"),
                ("=B2*2", "@"),
                ("=TRUE", True),
                ("=1/0", "#DIV/0!"),
            ]
        ):
            sheet.write_formula(row, 0, formula, None, value)
    with (
        zipfile.ZipFile(tmp_path / "x.xlsx") as old,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new,
    ):
        for name in old.namelist():
            data = (
                old.read(name)
                .replace(b' t="str"><f>', b"><f>")
                .replace(b"<v>@</v>", b"")
                .replace(b"<f>IF", b"<f >IF")
            )
            data = data.replace(b"<f>B1*2</f>", b'<f t="shared" ref="A6:A7" si="0">B1*2</f>')
            data = (
                data.replace(b"<f>B2*2</f>", b'<f t="shared" si="0"/>')
                .replace(b'"A4">', b'"A4" t="str">')
                .replace(b'"A4" ><f ', b'"A4" t="str"><f ')
            )
            new.writestr(name, data)
    work = job(tmp_path, entry(1, ("left", "a.xlsx", "Z01", "A1")))
    book = run(work)
    sheet = book["Z01"]
    values = [sheet.cell(row, 1).value for row in range(1, 10)]
    assert (
        values[0] == "=1+1"
        and values[1].startswith("=DDE(")
        and values[2] == 3.25
        and not values[3]
    )
    assert (
        values[4].startswith("=HYPERLINK(")
        and values[5:7] == ["=B1*2", "=B2*2"]
        and values[7] is True
        and values[8] == "#DIV/0!"
    )
    assert "公式（已改为其结果；没有结果的写作文字）" in book["问题清单"]["A3"].value
    with zipfile.ZipFile(work.target) as bundle:
        sheets = [bundle.read(n) for n in bundle.namelist() if n.startswith("xl/worksheets/sheet")]
    assert sheets and not any(b"<f>" in data or b"<f " in data for data in sheets)


def old_xls(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Z01")
    sheet.write_merge(0, 0, 0, 3, "收入支出决算总表")
    sheet.write(2, 0, "=1+1 文本")
    sheet.write(2, 1, 1234.56)
    sheet.write(3, 0, "2010301")
    book.save(str(path))
    return path


def test_an_xls_is_handed_back_as_xlsx(tmp_path):
    old_xls(tmp_path / "a.xls")
    book = run(job(tmp_path, entry(1, ("left", "a.xls", "Z01", "B3")), files=("a.xls",)))
    sheet = book["Z01"]
    assert sheet["A3"].value == "=1+1 文本" and sheet["A3"].data_type != "f"
    assert (
        sheet["B3"].value == 1234.56
        and sheet["B3"].fill.fgColor.rgb == PALE
        and sheet["B3"].comment
    )
    assert sheet["A4"].value == "2010301" and str(sheet.merged_cells.ranges.pop()) == "A1:D1"


def dressed_xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.set_colour_RGB(0x21, 1, 2, 3)
    sheet = book.add_sheet("Z01")
    title = (
        "font: name 宋体, bold on, italic on, underline single, height 320, colour 0x21; align:"
        " horiz center, vert top, wrap on"
    )
    sheet.write_merge(0, 0, 0, 3, "收入支出决算总表", xlwt.easyxf(title))
    money = xlwt.easyxf(
        "borders: left thin, bottom double; pattern: pattern solid, fore_colour yellow; align:"
        " horiz right, indent 2",
        "#,##0.000",
    )
    sheet.write(2, 1, 1234.5, money)
    sheet.write(2, 2, "", money)
    sheet.write(3, 0, xlwt.Formula("1+1"))
    sheet.col(1).width, sheet.col(4).hidden = 20 * 256, True
    sheet.row(0).height_mismatch, sheet.row(0).height = True, 40 * 20
    (
        sheet.portrait,
        sheet.paper_size_code,
        sheet.fit_num_pages,
        sheet.fit_width_to_pages,
        sheet.fit_height_to_pages,
    ) = (
        False,
        8,
        True,
        1,
        0,
    )
    sheet.set_fit_num_pages(1)
    sheet.panes_frozen, sheet.horz_split_pos, sheet.vert_split_pos = True, 2, 1
    sheet.left_margin = 0.25
    for name, state in (("隐藏", 1), ("深藏", 2), ("有问题", 1)):
        other = book.add_sheet(name)
        other.write(0, 0, 5)
        other.visibility = state
    book.save(str(path))


def test_an_xls_keeps_its_looks(tmp_path):
    dressed_xls(tmp_path / "a.xls")
    book = run(
        job(
            tmp_path,
            entry(1, ("left", "a.xls", "Z01", "A4"), ("right", "a.xls", "有问题", "A1")),
            files=("a.xls",),
        )
    )
    sheet = book["Z01"]
    title, money = sheet["A1"], sheet["B3"]
    assert (title.font.name, title.font.sz, title.font.b, title.font.i, title.font.u) == (
        "宋体",
        16,
        True,
        True,
        "single",
    )
    assert title.font.color.rgb == "FF010203" and (
        title.alignment.horizontal,
        title.alignment.vertical,
        title.alignment.wrap_text,
    ) == ("center", "top", True)
    assert (
        money.number_format == "#,##0.000"
        and money.border.left.style == "thin"
        and money.border.bottom.style == "double"
    )
    assert money.fill.fgColor.rgb == "FFFFFF00" and (
        money.alignment.horizontal,
        money.alignment.indent,
    ) == ("right", 2)
    assert sheet["C3"].value is None and sheet["C3"].border.left.style == "thin"
    assert sheet["A4"].value == "（公式没有结果）" or sheet["A4"].value == 0
    assert (
        round(sheet.column_dimensions["B"].width) in (20, 21)
        and sheet.column_dimensions["E"].hidden
        and sheet.row_dimensions[1].height == pytest.approx(40, abs=0.5)
    )
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == (
        "landscape",
        8,
        0,
    ) and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.freeze_panes == "B3" and sheet.page_margins.left == 0.25
    assert [book[n].sheet_state for n in ("隐藏", "深藏", "有问题")] == [
        "hidden",
        "veryHidden",
        "visible",
    ]
    assert "原为隐藏、现已显示的工作表：有问题" in book["问题清单"]["A3"].value


@pytest.mark.parametrize("cut", [600, 3000, 4600])
def test_damaged_looks_cost_only_the_looks(tmp_path, cut):
    dressed_xls(tmp_path / "a.xls")
    data = bytearray((tmp_path / "a.xls").read_bytes())
    data[cut : cut + 40] = bytes(b ^ 0x5A for b in data[cut : cut + 40])
    read_looks(bytes(data))


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
