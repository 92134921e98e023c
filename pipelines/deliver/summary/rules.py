"""Sheet 规则: the rule book and what each rule came to in this run."""

from __future__ import annotations

from typing import Any

from pipelines.deliver.summary.data import Summary
from pipelines.xlsx.book import Book, Column

RULE_COLUMNS = (
    Column("规则", width=14),
    Column("名称", "wrap", 30),
    Column("类别", "center", 8),
    Column("级别", "severity", 8),
    Column("公式", "wrap", 70),
    Column("依据", "wrap", 30),
    Column("起用年度", "year", 9),
    Column("停用年度", "year", 9),
    Column("通过", "count", 10),
    Column("不通过", "count", 10),
    Column("未执行", "count", 10),
    Column("规则故障", "count", 10),
    Column("检查实例", "count", 14),
    Column("未过实例", "count", 12),
)


def write_rules(book: Book, data: Summary) -> None:
    none = dict.fromkeys(("pass", "fail", "not_evaluated", "broken", "instances", "failed"), 0)
    lines = (_rule_row(r, data.outcomes.get(r["rule_id"], none)) for r in data.rules)
    book.table("规则", RULE_COLUMNS, lines, empty="没有规则", freeze=1)


def _rule_row(rule: dict[str, Any], done: dict[str, Any]) -> list[Any]:
    keys = ("rule_id", "title", "family", "severity", "formula", "basis", "since", "until")
    counted = ("pass", "fail", "not_evaluated", "broken", "instances", "failed")
    until = rule["until"] if rule["until"] and rule["until"] < 9999 else None
    since = rule["since"] or None
    return [*(rule[k] for k in keys[:6]), since, until, *(int(done[k] or 0) for k in counted)]
