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

from pipelines.performance.cells import entry_of, in_yuan
from pipelines.performance.grid import Grid, GridCell, money_unit
from pipelines.performance.header import heads_of, under
from pipelines.performance.names import printed_project, titled_project
from pipelines.performance.pack import NO_ENTRY, Entry, Indicator, ProjectTable
from pipelines.performance.projectwords import (
    FUND_COLUMNS,
    SIDE_BY_SIDE,
    SPENT,
    TOTAL_SCORE,
    field_key,
    fund_row_key,
    other_source,
)
from pipelines.performance.segments import Segment
from pipelines.performance.values import MONEY_UNITS, Value, operator, read_value
from pipelines.performance.words import caption, flat, header, label

WHOLE = "部门整体"  # stands for the project in a form of the whole unit
# What a blank form of the budget system prints into its reason cell.
INSTRUCTIONS = re.compile(r"^1[.、].*执行率[=＝].{0,200}|^（?(?:请|填写|按要求填)")
# 优, or 自评等级：优, in the row of the total.
GRADED = re.compile(
    r"^（?(?:(?:自评|评价|绩效)?(?:等级|等次|结论|结果))?）?：?（?(?P<g>优秀|优|良好|良|中|差)）?$"
)
BY_NATURE = re.compile(r"按(?:收入|支出)性质分")
TOTALS = frozenset(("合计", "总分", "总计", "自评总分"))
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
    if told.said and not found.total_score.said:
        found.total_score = replace(told, value=read_value(told.value.raw))
    _settle_money(found, segment)
    return found


def _entry(cell: GridCell | None, file: str) -> Entry:
    return entry_of(cell, file, "answer")


def _read_head(segment: Segment, file: str, found: ProjectTable) -> None:
    grid = segment.grid
    columns: dict[str, tuple[int, int]] = {}
    side: dict[str, tuple[int, int]] = {}
    for row in segment.head:
        cells = grid.rows[row]
        if header_columns := _fund_header(grid, row):
            columns = header_columns
            found.columns = frozenset(columns)
            found.layout = _layout(cells)
            _captions(cells, file, found)
            continue
        if side:
            _side_by_side(cells, side, file, found)
            side = {}
            continue
        fields = _fields(cells, file, found)
        if fields:
            side = fields
        elif columns:
            _fund_row(cells, columns, file, found)
        elif found.layout == "A":
            _fund_pairs(cells, file, found)


def _layout(cells: list[GridCell]) -> str:
    """B says 权重 or 调整后预算, C says 分值 or 全年预算数."""
    words = " ".join(flat(c.text) for c in cells)
    return "B" if "权重" in words or "调整后" in words else "C"


def _captions(cells: list[GridCell], file: str, found: ProjectTable) -> None:
    for cell in cells:
        name, points = caption(cell.text)
        if points and "执行" in name:
            found.fund_weight = Entry(read_value(points), file, cell.spot)


def _fund_header(grid: Grid, row: int) -> dict[str, tuple[int, int]]:
    """Where the columns of money stand, if the row names at least two of them beside a rate or a
    budget.
    """
    found: dict[str, tuple[int, int]] = {}
    for head in heads_of([grid.rows[row]]):
        key = FUND_COLUMNS.get(header(head.leaf))
        if key and key not in found and not head.cell.text.strip().endswith(("：", ":")):
            found[key] = (head.start, head.end)
    amounts = {"预算数", "执行数", "年初预算"} & set(found)
    return found if len(amounts) >= 2 else {}


def _fund_row(
    cells: list[GridCell], columns: dict[str, tuple[int, int]], file: str, found: ProjectTable
) -> None:
    first = min(start for start, _ in columns.values())
    if any(_names_other(c) for c in cells if c.column >= first):
        columns.clear()  # from here on amounts stand beside their labels, not under the header
        return
    name = _fund_name([c for c in cells if c.column < first], found)
    if not name:
        return
    for key, (start, end) in columns.items():
        cell = next((c for c in cells if start <= c.column < end), None)
        if cell is not None and (name, key) not in found.funds:
            found.funds[name, key] = _without_instructions(_entry(cell, file))


