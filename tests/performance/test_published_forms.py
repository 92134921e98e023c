"""Self-evaluation forms in the wording of several provinces, as workbooks: read whole, right ones
without a finding, one fault at its cell.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.narrative.entries import Reading
from pipelines.narrative.identity import what_it_is
from pipelines.narrative.normal import normalise
from pipelines.performance.identity import identify
from pipelines.performance.pack import Pack, Paragraph, Prose
from pipelines.performance.recut import FormHeaders
from pipelines.performance.values import read_value
from tests.performance.support import judge, read
from tests.performance.test_national_form import INDICATORS, UNIT, book, form

WORDED = {  # as Beijing, Yunnan and others head the same columns
    "年初预算数": "年初预算数（A）",
    "全年预算数": "全年预算数（B）",
    "全年执行数": "全年执行数（C）",
    "执行率": "执行率（C/B）",
    "得分": "得分（10分）",
    "年度指标值": "全年指标值",
    "实际完成值": "全年实际值",
}
CITY = [
    ["项目支出绩效自评表"],
    ["（2023年度）"],
    ["项目名称", "灯会", "", "项目编码", "50011624T000", "", "自评总分（分）", "99"],
    ["主管部门", UNIT, "", "财政归口处室", "行政政法科"],
    ["项目资金", "", "年初预算数", "全年（调整）预算数", "全年执行数", "执行率", "执行率权重",
     "执行率得分"],
    ["", "年度总金额", "50.00", "50.00", "47.50", "95", "20", "19"],
    ["", "其中：市级资金", "30.00", "30.00", "27.50", "", "", ""],
    ["", "区县资金", "20.00", "20.00", "20.00", "", "", ""],
    ["当年绩效目标", "年初绩效目标", "", "全年（调整）绩效目标", "", "全年目标实际完成情况"],
    ["", "举办灯会不少于20场。", "", "举办灯会不少于20场。", "", "灯会举办22场。"],
    ["绩效指标", "指标名称", "计量单位", "指标性质", "年初指标值", "全年完成值", "指标权重",
     "指标得分", "说明"],
    ["", "举办场次", "场", "≥", "20", "22", "50", "50", ""],
    ["", "观众满意度", "%", "≥", "90", "92", "30", "30", ""],
]  # fmt: skip


def told(pack: Pack) -> list[str]:
    return [f"{o.rule_id} {o.message}" for o in judge(pack)]


def whole(**cells: str) -> list[list[str]]:
    """部门整体支出绩效自评表: the unit's own name, its money by kind of expenditure."""
    rows = form("")
    rows[0] = ["部门整体支出绩效自评表"]
    rows[2] = ["部门名称", "", "", UNIT]
    rows[3] = []
    rows[6] = [
        "",
        "其中：基本支出",
        "",
        "30.00",
        "30.00",
        cells.get("basic", "28.00"),
        "—",
        "",
        "—",
    ]
    rows[7] = ["", "项目支出", "", "20.00", "20.00", "17.00", "—", "", "—"]
    return rows


def test_heads_with_letters_and_points_name_the_same_columns(tmp_path: Path) -> None:
    rows = [[WORDED.get(v, v) for v in row] for row in form("动物防疫补助")]
    pack = read(book(tmp_path, rows))
    assert pack.projects[0].fund("总额", "执行率").text == "90.00%"
    assert pack.projects[0].indicators[0].actual.text == "4期" and told(pack) == []
    rows[5][7] = "95.00%"
    assert [t[:4] for t in told(read(book(tmp_path, rows)))] == ["E-27"]


def test_a_city_form_with_its_own_sources_and_the_total_above(tmp_path: Path) -> None:
    pack = read(book(tmp_path, CITY))
    table = pack.projects[0]
    assert (table.total_score.text, table.fund("总额", "分值").text) == ("99", "20")
    assert table.fields["实际完成"].text == "灯会举办22场。" and pack.units == [UNIT]
    assert told(pack) == []


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [(2, 7, "97", "E-28"), (5, 7, "20", "E-27"), (5, 4, "46.50", "E-27"), (11, 6, "45", "E-25")],
)
def test_a_fault_of_the_city_form_is_found(
    tmp_path: Path, row: int, column: int, value: str, rule: str
) -> None:
    rows = [list(line) for line in CITY]
    rows[row][column] = value
    assert rule in {t[:4] for t in told(read(book(tmp_path, rows)))}


@pytest.mark.parametrize(
    ("row", "unit", "rule"),
    [(11, "场", "E-12"), (11, "人次", "E-12"), (12, "%", "E-22"), (12, "分", "E-22")],
)
def test_without_levels_a_quantity_is_known_by_its_unit(
    tmp_path: Path, row: int, unit: str, rule: str
) -> None:
    rows = [list(line) for line in CITY]
    rows[row][2], rows[row][5] = unit, "较好"
    assert [t[:4] for t in told(read(book(tmp_path, rows)))] == [rule]


