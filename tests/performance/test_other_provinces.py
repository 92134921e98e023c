"""Forms as other provinces print them, silent where they are right; one fault is one finding."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pipelines.narrative.normal import normalise
from pipelines.performance.pack import Pack, Paragraph, Prose
from tests.performance.support import judge, read
from tests.performance.test_national_form import HEADS, INDICATORS, UNIT, book, form

POINTS = "预算执行情况（万元）（20分）"


def by_nature() -> list[list[str]]:
    """The whole unit's form: below the total, amounts by nature stand beside their labels."""
    rows = form("")
    rows[0], rows[2], rows[3] = ["部门整体支出绩效自评表"], ["部门名称", "", "", UNIT], []
    rows[6] = ["", "按收入性质分：", "", "", "", "按支出性质分："]
    rows[7] = ["", "其中：一般公共预算：", "", "80.00", "", "其中：基本支出：", "", "30.00"]
    rows.insert(8, ["", "其他资金：", "", "0.00"])
    return rows


def in_one_row() -> list[list[str]]:
    """One row of money, its points in the caption and its score by a formula in the header."""
    rows = form("水库维护")[:4]
    rows += [
        [POINTS, "", "", "预算数（A）", "执行数（B）", "执行率（B/A）", "得分（20分*执行率）"],
        ["", "年度财政资金总额", "", "260.00", "247.00", "95.00%", "19"],
        ["绩效指标", *HEADS],
        *(["", *row[:4], row[4], *row[5:]] for row in INDICATORS if row[1] != "质量指标"),
        ["", "", "质量指标", "完好率", "≥90%", "91%", "0", "0", ""],
        ["总分", "", "", "", "", "", "100", "99", ""],
    ]
    return rows


def told(pack: Pack) -> list[str]:
    return [o.rule_id for o in judge(pack) if o.severity != "hint"]


@pytest.mark.parametrize("make", [by_nature, in_one_row])
def test_a_right_form_is_silent(tmp_path: Path, make) -> None:
    pack = read(book(tmp_path, make()))
    assert len(pack.projects) == 1 and told(pack) == []


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [(5, 5, "93.00%", "E-27"), (5, 6, "20", "E-27"), (7, 7, "25", "E-26"), (12, 7, "97", "E-28")],
)
def test_a_fault_of_the_row_of_money_is_found(
    tmp_path: Path, row: int, column: int, value: str, rule: str
) -> None:
    rows = in_one_row()
    rows[row][column] = value
    assert told(read(book(tmp_path, rows))) == [rule]


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        (5, 8, "8", "E-27"),  # the total was right with the points that are due
        (11, 7, "22", "E-26"),
        (12, 6, "15", "E-25"),  # the score beside a wrong weight is none too high
    ],
)
def test_one_cause_is_one_finding(
    tmp_path: Path, row: int, column: int, value: str, rule: str
) -> None:
    rows = form("动物防疫补助")
    rows[row][column] = value
    assert told(read(book(tmp_path, rows))) == [rule]


def test_the_unit_of_money_in_the_first_rows_of_a_document_counts(tmp_path: Path) -> None:
    rows = [[t.removesuffix("（万元）") for t in row] for row in form("动物防疫补助")[2:]]
    rows = [["（2023年度）", "", "", "", "", "", "", "单位：元"], *rows]
    document = docx.Document()
    document.add_paragraph("项目支出绩效自评表")
    table = document.add_table(len(rows), 9)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    document.save(str(tmp_path / "自评表.docx"))
    [project] = read(tmp_path / "自评表.docx").projects
    assert project.fund("总额", "预算数").value.number == 50


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("动物防疫补助自评得分99分，自评等级为优。", []),
        ("动物防疫补助自评得分99分，自评等级为良。", ["E-30"]),
        ("另有一个项目自评等级为良。", []),  # which one is not said
    ],
)
def test_a_grade_in_the_text_is_that_of_the_project_named(
    tmp_path: Path, sentence: str, rules: list[str]
) -> None:
    pack = read(book(tmp_path, form("动物防疫补助")))
    paragraph = Paragraph(normalise(sentence, [(0, len(sentence))]), 0, len(sentence), "结论")
    pack.prose = [Prose("报告.docx", sentence, [paragraph])]
    assert told(pack) == rules
