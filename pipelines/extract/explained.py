"""Explanations written into our own lists (summary, marked copy) and put back into the inbox:
the rows that are filled.

A list is known by its heads: 原因, 说明人, 有效期, and 原因编号 or 问题编号, which say what a
row is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from pipelines.intake.workbook import Sheet

FIELDS = {"原因": "reason", "说明人": "by", "有效期": "until"}
ABOUT = {"原因编号": "cause", "问题编号": "finding"}
HEAD_ROWS = 8  # the head of a marked copy's list stands below its title and notes
FIRST_DAY = date(1899, 12, 30)  # day 0 of a workbook's dates
SERIALS = range(36_526, 109_575)  # the years 2000 to 2199 as numbers of days


def filled_rows(sheets: Iterable[Sheet]) -> list[dict[str, Any]]:
    """The rows in which somebody wrote a reason, a name or a date: ``sheet``, ``row`` (from 1),
    and the values.
    """
    found = []
    for sheet in sheets:
        head = _head(sheet)
        if head is not None:
            found += _rows(sheet, *head)
    return found


def _head(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """Where the head stands, and which column is which."""
    names = {**FIELDS, **ABOUT}
    for number, cells in enumerate(sheet.cells[:HEAD_ROWS]):
        # Most rows are a table's, and most cells blank: whether one may be a head is asked before
        # its texts are taken.
        if not any(v and v.__class__ is str and "原因" in v for v in cells):  # type: ignore[operator]
            continue
        texts = {c: v.strip() for c, v in enumerate(cells) if isinstance(v, str)}
        columns = {c: names[text] for c, text in texts.items() if text in names}
        known = set(columns.values())
        if known.issuperset(FIELDS.values()) and known & set(ABOUT.values()):
            return number, columns
    return None


def _rows(sheet: Sheet, head: int, columns: dict[int, str]) -> list[dict[str, Any]]:
    found = []
    for number, cells in enumerate(sheet.cells[head + 1 :], head + 2):
        values = {name: _text(cells[c]) for c, name in columns.items() if c < len(cells)}
        written = {name: value for name, value in values.items() if value}
        if not any(written.get(name) for name in FIELDS.values()):
            continue
        if "until" in written:
            written["until"] = _day(written["until"])
        found.append({"sheet": sheet.name, "row": number, **written})
    return found


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split()) if value is not None else ""


def _day(text: str) -> str:
    """A date that came as the workbook's number of days, as a date."""
    if text.isdigit() and int(text) in SERIALS:
        return (FIRST_DAY + timedelta(days=int(text))).isoformat()
    return text
