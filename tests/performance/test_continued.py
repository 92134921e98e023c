"""A project form that a Word document has in two tables is one, unless the second is another."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from tests.performance.support import judge, read
from tests.performance.test_national_form import form

HEAD = next(i for i, row in enumerate(form("")) if "三级指标" in row)
CUT = HEAD + 3  # two indicators stand on the first page


def document(folder: Path, parts: list[tuple[str, list[list[str]]]]) -> Path:
    """A paragraph before each table, none where it is empty (Word keeps them apart by a blank)."""
    made = docx.Document()
    for said, rows in parts:
        made.add_paragraph(said)
        table = made.add_table(len(rows), 9)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
    path = folder / "自评表.docx"
    made.save(str(path))
    return path


def parts_of(rows: list[list[str]], between: str, again: bool) -> list[tuple[str, list[list[str]]]]:
    head = rows[HEAD : HEAD + 1] if again else []
    return [(rows[0][0], rows[2:CUT]), (between, [*head, *rows[CUT:]])]


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "between", ["续表", *(pytest.param(b, marks=LONG) for b in ("", "（续表）", "— 2 —"))]
)
@pytest.mark.parametrize("again", [True, False], ids=["header again", "no header"])
def test_a_form_in_two_tables_is_one(tmp_path: Path, between: str, again: bool) -> None:
    parts = parts_of(form("动物防疫补助"), between, again) + parts_of(form("培训"), between, again)
    parts[2] = ("项目支出绩效自评表", parts[2][1])
    pack = read(document(tmp_path, parts))
    assert [(t.project, len(t.indicators), t.total_score.text) for t in pack.projects] == [
        ("动物防疫补助", 5, "99"),
        ("培训", 5, "99"),
    ]
    assert [o.message for o in judge(pack) if o.severity != "hint"] == []


def test_a_fault_in_the_second_part_is_found(tmp_path: Path) -> None:
    rows = form("动物防疫补助")
    rows[-1][7] = "97"
    [found] = [
        o
        for o in judge(read(document(tmp_path, parts_of(rows, "续表", True))))
        if o.severity != "hint"
    ]
    assert found.rule_id == "E-28" and found.places[0].quote == "97"


@pytest.mark.parametrize("between", ["", "附件2"])
def test_another_table_is_no_part_of_a_form(tmp_path: Path, between: str) -> None:
    rows = form("动物防疫补助")
    other = [["序号", "姓名", *[""] * 7], ["1", "王某", *[""] * 7]]
    pack = read(document(tmp_path, [(rows[0][0], rows[2:]), (between, other)]))
    assert [len(t.indicators) for t in pack.projects] == [5]
