"""Segments into rows: labels into keys, cells into values in 元, captions carried down.

What does not belong here: project tables (``projecttable.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

from pipelines.performance.cells import entry_of, in_yuan
from pipelines.performance.grid import Grid, GridCell, money_unit
from pipelines.performance.header import Head
from pipelines.performance.pack import NO_ENTRY, NOTHING, Entry, FormTable, Pack, Row
from pipelines.performance.projectlist import read_projects
from pipelines.performance.segments import Segment, segments
from pipelines.performance.staff import read_staff
from pipelines.performance.values import MONEY_UNITS
from pipelines.performance.words import caption, flat, header, label
from schemas.library import code_list
from schemas.performance_forms import JXForm

TOTALS = frozenset(("自评总分", "总分", "合计", "总计", "合计得分", "总得分"))
NO_PROBLEM = re.compile(r"^(?:无|没有|未发现|不存在|不涉及|未接受|/|—|-)")
MONTH = re.compile(r"(\d{1,2})月")
# Economic items as departments write them, beside their names in the classification.
ITEM_ALIASES = {
    "公务接待": "30217", "接待费": "30217", "维修费": "30213", "维修维护费": "30213",
    "公车运行维护费": "30231",
    "公务用车运行维护": "30231", "出国费": "30212", "因公出国（境）费": "30212", "物业费": "30209",
}  # fmt: skip


def read_grid(grid: Grid, file: str, number: int, pack: Pack) -> None:
    """Every form of a grid into the pack. ``number``: which table of the file it is."""
    for at, segment in enumerate(segments(grid)):
        table = number * 1000 + at
        form = segment.form
        if not segment.rows or not _has_data(segment):
            _note_empty(pack, segment, file, table)
            continue
        if form.layout == "project":
            pack.projects += read_projects(segment, file, table)
            _note(pack, segment, file, table)
        elif form.layout == "staff":
            _keep(pack, segment, file, table, read_staff(segment, file, table))
        else:
            _keep(pack, segment, file, table, _rows(segment, file, table))


def _has_data(segment: Segment) -> bool:
    return any(True for row in segment.rows for _ in segment.grid.filled(row))


def _keep(pack: Pack, segment: Segment, file: str, table: int, rows: list[Row]) -> None:
    if rows:
        pack.rows += rows
        _note(pack, segment, file, table)
    else:
        _note_empty(pack, segment, file, table)


def _note(pack: Pack, segment: Segment, file: str, table: int) -> None:
    columns = frozenset(segment.layout.columns)
    title = flat(segment.title_cell.text) if segment.title_cell else segment.grid.title
    made = FormTable(segment.form.form, file, table, title, _unit(segment), columns=columns)
    for name, head in segment.layout.columns.items():
        odd = _odd_words(segment.form, name)
        if header(head.cell.text) in odd:
            made.odd.append((name, entry_of(head.cell, file)))
    pack.tables.append(made)


def _odd_words(form: JXForm, name: str) -> tuple[str, ...]:
    if name.startswith("level") and name[5:].isdigit():
        return form.levels[int(name[5:]) - 1].odd
    return next((c.odd for c in form.columns if c.key == name), ())


def _note_empty(pack: Pack, segment: Segment, file: str, table: int) -> None:
    """A header without data: said, and not taken for the form. Places left to fill say that it
    is still to come.
    """
    below = (c for row in segment.rows for c in segment.grid.filled(row))
    if any(entry_of(c, file).value.asked for c in below):
        return
    pack.tables.append(
        FormTable(f"{segment.form.form}?", file, table, segment.form.title, problem="没有数据行")
    )


def _unit(segment: Segment) -> str:
    grid = segment.grid
    above = " ".join(c.text for row in segment.head[-8:] for c in grid.filled(row))
    return money_unit(above) or grid.money_unit


def _rows(segment: Segment, file: str, table: int) -> list[Row]:
    form, columns = segment.form, segment.layout.columns
    factors = {c.key: _factor(segment, columns[c.key]) for c in form.columns if c.key in columns}
    carried: dict[str, Entry] = {}
    found: list[Row] = []
    for number in segment.rows:
        cells = {name: _cell(segment.grid, number, head) for name, head in columns.items()}
        if all(c is None or c.blank for c in cells.values()):
            continue
        row = _row(form, cells, carried, file, table)
        if row is not None:
            found.append(row)
    _settle_money(found, form, factors)
    _settle_percent(found, form)
    _name_keys(found, form)
    return found


def _cell(grid: Grid, row: int, head: Head) -> GridCell | None:
    """The cell of a row under a header: the one that begins there, else the one that covers it."""
    for cell in grid.rows[row]:
        if head.start <= cell.column < head.end:
            return cell
    for cell in grid.rows[row]:
        if cell.column <= head.start < cell.end:
            return cell
    return None


def _row(
    form: JXForm,
    cells: dict[str, GridCell | None],
    carried: dict[str, Entry],
    file: str,
    table: int,
) -> Row | None:
    name = entry_of(cells.get("key"), file)
    values = {
        c.key: entry_of(cells.get(c.key), file, c.measure) for c in form.columns if c.key in cells
    }
    levels = tuple(_carry(f"level{n}", cells, carried, file) for n, _ in enumerate(form.levels, 1))
    if form.numbered:
        return _numbered(form, name, values, table)
    if form.layout == "scores":
        return _score_row(form, name, values, levels, table)
    block = _block(form, name, cells, carried, file)
    if not name.said:
        return None
    return Row(form.form, name.text, name, values, block.text, block, levels, table)


def _block(
    form: JXForm,
    name: Entry,
    cells: dict[str, GridCell | None],
    carried: dict[str, Entry],
    file: str,
) -> Entry:
    """What the project of a row is called: by its own label, or in a column carried down."""
    if form.block is None:
        return NO_ENTRY
    block = _carry("block", cells, carried, file) if form.block.names else NO_ENTRY
    return name if form.block.from_key and label(name.text) not in TOTALS else block


def _carry(
    name: str, cells: dict[str, GridCell | None], carried: dict[str, Entry], file: str
) -> Entry:
    """A caption that stands for the rows below it too."""
    found = entry_of(cells.get(name), file)
    # A caption printed again in every row is the same group as the row above.
    if found.said and found.text != carried.get(name, NO_ENTRY).text:
        carried[name] = found
    return carried.get(name, NO_ENTRY)


def _numbered(form: JXForm, name: Entry, values: dict[str, Entry], table: int) -> Row | None:
    problem = values.get("问题", NO_ENTRY)
    if not problem.said or NO_PROBLEM.match(problem.text) or problem.text in NOTHING:
        return None
    return Row(form.form, "", problem, values, table=table)


def _score_row(
    form: JXForm, name: Entry, values: dict[str, Entry], levels: tuple[Entry, ...], table: int
) -> Row | None:
    own = [label(e.text) for e in (name, *levels) if e.said]
    total = next((e for e in (*levels, name) if label(e.text) in TOTALS), None)
    if total is not None and (not name.said or label(name.text) in TOTALS):
        return Row(form.form, "自评总分", total, values, table=table)
    if not name.said or not own:
        return None
    return Row(form.form, caption(name.text)[0], name, values, levels=levels, table=table)


def _factor(segment: Segment, head: Head) -> int:
    """元 for one of the column's printed units: its own header's, the title's, else 万元."""
    words = f"（{flat(head.cell.text)}）" if flat(head.cell.text) in MONEY_UNITS else head.cell.text
    unit = money_unit(words) or money_unit(" ".join(head.upper)) or _unit(segment)
    return MONEY_UNITS.get(unit or "万元", 10_000)


