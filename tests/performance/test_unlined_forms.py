"""Project forms printed without any line: read where one reading is possible, else left and
said.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from pipelines.narrative.normal import normalise
from pipelines.performance import pack as packs
from pipelines.performance.pack import ProjectTable, merge
from pipelines.performance.unlined.columns import ALIGNMENTS, Band, groups, rows_in
from pipelines.performance.unlined.printed import Printed
from tests.performance.support import judge, read
from tests.performance.test_national_form import book, form
from tests.performance.test_published_forms import whole
from tests.tables.pdfs import FONT

WIDTHS = [66, 76, 96, 84, 84, 66, 50, 50, 110]
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=12, alignment=1, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=CELL, fontSize=14, leading=20)


def spans(rows: list[list[str]]) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    """A caption of the side and the two levels stand for the rows below them that are blank."""
    head = next(i for i, row in enumerate(rows) if "三级指标" in row)
    last = len(rows) - 2
    found = [("SPAN", (0, head), (0, last))]
    for column in (1, 2):
        starts = [i for i in range(head + 1, last + 1) if rows[i][column]]
        ends = [*(s - 1 for s in starts[1:]), last]
        found += [("SPAN", (column, a), (column, b)) for a, b in zip(starts, ends, strict=True)]
    return found


def printed(
    path: Path, *forms: list[list[str]], upright: str = "MIDDLE", levels: str = "MIDDLE"
) -> Path:
    parts: list[object] = []
    for rows in forms:
        filled = [row + [""] * (9 - len(row)) for row in rows[2:] if row]
        cells = [[Paragraph(t, CELL) if t else "" for t in row] for row in filled]
        look = [*spans(filled), ("VALIGN", (0, 0), (-1, -1), upright)]
        look += [("VALIGN", (1, 0), (2, -1), levels)]
        parts += [Paragraph(rows[0][0], TITLE), Paragraph(rows[1][0], CELL)]
        parts += [Table(cells, WIDTHS, style=look), PageBreak()]
    SimpleDocTemplate(str(path), pagesize=landscape(A4)).build(parts)
    return path


def said(table: ProjectTable) -> dict[str, object]:
    found: dict[str, object] = {k: e.text for k, e in table.fields.items()}
    found |= {"/".join(k): e.text for k, e in table.funds.items()}
    rows = [
        (i.level1, i.level2, i.title, i.target.text, i.actual.text, i.weight.text, i.score.text)
        for i in table.indicators
    ]
    return found | {"指标": rows, "总分": (table.total_weight.text, table.total_score.text)}


def long(rows: list[list[str]]) -> list[list[str]]:
    """The same with words that go over several lines."""
    more = {
        "培训期数": "乡镇防疫员和养殖大户动物疫病防控技术培训期数",
        "受益群众": "受益的养殖户和屠宰加工企业从业群众人数",
        "=100%": "≥100%",  # in a workbook a formula
        "保障年度工作。": "保障年度工作，" * 4 + "不发生区域性重大动物疫情。",
    }
    return [[more.get(t, t) for t in row] for row in rows]


@pytest.mark.parametrize("upright", ["MIDDLE", "TOP", "BOTTOM"])
@pytest.mark.parametrize("made", [form("动物防疫补助"), whole()], ids=["project", "whole"])
def test_a_form_without_lines_is_read_as_the_workbook_is(
    tmp_path: Path, made: list[list[str]], upright: str
) -> None:
    rows = long(made)
    pack = read(printed(tmp_path / "自评表.pdf", rows, upright=upright, levels=upright))
    [table], [same] = pack.projects, read(book(tmp_path, rows)).projects
    assert said(table) == said(same) and table.unread == ()
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def with_other_labels() -> list[list[str]]:
    """As Beijing and Yunnan print it: a row of labels that are not read."""
    rows = form("动物防疫补助")
    rows.insert(4, ["项目负责人", "", "", "王某", "", "联系电话", "", "12345678"])
    return rows


def with_natures() -> list[list[str]]:
    rows = whole()
    blank = [""] * 4
    rows[6:8] = [
        ["", "", "按收入性质分：", "50.00", *blank, "按支出性质分：50.00"],
        ["", "", "一般公共预算", "50.00", *blank, "基本支出：30.00"],
        ["", "", "其他资金", "", *blank, "项目支出：20.00"],
    ]
    return rows


def with_the_result_of_the_goal() -> list[list[str]]:
    rows = form("动物防疫补助")
    rows[8] = ["年度目标", "", "年初设定目标", *[""] * 5, "年度目标完成情况"]
    rows[9] = ["", "", "保障工作。", *[""] * 5, "工作已完成。"]
    rows[2:4] = [["", "", "项目名称：灯会", "", "", ""], ["", "", "", "实施单位：水务局"]]
    return rows


@pytest.mark.parametrize("make", [with_other_labels, with_natures, with_the_result_of_the_goal])
def test_other_heads_without_lines_are_read_as_the_workbook_is(tmp_path: Path, make) -> None:
    rows = [[t.replace("=100%", "≥100%") for t in row] for row in make()]
    pack = read(printed(tmp_path / "自评表.pdf", rows))
    [table], [same] = pack.projects, read(book(tmp_path, rows)).projects
    assert said(table) == said(same) and table.unread == ()
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def test_a_value_that_goes_on_in_the_next_line_is_no_value(tmp_path: Path) -> None:
    rows = with_the_result_of_the_goal()
    rows[2] = ["", "", "项目名称：动物防疫补助资金", "", "", ""]
    [table] = read(printed(tmp_path / "自评表.pdf", rows)).projects
    assert table.project == "" and table.unread == ("表头各项",)


def test_kinds_whose_amounts_stand_by_themselves_are_left_and_said(tmp_path: Path) -> None:
    rows = with_natures()
    rows[8][8] = "20.00"  # whose is it?
    [table] = read(printed(tmp_path / "自评表.pdf", rows)).projects
    assert table.unread == ("按性质分列的金额",)
    assert not [k for k in table.funds if k[1] == "金额"]


def test_a_title_beside_the_number_of_its_table_begins_a_form(tmp_path: Path) -> None:
    path = tmp_path / "自评表.pdf"
    rows = form("动物防疫补助")
    filled = [row + [""] * (9 - len(row)) for row in rows[2:] if row]
    cells = [[Paragraph(t, CELL) if t else "" for t in row] for row in filled]
    top = Table([[Paragraph(t, CELL) for t in (rows[0][0], "公开15表")]], [300, 120])
    look = [*spans(filled), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    SimpleDocTemplate(str(path), pagesize=landscape(A4)).build(
        [top, Table(cells, WIDTHS, style=look)]
    )
    assert [t.project for t in read(path).projects] == ["动物防疫补助"]


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        (5, 7, "95.00%", "E-27"),
        (6, 3, "57.00", "E-27"),
        (11, 7, "21", "E-26"),
        (12, 6, "25", "E-25"),
        (16, 7, "96", "E-28"),
        (13, 5, "合格", "E-22"),
        (12, 5, "已完成", "E-12"),
    ],
)
def test_one_fault_is_quoted(tmp_path: Path, row: int, column: int, value: str, rule: str) -> None:
    rows = form("动物防疫补助")
    rows[row][column] = value
    found = judge(read(printed(tmp_path / "自评表.pdf", rows)))
    assert rule in {o.rule_id for o in found if value in {p.quote for p in o.places}}


def test_what_can_be_read_in_two_ways_is_left_and_said(tmp_path: Path) -> None:
    """Levels at the top of their cells beside words in the middle: for which rows do they stand?
    The text that counts the projects is then not wrong.
    """
    unsure = read(printed(tmp_path / "甲.pdf", long(form("动物防疫补助")), levels="TOP"))
    [told] = unsure.tables
    assert (told.title, told.unread) == ("项目支出绩效自评表", ("绩效指标",))
    pack = merge([unsure, read(printed(tmp_path / "乙.pdf", form("培训经费")))])
    assert [t.project for t in pack.projects] == ["培训经费"] and pack.partial
    sentence = "组织对2个项目开展绩效自评。"
    paragraph = packs.Paragraph(normalise(sentence, [(0, len(sentence))]), 0, len(sentence), "结论")
    pack.prose = [packs.Prose("报告.docx", sentence, [paragraph])]
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def test_scores_that_lack_their_money_are_not_added_up(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    rows[7] = ["", "见附表说明", "", "五万元左右", "", "", "—", "", "—"]
    pack = read(printed(tmp_path / "自评表.pdf", rows))
    assert pack.projects[0].unread == ("项目资金",) and pack.projects[0].indicators
    assert not {"E-25", "E-27", "E-28"} & {o.rule_id for o in judge(pack)}


def piece(text: str, y: float, left: float = 0.0) -> Printed:
    return Printed(text, 0, len(text), left, left + 10 * len(text), y, 10.0)


def test_lines_go_to_the_row_whose_middle_is_theirs() -> None:
    column = [piece("甲一", 94), piece("甲二", 106), piece("乙", 130)]
    cells = rows_in(column, [100.0, 130.0], 0.5)
    assert cells is not None and ["".join(p.text for p in c) for c in cells] == ["甲一甲二", "乙"]
    assert rows_in(column, [94.0, 130.0], 0.5) is None
    assert rows_in(column, [94.0, 130.0], 0.0) == cells


def test_a_label_stands_for_the_rows_whose_middle_is_its_own() -> None:
    rows = [Band(y, y - 5, y + 5) for y in (100.0, 120.0, 140.0, 160.0)]
    at = groups([[(120.0, 120.0), (160.0, 160.0)]], rows, 10.0, 85.0, [0.5])
    assert at == [(0, 3)]
    assert groups([[(127.0, 127.0), (160.0, 160.0)]], rows, 10.0, 89.9, [0.5]) is None
    assert groups([[(100.0, 100.0), (140.0, 140.0)]], rows, 10.0, 85.0, [0.0]) == [(0, 2)]
    # At the foot of two rows or in the middle of three: nothing tells.
    assert groups([[(120.0, 120.0), (160.0, 160.0)]], rows, 10.0, 85.0, ALIGNMENTS) is None
