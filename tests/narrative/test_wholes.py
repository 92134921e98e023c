"""What 占本年支出合计 is a share of: of all expenditure, also in the section of a fund."""

from __future__ import annotations

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import read_text

TEXT = """清海市文化局2023年度部门决算
三、支出决算情况说明
2023年度本年支出合计100.00万元，其中：基本支出45.00万元，占本年支出合计的{basic}%。
四、财政拨款收入支出决算总体情况说明
2023年度财政拨款支出合计90.00万元。
八、政府性基金预算财政拨款支出决算情况说明
2023年度政府性基金预算财政拨款支出18.00万元，占本年支出合计的{fund}%。
"""


def wrong_shares(basic: str, fund: str) -> set[str]:
    """The rules by which a share is told as wrong."""
    narrative = read_text(TEXT.format(basic=basic, fund=fund))
    found = check_narrative(narrative, file="说明.txt").observations
    return {o.rule_id for o in found if o.subject.endswith("占比")}


@pytest.mark.parametrize("fund", ["18.00", "20.00"])
def test_a_fund_is_a_part_of_all_expenditure_or_of_that_from_the_budget(fund: str) -> None:
    assert wrong_shares("45.00", fund) == set()


def test_another_share_of_a_fund_is_wrong() -> None:
    assert wrong_shares("45.00", "23.00") == {"N-04"}


def test_in_the_section_of_all_expenditure_no_other_whole_will_do() -> None:
    """45 is half of the 90 from the budget."""
    assert wrong_shares("50.00", "18.00") == {"N-03"}
