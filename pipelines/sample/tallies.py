"""The two published layouts of their own: economic items in strips side by side (公开08), one row
of “三公” (公开13).
"""

from __future__ import annotations

from pipelines.sample.amounts import put_amount
from pipelines.sample.heading import put_heading, put_notes
from pipelines.sample.lists import HEADER_TOP, ListTable, put_paths
from pipelines.sample.paper import HEAD, TEXT, Paper
from pipelines.sample.style import Style, label
from schemas.library import code_list

STAFF_CLASSES = ("301", "303")
CAR_COSTS = "公务用车购置及运行维护费"
STRIP_TITLES = ("人员经费", "公用经费", "公用经费")


def strip_sheet(shown: ListTable, style: Style, name: str) -> Paper:
    """Every economic item of 人员经费 and 公用经费 in three strips, with the totals below."""
    paper = Paper(name, top=style.banner, left=int(style.blank_column), form=shown.form.form)
    put_heading(paper, shown.form, shown.unit_name, shown.year, style, 8)
    strips = _strips()
    for number, codes in enumerate(strips):
        _put_strip_header(paper, number)
        for offset, code in enumerate(codes):
            _put_item(paper, shown, style, HEADER_TOP + 2 + offset, number * 3, code)
    below = HEADER_TOP + 2 + max(len(s) for s in strips)
    for text, column in (("人员经费合计", 0), ("公用经费合计", 3)):
        width = 1 if column == 0 else 4
        paper.merge(below, column, below, column + width, text, HEAD)
        _put(paper, shown, style, text, below, column + width + 1)
    paper.merge(below + 1, 0, below + 1, 7, "合计", HEAD)
    _put(paper, shown, style, "合计", below + 1, 8)
    put_notes(paper, shown.form, below + 2, 8, style, empty=not any(shown.table.values()))
    paper.widths = {1: 30, 4: 30, 7: 30}
    return paper


def _strips() -> list[list[str]]:
    codes = [c for c in code_list("economic").items if c[:3] not in ("309", "311")]
    staff = [c for c in codes if c[:3] in STAFF_CLASSES]
    running = [c for c in codes if c[:3] not in STAFF_CLASSES]
    half = running.index("307")
    return [staff, running[:half], running[half:]]


def _put_strip_header(paper: Paper, number: int) -> None:
    first = number * 3
    paper.merge(HEADER_TOP, first, HEADER_TOP, first + 2, STRIP_TITLES[number], HEAD)
    for offset, text in enumerate(("科目编码", "科目名称", "决算数")):
        paper.put(HEADER_TOP + 1, first + offset, text, HEAD)


def _put_item(
    paper: Paper, shown: ListTable, style: Style, row: int, first: int, code: str
) -> None:
    paper.put(row, first, code, TEXT)
    name = code_list("economic").items[code].name
    paper.put(row, first + 1, ("　" if len(code) == 5 else "") + label(name, style), TEXT)
    _put(paper, shown, style, code, row, first + 2)


def _put(paper: Paper, shown: ListTable, style: Style, key: str, row: int, column: int) -> None:
    amount = shown.table.get(("", key, "决算数"), 0)
    put_amount(
        paper,
        (shown.form.form, "", key, "决算数"),
        row,
        column,
        amount,
        style,
        decimals=shown.decimals,
    )


def row_sheet(shown: ListTable, style: Style, name: str) -> Paper:
    """One row of amounts under a header of 预算数 and 决算数, 栏次 between."""
    paper = Paper(name, top=style.banner, left=int(style.blank_column), form=shown.form.form)
    columns = shown.form.columns
    depth = 3
    put_heading(paper, shown.form, shown.unit_name, shown.year, style, len(columns) - 1)
    put_paths(paper, [_row_path(c.key) for c in columns], HEADER_TOP, 0, depth)
    row = HEADER_TOP + depth
    for number, column in enumerate(columns):
        paper.put(row, number, number + 1, HEAD)
        amount = shown.table.get(("", shown.form.row or "合计", column.key), 0)
        key = (shown.form.form, "", shown.form.row or "合计", column.key)
        put_amount(paper, key, row + 1, number, amount, style, empty="0", decimals=shown.decimals)
    put_notes(paper, shown.form, row + 2, len(columns) - 1, style, empty=False)
    return paper


def _row_path(key: str) -> list[str]:
    """The two kinds of car costs stand under their common header."""
    path = key.split("/")
    return (
        [path[0], CAR_COSTS, path[1]]
        if path[1] in ("公务用车购置费", "公务用车运行维护费")
        else path
    )
