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
    rows[7] = ["", "其中：一般公共预算：", "", "50.00", "", "其中：基本支出：", "", "30.00"]
    rows.insert(8, ["", "其他资金：", "", "0.00", "", "项目支出：", "", "20.00"])
    return rows


def by_nature_inline() -> list[list[str]]:
    """As Hunan prints it: label and amount in one cell, each division with its sum."""
    rows = by_nature()
    rows[6] = ["", "按收入性质分：50.00万元", "", "", "", "按支出性质分：50.00万元"]
    rows[7] = ["", "其中：一般公共预算：50.00", "", "", "", "其中：基本支出：30.00"]
    rows[8] = ["", "其他资金：", "", "", "", "项目支出：20.00"]
    return rows


def by_pairs() -> list[list[str]]:
    """Labels with their amounts beside them, what came in between budget and execution; points
    without weights.
    """
    rows = form("水库维护")[:4]
    rows += [
        [
            "预算执行情况（万元）",
            "预算安排情况",
            "",
            "资金到位情况",
            "",
            "资金执行情况",
            "",
            "执行进度",
        ],
        ["", "预算数：", "50.00", "到位数：", "50.00", "执行数：", "45.00", "90.00%"],
        ["", "其中：财政资金", "40.00", "其中：财政资金", "40.00", "其中：财政资金", "36.00"],
        ["", "其他资金", "10.00", "其他资金", "10.00", "其他资金", "9.00"],
        ["目标完成情况", "年度预期目标", "", "", "具体完成情况"],
        ["", "保障年度工作。", "", "", "年度工作已完成。"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "预期指标值", "实际完成值", "自评得分"],
        *(["", *row[:5], row[6]] for row in INDICATORS),
        ["", "", "", "预算执行率（10分）", "≥95%", "90.00%", "9"],
        ["", "自评总分", "", "", "", "", "99"],
    ]
    return rows


def as_printed_elsewhere() -> list[list[str]]:
    """Other labels of the name, the money and the goals; the total in the head and at the foot."""
    rows = form("水库维护")
    rows[1] = ["（2023年度）", "", "", "", "", "", "自评得分", "99"]
    rows[2] = ["项目支出名称", "", "", "水库维护"]
    rows[4][4:6] = ["预算数（调整后）", "预算执行数"]
    rows[8] = ["年度总体目标", "年初设定目标", "", "", "", "年度总体目标完成情况"]
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


RIGHT = [by_nature, by_nature_inline, in_one_row, by_pairs, as_printed_elsewhere]


@pytest.mark.parametrize("make", RIGHT)
def test_a_right_form_is_silent(tmp_path: Path, make) -> None:
    pack = read(book(tmp_path, make()))
    assert len(pack.projects) == 1 and told(pack) == []


def test_amounts_beside_their_labels_are_those_of_their_columns(tmp_path: Path) -> None:
    [table] = read(book(tmp_path, by_pairs())).projects
    amounts = {k: e.text for k, e in table.funds.items()}
    assert amounts["总额", "到位数"] == "50.00" and amounts["财政拨款", "执行数"] == "36.00"
    assert table.fields["实际完成"].text == "年度工作已完成。"
    [whole] = read(book(tmp_path, by_nature_inline())).projects
    assert whole.fund("按支出性质分/项目支出", "金额").value.number == 200_000
    [table] = read(book(tmp_path, as_printed_elsewhere())).projects
    assert table.project == "水库维护" and table.fund("总额", "预算数").text == "50.00"
    assert table.fields["实际完成"].text == "年度工作已完成。"


@pytest.mark.parametrize(
    ("make", "row", "column", "value", "rule"),
    [
        (by_nature, 7, 3, "80.00", "E-27"),
        (by_nature_inline, 6, 1, "按收入性质分：60.00万元", "E-27"),
        (by_nature_inline, 8, 5, "项目支出：10.00", "E-27"),
        (by_pairs, 5, 7, "95.00%", "E-27"),
        (by_pairs, 6, 6, "26.00", "E-13"),
        (by_pairs, 17, 6, "97", "E-28"),
        (as_printed_elsewhere, 1, 7, "97", "E-28"),
    ],
)
def test_a_fault_of_another_form_is_found(
    tmp_path: Path, make, row: int, column: int, value: str, rule: str
) -> None:
    rows = make()
    rows[row][column] = value
    assert told(read(book(tmp_path, rows))) == [rule]


def test_a_line_above_a_table_names_the_project(tmp_path: Path) -> None:
    document = docx.Document()
    for line in ("项目支出绩效自评表", "项目名称：水库维护"):
        document.add_paragraph(line)
    rows = form("")[3:]
    table = document.add_table(len(rows), 9)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    document.save(str(tmp_path / "自评表.docx"))
    assert [t.project for t in read(tmp_path / "自评表.docx").projects] == ["水库维护"]


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
