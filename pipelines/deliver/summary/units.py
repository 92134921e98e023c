"""Sheet 单位一览: each unit and year, its findings, its totals and their change on last year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.deliver.summary.data import Summary
from pipelines.xlsx.book import Book, Column, Link, external
from schemas.library import forms

UNIT_COLUMNS = (
    Column("单位编码", width=14),
    Column("单位名称", "wrap", 32),
    Column("年度", "year", 7),
    Column("报送情况", "submission", 9),
    Column("缺少的表", "wrap", 20),
    Column("错误", "count", 7),
    Column("核实", "count", 7),
    Column("提示", "count", 7),
    Column("已说明", "count", 7),
    Column("总收入（元）", "money", 18),
    Column("总支出（元）", "money", 18),
    Column("总收入比上年增减（元）", "money", 18),
    Column("总收入增减率", "percent", 10),
    Column("总支出比上年增减（元）", "money", 18),
    Column("总支出增减率", "percent", 10),
    Column("本年收入（元）", "money", 18),
    Column("本年支出（元）", "money", 18),
    Column("单位工作簿", "link", 24),
    Column("标注件", "link", 24),
)
UNIT_PRINTED = 15


def growth(now: Decimal | None, before: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Change and rate on last year; no rate on zero, nothing where a year is absent."""
    if now is None or before is None:
        return None, None
    return now - before, (now - before) / abs(before) if before else None


def file_link(path: str | None) -> Link | str:
    return Link(external(path), path.split("/")[-1]) if path else ""


def _numbers(missing: str | None) -> str:
    """``Z04,F03`` as 财决04表、财决附03表."""
    known = forms()
    return "、".join(known[f].number if f in known else f for f in (missing or "").split(",") if f)


def write_units(book: Book, data: Summary) -> None:
    book.table(
        "单位一览",
        UNIT_COLUMNS,
        (_unit_row(data, u) for u in data.units),
        freeze=2,
        printed=UNIT_PRINTED,
    )


def _unit_row(data: Summary, unit: dict[str, Any]) -> list[Any]:
    key = (unit["unit"], unit["year"])
    now, before = data.amounts.get(key, {}), data.amounts.get((unit["unit"], unit["year"] - 1), {})
    count = data.counts.get(key, {})
    income, expense = now.get("income_total"), now.get("expense_total")
    return [
        unit["unit_code"],
        unit["unit_name"],
        unit["year"],
        unit["status"],
        _numbers(unit["missing_forms"]),
        *(count.get(k, 0) for k in ("error", "review", "hint", "explained")),
        income,
        expense,
        *growth(income, before.get("income_total")),
        *growth(expense, before.get("expense_total")),
        now.get("income"),
        now.get("expense"),
        file_link(data.units_at.get(key)),
        file_link(data.marked_at.get(key)),
    ]
