"""The same facts, places and hidden sheets, whatever the sheets come in."""

from __future__ import annotations

from functools import cache

import pytest

from pipelines.extract.sheet import SheetReading
from pipelines.extract.workbook import read_workbook as extract
from pipelines.intake.kinds import classify
from pipelines.intake.workbook import Workbook
from pipelines.reading.workbooks import read_workbook
from pipelines.sample.files import write_book
from pipelines.sample.paper import Paper
from tests.containers.writers import WHOLE, as_text
from tests.faults.desk import Draft, made

Fact = tuple[str, str, str, str, str]


@cache
def sheets() -> tuple[Paper, ...]:
    """A submission of one unit, one of its sheets hidden."""
    draft = Draft(made().submissions[-1])
    draft.order[3].visibility = "hidden"
    return tuple(draft.order)


def facts(found: list[SheetReading]) -> dict[Fact, tuple[int | None, str]]:
    """Amount and state by form, block, row, column and cell."""
    result: dict[Fact, tuple[int | None, str]] = {}
    for reading in found:
        for f in reading.facts:
            result[reading.form.form, f.block, f.row_key, f.col_key, f.cell] = (f.fen, f.state)
    return result


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[SheetReading]:
    path = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    write_book(path, sheets(), "xlsx")
    return extract(read_workbook(path.read_bytes(), "xlsx"))


@pytest.mark.parametrize("how", WHOLE)
def test_a_container_gives_the_facts_of_the_workbook(
    how: str, expected: list[SheetReading]
) -> None:
    type, name, make = WHOLE[how]
    data = make(sheets())
    kind = classify(data, name)
    assert (kind.kind, kind.type, kind.status) == ("workbook", type, "ready")
    found = extract(read_workbook(data, type))
    assert facts(found) == facts(expected)
    assert [r.caption for r in found] == [r.caption for r in expected]
    assert [f.rule_id for r in found for f in r.faults] == []
    assert all(r.numbers == r.facts_numbers + r.structural + len(r.left_out) for r in found)
    if "page" not in how and how != "web archive":
        assert [r.sheet.visibility for r in found] == [r.sheet.visibility for r in expected]
    if how in ("ods", "xlsb"):
        assert [set(r.sheet.merged) for r in found] == [set(r.sheet.merged) for r in expected]
    if how not in ("page", "page in GBK"):
        assert [r.sheet.name for r in found] == [r.sheet.name for r in expected]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "suffix"),
    [
        (",", "gb18030", ".csv"),
        (",", "utf-8-sig", ".xls"),
        ("\t", "utf-16", ".xls"),
        ("\t", "gb18030", ".txt"),
        (",", "utf-8", ".txt"),
        (";", "utf-8", ".csv"),
    ],
)
def test_text_gives_the_facts_of_the_sheet(
    delimiter: str, encoding: str, suffix: str, expected: list[SheetReading]
) -> None:
    found = []
    for number, paper in enumerate(sheets(), 1):
        data = as_text(paper, delimiter, encoding)
        kind = classify(data, f"{paper.form}{suffix}")
        assert (paper.form, kind.kind, kind.type) == (paper.form, "workbook", "csv")
        (sheet,) = read_workbook(data, "csv").sheets
        sheet.number = number
        found += extract(Workbook([sheet]))
    assert facts(found) == facts(expected)
    assert [f.rule_id for r in found for f in r.faults] == []
