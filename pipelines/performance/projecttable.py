"""Project tables (JX14, JX17, JX18) in their three layouts: money, goals, indicators.

    A  预算数： x 执行数： y, with 其中：财政拨款 and 其他资金 below; no weights (遂宁 2023)
    B  年初预算, 调整后预算数, 预算执行数, 预算执行率, 权重, 得分, 原因 (budget system)
    C  年初预算数, 全年预算数, 全年执行数, 分值, 执行率, 得分 (national)

What does not belong here: list forms (``reading.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pipelines.performance.cells import entry_of
from pipelines.performance.grid import GridCell
from pipelines.performance.header import under
from pipelines.performance.names import printed_project, titled_project
from pipelines.performance.pack import NO_ENTRY, Entry, Indicator, ProjectTable
from pipelines.performance.projectfunds import (
    Funds,
    fund_header,
    layout_of,
    read_funds,
    settle_money,
    without_instructions,
)
from pipelines.performance.projectwords import SIDE_BY_SIDE, TOTAL_SCORE, field_key, heads_result
from pipelines.performance.segments import Segment
from pipelines.performance.values import Value, operator, read_value
from pipelines.performance.words import caption, flat, label

WHOLE = "部门整体"  # stands for the project in a form of the whole unit
# 优, or 自评等级：优, in the row of the total.
GRADED = re.compile(
    r"^（?(?:(?:自评|评价|绩效)?(?:等级|等次|结论|结果))?）?：?（?(?P<g>优秀|优|良好|良|中|差)）?$"
)
TOTALS = frozenset(
    ("合计", "总分", "总计", "自评总分", "自评得分", "总得分", "得分合计", "自评总得分", "合计得分")
)
ENDS = re.compile(
    r"^(?:评价结论|存在问题|改进措施|项目负责人|财务负责人|联系人|填表人|说明|备注|自评结论)"
)


def read_project(segment: Segment, file: str, table: int) -> ProjectTable:
    """One project table. Money in 元; what cannot be placed is left out."""
    title_cell = segment.title_cell
    title = _entry(title_cell, file) if title_cell else NO_ENTRY
    found = ProjectTable(segment.form.form, "", title, table=table)
    _read_head(segment, file, found)
    _name_project(found, segment, file)
    _read_indicators(segment, file, found)
    told = found.fields.pop(TOTAL_SCORE, NO_ENTRY)
    if told.said:
        _take_told_score(replace(told, value=read_value(told.value.raw)), found)
    settle_money(found, segment)
    return found


def _take_told_score(told: Entry, found: ProjectTable) -> None:
    """The score in the head of a form: the total, where no row of its own gives it."""
    if found.total_score.said:
        found.told_score = told
    else:
        found.total_score = told


def _entry(cell: GridCell | None, file: str) -> Entry:
    return entry_of(cell, file, "answer")


def _read_head(segment: Segment, file: str, found: ProjectTable) -> None:
    grid, funds = segment.grid, Funds()
    side: dict[str, tuple[int, int]] = {}
    for row in segment.head:
        cells = grid.rows[row]
        if columns := fund_header(grid, row):
            funds.columns, found.columns = columns, frozenset(columns)
            found.layout = layout_of(cells)
            _captions(cells, file, found)
        elif side:
            _side_by_side(cells, side, file, found)
            side = {}
        elif not (side := _fields(cells, file, found)):
            read_funds(cells, funds, file, found)


def _captions(cells: list[GridCell], file: str, found: ProjectTable) -> None:
    for cell in cells:
        name, points = caption(cell.text)
        if points and "执行" in name:
            found.fund_weight = Entry(read_value(points), file, cell.spot)


def _name_project(found: ProjectTable, segment: Segment, file: str) -> None:
    """The project's name and code: as printed in the table, else in its title."""
    name = found.fields.get("项目名称", NO_ENTRY)
    code, printed = printed_project(name.text or _named_above(segment))
    titled = titled_project(found.title.text if segment.title_cell else segment.grid.title)
    found.code = found.fields.get("项目编码", NO_ENTRY).text or code
    found.project = WHOLE if segment.form.whole else printed or titled
    if not segment.title_cell and not name.said and segment.grid.rows:
        found.title = _entry(segment.grid.rows[segment.first][0], file)


def _named_above(segment: Segment) -> str:
    """项目名称：… in a line between the title and the table."""
    if 0 not in (segment.first, *segment.head[:1]):
        return ""
    named = (flat(line).partition("：") for line in segment.grid.above)
    return next((rest for name, _, rest in named if field_key(name) == "项目名称"), "")


def _stand_side_by_side(cells: list[GridCell], named: list[tuple[str, int]]) -> bool:
    """Whether both goals stand in one row with nothing between them."""
    if not {key for key, _ in named} >= SIDE_BY_SIDE:
        return False
    (_, first), (_, second), *_ = named
    return all(c.blank for c in cells[first + 1 : second])


def _fields(cells: list[GridCell], file: str, found: ProjectTable) -> dict[str, tuple[int, int]]:
    """Label and value side by side; gives the labels whose values stand in the next row (both goals
    in one row).
    """
    named = _named_fields(cells)
    if _stand_side_by_side(cells, named):
        return {k: (cells[i].column, cells[i].end) for k, i in named}
    for key, at in named:
        after = _value_cell(cells, at)
        if after is not None and field_key(after.text) is None:
            found.fields.setdefault(key, _text(after, file))
        elif after is None or key in ("主管部门", "实施单位"):
            found.fields.setdefault(key, Entry(Value("", "empty"), file, cells[at].spot))
    _inline_fields(cells, file, found)
    return {}


