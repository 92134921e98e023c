"""Submitted workbooks, what is found in them, and the marked copy that is made of both."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import xlwt
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.marking.mark import MarkJob, Source, mark

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


def old_xls(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Z01")
    sheet.write_merge(0, 0, 0, 3, "收入支出决算总表")
    sheet.write(2, 0, "=1+1 文本")
    sheet.write(2, 1, 1234.56)
    sheet.write(3, 0, "2010301")
    book.save(str(path))
    return path
