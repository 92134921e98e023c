"""Workbooks opened by openpyxl, for tests that look into what was written, or change it."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import openpyxl
from openpyxl.worksheet.merge import MergedCellRange


def opened_book(path: Path) -> openpyxl.Workbook:
    """The workbook without the borders that openpyxl draws anew around every merged range: of a
    submission's forms that is nine tenths of what it takes to open it.
    """
    with mock.patch.object(MergedCellRange, "format"):
        return openpyxl.load_workbook(path)