def test_sources_of_one_kind_all_count_and_a_part_of_one_does_not(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    rows[6][3:6] = ["30.00", "30.00", "27.00"]
    rows[7:8] = [
        ["", "其中：中央财政资金", "", "10.00", "10.00", "10.00"],
        ["", "非财政拨款", "", "20.00", "20.00", "18.00"],
    ]
    pack = read(book(tmp_path, rows))
    assert pack.projects[0].fund("其他资金", "预算数").number and told(pack) == []


def test_the_units_own_form_is_judged_and_is_no_project(tmp_path: Path) -> None:
    pack = read(book(tmp_path, [*whole(), [], *form("动物防疫补助")]))
    assert [t.form for t in pack.projects] == ["JX18", "JX14"]
    assert pack.units[0] == UNIT and told(pack) == []
    wrong = read(book(tmp_path, whole(basic="29.00")))
    assert [t[:4] for t in told(wrong)] == ["E-27"]


def test_a_department_stands_in_where_no_unit_is_named(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    rows[3] = ["主管部门", "", "", "锦屏县财政局"]
    assert read(book(tmp_path, rows)).units == ["锦屏县财政局"]
    assert read(book(tmp_path, form("动物防疫补助"))).units == [UNIT]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("实施单位（盖章）", []),
        ("实施单位：锦屏县水务局项目资金（万元）年初预算", ["锦屏县水务局"]),
        ("主管部门锦屏县水务局实施单位锦屏县水务局项目", ["锦屏县水务局"]),
        ("填报单位（公章）：锦屏县水务局", ["锦屏县水务局"]),
    ],
)
def test_a_stamp_or_a_label_is_no_unit(line: str, unit: list[str]) -> None:
    pack = Pack(prose=[Prose("", "")])
    identify(pack, line)
    assert pack.units == unit


def test_goals_above_the_header_are_no_part_of_it(tmp_path: Path) -> None:
    """实际完成情况 heads the answers of some forms, and the result beside the goal of all."""
    rows = [["完成情况" if v == "实际完成值" else v for v in r] for r in form("动物防疫补助")]
    table = read(book(tmp_path, rows)).projects[0]
    assert table.fields["实际完成"].text == "年度工作已完成。"
    assert table.indicators[0].actual.text == "4期"


