"""What to do about a check that was not carried out: no reason is called a fault of its rule unless
it is one.
"""

from __future__ import annotations

from pipelines.deliver.words import RULE_BROKEN, action_for
from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import read_text
from pipelines.performance.case import Case
from pipelines.performance.pack import Pack


def test_a_text_that_says_little_has_no_broken_rules() -> None:
    narrative = read_text(
        "清海市文化局2023年度部门决算\n二、收入决算情况说明\n本年收入合计5.00万元。\n"
    )
    outcomes = check_narrative(narrative, file="说明.txt").checks
    undone = [o for o in outcomes if o.outcome == "not_evaluated"]
    assert len(undone) > 5
    assert RULE_BROKEN not in {action_for(o.outcome, o.reason) for o in undone}


def test_a_pack_without_some_tables_has_no_broken_rules() -> None:
    undone = Case(Pack()).result().checks
    assert undone
    assert RULE_BROKEN not in {action_for(o.outcome, o.reason) for o in undone}


def test_a_broken_rule_is_told_as_one() -> None:
    assert action_for("broken", "除以零") == RULE_BROKEN
