"""What a text can only be told by the tables of two years: points of a share, plain counts of
receptions, classes of the economic classification outside basic expenditure.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import read_text
from tests.narrative.support import lookup, sample

PAIR = sample(24)[1]
FACTS = lookup(PAIR)
NAME = PAIR[1].unit.name


def cell(form: str, row: str, col: str, offset: int = 0, block: str = "") -> Decimal:
    fact = FACTS.get(form, block, row, col, offset)
    assert fact is not None
    return fact.amount


def wan(amount: Decimal) -> str:
    return f"{amount / 10_000:.2f}万元"


def share(offset: int) -> Decimal:
    basic = cell("Z04", "合计", "基本支出", offset)
    return basic * 100 / cell("Z04", "合计", "本年支出合计", offset)


def told(title: str, text: str) -> list[str]:
    document = f"{NAME}2023年度部门决算公开\n一、{title}\n{text}\n"
    found = check_narrative(
        read_text(document), FACTS, file="说明.txt", unit_name=NAME, year=2023, names=(NAME,)
    )
    return [o.rule_id for o in found.observations if o.rule_id != "N-21"]


POINTS = share(0).quantize(Decimal("0.01")) - share(-1).quantize(Decimal("0.01"))
WAY = "提高" if POINTS > 0 else "降低"


@pytest.mark.parametrize(
    ("way", "points", "rules"),
    [
        (WAY, abs(POINTS), []),
        (WAY, abs(POINTS) + 1, ["N-03"]),
        ("降低" if WAY == "提高" else "提高", abs(POINTS), ["N-03"]),
    ],
)
def test_points_of_a_share_over_the_year(way: str, points: Decimal, rules: list[str]) -> None:
    text = f"其中，基本支出占比较上年{way}{points}个百分点。"
    assert told("支出决算情况说明", text) == rules


@pytest.mark.parametrize(("more", "rules"), [(0, []), (1, ["N-03"])])
def test_last_years_share(more: int, rules: list[str]) -> None:
    total, basic = cell("Z04", "合计", "本年支出合计"), cell("Z04", "合计", "基本支出")
    text = (
        f"本年支出合计{wan(total)}，其中：基本支出{wan(basic)}，占{share(0):.2f}%，"
        f"上年占{share(-1) + more:.2f}%。"
    )
    assert told("支出决算情况说明", text) == rules


@pytest.mark.parametrize(("more", "rules"), [(0, []), (1, ["N-12"])])
def test_a_plain_count_of_receptions(more: int, rules: list[str]) -> None:
    fee = cell("F03", "公务接待费", "统计数")
    batches = cell("F03", "国内公务接待批次", "统计数") + more
    text = f"公务接待费{wan(fee)}，共接待{batches:.0f}批次。"
    assert told("“三公”经费支出情况说明", text) == rules


@pytest.mark.parametrize(
    ("scope", "total", "form", "title", "rule"),
    [
        ("本年支出", ("Z04", "合计", "本年支出合计"), "Z05", "支出决算情况说明", "N-03"),
        (
            "一般公共预算财政拨款支出",
            ("Z07", "合计", "本年支出/合计"),
            "Z08",
            "一般公共预算财政拨款支出决算情况说明",
            "N-05",
        ),
    ],
)
@pytest.mark.parametrize("more", [0, 10_000])
def test_an_economic_class_of_other_expenditure(
    scope: str, total: tuple[str, str, str], form: str, title: str, rule: str, more: int
) -> None:
    wages = cell(form, "合计", "301")
    text = f"{scope}{wan(cell(*total))}。按经济分类，工资福利支出{wan(wages + more)}。"
    assert [r for r in told(title, text) if r == rule] == ([rule] if more else [])
