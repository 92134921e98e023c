"""Sheet 审核说明: findings that are explained, and those that ask for it."""

from __future__ import annotations

from typing import Any

from pipelines.deliver.summary.data import Summary
from pipelines.xlsx.book import Book, Column
from schemas.explanations import Explanation

EXPLAIN_COLUMNS = (
    Column("状态", "center", 10),
    Column("级别", "severity", 8),
    Column("单位编码", width=14),
    Column("单位名称", "wrap", 28),
    Column("年度", "year", 8),
    Column("规则", width=13),
    Column("对象", "wrap", 30),
    Column("问题", "wrap", 60),
    Column("说明的理由", "wrap", 40),
    Column("说明人", width=12),
    Column("有效期至", width=12),
    Column("下一步", "wrap", 40),
    Column("问题编号", width=18),
)


def write_explanations(book: Book, data: Summary) -> None:
    about = [f for f in data.findings if _is_about(f)]
    waiting = [
        f
        for f in data.findings
        if f["status"] == "open" and f["severity"] == "review" and not _is_about(f)
    ]
    lines = (_explanation_row(f, data.said.get(f["finding_id"])) for f in [*about, *waiting])
    book.table(
        "审核说明", EXPLAIN_COLUMNS, lines, empty="没有审核说明，也没有等待说明的事项", freeze=1
    )


def _is_about(f: dict[str, Any]) -> bool:
    """Whether an explanation is what the finding is about, or what covers it."""
    return f["status"] == "explained" or f["rule_id"] in ("S-EXPIRED", "S-UNUSED", "S-EXPLAIN")


def _explanation_row(f: dict[str, Any], said: Explanation | None) -> list[Any]:
    if f["status"] == "explained":
        word, todo = "已说明", "说明到期前无需处理"
    elif f["rule_id"].startswith("S-EX") or f["rule_id"] == "S-UNUSED":
        word, todo = "说明有误", "修改或删除这一条说明"
    else:
        word, todo = (
            "待说明",
            "核实；情况属实的，在《问题清单》中填写原因、说明人、有效期，把本工作簿放回收件夹",
        )
    keys = ("severity", "unit_code", "unit_name", "year", "rule_id", "subject", "message")
    why = [said.reason, said.by, said.until.isoformat()] if said else ["", "", ""]
    return [word, *(f[k] for k in keys), *why, todo, f["finding_id"]]