def test_a_goal_with_a_number_is_answered_by_another(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    goal = "完成防疫任务，养护里程不少于190个，群众受益。"
    result = "已完成防疫任务，养护里程达到171个，群众受益。"
    rows[9] = ["", goal, "", "", "", result]
    assert told(read(book(tmp_path, rows))) == []
    rows[9][5] = "已完成防疫任务，群众普遍受益。"
    assert [t[:4] for t in told(read(book(tmp_path, rows)))] == ["E-39"]


def graded(total: str, grade: str) -> list[list[str]]:
    rows = form("动物防疫补助")
    rows[-1] = ["总分", "", "", "", "", "", "100", total, grade]
    return rows


@pytest.mark.parametrize("grade", ["优", "（自评等级）优", "等级：优秀", "", "无"])
def test_a_grade_that_follows_from_the_total_is_right(tmp_path: Path, grade: str) -> None:
    assert told(read(book(tmp_path, graded("99", grade)))) == []


def test_a_grade_that_does_not_is_named_at_its_cell(tmp_path: Path) -> None:
    found = judge(read(book(tmp_path, graded("99", "（自评等级）中"))))
    assert [(o.rule_id, o.places[0].cell) for o in found] == [("E-30", "I17")]
    assert "等级应为“优”" in found[0].message


def test_a_cost_beyond_the_money_is_compared_with_what_it_exceeds(tmp_path: Path) -> None:
    rows = [list(line) for line in CITY]
    rows.append(["", "项目总成本", "万元", "≤", "50", "49", "0", "0", ""])
    [message] = told(read(book(tmp_path, rows)))
    assert message.startswith("E-13") and "完成 49 大于执行数 47.50万元" in message
    assert "预算数" not in message


def test_a_goal_is_no_source_of_money(tmp_path: Path) -> None:
    rows = form("农机补助")
    rows[9] = ["", "发放农机补助。", "", "", "", "农机补助已发放。"]
    rows[6][5] = "44.00"
    pack = read(book(tmp_path, rows))
    assert {row for row, _ in pack.projects[0].funds} == {"总额", "财政拨款", "其他资金"}
    assert [t[:4] for t in told(pack)] == ["E-27"]


def test_a_score_in_the_text_is_that_of_the_project_it_names(tmp_path: Path) -> None:
    pack = read(book(tmp_path, [*form("动物防疫补助"), [], *graded("99", "")]))
    other = read(book(tmp_path, form("培训经费"))).projects[0]
    other.total_score = replace(other.total_score, value=read_value("95"))
    pack.projects.append(other)
    assert claims_of(pack, "动物防疫补助项目绩效自评得分99分。") == []
    [message] = claims_of(pack, "培训经费项目绩效自评得分99分。")
    assert "“培训经费”" in message and "95" in message


def claims_of(pack: Pack, sentence: str) -> list[str]:
    paragraph = Paragraph(normalise(sentence, [(0, len(sentence))]), 0, len(sentence), "结论")
    pack.prose = [Prose("报告.docx", sentence, [paragraph])]
    return [o.message for o in judge(pack) if o.subject.startswith("文字/")]


def test_what_is_to_be_filled_in_is_asked_for(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    rows[12][5] = ""
    assert "请补填 1 个定量指标的完成值" in told(read(book(tmp_path, rows)))[0]


def test_a_score_of_no_known_project_needs_all_totals(tmp_path: Path) -> None:
    pack = read(book(tmp_path, [*form("动物防疫补助"), [], *form("培训经费")[:-1]]))
    assert claims_of(pack, "其他项目绩效自评得分88分。") == []
    pack = read(book(tmp_path, [*form("动物防疫补助"), [], *form("培训经费")]))
    assert len(claims_of(pack, "其他项目绩效自评得分88分。")) == 1


@pytest.mark.parametrize("title", ["灯会项目绩效目标自评表", "项目支出绩效自评情况汇总表"])
def test_a_form_that_is_not_read_is_no_budget(title: str) -> None:
    text = f"{title}\n（2023年度）\n项目预算执行情况 预算数：5.00 预算 预算\n"
    fits, reason = what_it_is(text, Reading([], []))
    assert not fits and reason.startswith("是绩效材料") and "未核对" in reason


def test_a_project_is_none_of_the_whole_unit_under_a_title_of_the_report(tmp_path):
    """A sheet's title is that of the report where the form below it names its project."""
    rows = [["2023年部门整体支出绩效自评"], *form("道路养护专项经费")[1:]]
    [project] = read(book(tmp_path, rows)).projects
    assert (project.form, project.project) == ("JX14", "道路养护专项经费")


def test_goals_above_a_header_are_none_of_it_in_a_flattened_text_either():
    goals = [["年度总体目标", "预期目标", "实际完成情况"], ["", "保障年度工作。", "已完成。"]]
    heads = [
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
    ]
    assert FormHeaders().width([heads]) == len(heads)
    assert FormHeaders().width([*goals, heads]) == 0


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("部门整体支出绩效自评得分99分，自评等级为优。", ""),
        ("部门整体支出绩效自评得分97分，自评等级为优。", "E-28"),
        ("部门整体支出绩效自评得分99分，自评等级为良。", "E-30"),
        ("灯会自评得分88分，自评等级为良。", ""),  # of whom is not said
    ],
)
def test_the_text_gives_the_score_and_grade_of_the_units_own_form(
    tmp_path: Path, sentence: str, rule: str
) -> None:
    pack = read(book(tmp_path, whole()))
    paragraph = Paragraph(normalise(sentence, [(0, len(sentence))]), 0, len(sentence), "结论")
    pack.prose = [Prose("报告.docx", sentence, [paragraph])]
    assert [t[:4] for t in told(pack)] == ([rule] if rule else [])


@pytest.mark.parametrize("again", [True, False], ids=["in every row", "once"])
def test_a_list_of_targets_is_the_targets_of_each_project(tmp_path: Path, again: bool) -> None:
    names = ["动物防疫补助", "培训经费"]
    rows = [["部门预算项目绩效目标表"], ["（2023年度）"]]
    rows.append(["单位名称", "项目名称", "一级指标", "二级指标", "三级指标", "绩效指标值", "权重"])
    for name in names:
        for at, one in enumerate(INDICATORS):
            shown = [UNIT, name] if again or at == 0 else ["", ""]
            rows.append([*shown, *one[:4], one[5]])
    pack = read(book(tmp_path, rows))
    assert pack.units == [UNIT] and [t.project for t in pack.projects] == names
    assert [len(t.indicators) for t in pack.projects] == [len(INDICATORS)] * 2
    assert {i.project for i in pack.projects[1].indicators} == {"培训经费"}
    own = [*form(names[0]), [], *form(names[1])]
    own[11][4] = "≥5期"
    pack.projects += read(book(tmp_path, own)).projects
    assert "E-38" in {t[:4] for t in told(pack)}
