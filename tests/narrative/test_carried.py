"""What was carried over from last year and to the next, by budget, against the unit's tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.read import read_text

# 万元 of 合计: carried over, income, expenditure, carried on
BOOKS = {"Z07": ("3.15", "2757.03", "2758.76", "1.42"), "Z09": ("5.21", "423.90", "427.93", "1.18")}
COLUMNS = ("年初结转和结余/合计", "本年收入/合计", "本年支出/合计", "年末结转和结余/合计")
TEXT = """清海市文化局2023年度部门决算
五、一般公共预算财政拨款收入支出决算情况说明
2023年度一般公共预算财政拨款年初结转和结余{0}万元，一般公共预算财政拨款支出{2}万元，年末结转和结余{3}万元。
八、政府性基金预算收入支出决算情况
2023年度政府性基金预算财政拨款收入{5}万元；年初结转和结余{4}万元；支出{6}万元；年末结转和结余{7}万元。
"""


def row(form: str, column: str, amount: str, number: int) -> dict[str, Any]:
    """A cell of the line 合计 as in the dataset ``facts``, in 元."""
    where = {"file": "表.xlsx", "sheet": form, "cell": f"E{number}"}
    place = {"form": form, "block": "", "row_key": "合计", "col_key": column}
    value = {"year": 2023, "amount": Decimal(amount) * 10_000, "decimals": 2, "state": "number"}
    return {**where, **place, **value}


def found(figures: list[str]) -> list[tuple[str, str]]:
    """Rule and message of all that is found in the text with these figures."""
    rows = [
        row(form, column, amount, number)
        for form, amounts in BOOKS.items()
        for number, (column, amount) in enumerate(zip(COLUMNS, amounts, strict=True), 9)
    ]
    narrative = read_text(TEXT.format(*figures))
    checked = check_narrative(narrative, FactLookup(rows, 2023), file="说明.txt")
    return [(o.rule_id, o.message) for o in checked.observations if o.rule_id in ("N-04", "N-05")]


RIGHT = [figure for amounts in BOOKS.values() for figure in amounts]


def test_what_the_tables_say_is_right() -> None:
    assert found(RIGHT) == []


@pytest.mark.parametrize(
    ("at", "rule", "cell"),
    [(0, "N-05", "财决07表 E9"), (3, "N-05", "财决07表 E12"), (4, "N-04", "财决09表 E9"),
     (7, "N-04", "财决09表 E12")],
)  # fmt: skip
def test_another_figure_is_told_with_the_cell(at: int, rule: str, cell: str) -> None:
    told = found([*RIGHT[:at], "9.99", *RIGHT[at + 1 :]])
    assert [(r, cell in message) for r, message in told] == [(rule, True)]
