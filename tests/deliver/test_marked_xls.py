"""Marked copies of `.xls` files: written anew, with the looks the old file has."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwt
from marked import PALE, entry, job, old_xls, run
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.deliver.marking.oldlooks import read_looks


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
    _cells_keep_their_looks(book["Z01"])
    _the_page_keeps_its_looks(book["Z01"])
    assert [book[n].sheet_state for n in ("隐藏", "深藏", "有问题")] == [
        "hidden",
        "veryHidden",
        "visible",
    ]
    assert "原为隐藏、现已显示的工作表：有问题" in book["问题清单"]["A3"].value


def _cells_keep_their_looks(sheet: Worksheet) -> None:
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


def _the_page_keeps_its_looks(sheet: Worksheet) -> None:
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


@pytest.mark.parametrize("cut", [600, 3000, 4600])
def test_damaged_looks_cost_only_the_looks(tmp_path, cut):
    dressed_xls(tmp_path / "a.xls")
    data = bytearray((tmp_path / "a.xls").read_bytes())
    data[cut : cut + 40] = bytes(b ^ 0x5A for b in data[cut : cut + 40])
    read_looks(bytes(data))
