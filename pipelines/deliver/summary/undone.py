"""Sheet 未执行检查: what was not checked, why, and what to do."""

from __future__ import annotations

from pipelines.deliver.summary.data import Summary
from pipelines.xlsx.book import Book, Column

UNDONE_COLUMNS = (
    Column("结果", "center", 10),
    Column("单位编码", width=14),
    Column("单位名称", width=30),
    Column("年度", "year", 8),
    Column("原因", "wrap", 44),
    Column("需要做什么", "wrap", 44),
    Column("规则数", "count", 8),
    Column("规则", "wrap", 70),
)


def write_undone(book: Book, data: Summary) -> None:
    words = {"not_evaluated": "未执行", "broken": "规则故障"}
    lines = (
        [
            words[r["outcome"]],
            r["unit_code"],
            r["unit_name"],
            r["year"],
            r["reason"],
            r["action"],
            r["rules"],
            r["rule_ids"],
        ]
        for r in data.undone
    )
    book.table("未执行检查", UNDONE_COLUMNS, lines, empty="全部检查都已执行", freeze=3)
