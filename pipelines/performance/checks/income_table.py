"""E-19: 年度预算表 (表2-1) in itself, against the text and 财决01."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.narrative.vocabulary import Address
from pipelines.performance.arithmetic import (
    interval,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.finals import Unequal, tell, unequal
from pipelines.performance.checks.money_sums import (
    AMOUNT,
    against,
    said_amounts,
    sum_holds,
)
from pipelines.performance.checks.shown import in_wan
from pipelines.performance.claims import Claim
from pipelines.performance.pack import Entry, Row

INCOME = ("收入预算数", "收入调整数", "收入决算数")
SAID_02 = (
    ("总计", "收入预算数", rf"(?<!支出)年初预算{AMOUNT}"),
    ("年初结转结余", "收入预算数", rf"年初结转(?:和)?结余{AMOUNT}"),
    ("其他收入", "收入预算数", rf"其他收入{AMOUNT}"),
    ("调整", "", rf"调整后预算收入{AMOUNT}"),
)
# Where each source stands in 财决01 and 01-1 (the same money; balances may be fiscal alone).
FINAL_ROWS = {
    "一般公共预算财政拨款收入": (("Z01", "一般公共预算财政拨款收入"),),
    "政府性基金预算拨款收入": (("Z01", "政府性基金预算财政拨款收入"),),
    "国有资本经营预算拨款收入": (("Z01", "国有资本经营预算财政拨款收入"),),
    "事业收入": (("Z01", "事业收入"),),
    "经营收入": (("Z01", "经营收入"),),
    "其他收入": (("Z01", "其他收入"),),
    "年初结转结余": (("Z01", "年初结转和结余"), ("Z01_1", "年初财政拨款结转和结余")),
    "总计": (("Z01", "总计"), ("Z01_1", "总计")),
}
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
    _final_accounts(case, rows)


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
        message = f"“{row.key}”决算数 {in_wan(final)}，大于预算数加调整数 {wan(limit.middle)}"
        case.fail(
            "E-19", f"JX02[{row.key}]/超预算", message, final, [budget, moved], severity="review"
        )


def _final_accounts(case: Case, rows: list[Row]) -> None:
    """What 财决01 or, for reports of fiscal money, 01-1 says of the same source."""
    for column in ("决算数", "年初预算数", "全年预算数"):
        found: list[Unequal] = []
        for row in rows:
            found += _row_unequal(case, row, column)
        # A budget may be told with or without what was carried over: a question, not an error.
        severity = None if column == "决算数" else "review"
        tell(case, "E-19", f"JX02[{column}]/财决", found, severity)


def _row_unequal(case: Case, row: Row, column: str) -> Iterable[Unequal]:
    rows = FINAL_ROWS.get(row.key)
    if rows is None or (row.key == "总计" and case.failures["E-19"]):
        return []
    budget, moved, final = (row.get(c) for c in INCOME)
    whole = [budget, moved] if moved.number else []
    entries = {"决算数": [final], "年初预算数": [budget], "全年预算数": whole}[column]
    cells = [Address(form, "收入", name, column) for form, name in rows]
    return unequal(case, "E-19", f"年度预算表“{row.key}”{column}", entries, cells)


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
