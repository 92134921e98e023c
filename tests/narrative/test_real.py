"""The real disclosure: what a careful auditor lists is found, what reconciles raises nothing.

Skipped where it is not at hand.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipelines.narrative.case import NarrativeResult
from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import Narrative, read_narrative

REAL = Path(__file__).parents[3] / "shared" / "domain" / "000_5a257d09a6bbad5d.txt"
NAMES = ("遂宁经济技术开发区经信商务科技局", "经信商科局", "经开区经信商科局")
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real disclosure is not at hand")


@cache
def real() -> tuple[Narrative, NarrativeResult]:
    narrative = read_narrative(REAL, "txt")
    return narrative, check_narrative(narrative, file="说明.txt")


def quotes(rule: str) -> list[str]:
    return [p.quote or "" for o in real()[1].observations if o.rule_id == rule for p in o.places]


def test_it_is_read_as_what_it_is() -> None:
    narrative, _ = real()
    assert narrative.is_narrative
    assert narrative.year == 2023
    assert "遂宁经济技术开发区经信商务科技局" in narrative.unit_names
    assert len(narrative.figures()) > 130


def test_every_place_is_at_its_characters() -> None:
    narrative, result = real()
    titles = {s.title.strip() for s in narrative.outline.sections} | {"正文"}
    for observation in result.observations:
        assert observation.places
        for place in observation.places:
            start, end = map(int, (place.cell or "").split("-"))
            assert narrative.text[start:end] == place.quote
            assert place.sheet in titles


def test_subjects_are_unique() -> None:
    subjects = [(o.rule_id, o.subject) for o in real()[1].observations]
    assert len(subjects) == len(set(subjects))


@pytest.mark.parametrize(
    ("rule", "quoted"),
    [
        ("N-06", "资源勘探工业信息等支出101.43万元"),
        ("N-08", "一般公共服务（类组织事务（款）统计抽样调查（项）"),
        ("N-08", "一般公共服务（类宣传事务（款）其他商贸事务支出（项）"),
        ("N-08", "资源勘探开发（类）资源勘探开发（款）一般行政管理事务（项）"),
        ("N-08", "资源勘探开发（类）商业服务业等支出（款）商业服务业等支出（项）"),
        ("N-10", "一般公共预算财政拨款基本支出713.39万元"),
        ("N-10", "基本支出24.44万元"),
        ("N-11", "人员经费0万元，主要包括：基本工资"),
        ("N-13", "公务用车购置及运行维护费支出0万元,完成预算0%"),
        ("N-16", "增加/减少"),
        ("N-16", "增长/下降"),
        ("N-16", "主要原因是……"),
        ("N-16", "（项目名称）"),
        ("N-16", "（注：数据来源于财决01表，仅罗列本部门涉及的收入。）"),
        ("N-16", "（如不涉及，可根据实际修改表述。）"),
        ("N-16", "范本"),
        ("N-16", "（或与2022年度决算数持平）"),
        ("N-17", "2021年度"),
        ("N-18", "经贸商科局"),
        ("N-19", "基层治理支出增加"),
        ("N-20", "决算数为1031.84"),
        ("N-20", "持平万元"),
        ("N-20", "金额0元"),
        ("N-20", "799元"),
        ("N-21", "第四部分 附件"),
    ],
)
def test_what_an_auditor_lists_is_found(rule: str, quoted: str) -> None:
    assert any(quoted in q for q in quotes(rule)), quotes(rule)


def test_the_right_item_is_suggested() -> None:
    messages = " ".join(o.message for o in real()[1].observations if o.rule_id == "N-08")
    assert "统计信息事务（款）统计抽样调查（项）" in messages
    assert "商贸事务（款）其他商贸事务支出（项）" in messages
    assert "资源勘探工业信息等支出（类）工业和信息产业监管（款）行政运行（项）" in messages
    assert "商业服务业等支出（类）其他商业服务业等支出（款）" in messages


@pytest.mark.parametrize(
    "rule", ["N-01", "N-02", "N-03", "N-04", "N-05", "N-07", "N-09", "N-12", "N-14", "N-15"]
)
def test_what_reconciles_passes(rule: str) -> None:
    outcome = next(c for c in real()[1].checks if c.rule_id == rule)
    assert (outcome.outcome, outcome.failed) == ("pass", 0)
    assert outcome.instances > 0


def test_the_wrong_basic_expenditure_is_measured() -> None:
    differences = {o.difference for o in real()[1].observations if o.rule_id == "N-10"}
    assert differences == {Decimal("6889500.00")}


def test_only_the_errors_that_are_there() -> None:
    errors = [o for o in real()[1].observations if o.severity == "error" and o.rule_id != "N-16"]
    assert {o.rule_id for o in errors} == {"N-06", "N-08", "N-10", "N-20", "N-21"}
    assert len(errors) == 12


def test_registered_names_leave_only_the_wrong_one() -> None:
    narrative, _ = real()
    result = check_narrative(narrative, file="说明.txt", names=NAMES)
    assert [o.subject for o in result.observations if o.rule_id == "N-18"] == [
        "单位名称[经贸商科局]"
    ]


def test_staff_counts_and_annex_tables_are_left_alone() -> None:
    narrative, result = real()
    annex = next(s.start for s in narrative.outline.sections if s.title.startswith("第四部分"))
    later = [o for o in result.observations if int((o.places[0].cell or "0").split("-")[0]) > annex]
    assert {o.rule_id for o in later} <= {"N-16"}
