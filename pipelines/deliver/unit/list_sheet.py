"""A public table as a list: codes and names down, columns across, one header row a level, 栏次."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.paper import HEAD, Paper
from pipelines.public.keys import TOTAL
from pipelines.xlsx.lines import Head
from pipelines.xlsx.plain_sheet import Across, Slots
from schemas.library import Form

_SHOWN = {("G02", "事业收入"): "事业收入/小计"}


def draw_list(paper: Paper, form: Form) -> None:
    columns = form.columns
    sheet = paper.open(form, [13, 38, *(17 for _ in columns)])
    paper.stamped(sheet, form, _list_header)
    last = HEAD + max(len(k.split("/")) for k in _shown(form))
    row = last + 1
    row = draw_rows(paper, sheet, form, row, [c.key for c in columns], form.codes or "")
    paper.close(sheet, form, row, (HEAD, last), 2)


def draw_rows(
    paper: Paper, sheet: Any, form: Form, row: int, columns: Sequence[str], codes: str
) -> int:
    """A row for each key, its amounts from the third column on; returns the row below."""
    lines = paper.lines(form.form)
    total, money = paper.style("g_total"), paper.style("g_money")
    heads = [(key, _row_head(paper, key, codes)) for key in paper.rows(form.form)]
    rows = [(h, lines.get(key, {}), total if key == TOTAL else money) for key, h in heads]
    below: int = sheet.write_table(row, rows, _across(tuple(columns)))
    return below


@lru_cache(maxsize=1024)
def _across(columns: tuple[str, ...]) -> Across:
    return {column: place for place, column in enumerate(columns)}


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


def _row_head(paper: Paper, key: str, codes: str) -> Head:
    """Code and name of a row, the name indented by its level."""
    if key == TOTAL:
        return _head(None, TOTAL, paper.style("g_code"), paper.style("g_bold"))
    if codes == "economic":
        name = "　" * (len(key) > 3) + paper.subject.economic(key)
    else:
        name = "　" * ((len(key) - 3) // 2) + paper.subject.functional(key)
    return _head(key, name, paper.style("g_code"), paper.style("g_name"))


@lru_cache(maxsize=16384)  # some thousand codes with their names
def _head(code: str | None, name: str, code_style: Any, name_style: Any) -> Head:
    return Head(((code, code_style), (name, name_style)))


def _shown(form: Form) -> list[str]:
    """The headers of the columns of a list table."""
    return [_SHOWN.get((form.form, c.key), c.key) for c in form.columns]
