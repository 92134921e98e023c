"""E-19: 年度预算表 (表2-1) in itself, against the text and 财决01."""

from __future__ import annotations

import re

from pipelines.performance.arithmetic import (
    interval,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.money_sums import (
    AMOUNT,
    against,
    said_amounts,
    sum_holds,
)
from pipelines.performance.claims import Claim
from pipelines.performance.pack import Entry, Row

INCOME = ("收入预算数", "收入调整数", "收入决算数")
SAID_02 = (
    ("总计", "收入预算数", rf"(?<!支出)年初预算{AMOUNT}"),
    ("年初结转结余", "收入预算数", rf"年初结转(?:和)?结余{AMOUNT}"),
    ("其他收入", "收入预算数", rf"其他收入{AMOUNT}"),
    ("调整", "", rf"调整后预算收入{AMOUNT}"),
)
INCOME_PROSE = re.compile(r"调整后预算收入")


def check(case: Case) -> None:
    rows = case.pack.of("JX02")
    if not rows:
        case.lack("E-19", "没有年度预算表（表2-1）")
        return
    total = case.pack.row("JX02", "总计")
    parts = [r for r in rows if r.key != "总计"]
    for column in INCOME:
        if total is not None and column in case.pack.columns("JX02"):
            sum_holds(
                case,
                "E-19",
                "JX02",
                "总计",
                column,
                total.get(column),
                [r.get(column) for r in parts],
                "各项合计",
            )
    for row in parts:
        _received(case, row)
    _income_said(case)


def _received(case: Case, row: Row) -> None:
    budget, moved, final = (row.get(c) for c in INCOME)
    if (
        ("财政拨款" not in row.key and "预算拨款" not in row.key)
        or not final.number
        or not budget.number
    ):
        return
    limit = interval(budget) + interval(moved)
    case.count("E-19")
    if interval(final).low > limit.high:
        message = (
            f"“{row.key}”决算数 {wan(final.value.number or 0)}，大于预算数加调整数"
            f" {wan(limit.middle)}"
        )
        case.fail(
            "E-19", f"JX02[{row.key}]/超预算", message, final, [budget, moved], severity="review"
        )


def _income_said(case: Case) -> None:
    for row_key, column, pattern in SAID_02:
        for said in said_amounts(case, pattern, INCOME_PROSE):
            entries = _income_cells(case, row_key, column, said)
            against(case, "E-19", "JX02", row_key, column or "调整后", said, entries)


def _income_cells(case: Case, row_key: str, column: str, said: Claim) -> list[Entry]:
    row = case.pack.row("JX02", "总计" if row_key == "调整" else row_key)
    if row is None:
        return []
    if row_key == "调整":
        cells = [row.get("收入预算数"), row.get("收入调整数")]
        return cells if all(c.number for c in cells) else []
    return [row.get(column)] if row.get(column).number else []
