"""Fixed tables: two or three panels side by side, each with its label, 行次 and amount columns,
totals at the bottom.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sample.amounts import put_amount, put_dash
from pipelines.sample.heading import put_heading, put_notes
from pipelines.sample.labels import row_marks, row_text, rows_of_year
from pipelines.sample.lists import HEADER_TOP, header_path
from pipelines.sample.paper import HEAD, TEXT, Paper
from pipelines.sample.style import Style, label
from pipelines.sample.tables import Table
from schemas.library import Block, Column, Form, Row

_TITLES = {
    "收入": "收　　入",
    "支出功能分类": "支　　出",
    "支出性质": "支　　出",
    "左": "",
    "右": "",
}
_ITEMS = {"支出功能分类": "项目（按功能分类）", "支出性质": "项目（按支出性质和经济分类）"}
_HEADING = "支出经济分类"


@dataclass(frozen=True)
class BlockTable:
    """What a fixed-row sheet shows."""

    form: Form
    table: Table
    unit_name: str
    year: int
    decimals: int | None = None


@dataclass
class _Line:
    """One printed row of a panel: its label, and the row of the form behind it (none for a blank or
    a heading).
    """

    text: str = ""
    block: Block | None = None
    row: Row | None = None
    heading: bool = False


@dataclass
class _Panel:
    """A panel's place on the sheet and its lines above the totals, and the totals."""

    first: int
    columns: tuple[Column, ...]
    title: str
    item: str
    body: list[_Line]
    tail: list[_Line]

    @property
    def last(self) -> int:
        return self.first + 1 + len(self.columns)


def block_sheet(shown: BlockTable, style: Style, name: str) -> Paper:
    """The whole sheet, facts noted at their cells."""
    paper = Paper(name, top=style.banner, left=int(style.blank_column), form=shown.form.form)
    panels = _panels(shown, style)
    put_heading(paper, shown.form, shown.unit_name, shown.year, style, panels[-1].last)
    row = _put_header(paper, shown, style, panels)
    height = max(len(p.body) for p in panels)
    lines = 1
    for panel in panels:
        lines = _put_panel(paper, shown, style, panel, row, height, lines)
    below = row + height + max(len(p.tail) for p in panels)
    put_notes(paper, shown.form, below, panels[-1].last, style, empty=False)
    paper.widths = {p.first: 34 for p in panels}
    return paper


def _panels(shown: BlockTable, style: Style) -> list[_Panel]:
    form, found, first = shown.form, [], 0
    with_tail = _tail_panel(form, style)
    for number, ids in enumerate(form.panels):
        blocks = [form.block(i) for i in ids]
        columns = tuple(c for c in blocks[0].columns if not (c.optional and style.drop_optional))
        panel = _Panel(
            first, columns, _TITLES.get(ids[0], ids[0]), _ITEMS.get(ids[0], "项目"), [], []
        )
        for block in blocks:
            _fill(panel, shown, style, block, is_tail=number == with_tail)
        found.append(panel)
        first = panel.last + 1
    return found


def _tail_panel(form: Form, style: Style) -> int:
    """Which panel carries the totals of the expenditure side."""
    return len(form.panels) - 1 if style.tail == "right" else 1


def _fill(panel: _Panel, shown: BlockTable, style: Style, block: Block, *, is_tail: bool) -> None:
    form = shown.form
    rows = _shown_rows(shown, style, block)
    marks = row_marks(form, block, rows, style.numbering)
    lines = [
        _Line(_label(form, block, r, m, shown.year, style), block, r)
        for r, m in zip(rows, marks, strict=True)
    ]
    if block.name == "支出":
        if is_tail:
            panel.tail = _spaced(lines, rows)
        return
    if block.name == _HEADING and style.heading_row:
        panel.body += [_Line(), _Line(_HEADING, heading=True)]
    split = len(rows)
    if block.name == "收入":
        split = next((i for i, r in enumerate(rows) if r.key == "本年收入合计"), split)
    panel.body += lines[:split]
    panel.tail += _spaced(lines[split:], rows[split:])


def _shown_rows(shown: BlockTable, style: Style, block: Block) -> list[Row]:
    """The rows of the year; of the classes only those with amounts where the exporter drops the
    others.
    """
    rows = rows_of_year(shown.form, block, shown.year)
    if style.drop_rows and block.name == "支出功能分类":
        used = {row for b, row, _ in shown.table if b == block.name}
        rows = [r for r in rows if r.key in used]
    return rows


def _label(form: Form, block: Block, row: Row, mark: str, year: int, style: Style) -> str:
    text = row_text(form, row, year, style.aliases)
    return mark + label(text, style)


def _spaced(lines: list[_Line], rows: list[Row]) -> list[_Line]:
    """A blank line before 总计 where the form has one."""
    found: list[_Line] = []
    for line, row in zip(lines, rows, strict=True):
        gap = row.key == "总计" and len(lines) == 4
        found += [_Line(), line] if gap else [line]
    return found


