"""A wrong money unit is one finding that names the sheets, by sister tables and by the year before,
in both directions.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from pipelines.extract.text import squash
from pipelines.sample.files import write_book
from pipelines.sample.published import published_book
from pipelines.sample.style import Style
from tests.faults.desk import Desk, Draft, Seen


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "raw")


def say(draft: Draft, form: str, unit: str) -> None:
    """Print another money unit over a sheet; the amounts stay as they are."""
    at = next(
        at
        for at, (value, _) in draft.cells(form).items()
        if isinstance(value, str) and squash(value).startswith("金额单位")
    )
    draft.put(form, at, f"金额单位：{unit}")


def suspected(seen: Seen) -> list[tuple[str, str]]:
    return [(f["subject"], f["severity"]) for f in seen.findings("S-SCALE")]


def test_a_clean_submission_is_not_suspected(desk: Desk) -> None:
    desk.draft(2022).save(desk.raw)
    assert suspected(desk.check(desk.draft())) == []


@pytest.mark.parametrize("form", ["Z01", "Z03", "Z04", "Z05_2", "Z07", "Z08"])
def test_a_sheet_too_large_is_seen_beside_its_sisters(desk: Desk, form: str) -> None:
    draft = desk.draft()
    say(draft, form, "万元")
    seen = desk.check(draft)
    assert suspected(seen) == [(form, "error")]
    found = seen.one("S-SCALE")
    assert "疑为元" in found["message"] and found["cells"][0]["suggested"] is not None


def test_a_sheet_too_small_is_seen_beside_its_sisters(desk: Desk) -> None:
    draft = desk.draft()
    cells = {
        at: (
            round(value / 10000, 6) if isinstance(value, float) and abs(value) > 100 else value,
            look,
        )
        for at, (value, look) in draft.cells("Z08").items()
    }
    draft.replace("Z08", cells)
    seen = desk.check(draft)
    assert suspected(seen) == [("Z08", "error")]
    assert "财决08表疑为万元" in seen.one("S-SCALE")["message"]


def published(desk: Desk, unit: str) -> None:
    book = published_book(desk.draft().submission, Style(), Random(1))
    for paper in book.sheets:
        paper.cells = [
            (r, c, f"金额单位：{unit}" if str(v).startswith("金额单位") else v, look)
            for r, c, v, look in paper.cells
        ]
    desk.raw.mkdir(exist_ok=True)
    write_book(desk.raw / "公开.xlsx", book.sheets, "xlsx")


@pytest.mark.parametrize("unit", ["元", "亿元"])
def test_a_whole_published_workbook_in_another_unit_is_one_finding(desk: Desk, unit: str) -> None:
    published(desk, unit)
    found = desk.check(desk.draft()).findings("S-SCALE")
    assert len(found) == 1
    assert len(found[0]["subject"].split(",")) >= 6
    assert all(f.startswith("G") for f in found[0]["subject"].split(","))


def test_a_published_workbook_in_its_unit_is_not_suspected(desk: Desk) -> None:
    published(desk, "万元")
    assert desk.check(desk.draft()).findings("S-SCALE") == []


def test_a_whole_submission_is_seen_beside_the_year_before(desk: Desk) -> None:
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    for form in draft.sheets:
        say(draft, form, "万元")
    found = desk.check(draft).findings("S-SCALE")
    assert [f["severity"] for f in found] == ["review"]
    assert len(found[0]["subject"].split(",")) >= 10
