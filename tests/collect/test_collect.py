"""Extractions and the register become datasets: units, years, versions, what is missing, what is
wrong.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pytest

from pipelines.collect import collect
from pipelines.collect.batches import STREAMS, Held
from pipelines.collect.register import Register
from pipelines.collect.resolve import FileRef, SheetRef
from pipelines.collect.suspicions import unit_suspicions
from pipelines.extract.sheet import read_sheet
from pipelines.extract.store import read_extraction, write_extraction
from pipelines.extract.workbook import known_forms
from pipelines.intake.rawfile import RawFile
from schemas.library import forms
from tests.extract.paper import Paper, list_paper, panel_paper

REQUIRED = (
    "Z01",
    "Z01_1",
    "Z03",
    "Z04",
    "Z05",
    "Z05_1",
    "Z05_2",
    "Z07",
    "Z08",
    "Z08_1",
    "Z08_2",
    "F03",
)
NO_FUNDS = {"政府性基金", "国有资本经营"}


def paper_of(form: str, **options) -> Paper:
    make = panel_paper if form in ("Z01", "Z01_1", "F03", "G01", "G04") else list_paper
    paper = make(form, **options)
    for key, at in list(paper.places.items()):
        if any(f in "".join(key) for f in NO_FUNDS) or key[1] == "223":
            del paper.cells[at], paper.places[key]
    return paper


@dataclass
class Inbox:
    """Workbooks on paper, extracted without a file in between."""

    folder: Path
    files: list[RawFile] = field(default_factory=list)
    extractions: dict[str, Path] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def workbook(self, name: str, papers: list[Paper], mtime: int = 1) -> None:
        forms, recogniser = known_forms(())
        readings = []
        for number, paper in enumerate(papers, 1):
            sheet = paper.sheet()
            sheet.number, sheet.name = number, f"{number} {sheet.name}"
            reading = read_sheet(sheet, recogniser, forms)
            if reading:
                readings.append(reading)
        target = self.folder / f"{len(self.files)}.arrow"
        write_extraction(target, readings)
        self.extractions[name] = target
        self._add(name, "workbook", mtime)

    def register(self, text: str, encoding: str = "utf-8") -> None:
        path = self.folder / "units.csv"
        path.write_bytes(text.encode(encoding))
        self._add("units.csv", "register", 1, path)

    def _add(self, name: str, kind: str, mtime: int, path: Path | None = None) -> None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path else "0" * 64
        self.files.append(
            RawFile(path or Path(name), name, kind, "xlsx", 1, mtime, digest, "ready")
        )

    def collect(self, **options):
        con = duckdb.connect()
        found = collect(
            con,
            self.files,
            self.extractions,
            self.refused,
            self.folder,
            parquet=self.folder / "parquet",
            **options,
        )
        return con, found


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path)


def whole_set(unit="甲局", year=2023, seed=1) -> list[Paper]:
    return [paper_of(f, unit=unit, year=year, seed=seed) for f in REQUIRED]


HEAD = "unit_code,unit_name,parent_code,unit_type,report_type,aliases,first_year,last_year\n"


def test_a_whole_set_is_complete_and_silent(inbox):
    inbox.workbook("a.xlsx", whole_set())
    con, found = inbox.collect()
    assert found == []
    assert con.execute(
        "SELECT unit_code, unit_name, year, status, missing_forms FROM submissions"
    ).fetchall() == [(None, "甲局", 2023, "complete", None)]
    papers = whole_set()
    assert con.execute("SELECT count(*) FROM facts").fetchone()[0] == sum(
        len(p.places) for p in papers
    )
    sums = con.execute(
        "SELECT sum(numbers), sum(facts_numbers + structural + left_out) FROM sheets"
    ).fetchone()
    assert sums[0] == sums[1]


def test_register_matches_names_and_aliases_and_reports_who_is_absent(inbox):
    inbox.register(
        HEAD + "001,甲"
        " 局,,行政单位,,甲部|甲局（本级）"
        ",2022,\n002,乙局,,事业单位,,,2020,2022\n003,丙局,,其他,,,2023,\n"
    )
    inbox.workbook("a.xlsx", whole_set("甲局(本级)"))
    con, found = inbox.collect()
    assert con.execute("SELECT DISTINCT unit_code, unit_name FROM facts").fetchall() == [
        ("001", "甲 局")
    ]
    assert [(o.rule_id, o.unit_code, o.severity) for o in found] == [("S-ABSENT", "003", "review")]
    statuses = con.execute("SELECT unit_code, status FROM submissions ORDER BY 1").fetchall()
    assert statuses == [("001", "complete"), ("003", "missing")]


def test_who_may_be_among_the_files_still_being_copied_is_not_to_be_chased(inbox):
    inbox.register(HEAD + "001,甲局,,行政单位,,,,\n003,丙局,,其他,,,,\n")
    inbox.workbook("a.xlsx", whole_set("甲局"))
    inbox.files.append(
        replace(inbox.files[-1], file="c.xlsx", status="waiting", reason="还在复制", sha256=None)
    )
    _, found = inbox.collect()
    messages = {o.rule_id: o.message for o in found}
    assert "c.xlsx 还在复制中" in messages["S-ABSENT"] and "请催报" not in messages["S-ABSENT"]


def test_a_units_own_name_goes_before_anothers_alias(inbox):
    inbox.register(HEAD + "001,甲局,,行政单位,,,2022,\n002,乙局,,事业单位,,甲局,2023,\n")
    inbox.workbook("a.xlsx", whole_set("甲局"))
    con, found = inbox.collect()
    assert con.execute("SELECT DISTINCT unit_code FROM facts").fetchall() == [("001",)]
    assert [(o.rule_id, o.unit_code) for o in found] == [("S-ABSENT", "002")]


def test_a_renamed_unit_is_found_by_the_year(inbox):
    inbox.register(HEAD + "001,甲局,,行政单位,,,,2022\n002,甲局,,行政单位,,,2023,\n")
    inbox.workbook("a.xlsx", whole_set("甲局", 2022))
    inbox.workbook("b.xlsx", whole_set("甲局", 2023))
    con, _ = inbox.collect()
    assert con.execute("SELECT DISTINCT unit_code, year FROM facts ORDER BY 2").fetchall() == [
        ("001", 2022),
        ("002", 2023),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_register_encodings(inbox, encoding):
    inbox.register(HEAD + "001,甲局,,行政单位,,,,\n", encoding)
    inbox.workbook("a.xlsx", whole_set())
    con, found = inbox.collect()
    assert found == [] and con.execute("SELECT unit_name, report_type FROM units").fetchall() == [
        ("甲局", "单户")
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (HEAD + "1,甲,2,,,,,\n2,乙,3,,,,,\n3,丙,1,,,,,\n", "成环"),
        (HEAD + "1,甲,1,,,,,\n", "成环"),
        (HEAD + "1,甲,,,,,,\n1,乙,,,,,,\n", "重复"),
        (HEAD + "1,甲,9,,,,,\n", "不在名册中"),
        ("code,name\n1,甲\n", "缺少栏目"),
        (HEAD + "1,甲,,,,,去年,\n", "年份"),
        (HEAD, "没有任何单位"),
    ],
)
def test_a_bad_register_is_reported_and_the_run_goes_on_without_it(inbox, text, word):
    inbox.register(text)
    inbox.workbook("a.xlsx", whole_set())
    con, found = inbox.collect()
    assert [o.rule_id for o in found] == ["S-REGISTER"] and word in found[0].message
    assert con.execute("SELECT DISTINCT unit_code, unit_name FROM facts").fetchall() == [
        (None, "甲局")
    ]


def test_missing_forms_and_the_funds_that_require_more(inbox):
    papers = [p for p in whole_set() if p.form.form not in ("Z04", "Z08_2")]
    fund = next(p for p in papers if p.form.form == "Z01_1")
    fund.put(fund.first + 1, 4, 5.0)
    inbox.workbook("a.xlsx", papers)
    con, found = inbox.collect()
    missing = [o.subject for o in found if o.rule_id == "S-MISSING"]
    assert missing == ["Z04", "Z08_2", "Z09", "Z10", "Z10_1", "Z10_2"] or set(missing) == {
        "Z04",
        "Z08_2",
        "Z09",
        "Z10",
        "Z10_1",
        "Z10_2",
    }
    assert con.execute("SELECT status FROM submissions").fetchone() == ("incomplete",)


def test_sheet_of_another_unit_or_year_is_not_read(inbox):
    papers = whole_set()
    papers[4] = paper_of("Z05", unit="乙局")
    papers[5] = paper_of("Z05_1", year=2022)
    inbox.workbook("a.xlsx", papers)
    con, found = inbox.collect()
    assert sorted(o.rule_id for o in found) == ["S-FOREIGN", "S-FOREIGN", "S-MISSING", "S-MISSING"]
    assert con.execute("SELECT DISTINCT unit_name, year FROM facts").fetchall() == [("甲局", 2023)]


def test_same_form_twice_counts_once_and_the_last_modified_wins(inbox):
    inbox.workbook("a.xlsx", whole_set(), mtime=5)
    inbox.workbook("b.xlsx", [paper_of("Z04"), paper_of("Z03", seed=9)], mtime=9)
    con, found = inbox.collect()
    assert [(o.rule_id, o.subject, len(o.places)) for o in found] == [("S-DUPLICATE", "Z03", 2)]
    assert "a.xlsx" in found[0].message and "b.xlsx" in found[0].message
    used = con.execute(
        "SELECT form, file FROM sheets WHERE status = 'read' AND form IN ('Z03', 'Z04') ORDER BY 1"
    ).fetchall()
    assert used == [("Z03", "b.xlsx"), ("Z04", "b.xlsx")]


def test_unknown_code_wrong_name_missing_parent_and_repeat(inbox):
    paper = paper_of("Z04", rows=("合计", "201", "20103", "2010301", "2010302", "2080505"))
    row = {code: r for r, _, code in paper.codes}
    paper.put(row["2010302"], 0, "2010377")
    paper.put(row["2010301"], 3, "统计信息事务")
    paper.put(paper.bottom + 1, 0, "20103")
    inbox.workbook("a.xlsx", [p for p in whole_set() if p.form.form != "Z04"] + [paper])
    _, found = inbox.collect()
    seen = sorted((o.rule_id, o.severity, o.subject) for o in found)
    assert seen == [
        ("IN-HIER-02", "error", "Z04[2010301]名称"),
        ("IN-HIER-02", "error", "Z04[20805]下级"),
        ("IN-HIER-03", "error", "Z04[20103]"),
        ("S-CODE", "review", "Z04[2010377]"),
    ]
    cells = {o.subject: [p.cell for p in o.places] for o in found}
    at = {code: f"A{r + 1}" for code, r in row.items()}
    assert cells["Z04[2010377]"] == [at["2010302"]] and cells["Z04[20805]下级"] == [at["2080505"]]
    assert cells["Z04[2010301]名称"] == [at["2010301"].replace("A", "D"), at["2010301"]]
    assert cells["Z04[20103]"] == [at["20103"], f"A{paper.bottom + 1}"]


def test_codes_that_became_text_are_still_codes(inbox):
    paper = paper_of("Z04")
    r, c, code = paper.codes[-1]
    paper.put(r, c, f"{code}.0")
    strange, column, _ = paper.codes[-2]
    paper.put(strange, column, "0208050599")
    inbox.workbook("a.xlsx", [p for p in whole_set() if p.form.form != "Z04"] + [paper])
    con, found = inbox.collect()
    keys = {k for (k,) in con.execute("SELECT row_key FROM lines WHERE form = 'Z04'").fetchall()}
    assert code in keys and "0208050599" in keys
    assert [p.cell for o in found if o.rule_id == "S-CODE" for p in o.places] == [f"A{strange + 1}"]


def test_workbook_that_names_no_unit_is_quarantined(inbox):
    paper = paper_of("Z04")
    paper.put(2, 0, "编制单位：")
    inbox.workbook("a.xlsx", [paper])
    con, found = inbox.collect()
    assert [o.rule_id for o in found] == ["S-FILE"]
    assert con.execute("SELECT status FROM files").fetchone() == ("quarantined",)


def test_unknown_year_is_read_when_nothing_else_differs(inbox):
    inbox.workbook("a.xlsx", whole_set(year=2035))
    con, found = inbox.collect()
    assert [(o.rule_id, o.severity) for o in found] == [("S-YEAR", "review")] and "2025" in found[
        0
    ].message
    assert con.execute("SELECT count(*) > 0 FROM facts").fetchone()[0]


def test_unit_in_the_wrong_money_unit_is_suspected(inbox):
    inbox.workbook("a.xlsx", whole_set(year=2022))
    papers = whole_set()
    z04 = next(p for p in papers if p.form.form == "Z04")
    z04.put(2, 6, "金额单位：万元")
    inbox.workbook("b.xlsx", papers)
    con, found = inbox.collect()
    assert not found
    assert [(o.rule_id, o.subject) for o in unit_suspicions(con, forms())] == [("S-SCALE", "Z04")]


def test_year_option_keeps_that_year_and_the_one_before(inbox):
    for year in (2021, 2022, 2023):
        inbox.workbook(f"{year}.xlsx", whole_set(year=year))
    con, _ = inbox.collect(year=2023)
    assert con.execute("SELECT DISTINCT year FROM facts ORDER BY 1").fetchall() == [
        (2022,),
        (2023,),
    ]
    assert con.execute("SELECT DISTINCT year FROM submissions").fetchall() == [(2023,)]


def test_too_many_absent_units_are_counted_and_not_listed(inbox, monkeypatch):
    monkeypatch.setattr("pipelines.collect.required.MOST_ABSENT", 3)
    inbox.register(HEAD + "".join(f"{n:03d},第{n}局,,行政单位,,,,\n" for n in range(10)))
    inbox.workbook("a.xlsx", whole_set("第0局"))
    con, found = inbox.collect()
    absent = [o for o in found if o.rule_id == "S-ABSENT"]
    assert len(absent) == 4 and sum("还有 6 份" in o.message for o in absent) == 1
    assert con.execute("SELECT count(*) FROM submissions").fetchall() == [(4,)]
    assert con.execute("SELECT count(*) FROM units").fetchall() == [(10,)]


def test_a_batch_is_one_piece(inbox: Inbox) -> None:
    inbox.workbook("a.xlsx", whole_set())
    inbox.workbook("b.xlsx", whole_set("乙局", seed=2))
    held = Held()
    for name, extraction in inbox.extractions.items():
        rows = read_extraction(extraction, ("sheets",))["sheets"].to_pylist()
        refs = [SheetRef(name, 1, row, unit_name=name[0], year=2023) for row in rows]
        refs[-1].status = "foreign"
        held.add(FileRef(name, refs), read_extraction(extraction, STREAMS))
    joined = held.joined(Register())
    for rows in joined.values():
        assert all(column.num_chunks == 1 for column in rows.columns)
    facts = joined["facts"].to_pylist()
    assert {(f["file"], f["unit_name"]) for f in facts} == {("a.xlsx", "a"), ("b.xlsx", "b")}
    assert {f["form"] for f in facts} == set(REQUIRED[:-1]) and len(facts) < held.facts
