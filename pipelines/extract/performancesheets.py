"""Sheets of performance tables that stand in a workbook of other tables: told here, where the cells
are at hand, so that nobody opens the file again to look.

What does not belong here: reading them (``performance/``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipelines.extract.text import squash
from pipelines.intake.workbook import Sheet

# Words of the headers of performance tables that no 财决 or public table has.
WORDS = (
    "三级指标",
    "数量指标",
    "资金结余率",
    "偏差程度",
    "序时进度",
    "中期调整",
    "收入调整数",
    "整改情况",
    "预算执行进度",
    "增加变化数",
    "二级项目类别",
)
HEAD_ROWS = 40  # the header of a table stands among its first rows, below a text at most


def has_performance(sheets: Iterable[Sheet], known: Collection[str]) -> bool:
    """Whether a sheet that is none of the known ones has words of performance tables."""
    return any(sheet.name not in known and _speaks(sheet) for sheet in sheets)


def _speaks(sheet: Sheet) -> bool:
    texts = (v for cells in sheet.cells[:HEAD_ROWS] for v in cells if type(v) is str)
    return any(word in squash(text) for text in texts for word in WORDS)
