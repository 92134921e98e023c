"""Forms printed one a page, each under the same title."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from tests.performance.support import read
from tests.tables.pdfs import FONT

SIZE = 10
WIDTHS = [41, 60, 90, 60, 60, 90]  # 绩效指标 and 服务对象满意度指标 just fill their columns
FULL = [
    ["绩效指标", "一级指标", "二级指标", "三级指标", "", "指标值"],
    ["", "产出指标", "数量指标", "培训期数", "", "≥4期"],
    ["", "满意度指标", "服务对象满意度指标", "群众满意度", "", "≥90%"],
]


def page(project: str) -> Table:
    unit = "锦屏县农业农村局"
    rows = [
        ["项目名称", "", project, "", "", ""],
        ["主管部门", "", unit, "", "实施单位", unit],
        *FULL,
    ]
    spans = [((0, 0), (1, 0)), ((2, 0), (5, 0)), ((0, 1), (1, 1)), ((2, 1), (3, 1))]
    spans += [((0, 2), (0, 4)), *(((3, r), (4, r)) for r in (2, 3, 4))]
    look = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), FONT, SIZE)]
    pads = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT")]
    return Table(rows, WIDTHS, style=[*look, *pads, *(("SPAN", *s) for s in spans)])


def test_the_next_form_is_no_end_of_a_row_of_the_one_before(tmp_path: Path) -> None:
    title = Paragraph(
        "项目支出绩效目标表（2023年度）", ParagraphStyle("t", fontName=FONT, fontSize=14)
    )
    path = tmp_path / "目标表.pdf"
    names = ["动物防疫补助", "培训经费"]
    parts = [[title, page(name), PageBreak()] for name in names]
    SimpleDocTemplate(str(path), pagesize=A4).build([x for part in parts for x in part])
    pack = read(path)
    assert [t.project for t in pack.projects] == names
    assert [i.level2 for i in pack.projects[0].indicators] == ["数量指标", "服务对象满意度指标"]
