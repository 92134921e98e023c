"""Performance in what finance receives: the unit workbook's sheets, the block on the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import openpyxl
import pytest

from pipelines.config import Config
from pipelines.sample.performance_pack import UNITS, scores
from tests.performance.support import FAULTY, PROJECTS, pack_of


@pytest.fixture(scope="module")
def reports(published: Config) -> Path:
    return published.reports / "current"


@pytest.fixture(scope="module")
def book(reports: Path):
    return openpyxl.load_workbook(reports / "units" / f"{UNITS['A']}_2023.xlsx")


def _rows(book, name: str) -> list[tuple]:
    return list(book[name].iter_rows(values_only=True))


@pytest.mark.long
def test_the_scores_stand_beside_what_was_computed(book) -> None:
    rows = {r[2]: r for r in _rows(book, "附件1评分")[1:]}
    own = scores(pack_of("A"))
    assert float(rows["违规记录"][7]) == float(own[7])
    assert rows["违规记录"][8] == own[7]
    assert (rows["目标制定"][8], rows["目标制定"][10]) == (None, "待人工")
    assert _rows(book, "评分差异")[1][0] == "自评得分与计算得分没有不同"


def test_every_project_is_a_block_with_its_indicators(book) -> None:
    rows = _rows(book, "项目自评")[1:]
    pack = pack_of("A")
    heads = [r for r in rows if r[0]]
    assert {r[0] for r in heads} == {p.name for p in pack.projects}
    assert sum(r[6] for r in heads) == pytest.approx(float(pack.project_budget * 10_000))
    assert any(r[1] == "群众满意度" and r[9] == "是" for r in rows)


def test_the_tables_of_the_report_are_there_as_printed(book) -> None:
    cells = {c for row in _rows(book, "绩效报告表") for c in row if c}
    assert {"JX03 年度预算执行表", "46.20%", "人员经费"} <= cells
    captions = [r[0] for r in _rows(book, "绩效报告表") if r[0] == "部门预算管理（70分）"]
    assert len(captions) == 2  # of the conclusion and of 附件1, each once


def test_a_unit_without_accounts_has_no_public_tables(reports: Path, plain_unit: str) -> None:
    names = [p.name for p in (reports / "public").iterdir()]
    assert names == [f"公开表_{plain_unit}_2023.xlsx"]
    plain = openpyxl.load_workbook(reports / "units" / f"{plain_unit}_2023.xlsx")
    assert "附件1评分" not in plain.sheetnames


def test_the_page_has_a_block_for_each_unit(reports: Path) -> None:
    page = (reports / "index.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
    blocks = {data["units"][b[0]][1]: b for b in data["performance"]}
    assert set(UNITS.values()) <= set(blocks)
    _, total, scored, projects = blocks[UNITS["B"]]
    assert total.startswith("自评 ")
    assert (len(scored), len(projects)) == (13, PROJECTS)


def test_a_wrong_answer_is_marked_in_the_report_and_says_what_to_do(reports: Path) -> None:
    marked = docx.Document(str(reports / "marked" / f"{FAULTY['报告.docx']}_2023.docx"))
    notes = [c.text for c in marked.comments]
    cells = [c for t in marked.tables for r in t.rows for c in r.cells]
    coloured = {
        r.text for c in cells for p in c.paragraphs for r in p.runs if r.font.highlight_color
    }
    assert "997" in coloured
    assert any(n.startswith("错误 E-12：请核对") for n in notes)


def test_a_wrong_answer_is_marked_in_the_workbook_and_a_count_is_no_money(reports: Path) -> None:
    marked = openpyxl.load_workbook(reports / "marked" / f"{FAULTY['附表.xlsx']}_2023.xlsx")
    noted = {str(c.value): c for ws in marked for r in ws.iter_rows() for c in r if c.comment}
    note = noted["997"].comment.text
    assert note.startswith("请核对")
    assert "997.00 元" not in note
    assert noted["997"].fill.fgColor.rgb not in (None, "00000000")
