"""Any content in any cell: a reading or a reason, nothing lost without a word, no exception.

Whatever stands in an amount cell of a labelled row is a fact. Whatever stands in a label, a header,
a banner or a code cell, every number of the sheet is still a fact, a structural number, or left out
with a reason and a finding.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from pipelines.extract.amounts import is_number
from pipelines.extract.sheet import SheetReading, read_sheets
from pipelines.extract.text import address
from pipelines.extract.workbook import known_forms
from pipelines.intake.workbook import Sheet
from pipelines.printed import to_json
from pipelines.sample.paper import Paper
from tests.faults.desk import Desk, Draft, made

FORMS = ("Z01", "Z01_1", "Z03", "Z04", "Z05", "Z07", "F03", "CS01_1")
WORDS = (
    "合计",
    "小计",
    "项目",
    "栏次",
    "行次",
    "编制单位：甲",
    "注：说明",
    "2023年度",
    "2022年度",
    "金额单位：万元",
    "财决04表",
    "支出决算表",
    "科目编码",
    "201",
    "2010301",
    "一、",
    "其中：",
    "—",
    "-",
    "/",
    "（12.3）",
    "1,234.50",
    "１２",
    "1e5",
    "nan",
    "inf",
    "#REF!",
    "=1+1",
    "本年支出合计",
    "总计",
    "填表人：张",
    "第 1 页 共 2 页",
    "0",
    "%",
    "12%",
    "12元",
    "万元",
    "\u3000",
    "\u200b",
)
TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=30),
    st.text(alphabet="0123456789.,-+（）()元万 　\u00a0", max_size=12),
)
NUMBERS = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(10**25), 10**25),
    st.floats(-1e9, 1e9).map(lambda x: round(x, 2)),
)
VALUES = st.one_of(
    TEXTS, NUMBERS, st.booleans(), st.dates(date(1900, 1, 1)), st.datetimes(datetime(1900, 1, 1))
)
Cell = tuple[int, int]


@cache
def draft() -> Draft:
    return Draft(next(s for s in made().submissions if s.year == 2023))


@cache
def places(form: str) -> dict[str, list[Cell]]:
    """Cells of a sheet by what they are: amount, and everything else that is printed."""
    paper = draft().sheets[form]
    amounts = [(f.row, f.column) for f in paper.facts]
    return {
        "amount": amounts,
        "other": sorted({(r, c) for r, c, _, _ in paper.cells} - set(amounts)),
    }


def sheet_of(paper: Paper, changed: dict[Cell, Any]) -> Sheet:
    cells = {(r, c): v for r, c, v, _ in paper.cells} | changed
    height, width = max(r for r, _ in cells) + 1, max(c for _, c in cells) + 1
    grid: list[list[object]] = [[""] * width for _ in range(height)]
    for (r, c), value in cells.items():
        grid[r][c] = float(value) if type(value) is int and abs(value) < 2**53 else value
    return Sheet(paper.name, 1, "visible", grid, list(paper.merged), {})


def read(form: str, changed: dict[Cell, Any]) -> SheetReading | None:
    library, recogniser = known_forms(())
    sheet = sheet_of(draft().sheets[form], changed)
    found = read_sheets([sheet], recogniser, library)
    assert len(found) <= 1
    if found:
        nothing_lost(found[0], sheet)
    return found[0] if found else None


def nothing_lost(reading: SheetReading, sheet: Sheet) -> None:
    """Every number of the sheet went somewhere, and what was left out is said."""
    if reading.status != "read":
        assert reading.reason
        return
    seen = sum(type(v) is float or is_number(v) for row in sheet.cells for v in row)
    assert (
        reading.numbers
        == seen
        == reading.facts_numbers + reading.structural + len(reading.left_out)
    )
    assert all(reason for _, _, reason in reading.left_out)
    telling = [
        x
        for x in reading.left_out
        if not x[2].startswith(("同一项目", "第 ")) and x[1].strip("-0.")
    ]
    assert bool(telling) <= bool(reading.faults)


def shows(value: object) -> bool:
    """Whether anything is to be seen in a cell with this value."""
    if not isinstance(value, str):
        return True
    return bool(
        "".join(
            c
            for c in unicodedata.normalize("NFKC", value)
            if not c.isspace() and c not in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
        )
    )


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEEP = settings(
    max_examples=5_000,
    derandomize=False,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
AMOUNTS = given(st.sampled_from(FORMS), st.integers(0, 10**6), VALUES)
OTHERS = given(
    st.sampled_from(FORMS),
    st.lists(st.tuples(st.integers(0, 10**6), VALUES), min_size=1, max_size=4),
)


def amount_cell(form: str, number: int, value: Any) -> None:
    at = places(form)["amount"][number % len(places(form)["amount"])]
    reading = read(form, {at: value})
    assert reading is not None and reading.form.form == form
    fact = next((f for f in reading.facts if f.cell == address(*at)), None)
    if not shows(value):
        assert fact is None
        return
    assert fact is not None, (form, address(*at), value)
    assert fact.state in ("number", "dash", "text") and (fact.fen is None) == (
        fact.state != "number"
    )
    if fact.state == "text":
        assert any(address(*at) in f.cells for f in reading.faults)


def other_cells(form: str, changes: list[tuple[int, Any]]) -> None:
    there = places(form)["other"]
    read(form, {there[number % len(there)]: value for number, value in changes})


@QUICK
@AMOUNTS
def test_any_content_of_an_amount_cell_is_a_fact(form: str, number: int, value: Any) -> None:
    amount_cell(form, number, value)


@QUICK
@OTHERS
def test_any_content_of_labels_headers_and_codes_loses_no_number(
    form: str, changes: list[tuple[int, Any]]
) -> None:
    other_cells(form, changes)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@DEEP
@AMOUNTS
def test_any_content_of_an_amount_cell_deep(form: str, number: int, value: Any) -> None:
    amount_cell(form, number, value)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@DEEP
@OTHERS
def test_any_content_of_other_cells_deep(form: str, changes: list[tuple[int, Any]]) -> None:
    other_cells(form, changes)


XML_TEXT = st.text(
    alphabet=st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
    ),
    max_size=30,
)
WRITABLE = st.one_of(
    st.sampled_from(WORDS), XML_TEXT, st.floats(-1e20, 1e20), st.integers(-(10**12), 10**12)
)
CHANGES = given(
    st.lists(
        st.tuples(
            st.sampled_from(FORMS),
            st.sampled_from(("amount", "other")),
            st.integers(0, 10**6),
            WRITABLE,
        ),
        min_size=1,
        max_size=12,
    )
)


def whole_check(desk: Desk, changes: list[tuple[str, str, int, Any]]) -> None:
    """The whole of ``check``: a document that can be printed, every finding in words, no rule
    broken.
    """
    changed = desk.draft()
    for form, kind, number, value in changes:
        there = places(form)[kind]
        changed.put(form, there[number % len(there)], value)
    seen = desk.check(changed)
    assert to_json(seen.document).encode()
    assert [c for c in seen.document["checks"] if c["outcome"] == "broken"] == []
    (file,) = seen.document["files"]
    assert file["status"] == "read" or file["reason"]
    for found in seen.document["findings"]:
        assert found["message"] and not any(
            unicodedata.category(c) == "Cc" for c in found["message"]
        ), found["message"]


@pytest.mark.long
@settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@CHANGES
def test_any_content_goes_through_the_whole_check(
    desk: Desk, changes: list[tuple[str, str, int, Any]]
) -> None:
    assume(changes)
    whole_check(desk, changes)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(
    max_examples=300,
    derandomize=False,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@CHANGES
def test_any_content_goes_through_the_whole_check_deep(
    desk: Desk, changes: list[tuple[str, str, int, Any]]
) -> None:
    whole_check(desk, changes)
