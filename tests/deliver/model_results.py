"""What was found in the small model: findings with their cells, outcomes of checks, rules."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deliver_model import Model

UNIT_A = ("001001", "甲市水务局（本级）")
UNIT_B = (None, "乙县=档案馆/分馆")


def add_findings(model: Model) -> None:
    file = "001001_2023.xlsx"
    cells = [
        {"role": "left", "file": file, "sheet": "Z01", "cell": "E10", "amount": Decimal("10.00")},
        {"role": "right", "file": file, "sheet": "Z04", "cell": "F10", "amount": Decimal("4.00")},
        {"role": "right", "file": file, "sheet": "Z04", "cell": "F11", "amount": Decimal("5.00")},
    ]
    suspect = [
        {
            "role": "suspect",
            "rank": 1,
            "file": file,
            "sheet": "Z01",
            "cell": "E10",
            "amount": Decimal("10.00"),
            "suggested": Decimal("9.00"),
        }
    ]
    model.finding(
        UNIT_A, 2023, "X-03", "Z01[支出/本年支出合计,决算数]", cells + suspect, cause="g1"
    )
    model.finding(
        UNIT_A,
        2023,
        "IN-Z01-05",
        "Z01[支出/总计,决算数]",
        cells[:1],
        cause="g1",
        change="persisting",
    )
    model.finding(UNIT_B, 2023, "Y-07", "=cmd|'/c calc'!A0", [], severity="review", difference=None)
    model.finding(UNIT_B, 2023, "X-33", "F03[x]", [], severity="review", status="explained")
    model.finding(
        (None, None),
        None,
        "S-FILE",
        "坏文件.xls",
        [{"role": "subject", "file": "坏文件.xls"}],
        difference=None,
    )


def add_checks(model: Model) -> None:
    base = {"instances": 5, "failed": 0, "reason": None}
    for rule, outcome, reason in (
        ("X-03", "fail", None),
        ("Y-01", "not_evaluated", "上年数据缺失"),
        ("X-99", "broken", "公式有误"),
    ):
        model.tables["check_results"].append(
            base
            | {
                "rule_id": rule,
                "unit_code": UNIT_A[0],
                "unit_name": UNIT_A[1],
                "year": 2023,
                "outcome": outcome,
                "reason": reason,
            }
        )
    for rule in ("X-03", "X-33", "Y-01", "Y-07", "IN-Z01-05"):
        model.tables["rules"].append(
            {
                "rule_id": rule,
                "title": f"{rule} 的名称",
                "family": "表间",
                "severity": "error",
                "formula": "=A1+B1",
                "basis": "财决01表",
                "since": 0,
                "until": 9999,
            }
        )
