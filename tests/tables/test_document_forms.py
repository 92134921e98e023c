"""Documents' tables become forms: the same facts, findings and places as from a workbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.commands.check import evaluate, gather
from pipelines.config import Config
from pipelines.extract.sheet import SheetReading
from pipelines.extract.worker import read_workbook
from pipelines.intake.workbook import Workbook
from pipelines.tables.read import read_document
from pipelines.tables.sheets import document_sheets
from tests.tables.disclosure import (
    Disclosure,
    amounts_of,
    as_docx,
    as_html,
    as_mht,
    as_odt,
    as_rtf,
    as_workbook,
    changed,
    disclosure,
    expected,
)
from tests.tables.pdfs import as_pdf

MADE = {
    "docx": as_docx,
    "html": as_html,
    "pdf": as_pdf,
    "odt": as_odt,
    "rtf": as_rtf,
    "mht": as_mht,
}
PART = {"pdf": r"p\d+"}  # where the third table is; in the others it is called by its number


def readings(data: bytes, type: str) -> list[SheetReading]:
    return read_workbook(Workbook(document_sheets(read_document(data, type))))


def check(tmp_path: Path, *names: str) -> dict:
    config = Config(raw=tmp_path, processed=tmp_path / "p", reports=tmp_path / "r", workers=1)
    files = gather([tmp_path / name for name in names])
    return evaluate(config, files, tmp_path / "scratch", lambda *_: None)


@pytest.mark.parametrize("kind", MADE)
def test_every_printed_amount_is_a_fact(kind: str) -> None:
    found = readings(MADE[kind](disclosure()), kind)
    assert amounts_of(found) == expected()
    assert {r.caption.unit for r in found} == {disclosure().unit}
    assert all(r.numbers == r.facts_numbers + r.structural + len(r.left_out) for r in found)
    assert not [f for r in found for f in r.faults]


@pytest.mark.parametrize("kind", MADE)
def test_a_clean_disclosure_has_no_finding(kind: str, tmp_path: Path) -> None:
    (tmp_path / f"公开.{kind}").write_bytes(MADE[kind](disclosure()))
    found = check(tmp_path, f"公开.{kind}")
    assert found["findings"] == []
    (file,) = found["files"]
    assert (file["status"], file["unit_name"], file["year"]) == ("read", disclosure().unit, 2023)


def wrong() -> Disclosure:
    """The disclosure with one figure of 公开03表 changed."""
    table = next(t for t in disclosure().tables if t.title == "支出决算表")
    figure = next(row for row in table.rows if row[0] == "201")[3]
    return changed(disclosure(), "支出决算表", figure, "9,876.54")


def test_a_wrong_figure_is_found_alike_and_its_cell_named(tmp_path: Path) -> None:
    rules = {}
    for kind, make in MADE.items():
        folder = tmp_path / kind
        folder.mkdir()
        (folder / f"公开.{kind}").write_bytes(make(wrong()))
        found = check(folder, f"公开.{kind}")
        rules[kind] = {(f["rule_id"], f["subject"]) for f in found["findings"]}
        cells = [c for f in found["findings"] for c in f["cells"] if c["amount"] == 98_765_400]
        files = {c["file"] for c in cells}
        assert {c["sheet"] for c in cells} == {"支出决算表"} and len(files) == 1
        assert re.fullmatch(rf"公开.{kind}#{PART.get(kind, 't3')}", files.pop())
        assert {c["cell"] for c in cells} == {cells[0]["cell"]}
    assert all(found == rules["docx"] for found in rules.values()) and rules["docx"]


def test_tables_that_name_no_unit_take_that_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "公开.docx").write_bytes(as_docx(disclosure(), captions=False))
    (file,) = check(tmp_path, "公开.docx")["files"]
    assert (file["unit_name"], file["year"]) == (disclosure().unit, 2023)


def test_a_document_and_a_workbook_of_the_same_tables_count_once(tmp_path: Path) -> None:
    (tmp_path / "公开.docx").write_bytes(as_docx(disclosure()))
    as_workbook(disclosure(), tmp_path)
    found = check(tmp_path, "公开.docx", "公开表.xlsx")
    assert found["findings"] == []
    assert {f["status"] for f in found["files"]} == {"read"}


def test_a_wrong_figure_on_a_further_page_is_found_on_that_page(tmp_path: Path) -> None:
    """The last row of 公开08表, which a PDF prints on its second page."""
    made = changed(disclosure(), "一般公共预算财政拨款基本支出决算明细表", "25.46", "9,876.54")
    (tmp_path / "公开.pdf").write_bytes(as_pdf(made))
    table = next(
        t
        for t in read_document(as_pdf(made), "pdf").tables
        if t.title == "一般公共预算财政拨款基本支出决算明细表"
    )
    ((_, further),) = table.pages
    found = check(tmp_path, "公开.pdf")
    cells = [c for f in found["findings"] for c in f["cells"] if c["amount"] == 98_765_400]
    assert {(c["file"], c["cell"]) for c in cells} == {(f"公开.pdf#p{further}", "I41")}
