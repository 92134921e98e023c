"""Documents' tables become forms: the same facts, findings and places as from a workbook.

One check looks at a folder with the same disclosure in every form, each of a unit of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.commands.check import evaluate, gather
from pipelines.config import Config
from pipelines.extract.sheet import SheetReading
from pipelines.extract.workbook import read_workbook
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
from tests.tables.kept import UNITS, as_scan, as_sheets, kept, printed
from tests.tables.pdfs import as_pdf
from tests.tables.printedsheets import as_printed_sheet

pytestmark = pytest.mark.long

MADE = {
    "docx": as_docx,
    "html": as_html,
    "pdf": as_pdf,
    "odt": as_odt,
    "rtf": as_rtf,
    "mht": as_mht,
}
PRINTED = ("word.pdf", "browser.pdf")
FORMS = (*MADE, "xlsx", *PRINTED)
PART = {"pdf": r"#p\d+", "xlsx": ""}  # where the second table is; elsewhere told by its number
WRONG = 98_765_400  # in 分, printed in 公开03表 for 201
CLEAN = ("无误.docx", "公开表.xlsx")
OVER_PAGES = "一般公共预算财政拨款基本支出决算明细表"


def readings(data: bytes, type: str) -> list[SheetReading]:
    return read_workbook(Workbook(document_sheets(read_document(data, type))))


def check(folder: Path, *names: str) -> dict:
    config = Config(raw=folder, processed=folder / "p", reports=folder / "r", workers=1)
    files = gather([folder / name for name in names])
    return evaluate(config, files, folder / "scratch", lambda *_: None)


def over_pages() -> Disclosure:
    """公开08表 alone, its last row wrong, which a PDF prints on its second page."""
    made = changed(disclosure(), OVER_PAGES, "25.46", "9,876.54")
    (table,) = (t for t in made.tables if t.title == OVER_PAGES)
    captions = tuple(c.replace("普查", "点查") for c in table.captions)
    return replace(made, blocks=(), tables=(replace(table, captions=captions),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every form in a folder, called after it."""
    folder = tmp_path_factory.mktemp("forms")
    for form, make in MADE.items():
        (folder / f"公开.{form}").write_bytes(make(kept(form)))
    (folder / "公开.xlsx").write_bytes(as_sheets(kept("xlsx")))
    for form in PRINTED:
        (folder / f"公开.{form}").write_bytes(printed(form))
    (folder / "公开.scan.pdf").write_bytes(as_scan())
    (folder / "跨页.pdf").write_bytes(as_pdf(over_pages()))
    (folder / "裁掉.pdf").write_bytes(cut_off())
    (folder / "无误.docx").write_bytes(as_docx(disclosure(), captions=False))
    as_workbook(disclosure(), folder)
    return folder


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict:
    """What one check of the folder says."""
    return check(folder, *sorted(p.name for p in folder.iterdir() if p.is_file()))


def cut_off() -> bytes:
    """公开07表 on paper that is too narrow for it."""
    (table,) = (t for t in disclosure().tables if len(t.rows[0]) == 112)
    captions = tuple(c.replace("普查", "点查") for c in table.captions)
    return as_printed_sheet(replace(table, captions=captions), columns=112, paper=655.0)


def of(form: str, rows: list[dict]) -> list[dict]:
    return [r for r in rows if r["unit_name"] == f"云岭县{UNITS[form]}中心"]


@pytest.mark.parametrize("kind", MADE)
def test_every_printed_amount_is_a_fact(kind: str) -> None:
    found = readings(MADE[kind](disclosure()), kind)
    assert amounts_of(found) == expected()
    assert {r.caption.unit for r in found} == {disclosure().unit}
    assert all(r.numbers == r.facts_numbers + r.structural + len(r.left_out) for r in found)
    assert not [f for r in found for f in r.faults]


@pytest.mark.parametrize("form", PRINTED)
def test_what_other_programs_print_gives_the_facts_of_the_document(form: str) -> None:
    wanted = amounts_of(readings(as_docx(kept()), "docx"))
    found = readings(printed(form), "pdf")
    assert amounts_of(found) == wanted and len(wanted) == 112
    assert {r.caption.unit for r in found} == {kept(form).unit}
    assert not [f for r in found for f in r.faults]


def test_each_form_gives_the_same_findings(seen: dict) -> None:
    rules = {f: {(x["rule_id"], x["subject"]) for x in of(f, seen["findings"])} for f in FORMS}
    assert ("P-10", "G03[201,本年支出合计]") in rules["docx"]
    assert all(found == rules["docx"] for found in rules.values())


def test_the_wrong_cell_is_named_where_it_stands_in_each_form(seen: dict) -> None:
    for form in FORMS:
        cells = [c for f in of(form, seen["findings"]) for c in f["cells"] if c["amount"] == WRONG]
        (file,) = {c["file"] for c in cells}
        part = PART.get(form.split(".")[-1], "#t2")
        assert re.fullmatch(rf"公开.{form}{part}", file)
        titles = {c["sheet"] for c in cells}
        assert titles == ({"表2"} if form == "xlsx" else {"支出决算表"})
        below = 3 if form == "xlsx" else 0  # title, 表号 and caption stand above it there
        assert {c["cell"] for c in cells} == {f"D{4 + below}"}


def test_the_folder_says_of_each_form_how_much_was_read(seen: dict) -> None:
    """Tables, numbers and facts are alike; the text is all read, a workbook has none."""
    files = {f["file"]: f for f in seen["files"]}
    for form in FORMS:
        file = files[f"公开.{form}"]
        assert (file["status"], file["year"]) == ("read", 2023)
        counts = [file[k] for k in ("tables", "numbers", "facts", "left_out")]
        assert counts == [6, 193, 112, 0], form
        assert file["format"] == form.split(".")[-1]
        assert file["characters"] == file["characters_read"]
        assert (file["characters"] is None) == (form == "xlsx")


def test_the_folder_says_of_a_table_that_none_of_its_numbers_was_taken(seen: dict) -> None:
    (file,) = (f for f in seen["files"] if f["file"] == "裁掉.pdf")
    assert (file["tables"], file["facts"]) == (1, 0) and file["numbers"] > 50
    said = f"“一般公共预算财政拨款支出决算明细表”整表没有取数（{file['numbers']} 个数字）"
    assert said in file["remarks"]


def test_a_scan_in_the_folder_says_what_to_hand_in(seen: dict) -> None:
    (scan,) = (f for f in seen["files"] if f["file"] == "公开.scan.pdf")
    assert scan["status"] == "quarantined"
    assert "没有文字层，请提供可复制文字的版本" in scan["reason"]


def test_a_wrong_figure_on_a_further_page_is_found_on_that_page(seen: dict) -> None:
    (table,) = read_document(as_pdf(over_pages()), "pdf").tables
    ((_, further),) = table.pages
    rows = [f for f in seen["findings"] if f["unit_name"] == "云岭县点查中心"]
    cells = [c for f in rows for c in f["cells"] if c["amount"] == WRONG]
    assert {(c["file"], c["cell"]) for c in cells} == {(f"跨页.pdf#p{further}", "I41")}


def test_a_clean_document_and_a_workbook_of_the_same_tables_count_once(seen: dict) -> None:
    """Nothing is found; tables that name no unit take that of the text."""
    assert not [f for f in seen["findings"] if f["unit_name"] == disclosure().unit]
    files = [f for f in seen["files"] if f["file"] in CLEAN]
    assert [(f["status"], f["unit_name"], f["year"]) for f in files] == [
        ("read", disclosure().unit, 2023)
    ] * 2
