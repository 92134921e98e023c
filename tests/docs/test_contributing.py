"""CONTRIBUTING.md is followed as it stands: every block is written where it says, then it works."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipelines.extract.workbook import read_workbook
from pipelines.narrative import case as narrative_case
from pipelines.narrative import check as narrative_check
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.read import read_text
from pipelines.reading.workbooks import open_workbook
from pipelines.reconcile import run_examples
from schemas.observation import Observation
from schemas.rulebook import RULES_DIR, load_rulebook

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def written(folder: Path, name: str) -> Path:
    """The block of that name as a file below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(BLOCKS[name], encoding="utf-8")
    return path


def test_the_page_names_no_file_twice() -> None:
    assert len(BLOCKS) == len(BLOCK.findall(PAGE.read_text(encoding="utf-8"))) == 5


@pytest.mark.long
def test_the_rule_of_the_page_does_what_its_examples_say(tmp_path: Path) -> None:
    folder = written(tmp_path, "rules/ours.yml").parent
    results = run_examples(load_rulebook((RULES_DIR, folder)), ["H-01"])
    assert {r.expected for r in results} == {"pass", "fail", "not_evaluated"}
    assert all(r.expected == r.actual for r in results), results


def test_the_form_of_the_page_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path, "forms/H01.yml").parent
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in csv.reader(BLOCKS["房屋出租.csv"].splitlines()):
        book.active.append([_cell(text) for text in row])
    book.save(tmp_path / "收入.xlsx")
    workbook = open_workbook(tmp_path / "收入.xlsx", "xlsx")
    (reading,) = read_workbook(workbook, (str(folder),))
    assert (reading.form.form, reading.status) == ("H01", "read")
    found = {f.cell: (f.row_key, f.col_key, f.fen) for f in reading.facts}
    assert found["C6"] == ("2010301", "本年收入", 1_200_50) and len(found) == 4


def _cell(text: str) -> str | float:
    return float(text) if re.fullmatch(r"\d+\.\d\d", text) else text


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """The check of the page, in its place among the others."""
    space: dict = {}
    exec(BLOCKS["pipelines/narrative/checks/exactness.py"], space)
    rule = yaml.safe_load(BLOCKS["narrative_rule.yml"])
    known = narrative_case.catalogue() | {rule["id"]: rule}
    monkeypatch.setattr(narrative_case, "catalogue", lambda: known)
    monkeypatch.setattr(narrative_check, "WORDS", (*narrative_check.WORDS, space["CHECK"]))
    return space["CHECK"]


def test_the_check_of_the_page_finds_its_wrong_example_only(check: Check) -> None:
    (found,) = _found(check.wrong)
    assert found.severity == "review"
    assert "约75.00万元" in found.message and found.places[0].quote == "约75.00万元"
    assert not _found(check.right)


def _found(text: str) -> list[Observation]:
    result = narrative_check.check_narrative(read_text(text), file="说明.txt")
    return [o for o in result.observations if o.rule_id == "N-90"]
