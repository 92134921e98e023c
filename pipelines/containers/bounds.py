"""What holds for every container: how many cells it may span, and error values that are written
as words.
"""

from __future__ import annotations

from pipelines.intake import sheetxml
from pipelines.intake.errorvalues import ERRORS
from pipelines.intake.limits import Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet


def judge_grid(name: str, height: int, width: int, area: int, limits: Limits) -> int:
    """The cells read so far with this sheet's ``height`` × ``width``, or Refused beyond a limit."""
    cells = height * width
    if cells > limits.sheet_cells:
        raise Refused(sheetxml.far_away(name, f"{sheetxml.column_letters(width)}{height}"))
    if area + cells > limits.workbook_cells:
        raise Refused(
            f"工作簿的单元格超过 {limits.workbook_cells:,} 个，未读取；请分成几个文件提交。"
        )
    return area + cells


def with_errors(sheet: Sheet) -> Sheet:
    """The sheet with its error values told apart, as in a workbook: they read as empty."""
    for r, row in enumerate(sheet.cells):
        for c, value in enumerate(row):
            if isinstance(value, str) and value[:1] == "#" and value.strip() in ERRORS:
                sheet.special[r, c] = ("error", value.strip())
                row[c] = ""
    return sheet
