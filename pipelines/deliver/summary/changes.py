"""Sheet 新增与已消除: what changed since the run before."""

from __future__ import annotations

from typing import Any

from pipelines.deliver.summary.data import Summary
from pipelines.xlsx.book import Book, Column

CHANGE_COLUMNS = (
    Column("变化", "center", 10),
    Column("级别", "severity", 8),
    Column("单位编码", width=14),
    Column("单位名称", width=30),
    Column("年度", "year", 8),
    Column("规则", width=13),
    Column("规则名称", "wrap", 26),
    Column("问题", "wrap", 80),
    Column("差额（元）", "money", 18),
    Column("问题编号", width=16),
    Column("首次发现", width=20),
)


def write_changes(book: Book, data: Summary) -> None:
    fresh = [("新增", f) for f in data.findings if f["change"] == "new"]
    lines = [_change_row(word, f) for word, f in fresh + [("已消除", f) for f in data.gone or []]]
    empty = "没有新增，也没有消除的问题" if data.gone is not None else "没有上次运行可比"
    book.table("新增与已消除", CHANGE_COLUMNS, lines, empty=empty, freeze=1)


def _change_row(word: str, f: dict[str, Any]) -> list[Any]:
    keys = (
        "severity",
        "unit_code",
        "unit_name",
        "year",
        "rule_id",
        "rule_title",
        "message",
        "difference",
        "finding_id",
        "first_run",
    )
    return [word, *(f[k] for k in keys)]
