"""An indicator that stands in two tables has one answer, in whatever unit it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.performance.checks.indicator_twins import check_pair
from pipelines.performance.matching import Pair, Project
from pipelines.performance.pack import Entry, Indicator, Pack
from pipelines.performance.values import read_value
from tests.performance.support import case_of


def cell(text: str) -> Entry:
    return Entry(read_value(text), "报告.docx")


@pytest.mark.parametrize(
    ("answers", "rules"),
    [
        (("100%", "100%"), []),
        (("100%", "90%"), ["E-12"]),  # neither is an amount: they are held against each other
        (("44万元", "440000元"), []),
        (("44万元", "43万元"), ["E-12"]),
        (("44万元", "100%"), ["E-12"]),
    ],
)
def test_answers_differ(answers: tuple[str, str], rules: list[str]) -> None:
    of = Indicator(
        "JX05", "道路养护", "产出指标", "成本指标", cell("总成本"), "≤", cell("≤45万元"), "万元"
    )
    left, right = (replace(of, actual=cell(answer)) for answer in answers)
    case = case_of(Pack())
    check_pair(case, Pair(Project("道路养护"), left, right, "name"), set())
    assert [o.rule_id for o in case.observations if o.severity != "hint"] == rules