# --- header
# --------------------------------------------------------------------------------------------------


def _put_header(paper: Paper, shown: BlockTable, style: Style, panels: list[_Panel]) -> int:
    row = HEADER_TOP
    if any(p.title for p in panels):
        paper.merge(row, 0, row, panels[0].last, panels[0].title, HEAD)
        if len(panels) > 1:
            paper.merge(row, panels[1].first, row, panels[-1].last, panels[1].title, HEAD)
        row += 1
    depth = max(len(header_path(c, shown.year, style)) for p in panels for c in p.columns)
    column_number = 1
    for panel in panels:
        paper.merge(row, panel.first, row + depth - 1, panel.first, panel.item, HEAD)
        paper.merge(row, panel.first + 1, row + depth - 1, panel.first + 1, "行次", HEAD)
        _put_columns(paper, shown, style, panel, row, depth)
        paper.put(row + depth, panel.first, label("栏次", style), HEAD)
        for number in range(len(panel.columns)):
            paper.put(row + depth, panel.first + 2 + number, column_number, HEAD)
            column_number += 1
    return row + depth + 1


def _put_columns(
    paper: Paper, shown: BlockTable, style: Style, panel: _Panel, row: int, depth: int
) -> None:
    paths = [header_path(c, shown.year, style) for c in panel.columns]
    if shown.year <= 2018:
        paths = [[p.replace("全年预算数", "调整预算数") for p in path] for path in paths]
    number = 0
    while number < len(paths):
        column = panel.first + 2 + number
        if len(paths[number]) == 1:
            paper.merge(row, column, row + depth - 1, column, paths[number][0], HEAD)
            number += 1
            continue
        same = [p for p in paths if p[0] == paths[number][0]]
        paper.merge(row, column, row, column + len(same) - 1, paths[number][0], HEAD)
        for offset, path in enumerate(same):
            paper.put(row + 1, column + offset, path[1], HEAD)
        number += len(same)


# --- rows
# --------------------------------------------------------------------------------------------------


def _put_panel(
    paper: Paper, shown: BlockTable, style: Style, panel: _Panel, top: int, height: int, number: int
) -> int:
    lines = panel.body + [_Line()] * (height - len(panel.body))
    for offset, line in enumerate(lines):
        _put_line(paper, shown, style, panel, top + offset, line, number)
        number += 1
    merged_from = panel.first
    if (
        style.tail == "right"
        and len(shown.form.panels) == 3
        and panel.tail
        and panel.title != _TITLES["收入"]
    ):
        merged_from = 2 + len(shown.form.block("收入").columns)
    for offset, line in enumerate(panel.tail):
        _put_line(paper, shown, style, panel, top + height + offset, line, number, merged_from)
        number += 1
    return number


def _put_line(
    paper: Paper,
    shown: BlockTable,
    style: Style,
    panel: _Panel,
    row: int,
    line: _Line,
    number: int,
    label_from: int | None = None,
) -> None:
    start = panel.first if label_from is None else label_from
    if start != panel.first:
        paper.merge(row, start, row, panel.first, line.text, TEXT)
    else:
        paper.put(row, panel.first, line.text, TEXT)
    paper.put(row, panel.first + 1, number, HEAD)
    if line.heading:
        for place in range(len(panel.columns)):
            paper.put(row, panel.first + 2 + place, style.dash, HEAD)
    if line.row is not None and line.block is not None:
        for offset, column in enumerate(panel.columns):
            _put_cell(
                paper, shown, style, line.block, line.row, row, panel.first + 2 + offset, column
            )


def _put_cell(
    paper: Paper,
    shown: BlockTable,
    style: Style,
    block: Block,
    row: Row,
    at: int,
    column_at: int,
    column: Column,
) -> None:
    key = (shown.form.form, block.name, row.key, column.key)
    amount = shown.table.get(key[1:], 0)
    if not amount and _blocked(shown.form, block, row, column):
        put_dash(paper, key, at, column_at, style)
        return
    put_amount(
        paper,
        key,
        at,
        column_at,
        amount,
        style,
        count=row.count,
        empty=style.zero,
        decimals=shown.decimals,
    )


_COUNTED_FUNDS = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")


def _blocked(form: Form, block: Block, row: Row, column: Column) -> bool:
    """Cells that no amount belongs in: they are printed with a dash."""
    budget = column.key.startswith(("年初预算数", "全年预算数", "预算数"))
    if form.form == "F03":
        return row.blocked or row.heading or (row.count and budget)
    if block.name == _HEADING:
        return budget
    if block.name == "支出" and row.key in _COUNTED_FUNDS:
        return not column.key.endswith(("小计", "合计", row.key))
    return False