def _named_fields(cells: list[GridCell]) -> list[tuple[str, int]]:
    """The labels of a row with their places."""
    named = [(key, i) for i, c in enumerate(cells) if (key := field_key(c.text))]
    keys = [key for key, _ in named]
    if "预期目标" not in keys or "实际完成" in keys:
        return named
    goal = dict(named)["预期目标"]
    behind = (i for i in range(goal + 1, len(cells)) if heads_result(cells[i].text))
    return sorted([*named, *(("实际完成", i) for i in list(behind)[:1])], key=lambda n: n[1])


def _value_cell(cells: list[GridCell], at: int) -> GridCell | None:
    """The cell with the value of the label at ``at``: the next one, or, where cells are not merged,
    the next that is filled, unless that is a label itself.
    """
    after = cells[at + 1] if at + 1 < len(cells) else None
    if after is None or not after.blank:
        return after
    filled = next((c for c in cells[at + 2 :] if not c.blank), None)
    if filled is None or "：" in flat(filled.text):
        return after
    return after if field_key(filled.text) else filled


def _inline_fields(cells: list[GridCell], file: str, found: ProjectTable) -> None:
    for cell in cells:
        plain = flat(cell.text)
        name, colon, rest = plain.partition("：")
        if colon and rest and (key := field_key(name)):
            found.fields.setdefault(key, Entry(Value(rest, "text"), file, cell.spot))


def _side_by_side(
    cells: list[GridCell], side: dict[str, tuple[int, int]], file: str, found: ProjectTable
) -> None:
    filled = [c for c in cells if not c.blank] if len(cells) < 3 else cells
    last = cells[-len(side) :]
    for (key, (start, end)), fallback in zip(side.items(), last, strict=False):
        cell = next((c for c in filled if start <= c.column < end), fallback)
        found.fields.setdefault(key, _text(cell, file))


def _text(cell: GridCell, file: str) -> Entry:
    empty = read_value(cell.text).empty
    return Entry(Value(cell.text, "empty" if empty else "text"), file, cell.spot)


def _read_indicators(segment: Segment, file: str, found: ProjectTable) -> None:
    columns = segment.layout.columns
    carried: dict[str, Entry] = {}
    has = frozenset(columns)
    for number in segment.rows:
        row = segment.grid.rows[number]
        words = [flat(c.text) for c in row if not c.blank]
        if not words:
            continue
        if ENDS.match(words[0]):
            break
        cells = {name: under(head, row) for name, head in columns.items()}
        if _is_total(row, cells):
            _total(row, cells, file, found)
            continue
        _carry_levels(cells, carried, file)
        name_cell = cells.get("key")
        if name_cell is None or name_cell.blank:
            continue
        if not _fund_like(name_cell, cells, file, found):
            found.indicators.append(_indicator(segment.form.form, cells, carried, file, found, has))


def _carry_levels(
    cells: Mapping[str, GridCell | None], carried: dict[str, Entry], file: str
) -> None:
    """A group's caption holds for the rows below it; printed again in a row, it is the same group
    as above.
    """
    for level in ("level1", "level2"):
        cell = cells.get(level)
        known = carried.get(level, NO_ENTRY)
        if cell is not None and not cell.blank and flat(cell.text) != known.text:
            carried[level] = _text(cell, file)


def _fund_like(
    name: GridCell, cells: dict[str, GridCell | None], file: str, found: ProjectTable
) -> bool:
    """The execution rate as a row among the indicators (its points belong to the money)."""
    if label(name.text) not in ("预算执行率", "执行率"):
        return False
    for column in ("分值", "得分"):
        found.funds.setdefault(("总额", column), _entry(cells.get(column), file))
    return True


def _is_total(row: list[GridCell], cells: dict[str, GridCell | None]) -> bool:
    name = cells.get("key")
    first = next((c for c in row if not c.blank), None)
    labelled = {label(c.text) for c in (name, first) if c is not None}
    return bool(labelled & TOTALS)


def _total(
    row: list[GridCell], cells: dict[str, GridCell | None], file: str, found: ProjectTable
) -> None:
    """The weight and the score of the last row: by their order where there are two, for its cells
    are often merged.
    """
    weight, score = _entry(cells.get("分值"), file), _entry(cells.get("得分"), file)
    numbers = [_entry(c, file) for c in row if read_value(c.text).number is not None]
    if len(numbers) > 1:
        weight, score = numbers[:2]
    graded = (c for c in row if GRADED.match(flat(c.text)))
    found.grade = _entry(next(graded, None), file)
    found.total_weight, found.total_score = weight, score


def _indicator(
    form: str,
    cells: dict[str, GridCell | None],
    carried: dict[str, Entry],
    file: str,
    found: ProjectTable,
    has: frozenset[str],
) -> Indicator:
    level1, level2 = carried.get("level1", NO_ENTRY), carried.get("level2", NO_ENTRY)
    name = cells["key"]
    assert name is not None
    target = _entry(cells.get("目标值"), file)
    op_cell = cells.get("性质")
    op = operator(op_cell.text) if op_cell is not None else target.value.op
    unit_cell = cells.get("单位")
    unit = flat(unit_cell.text) if unit_cell is not None else ""
    return Indicator(
        form,
        found.project,
        caption(level1.text)[0],
        caption(level2.text)[0],
        _text(name, file),
        op or target.value.op,
        target,
        unit or target.value.unit,
        actual=_entry(cells.get("完成值"), file),
        weight=_entry(cells.get("分值"), file),
        score=_entry(cells.get("得分"), file),
        reason=without_instructions(_entry(cells.get("原因"), file)),
        op_entry=_entry(op_cell, file),
        unit_entry=_entry(unit_cell, file),
        level1_entry=level1,
        level2_entry=level2,
        has=has,
        table=found.table,
    )
