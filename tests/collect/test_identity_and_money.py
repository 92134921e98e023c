"""Unit, year and money unit of files: read wherever they are printed, else assumed aloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.extract.store import write_extraction
from pipelines.intake.workbook import Sheet
from schemas.observation import Observation
from tests.collect.test_collect import HEAD, Inbox
from tests.extract.paper import Paper, list_paper
from tests.extract.test_tables_apart import read_all

KNOWN = {"unit": "编制单位：云岭县商务局", "year": "2023年度"}
File = tuple[str, str | None, str | None, int | None]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def bare(form: str, **kept: str) -> Paper:
    """A list table without unit, year and money unit but those that are given."""
    paper = list_paper(form)
    for at in paper.places.values():
        paper.cells[at] = round(float(paper.cells[at]) / 100_000, 2)  # type: ignore[arg-type]
    for at, word in zip([(2, 0), (2, 4), (2, 6)], ("unit", "year", "money"), strict=True):
        paper.cells.pop(at)
        if word in kept:
            paper.cells[at] = kept[word]
    return paper


def put(inbox: Inbox, *papers: Paper, cover: str = "", name: str = "表") -> None:
    sheets = [p.sheet(f"{p.form.form}_{i}") for i, p in enumerate(papers)]
    if cover:
        sheets.insert(0, Sheet("封面", 1, "visible", [[""], [cover]]))
    target = inbox.folder / f"{name}.arrow"
    write_extraction(target, read_all(*sheets))
    inbox.extractions[f"{name}.xlsx"] = target
    inbox._add(f"{name}.xlsx", "workbook", 1)


def seen(inbox: Inbox) -> tuple[File, list[Observation]]:
    con, found = inbox.collect()
    row = con.execute(
        "SELECT status, unit_code, unit_name, year FROM files WHERE file = '表.xlsx'"
    ).fetchone()
    assert row is not None
    return row, [o for o in found if o.rule_id not in ("S-MISSING", "S-ABSENT")]


def test_a_money_unit_that_is_not_printed_is_one_review_of_the_file(inbox: Inbox) -> None:
    put(inbox, bare("G02", **KNOWN), bare("G03", **KNOWN))
    _, (found,) = seen(inbox)
    assert (found.rule_id, found.subject, found.severity) == ("S-UNITLESS", "G02,G03", "review")
    assert "公开02表、公开03表" in found.message and "按“万元”取数" in found.message
    assert [p.sheet for p in found.places] == ["G02_0", "G03_1"]


def test_the_files_of_one_unit_that_print_no_money_unit_are_one_review(inbox: Inbox) -> None:
    put(inbox, bare("G02", **KNOWN))
    put(inbox, bare("G03", **KNOWN), name="另表")
    _, (found,) = seen(inbox)
    assert (found.rule_id, found.severity) == ("S-UNITLESS", "review")
    assert "共 2 个文件" in found.message
    assert sorted(p.file for p in found.places) == ["另表.xlsx", "表.xlsx"]


def test_a_money_unit_that_is_printed_needs_no_word(inbox: Inbox) -> None:
    put(inbox, bare("G02", money="单 位：元", **KNOWN))
    assert seen(inbox)[1] == []


@pytest.mark.parametrize(
    "printed",
    ["500004-云岭县商务局", "[500004]云岭县商务局", "云岭县商务局（500004）", "500004 县商务局"],
)
def test_a_unit_printed_with_its_code_is_the_registered_one(inbox: Inbox, printed: str) -> None:
    put(inbox, bare("G03", unit=f"编制单位：{printed}", year="2023年度", money="单位：元"))
    inbox.register(HEAD + "500004,云岭县商务局,,行政单位,单户,,2023,\n")
    assert seen(inbox) == (("read", "500004", "云岭县商务局", 2023), [])


def test_a_unit_printed_with_its_code_has_its_name_without_a_register(inbox: Inbox) -> None:
    put(inbox, bare("G03", unit="编制单位：500004-云岭县商务局", year="2023年度", money="单位：元"))
    assert seen(inbox) == (("read", None, "云岭县商务局", 2023), [])


def test_a_cover_gives_unit_and_year(inbox: Inbox) -> None:
    put(inbox, bare("G03", money="单位：元"), cover="云岭县商务局2023年度部门决算")
    assert seen(inbox) == (("read", None, "云岭县商务局", 2023), [])


def test_a_cover_is_not_heard_where_tables_speak(inbox: Inbox) -> None:
    ours = [bare(f, money="单位：元", **KNOWN) for f in ("G03", "G06")]
    other = bare("G02", unit="编制单位：云岭县教育局", year="2023年度", money="单位：元")
    put(inbox, *ours, other, cover="云岭县财政局2022年度部门决算")
    row, (found,) = seen(inbox)
    assert row == ("read", None, "云岭县商务局", 2023)
    assert (found.rule_id, found.subject) == ("S-FOREIGN", "G02@G02_2")


def test_a_table_on_two_sheets_counts_as_one(inbox: Inbox) -> None:
    whole, rest = bare("G03", money="单位：万元", **KNOWN), bare("G03", **KNOWN)
    count = len(whole.places)
    whole.cells = {(r, c): v for (r, c), v in whole.cells.items() if c < 7 or r < 3}
    rest.cells = {(r, c): v for (r, c), v in rest.cells.items() if c < 4 or c >= 7 or r < 3}
    put(inbox, whole, rest)
    con, found = inbox.collect()
    assert [o.rule_id for o in found if o.rule_id[2:] not in ("MISSING", "ABSENT")] == []
    assert con.execute("SELECT count(*) FROM facts").fetchall() == [(count,)]
    assert con.execute("SELECT status FROM sheets").fetchall() == [("read",), ("read",)]


def test_an_older_version_goes_with_all_its_sheets(inbox: Inbox) -> None:
    test_a_table_on_two_sheets_counts_as_one(inbox)
    inbox.workbook("新.xlsx", [bare("G03", money="单位：元", **KNOWN)], mtime=9)
    con, _ = inbox.collect()
    found = con.execute("SELECT file, status FROM sheets ORDER BY file, sheet_no").fetchall()
    assert found == [("新.xlsx", "read"), ("表.xlsx", "superseded"), ("表.xlsx", "superseded")]
