"""A grid cut into forms: where a header stands, where its data end, which rows are the head of a
project table.

What does not belong here: values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.performance.grid import Grid, GridCell
from pipelines.performance.header import PROJECT_LAYOUTS, Layout, header_words, idle_top, recognise
from pipelines.performance.projectwords import field_key
from pipelines.performance.words import flat, header, label
from schemas.performance_forms import JXForm, performance_forms

# Labels that stand only in the head of a project table, in any of its layouts.
HEAD_LABELS = frozenset(
    [
        "主管部门及代码",
        "主管部门",
        "实施单位",
        "实施单位（盖章）",
        "项目名称",
        "项目资金",
        "项目预算执行情况",
        "年度总体目标",
        "年度总体目标完成情况",
        "项目基本情况",
        "预算执行情况",
        "项目年度目标",
        "年度目标完成情况",
        "项目实施内容及过程概述",
    ]
)
TITLE = re.compile(
    r"^.{0,60}(?:绩效目标自评表|绩效自评表|支出自评表|项目自评表|绩效目标申报表|支出绩效目标表|绩效目标表)(?:（.{0,20}）)?$"
)
ENDS = re.compile(
    r"^(?:注[：:\d]|说明[：:]|填表说明|备注[：:]|填报说明|单位负责人|制表人|填表人|审核人)"
)
# 上年…, 预算…, and the words beneath them: no layout of the specification has more
TALLEST_HEADER = 3


@dataclass(slots=True)
class Segment:
    """A form in a grid: its head rows (a project table's), its header and its data rows."""

    layout: Layout
    grid: Grid
    first: int
    rows: range
    head: list[int] = field(default_factory=list)
    title: str = ""
    title_cell: GridCell | None = None

    @property
    def form(self) -> JXForm:
        return self.layout.form


def project_head(words: list[str]) -> bool:
    """Whether a row is one of the head of a project table: its title, or a label of the head."""
    filled = [w for w in words if w.strip()]
    if not filled:
        return False
    if len(filled) == 1 and TITLE.match(flat(filled[0])):
        return True
    found = {label(w).rstrip("：") for w in filled}
    if found & {"主管部门及代码", "主管部门"}:
        return True
    named = field_key(filled[0]) == "项目名称"
    return named and (len(filled) <= 2 or bool(found & {"项目编码", "项目代码", "实施单位"}))


def segments(grid: Grid) -> list[Segment]:
    """Every form of a grid, in order."""
    found: list[Segment] = []
    head: list[int] = []
    in_project = False
    row = 0
    while row < len(grid.rows):
        words = [c.text for c in grid.rows[row]]
        if project_head(words):
            if not in_project or _is_title(words):
                head = []
            in_project = True
        title = _title_of(grid, head)
        layout = _header_at(grid, row, in_project, title)
        if layout is None:
            head.append(row)
            row += 1
            continue
        end = _end_of(grid, row + layout.height, layout)
        segment = Segment(layout, grid, row, range(row + layout.height, end), head, title)
        segment.title_cell = _title_cell(grid, head)
        found.append(segment)
        head, in_project, row = [], False, end
    return found


def _is_title(words: list[str]) -> bool:
    filled = [w for w in words if w.strip()]
    return len(filled) == 1 and bool(TITLE.match(flat(filled[0])))


def _title_cell(grid: Grid, head: list[int]) -> GridCell | None:
    for row in head:
        for cell in grid.filled(row):
            if TITLE.match(flat(cell.text)):
                return cell
    return None


def _title_of(grid: Grid, head: list[int]) -> str:
    cell = _title_cell(grid, head)
    own = cell.text if cell else ""
    words = [c.text for row in head for c in grid.filled(row)][:3]
    # A sheet's first title is not that of the forms below it that have their own.
    if own or _names_a_project(grid, head):
        return " ".join((own, *words))
    return " ".join((*words, grid.title, *grid.above[-2:]))


def _names_a_project(grid: Grid, head: list[int]) -> bool:
    """Whether the head fills in 项目名称: then a sheet's title that speaks of the whole unit is
    that of the report, not of the form.
    """
    for row in head:
        cells = [c.text for c in grid.filled(row)]
        if any(field_key(one) == "项目名称" for one in cells[:-1]):
            return True
    return False


def _header_at(grid: Grid, row: int, in_project: bool, title: str) -> Layout | None:
    forms = performance_forms().values()
    allowed = [f for f in forms if not in_project or f.layout in PROJECT_LAYOUTS]
    if not any(True for _ in grid.filled(row)):
        return None
    below = grid.rows[row : row + TALLEST_HEADER]
    windows = (below[:height] for height in range(1, len(below) + 1))
    layouts = [found for window in windows if (found := recognise(window, allowed, title))]
    # A taller window must find more columns: data rows below a header add none.
    best = max(layouts, key=lambda layout: layout.score, default=None)
    if best is None or idle_top(best, below[: best.height], allowed, title):
        return None
    best.height = max(best.height, _spanned(row, best))
    return best


def _spanned(row: int, layout: Layout) -> int:
    """Header rows, counting what merged header cells cover. A caption at the side that stands
    for all rows is no header, nor is a name (the unit's, in 人员概况) merged into the data.
    """
    known = header_words(layout.form)
    heads = layout.columns.items()
    cells = [h.cell for name, h in heads if name != "key" or header(h.cell.text) in known]
    bottom = max((c.row + c.rows for c in cells), default=0)
    return min(bottom - row, TALLEST_HEADER)


def _end_of(grid: Grid, row: int, layout: Layout) -> int:
    """The row behind the data: the next header, the head of a project table, or a note."""
    in_project = layout.form.layout in PROJECT_LAYOUTS
    while row < len(grid.rows):
        words = [c.text for c in grid.rows[row]]
        if project_head(words) or any(ENDS.match(flat(w)) for w in words[:1]):
            return row
        if _header_at(grid, row, False, "") and not (in_project and _fund_header(words)):
            return row
        row += 1
    return row


def _fund_header(words: list[str]) -> bool:
    return any("执行率" in flat(w) for w in words) and not any("三级" in flat(w) for w in words)
