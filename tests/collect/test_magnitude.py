"""A wrong money unit is one finding that names the sheets, by sister tables and by the year before,
in both directions.
"""

from __future__ import annotations

from random import Random

from pipelines.extract.text import squash
from pipelines.sample.files import write_book
from pipelines.sample.published import published_book
from pipelines.sample.style import Style
from tests.faults.desk import Desk, Draft, Seen
from tests.faults.together import Half, compared, shared, together, together_each

__all__ = ["compared", "shared"]
FORMULAS = False  # a unit is suspected when facts are collected


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


@together
def test_a_clean_submission_is_not_suspected(desk: Desk) -> Half:
    desk.draft(2022).save(desk.raw)
    seen = yield desk.draft()
    assert suspected(seen) == []


@together_each("Z01", "Z03", "Z04", "Z05_2", "Z07", "Z08")
def test_a_sheet_too_large_is_seen_beside_its_sisters(desk: Desk, value: str) -> Half:
    draft = desk.draft()
    say(draft, value, "万元")
    seen = yield draft
    assert suspected(seen) == [(value, "error")]
    found = seen.one("S-SCALE")
    assert "疑为元" in found["message"] and found["cells"][0]["suggested"] is not None


@together
def test_a_sheet_too_small_is_seen_beside_its_sisters(desk: Desk) -> Half:
    draft = desk.draft()
    cells = {
        at: (
            round(value / 10000, 6) if isinstance(value, float) and abs(value) > 100 else value,
            look,
        )
        for at, (value, look) in draft.cells("Z08").items()
    }
    draft.replace("Z08", cells)
    seen = yield draft
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


@together_each("元", "亿元")
def test_a_whole_published_workbook_in_another_unit_is_one_finding(desk: Desk, value: str) -> Half:
    published(desk, value)
    seen = yield desk.draft()
    found = seen.one("S-SCALE")
    assert len(found["subject"].split(",")) >= 6
    assert all(f.startswith("G") for f in found["subject"].split(","))


@together
def test_a_published_workbook_in_its_unit_is_not_suspected(desk: Desk) -> Half:
    published(desk, "万元")
    seen = yield desk.draft()
    assert seen.findings("S-SCALE") == []


@together
def test_a_whole_submission_is_seen_beside_the_year_before(desk: Desk) -> Half:
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    for form in draft.sheets:
        say(draft, form, "万元")
    seen = yield draft
    found = seen.one("S-SCALE")
    assert found["severity"] == "review"
    assert len(found["subject"].split(",")) >= 10
