"""``summary.xlsx``: the workbook for finance, all units of one run; a module for each sheet."""

from __future__ import annotations

from pathlib import Path

from pipelines.deliver.summary.changes import write_changes
from pipelines.deliver.summary.data import Summary, read_summary
from pipelines.deliver.summary.explained import write_explanations
from pipelines.deliver.summary.findings import write_findings
from pipelines.deliver.summary.fixes import write_fixes
from pipelines.deliver.summary.rules import write_rules
from pipelines.deliver.summary.undone import write_undone
from pipelines.deliver.summary.units import growth, write_units
from pipelines.deliver.summary.verdict import open_counts, verdict_line, write_verdict
from pipelines.xlsx.book import Book

__all__ = [
    "SHEETS",
    "Summary",
    "growth",
    "open_counts",
    "read_summary",
    "verdict_line",
    "write_summary",
]

SHEETS = {
    "先改这几处": write_fixes,
    "结论": write_verdict,
    "单位一览": write_units,
    "问题清单": write_findings,
    "新增与已消除": write_changes,
    "未执行检查": write_undone,
    "审核说明": write_explanations,
    "规则": write_rules,
}


def write_summary(path: Path, data: Summary, run_id: str) -> None:
    """Write the workbook to ``path``."""
    with Book(path, run_id, "部门决算核对汇总") as book:
        for write in SHEETS.values():
            write(book, data)
