"""A public table as a list: codes and names down, columns across, one header row a level, 栏次."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.paper import HEAD, Paper, Slots
from pipelines.public.keys import TOTAL
from schemas.library import Form

_SHOWN = {("G02", "事业收入"): "事业收入/小计"}


def draw_list(paper: Paper, form: Form) -> None:
    columns = form.columns
    sheet = paper.open(form, [13, 38, *(17 for _ in columns)])
    paper.stamped(sheet, form, _list_header)
    last = HEAD + max(len(k.split("/")) for k in _shown(form))
    row = last + 1
    for key in paper.rows(form.form):
        row_head(paper, sheet, row, key, form.codes or "")
        amounts(paper, sheet, row, form.form, key, [c.key for c in columns])
        row += 1
    paper.close(sheet, form, row, (HEAD, last), 2)


def amounts(paper, sheet: Any, row: int, form: str, key: str, columns: Sequence[str]) -> None:
    found = paper.lines[form].get(key, {})
    sheet.write_amounts(
        row,
        2,
        [found.get(c) for c in columns],
        paper.style("g_total" if key == TOTAL else "g_money"),
    )


def _list_header(paper: Paper, sheet: Worksheet, form: Form) -> Slots:
    """One header row for each level of the column keys, then 栏次."""
    keys = _shown(form)
    depth = max(len(k.split("/")) for k in keys)
    for level in range(depth):
        words = [(k.split("/") + [""] * depth)[level] for k in keys]
        paper.head_level(sheet, HEAD + level, words, last=level == depth - 1)
    paper.head(sheet, HEAD + depth, ["栏次", ""], 18)
    for i in range(len(keys)):
        sheet.write_number(HEAD + depth, 2 + i, i + 1, paper.style("g_line"))
    return []


def row_head(paper: Paper, sheet: Worksheet, row: int, key: str, codes: str) -> None:
    if key == TOTAL:
        sheet.write_blank(row, 0, None, paper.style("g_code"))
        sheet.write_string(row, 1, TOTAL, paper.style("g_bold"))
        return
    name = paper.subject.economic(key) if codes == "economic" else paper.subject.functional(key)
    sheet.write_string(row, 0, key, paper.style("g_code"))
    indent = 1 if codes == "economic" else 2
    sheet.write_string(
        row,
        1,
        "　" * ((len(key) - 3) // 2 if indent == 2 else (len(key) > 3)) + name,
        paper.style("g_name"),
    )


def _shown(form: Form) -> list[str]:
    """The headers of the columns of a list table."""
    return [_SHOWN.get((form.form, c.key), c.key) for c in form.columns]
