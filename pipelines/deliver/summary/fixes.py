"""Sheet 先改这几处: one line a cause, what settles most first, with room to say why a figure is
right after all.
"""

from __future__ import annotations

from typing import Any

from pipelines.deliver.summary.data import Summary
from pipelines.fixes import Change, Fix, todo
from pipelines.fixes.words import follow_words
from pipelines.xlsx.book import Book, Column, Link, external

FIX_COLUMNS = (
    Column("次序", "count", 6),
    Column("级别", "severity", 7),
    Column("单位", "wrap", 22),
    Column("年度", "year", 7),
    Column("表号", "wrap", 11),
    Column("单元格", "link", 10),
    Column("现为（元）", "money", 16),
    Column("应为（元）", "money", 16),
    Column("涉及问题", "count", 10),
    Column("怎么改", "wrap", 46),
    Column("另需同改", "wrap", 30),
    Column("原因", "wrap", 24),
    Column("说明人", "wrap", 9),
    Column("有效期", "wrap", 11),
    Column("规则", width=12),
    Column("规则名称", "wrap", 24),
    Column("单位编码", width=13),
    Column("文件", "wrap", 30),
    Column("工作表", "wrap", 24),
    Column("项目", "wrap", 28),
    Column("原因编号", width=18),
)
FIX_PRINTED = 14


def write_fixes(book: Book, data: Summary) -> None:
    lines = (_row(data, number, fix) for number, fix in enumerate(data.fixes, 1))
    book.table(
        "先改这几处",
        FIX_COLUMNS,
        lines,
        empty="没有需要改的地方",
        freeze=3,
        printed=FIX_PRINTED,
    )


def _row(data: Summary, number: int, fix: Fix) -> list[Any]:
    first = fix.first
    table, _, place = fix.place.partition(" ")
    now, should = _amounts(fix)
    return [
        number,
        fix.severity,
        fix.unit_name,
        fix.year,
        first.number if first else table,
        _cell(data, fix, first) if first else place,
        now,
        should,
        fix.settles,
        todo(fix),
        follow_words(fix),
        "",
        "",
        "",
        fix.rule_id,
        fix.rule_title,
        fix.unit,
        first.file if first else "",
        first.sheet if first else "",
        first.label if first else "",
        fix.cause,
    ]


def _amounts(fix: Fix) -> tuple[Any, Any]:
    """What stands in the cell and what should; blank where several cells change, or none."""
    if fix.first is None or len(fix.changes) != 1:
        return None, None
    return fix.first.now, fix.first.should


def _cell(data: Summary, fix: Fix, first: Change) -> Link | str:
    """The first cell, linked into the marked copy of its unit; how many move with it."""
    more = f" 等 {len(fix.changes)} 格" if len(fix.changes) > 1 else ""
    text = f"{first.cell}{more}"
    path = data.marked_at.get(first.key)
    if not path or "-" in first.cell:
        return text
    sheet = data.sheet_at(first.key, first.file, first.sheet)
    return Link(external(path, sheet, first.cell), text, "打开标注件") if sheet else text