def _settle_money(rows: list[Row], form: JXForm, factors: dict[str, int]) -> None:
    """Money in 元, with the precision of the whole table: the most decimals in it, two at least for
    万元.
    """
    columns = [c.key for c in form.columns if c.measure == "money" and c.key in factors]
    filled = [(r, c, r.get(c)) for r in rows for c in columns if r.get(c).number]
    printed = {"", *MONEY_UNITS}
    places = max((e.value.decimals for *_, e in filled if e.value.unit in printed), default=0)
    for row, column, entry in filled:
        row.cells[column] = replace(entry, value=in_yuan(entry.value, factors[column], places))


def _settle_percent(rows: list[Row], form: JXForm) -> None:
    """Percent columns in points: bare numbers that are all at most 1 are shares of 1 (a workbook
    without formats).
    """
    for column in [c.key for c in form.columns if c.measure == "percent"]:
        filled = [(row, row.get(column)) for row in rows if row.get(column).number]
        bare = [(row, entry) for row, entry in filled if not entry.value.percent]
        factor = 100 if _are_shares([entry.value.number for _, entry in bare]) else 1
        for row, entry in bare:
            value = replace(entry.value.scaled(factor), unit="%")
            row.cells[column] = replace(entry, value=value)


def _are_shares(numbers: Sequence[Fraction | None]) -> bool:
    known = [n for n in numbers if n is not None]
    return all(abs(n) <= 1 for n in known) and any(n > 0 for n in known)


def _key_of(row: Row, form: JXForm, known: Mapping[str, str]) -> str:
    """By what a row is known in its form: a code, a month, or its label."""
    plain = label(row.key)
    if form.codes == "functional":
        return _functional_key(row)
    if form.codes in ("economic", "economic_names"):
        return economic_code(row.key) or plain
    if form.form == "JX08" and (month := MONTH.search(row.key)):
        return f"{int(month[1])}月"
    return row.key if form.layout == "scores" else known.get(plain, plain)


def _name_keys(rows: list[Row], form: JXForm) -> None:
    known = {flat(n): r.key for r in form.rows for n in (r.key, *r.aliases)}
    for row in rows:
        row.key = _key_of(row, form, known)
    if form.codes == "functional":
        _tell_apart(rows)
    if form.numbered:
        for number, row in enumerate(rows, 1):
            row.key = str(number)


def _functional_key(row: Row) -> str:
    digits = re.sub(r"\D", "", row.key)
    if len(digits) in (3, 5, 7):
        return digits
    named = {label(row.label.text), label(row.get("名称").text)}
    return "合计" if named & {"合计", "总计"} else label(row.key)


def _tell_apart(rows: list[Row]) -> None:
    """Several second-level projects under one code: code/name."""
    counts = Counter(r.key for r in rows)
    for row in rows:
        if counts[row.key] > 1 and row.get("名称").said and row.key.isdigit():
            row.key = f"{row.key}/{row.get('名称').text}"


@cache
def _economic_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, item in code_list("economic").items.items():
        for name in item.names:
            # A 类 and a 款 may share a name (资本性支出): departments mean the 款.
            if flat(name) not in found or len(code) > len(found[flat(name)]):
                found[flat(name)] = code
    return found | ITEM_ALIASES


def economic_code(text: str) -> str:
    """The code of an economic item by code or name; empty where it is none."""
    plain = label(text)
    digits = re.match(r"(3\d{4}|3\d{2})", plain)
    if digits:
        return digits[1]
    return _economic_names().get(plain, "")
