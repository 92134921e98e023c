"""List tables: one row per functional item (类, 款, 项 under each other, 合计 first), amounts to
the right.

The header is the tree of the column keys; wide tables have the economic classification there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pipelines.sample.amounts import put_amount, put_dash
from pipelines.sample.heading import put_heading, put_notes
from pipelines.sample.labels import of_year
from pipelines.sample.paper import HEAD, RIGHT, TEXT, Paper
from pipelines.sample.style import Style, label
from pipelines.sample.tables import TOTAL, Table
from schemas.library import Column, Form, code_list, forms

HEADER_TOP = 3


@dataclass(frozen=True)
class ListTable:
    """What a list sheet shows.

    ``decimals`` is for published tables, which print a fixed number of them.
    """

    form: Form
    table: Table
    unit_name: str
    year: int
    names: dict[str, str]
    decimals: int | None = None

    @cached_property
    def by_row(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (_, row, column), amount in self.table.items():
            found.setdefault(row, {})[column] = amount
        return found

    @property
    def rows(self) -> list[str]:
        return [TOTAL, *sorted(self.by_row.keys() - {TOTAL})]


def list_sheet(shown: ListTable, style: Style, name: str) -> Paper:
    """The whole sheet, facts noted at their cells."""
    paper = Paper(name, top=style.banner, left=int(style.blank_column), form=shown.form.form)
    first = 2 if style.codes == "single" or shown.form.codes == "economic" else 4
    last = first + len(shown.form.columns) - 1
    put_heading(paper, shown.form, shown.unit_name, shown.year, style, last)
    row = put_header(paper, shown, style, HEADER_TOP, first)
    for number, code in enumerate(shown.rows):
        if style.repeat_header and number and number % style.repeat_header == 0:
            row = put_header(paper, shown, style, row, first)
        _put_row(paper, shown, style, row, first, code)
        row += 1
    put_notes(paper, shown.form, row, last, style, empty=not any(shown.table.values()))
    paper.widths = {0: 9, first - 1: 32}
    return paper


# --- header
# --------------------------------------------------------------------------------------------------


def put_header(paper: Paper, shown: ListTable, style: Style, top: int, first: int) -> int:
    """Header and 栏次 row; returns the row below them."""
    cells, merged, below = _header(
        shown.form.form, shown.year, style, top + paper.top, first + paper.left, paper.left
    )
    paper.cells.extend(cells)
    paper.merged.extend(merged)
    return below - paper.top


@lru_cache(maxsize=256)
def _header(
    form_id: str, year: int, style: Style, top: int, first: int, left: int
) -> tuple[list, list, int]:
    """The header of a form at its place on the sheet: the same on most sheets of most workbooks."""
    form, paper = forms()[form_id], Paper(form_id, left=left)
    columns, first = form.columns, first - left
    wide = any(c.key.isdigit() for c in columns)
    paths = [_wide_path(c, style) if wide else header_path(c, year, style) for c in columns]
    depth = max(len(p) for p in paths)
    depth = depth if style.compact or style.codes == "single" else max(depth, 4)
    put_paths(paper, paths, top, first, depth)
    _put_corner(paper, style, top, first, depth, economic=form.codes == "economic")
    _put_numbers(paper, style, top + depth, first, len(columns))
    return paper.cells, paper.merged, top + depth + 1


def header_path(column: Column, year: int, style: Style) -> list[str]:
    text = of_year(column, year)
    if style.aliases and column.aliases and text == (column.label or column.key):
        text = column.aliases[0]
    return text.split("/")


def _wide_path(column: Column, style: Style) -> list[str]:
    if column.key == TOTAL:
        return [TOTAL]
    items = code_list("economic").items
    class_name = items[column.key[:3]].name
    own = "小计" if len(column.key) == 3 else column.label or items[column.key].name
    if style.header == "flat":
        return [f"{column.key}\n{column.label or items[column.key].name}"]
    return [class_name, own, column.key] if style.header == "codes" else [class_name, own]


def put_paths(paper: Paper, paths: list[list[str]], top: int, first: int, depth: int) -> None:
    """Each header text once, merged over the columns that share it and down to the last header row
    for a leaf.
    """
    start = 0
    while start < len(paths):
        _put_branch(paper, paths, start, 0, top, first, depth)
        start += _run(paths, start, 0)


def _run(paths: list[list[str]], start: int, level: int) -> int:
    """How many columns from ``start`` share the text at this level; a leaf stands alone."""
    if len(paths[start]) == level + 1:
        return 1
    count = 1
    while (
        start + count < len(paths)
        and paths[start + count][: level + 1] == paths[start][: level + 1]
    ):
        count += 1
    return count


def _put_branch(
    paper: Paper, paths: list[list[str]], start: int, level: int, top: int, first: int, depth: int
) -> None:
    path, count = paths[start], _run(paths, start, level)
    row, column = top + level, first + start
    if len(path) == level + 1:
        paper.merge(row, column, top + depth - 1, column, path[level], HEAD)
        return
    paper.merge(row, column, row, column + count - 1, path[level], HEAD)
    inner = start
    while inner < start + count:
        if len(paths[inner]) > level + 1:
            _put_branch(paper, paths, inner, level + 1, top, first, depth)
            inner += _run(paths, inner, level + 1)
        else:
            inner += 1


def _put_corner(
    paper: Paper, style: Style, top: int, first: int, depth: int, *, economic: bool
) -> None:
    """项目 over 科目编码 and 科目名称, or just these two."""
    bottom = top + depth - 1
    what = "经济分类科目编码" if economic else "支出功能分类\n科目编码"
    if depth == 1:
        paper.merge(top, 0, top, first - 2, "科目编码", HEAD)
        paper.put(top, first - 1, "科目名称", HEAD)
        return
    paper.merge(top, 0, top, first - 1, label("项目", style), HEAD)
    paper.merge(top + 1, 0, bottom, first - 2, what, HEAD)
    paper.merge(top + 1, first - 1, bottom, first - 1, "科目名称", HEAD)


def _put_numbers(paper: Paper, style: Style, row: int, first: int, count: int) -> None:
    if first == 4:
        for column, text in enumerate(("类", "款", "项")):
            paper.put(row, column, text, HEAD)
    paper.put(row, first - 1, label("栏次", style), HEAD)
    for number in range(count):
        paper.put(row, first + number, number + 1, HEAD)


# --- rows
# --------------------------------------------------------------------------------------------------


def _put_row(paper: Paper, shown: ListTable, style: Style, row: int, first: int, code: str) -> None:
    form = shown.form.form
    if code == TOTAL:
        _put_total_label(paper, style, row, first)
    else:
        _put_code(paper, style, row, first, code)
        indent = "　" * ((len(code) - 3) // 2)
        paper.put(row, first - 1, indent + label(shown.names[code], style), TEXT)
    places = _places(form)
    empty = "0" if form == "CS01_1" else ""
    amounts = shown.by_row.get(code, {})
    for column, amount in amounts.items():
        key = (form, "", code, column)
        put_amount(
            paper,
            key,
            row,
            first + places[column],
            amount,
            style,
            empty=empty,
            decimals=shown.decimals,
        )
    if shown.form.blocked and (code == TOTAL or style.blocked_everywhere):
        for column, place in places.items():
            if column.startswith(shown.form.blocked) and not amounts.get(column):
                put_dash(paper, (form, "", code, column), row, first + place, style)


@cache
def _places(form_id: str) -> dict[str, int]:
    return {column.key: number for number, column in enumerate(forms()[form_id].columns)}


def _put_total_label(paper: Paper, style: Style, row: int, first: int) -> None:
    if style.total_in_name:
        paper.put(row, first - 1, label(TOTAL, style), HEAD)
    else:
        paper.merge(row, 0, row, first - 1, label(TOTAL, style), HEAD)


def _put_code(paper: Paper, style: Style, row: int, first: int, code: str) -> None:
    """The code as text over the merged columns, as a number, in parts, or each level in its own
    column.
    """
    if first == 2 or style.codes in ("text", "integer"):
        value = int(code) if style.codes == "integer" else code
        paper.merge(row, 0, row, first - 2, value, TEXT if isinstance(value, str) else RIGHT)
    elif style.codes == "levels":
        paper.put(row, (len(code) - 3) // 2, code, TEXT)
    else:
        for column, part in enumerate((code[:3], code[3:5], code[5:7])):
            paper.put(row, column, part, TEXT)
