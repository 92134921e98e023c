"""The national project form as offices fill it in: cells not merged, heads in other words, two
forms on a sheet; and one fault at its cell.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.performance.values import read_value
from tests.performance.support import judge, read

UNIT = "锦屏县农业农村局"
HEADS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "原因"]
INDICATORS = [
    ["产出指标", "数量指标", "培训期数", "≥4期", "4期", "20", "20", ""],
    ["", "", "维护设施数量", "≥120处", "126处", "20", "20", ""],
    ["", "质量指标", "验收合格率", "=100%", "100%", "10", "10", ""],
    ["效益指标", "社会效益指标", "受益群众", "≥3000人", "3000人", "30", "30", ""],
    ["满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "92%", "10", "10", ""],
]
OTHER_WORDS = {
    "年度指标值": "年初设定指标值",
    "实际完成值": "全年实际完成指标值",
    "分值": "分值（权重）",
    "得分": "自评得分",
    "原因": "未完成原因及改进措施",
}


def form(project: str) -> list[list[str]]:
    """Columns A to I, each label and its value with the blanks of cells that are not merged."""
    money = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
    return [
        ["项目支出绩效自评表"],
        ["（2023年度）"],
        ["项目名称", "", "", project],
        ["主管部门", "", "", UNIT, "", "实施单位", "", UNIT],
        ["项目资金（万元）", "", "", *money],
        ["", "年度资金总额", "", "50.00", "50.00", "45.00", "10", "90.00%", "9"],
        ["", "其中：当年财政拨款", "", "50.00", "50.00", "45.00", "—", "90.00%", "—"],
        ["", "其他资金", "", "0.00", "0.00", "0.00", "—", "—", "—"],
        ["年度总体目标", "预期目标", "", "", "", "实际完成情况"],
        ["", "保障年度工作。", "", "", "", "年度工作已完成。"],
        ["绩效指标", *HEADS],
        *(["", *row] for row in INDICATORS),
        ["总分", "", "", "", "", "", "100", "99", ""],
    ]


def book(folder: Path, rows: list[list[str]]) -> Path:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    path = folder / "自评表.xlsx"
    workbook.save(path)
    return path


@pytest.mark.parametrize("words", [{}, OTHER_WORDS], ids=["as printed", "other words"])
def test_a_form_without_merged_cells_is_read_whole(tmp_path: Path, words: dict[str, str]) -> None:
    rows = [[words.get(v, v) for v in row] for row in form("动物防疫补助")]
    pack = read(book(tmp_path, rows))
    table = pack.projects[0]
    assert (table.project, table.fields["实施单位"].text) == ("动物防疫补助", UNIT)
    assert table.fields["预期目标"].text == "保障年度工作。"
    assert table.fields["实际完成"].text == "年度工作已完成。"
    assert [i.weight.text for i in table.indicators] == [row[5] for row in INDICATORS]
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def test_two_forms_on_one_sheet_are_two_projects(tmp_path: Path) -> None:
    pack = read(book(tmp_path, [*form("动物防疫补助"), [], *form("培训经费")]))
    assert [t.project for t in pack.projects] == ["动物防疫补助", "培训经费"]
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def test_two_forms_beside_each_other_are_two_projects(tmp_path: Path) -> None:
    pairs = zip(form("动物防疫补助"), form("培训经费"), strict=True)
    rows = [[*one, *[""] * (10 - len(one)), *other] for one, other in pairs]
    rows[5][17] = "95.00%"
    pack = read(book(tmp_path, rows))
    assert [t.project for t in pack.projects] == ["动物防疫补助", "培训经费"]
    assert [len(t.indicators) for t in pack.projects] == [5, 5]
    told = [o for o in judge(pack) if o.severity != "hint"]
    assert [(o.rule_id, o.places[0].cell) for o in told] == [("E-27", "R6")]


@pytest.mark.parametrize(
    ("row", "column", "value", "rule", "cell"),
    [
        (5, 7, "95.00%", "E-27", "H6"),
        (11, 7, "21", "E-26", "H12"),
        (12, 6, "25", "E-25", "G13"),
        (16, 7, "96", "E-28", "H17"),
        (6, 3, "57.00", "E-27", "D6"),
    ],
)
def test_one_fault_is_named_at_its_cell(
    tmp_path: Path, row: int, column: int, value: str, rule: str, cell: str
) -> None:
    rows = [[OTHER_WORDS.get(v, v) for v in line] for line in form("动物防疫补助")]
    rows[row][column] = value
    told = [o for o in judge(read(book(tmp_path, rows))) if o.severity == "error"]
    assert rule in {o.rule_id for o in told}
    assert cell in {place.cell for o in told for place in o.places}


def test_a_blank_project_name_stays_blank(tmp_path: Path) -> None:
    """The next label of the row is no value of the one before it."""
    rows = form("")
    rows[3] = ["主管部门", "", "", "", "", "实施单位", "", UNIT]
    table = read(book(tmp_path, rows)).projects[0]
    assert table.fields["主管部门"].text == "" and table.fields["实施单位"].text == UNIT


@pytest.mark.parametrize(
    ("target", "answer"),
    [("12月底前", "11月完成"), ("12月", "11月"), ("12月31日前", "11月30日"), ("30天", "25天")],
)
def test_an_earlier_date_is_no_smaller_number(tmp_path: Path, target: str, answer: str) -> None:
    assert told_of(tmp_path, "时效指标", target, answer) == []


@pytest.mark.parametrize("text", ["5①", "①5", "5 ②"])
def test_the_mark_of_a_note_is_no_digit(text: str) -> None:
    assert read_value(text).number == 5


def told_of(folder: Path, level: str, target: str, answer: str) -> list[str]:
    """What is told of one more indicator that has all its points."""
    rows = form("动物防疫补助")
    at = next(n for n, row in enumerate(rows) if "验收合格率" in row)
    rows[at][6:8] = ["0", "0"]
    first = "产出指标" if level in ("数量指标", "成本指标") else "效益指标"
    rows.insert(len(rows) - 1, ["", first, level, "另一指标", target, answer, "10", "10", ""])
    pack = read(book(folder, rows))
    return [o.rule_id for o in judge(pack) if "另一指标" in o.message and o.severity != "hint"]


@pytest.mark.parametrize(
    ("level", "target", "answer", "wrong"),
    [
        # all of the cost is done, which says nothing of how much it was
        ("成本指标", "≤45万元", "100%", "100万元"),
        # a cost without an operator may be less
        ("成本指标", "50万元", "45.00万元", "55万元"),
        ("成本指标", "≤50万元", "450000元", "550000元"),
        ("数量指标", "≥0.5万人次", "5200人次", "3200人次"),
        ("数量指标", "≥3项", "实际完成3项", "已完成2项"),
        ("社会效益指标", "≥100万元", "120万元", "80万元"),
        ("数量指标", "≥1200㎡", "1260平方米", "1100m²"),
        ("数量指标", "≥10公里", "12000米", "9000米"),
        ("质量指标", "≤5‰", "0.3%", "0.8%"),
        ("数量指标", "3次以上", "4次", "2次"),
        ("服务对象满意度指标", "90%及以上", "92%", "82%"),
    ],
)
def test_an_answer_is_compared_in_the_unit_of_its_target(
    tmp_path: Path, level: str, target: str, answer: str, wrong: str
) -> None:
    assert told_of(tmp_path, level, target, answer) == []
    assert told_of(tmp_path, level, target, wrong) != []