def _names_other(cell: GridCell) -> bool:
    """Whether a cell under the header of money is a label of its own (按支出性质分, 基本支出：)."""
    plain = label(cell.text)
    return BY_NATURE.search(plain) is not None or plain.rstrip("：") in SPENT


def _name_project(found: ProjectTable, segment: Segment, file: str) -> None:
    """The project's name and code: as printed in the table, else in its title."""
    name = found.fields.get("项目名称", NO_ENTRY)
    code, printed = printed_project(name.text)
    titled = titled_project(found.title.text if segment.title_cell else segment.grid.title)
    found.code = found.fields.get("项目编码", NO_ENTRY).text or code
    found.project = WHOLE if segment.form.whole else printed or titled
    if not segment.title_cell and not name.said and segment.grid.rows:
        found.title = _entry(segment.grid.rows[segment.first][0], file)


def _fund_name(labels: list[GridCell], found: ProjectTable) -> str:
    """The row's key. A second row of a kind (中央, 省级财政资金), and a source that is of no kind,
    go by their own label.
    """
    known = [n for c in reversed(labels) if (n := fund_row_key(c.text))]
    taken = {row for row, _ in found.funds}
    if known and known[0] not in taken:
        return known[0]
    own = next((label(c.text) for c in reversed(labels) if other_source(c.text)), "")
    return own if own not in taken and ("总额" in taken or known) else ""


def _without_instructions(entry: Entry) -> Entry:
    if INSTRUCTIONS.match(entry.text):
        return replace(entry, value=Value(entry.value.raw, "empty"))
    return entry


def _fund_pairs(cells: list[GridCell], file: str, found: ProjectTable) -> None:
    """Layout A: a label and behind it (or in the next cell) its amount, first the budget, then the
    execution.
    """
    waiting: tuple[str, str] | None = None
    seen: dict[str, int] = {}
    for cell in cells:
        name = label(cell.text)
        inner = re.match(r"^(预算数|执行数|其他资金|财政拨款)：(.+)$", name)
        own = inner[1] if inner else name.rstrip("：")
        key = _pair_key(own, seen)
        if key and inner:
            found.funds.setdefault(key, Entry(read_value(inner[2]), file, cell.spot))
            waiting = None
        elif key:
            waiting = key
        elif waiting:
            found.funds.setdefault(waiting, _entry(cell, file))
            waiting = None
    if seen:
        found.columns = found.columns | {"预算数", "执行数"}


def _pair_key(name: str, seen: dict[str, int]) -> tuple[str, str] | None:
    if name in ("预算数", "执行数"):
        seen[name] = 1
        return "总额", name
    row = fund_row_key(name)
    if row in ("财政拨款", "其他资金", "单位资金", "上年结转", "专户资金"):
        seen[row] = seen.get(row, 0) + 1
        return row, "预算数" if seen[row] == 1 else "执行数"
    return None


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
    named = [(key, i) for i, c in enumerate(cells) if (key := field_key(c.text))]
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
        reason=_without_instructions(_entry(cells.get("原因"), file)),
        op_entry=_entry(op_cell, file),
        unit_entry=_entry(unit_cell, file),
        level1_entry=level1,
        level2_entry=level2,
        has=has,
        table=found.table,
    )


def _settle_money(found: ProjectTable, segment: Segment) -> None:
    """The project's money in 元, at the precision of its table."""
    above = " ".join(c.text for row in segment.head for c in segment.grid.filled(row))
    unit = money_unit(above) or segment.grid.money_unit or "万元"
    factor = MONEY_UNITS[unit]
    money = {k: e for k, e in found.funds.items() if k[1] in ("年初预算", "预算数", "执行数")}
    places = max((e.value.decimals for e in money.values() if e.number), default=0)
    for key, entry in money.items():
        if entry.number:
            found.funds[key] = replace(entry, value=in_yuan(entry.value, factor, places))
    for key, entry in found.funds.items():
        if key[1] == "执行率" and entry.number and not entry.value.percent:
            found.funds[key] = _as_percent(entry)


def _as_percent(entry: Entry) -> Entry:
    """A bare rate in points; a bare 1 is the whole: no project executes just one percent."""
    number = entry.value.number or 0
    scale = 100 if number <= 1 and number != 0 else 1
    return replace(entry, value=replace(entry.value.scaled(scale), unit="%"))
