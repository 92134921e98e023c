"""公开13: one row of amounts under headers of several levels."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.paper import HEAD, Paper
from pipelines.public.keys import TOTAL
from pipelines.xlsx.plain_sheet import Slots
from schemas.library import Form


def draw_row(paper: Paper, form: Form) -> None:
    """G13: one row of amounts, budget and final account; nothing spent is written as 0, what
    could not be read is left blank.
    """
    unread = paper.data.lacking.cells_unread(form.form)
    keys = [c.key for c in form.columns]
    paths = [_three_public_path(k) for k in keys]
    sheet = paper.open(form, [14 for _ in keys])
    depth = max(len(p) for p in paths)
    paper.stamped(sheet, form, _row_header)
    row = HEAD + depth + 1
    for i, key in enumerate(keys):
        amount = paper.data.printed.get((form.form, "", TOTAL, key))
        if amount is None and unread:
            sheet.write_blank(row, i, None, paper.style("g_money"))
        else:
            sheet.write_number(row, i, (amount or 0) / 100, paper.style("g_money"))
    paper.close(sheet, form, row + 1, (HEAD, HEAD + depth), 0)


def _row_header(paper: Paper, sheet: Worksheet, form: Form) -> Slots:
    paths = [_three_public_path(c.key) for c in form.columns]
    depth = max(len(p) for p in paths)
    for level in range(depth):
        words = [(p + [""] * depth)[level] for p in paths]
        paper.head_level(sheet, HEAD + level, words, last=level == depth - 1, first=0)
    for i in range(len(paths)):
        sheet.write_number(HEAD + depth, i, i + 1, paper.style("g_line"))
    return []


def _three_public_path(key: str) -> list[str]:
    """The header of a column: the two kinds of vehicle costs stand under their common heading."""
    parts = key.split("/")
    if parts[-1] in ("公务用车购置费", "公务用车运行维护费"):
        return [parts[0], "公务用车购置及运行维护费", parts[-1]]
    return parts
