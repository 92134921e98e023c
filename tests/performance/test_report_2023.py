"""The published report of 2023: what must be found in it and what must not; the same as text, Word
and workbook.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.performance.scoring import score_all
from schemas.observation import Observation
from tests.performance.support import as_sheets, as_word, case_of, judge, read

REPORT = Path(__file__).parents[3] / "shared" / "domain" / "000_5a257d09a6bbad5d.txt"
pytestmark = pytest.mark.skipif(not REPORT.exists(), reason="the report is not here")
# rule, severity, a character of the text that one of the finding's spans covers
FOUND = (
    ("E-09", "error", 14935), ("E-09", "error", 17988), ("E-12", "error", 22281),
    ("E-12", "error", 11238),
    ("E-12", "error", 20337), ("E-12", "error", 22920), ("E-12", "error", 23532),
    ("E-13", "error", 19744),
    ("E-13", "error", 22442), ("E-13", "error", 24297), ("E-14", "review", 12490),
    ("E-04", "error", 11793),
    ("E-06", "review", 12099), ("E-16", "error", 11916), ("E-32", "review", 15201),
    ("E-33", "review", 14256),
    ("E-28", "review", 5903), ("E-23", "review", 11507), ("E-03", "review", 14795),
    ("E-12", "hint", 11511),
    ("E-39", "hint", 23358), ("E-39", "hint", 22134), ("E-13", "hint", 23159),
    ("E-13", "hint", 23746),
    ("E-36", "hint", 22606), ("E-36", "hint", 23996), ("E-36", "hint", 21001),
    ("E-36", "hint", 24066),
    ("E-18", "hint", 8971), ("E-35", "hint", 14702), ("E-35", "hint", 9636),
    ("E-21", "hint", 17974),
    ("E-18", "hint", 8851), ("E-34", "hint", 18684),
)  # fmt: skip
ERRORS = {"E-04": 1, "E-09": 1, "E-12": 5, "E-13": 3, "E-16": 1}
SCORES = {
    "目标完成": (11.67, 15), "及时处置": (5, 5), "执行进度": (10, 10), "预算完成": (5, 5),
    "资金结余率": (10, 10), "违规记录": (2, 2), "结果整改": (6, 6),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[Observation]:
    return judge(read(REPORT))


def _covers(one: Observation, at: int) -> bool:
    spans = [p.cell.split("-") for p in one.places if p.cell]
    return any(int(start) <= at <= int(end) for start, end in spans)


@pytest.mark.parametrize(("rule", "severity", "at"), FOUND)
def test_what_must_be_found(found: list[Observation], rule: str, severity: str, at: int) -> None:
    same = [o for o in found if o.rule_id == rule and o.severity == severity]
    assert any(_covers(o, at) for o in same)


def test_nothing_else_is_an_error(found: list[Observation]) -> None:
    errors: dict[str, int] = {}
    for one in found:
        if one.severity == "error":
            errors[one.rule_id] = errors.get(one.rule_id, 0) + 1
    assert errors == ERRORS


def test_scores() -> None:
    scored = {s.indicator.name: s.score for s in score_all(case_of(read(REPORT)))}
    for name, (low, high) in SCORES.items():
        assert (float(scored[name].low or 0), float(scored[name].high or 0)) == (low, high), name
    assert scored["支出控制"].status == "not_evaluated"
    assert {n for n, s in scored.items() if s.status == "manual"} == {
        "目标制定", "预算挂钩", "自评公开", "应用反馈", "自评准确",
    }  # fmt: skip


def test_word_and_text_give_the_same(tmp_path: Path, found: list[Observation]) -> None:
    text = REPORT.read_text(encoding="utf-8")
    word = judge(read(as_word(text, tmp_path / "报告.docx")))
    wanted = {(o.rule_id, o.severity, o.subject) for o in found}
    got = {(o.rule_id, o.severity, o.subject) for o in word}
    assert got == wanted


def test_a_workbook_gives_what_the_tables_hold(tmp_path: Path, found: list[Observation]) -> None:
    text = REPORT.read_text(encoding="utf-8")
    sheets = judge(read(as_sheets(text, tmp_path / "绩效.xlsx")))
    wanted = {(o.rule_id, o.subject) for o in found if o.severity == "error"}
    assert {(o.rule_id, o.subject) for o in sheets if o.severity == "error"} == wanted
