"""The lines of a table in a text as mentions: quantity from the label, basis from the column, unit
from the caption.

What does not belong here: finding the table (``grids.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipelines.narrative.clauses import budget_kind
from pipelines.narrative.entries import LAST, Budget, Comparison, Entry, Item, Reading, Unread
from pipelines.narrative.figures import MONEY, Figure, make_figure
from pipelines.narrative.grids import Grid
from pipelines.narrative.normal import normalise, plain
from pipelines.narrative.sections import Paragraph, Section
from pipelines.narrative.tokens import ITEMS, tokenise
from pipelines.narrative.topics import Topics, by_code, quantity_item
from pipelines.narrative.vocabulary import vocabulary
from schemas.library import code_list

UNIT = re.compile(
    r"(?:单位|金额)[：:]?（?(百万元|亿元|万元|千元|元)|（(万元|元|亿元|千元)）|^(万元|元)$", re.M
)
NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、"
    r".](?!\d)|其中：?|[①-⑨]|减：|加：)+"
)
TOTAL = re.compile(r"(?:合|总|共)计|总额|本年合计")
CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
CELL_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(%|[一-龥]{1,2})?")
# a line of its own at the top that gives the unit of all tables that print none
ALL_IN = re.compile(
    r"^[ \u3000]*[（(]?(?:金额)?单位[：:] *(万元|元|亿元|千元)[）)]?[ \u3000]*$", re.M
)
TOP = 400  # characters: the title, the unit and the date stand there
OWN_YEAR = re.compile(r"20\d\d年?(?:度)?")
NO_LABEL, NO_COLUMN, NO_UNIT = (
    "表中这一行的项目没有认出",
    "表中这一栏没有认出",
    "表格没有写明计量单位",
)
# columns by the words of their heading, the first that fits
COLUMNS: tuple[tuple[str, str], ...] = (
    ("skip", r"行次|栏次|序号|编码|代码|备注|说明|原因"),
    ("share", r"占比|比重|比例|占.{0,8}%"),
    ("completion", r"完成率|执行率|完成.{0,6}(?:%|比例)|完成预算"),
    ("rate", r"增减(?:率|幅|%)|增长(?:率|%)|增幅|变动(?:率|幅)|同比"),
    ("delta", r"增减|变动|差额|增加|减少"),
    ("prior", r"上年|上一年|去年"),
    ("budget", r"预算"),
    ("value", r"决算|金额|支出|收入|本年|合计|实际|数量|统计数|数额|采购|辆|人次|批次|年度"),
)
# tables by code are of 一般公共预算 where the section is not that of another budget
OF_FUNDS = ("fund", "capital")
PERCENTAGES = ("share", "completion", "rate")
TITLES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (r"三公", ("three",), "three"),
    (r"财政拨款收入支出(?:决算)?总", ("fiscal",), "fiscal"),
    (r"收入支出(?:决算)?总|收支(?:决算)?总", ("total", "income", "expenditure"), "total"),
    (r"政府性基金", ("fund",), "fund"),
    (r"国有资本", ("capital",), "capital"),
    (r"一般公共预算.{0,8}基本支出|基本支出", ("basic",), "gpb.basic"),
    (r"一般公共预算|支出结构|功能分类", ("gpb_structure",), "gpb"),
    (r"政府采购", ("procurement",), "procurement"),
    (r"车辆|资产", ("assets",), "vehicles"),
    (r"收入", ("income",), "income"),
    (r"支出", ("expenditure",), "expenditure"),
)
SECTION_TOTALS = {
    "three": "three", "income": "income", "expenditure": "expenditure", "gpb": "gpb",
    "gpb_structure": "gpb",
    "gpb_items": "gpb", "basic": "gpb.basic", "fund": "fund", "procurement": "procurement",
    "total": "total",
    "fiscal": "fiscal", "assets": "vehicles", "capital": "capital",
}  # fmt: skip


@dataclass(slots=True)
class _Table:
    """A table being read: the words that its labels may use, its total, its unit and what its
    columns are.
    """

    grid: Grid
    section: Section
    number: int
    text: str
    contexts: tuple[str, ...]
    total: str
    unit: str
    columns: dict[int, tuple[str, str]] = field(default_factory=dict)
    topics: Topics = field(default_factory=Topics)


def read_grid(
    text: str, grid: Grid, section: Section, number: int, year: int | None, reading: Reading
) -> list[Paragraph]:
    """Reads one table into ``reading``; returns its lines as paragraphs."""
    title = plain(grid.above)
    contexts, total = _topic(title, section.kind)
    head = _heading_lines(text, grid)
    heading = {c: text[a:b] for row in head for c, (a, b) in row}
    unit = _unit(grid.above) or _unit("\n".join(heading.values())) or _everywhere(text)
    table = _Table(grid, section, number, text, contexts, total, unit)
    for column, words in heading.items():
        table.columns[column] = _column(plain(words), year)
    made = []
    for row in grid.rows[len(head) :]:
        spans = [s for _, s in row]
        paragraph = Paragraph(normalise(text, spans), spans[0][0], spans[-1][1], section)
        _row(table, row, paragraph, reading)
        made.append(paragraph)
    return made


def _heading_lines(text: str, grid: Grid) -> list[list[tuple[int, tuple[int, int]]]]:
    """The lines at the top without a figure."""
    return [r for r in grid.rows[:3] if not any(_figure(text[a:b]) for _, (a, b) in r)]


def _topic(title: str, kind: str) -> tuple[tuple[str, ...], str]:
    for pattern, contexts, total in TITLES:
        if re.search(pattern, title) and kind not in (
            "three",
            "income",
            "expenditure",
            "procurement",
        ):
            return contexts, total
    own = (kind,) if kind in vocabulary().money_sections else ("total", "income", "expenditure")
    return own, SECTION_TOTALS.get(kind, "")


def _unit(words: str) -> str:
    found = list(UNIT.finditer(words))
    return next((g for g in found[-1].groups() if g), "") if found else ""


def _everywhere(text: str) -> str:
    found = ALL_IN.search(text[:TOP])
    return found[1] if found else ""


def _column(words: str, year: int | None) -> tuple[str, str]:
    """(role, unit or kind of budget) of a column."""
    if year is not None and str(year - 1) in words and str(year) not in words:
        return "prior", ""
    for role, pattern in COLUMNS:
        if re.search(pattern, words):
            return role, budget_kind(words) if role == "budget" else ""
    return ("value" if year is not None and str(year) in words else ""), ""


def _figure(cell: str) -> bool:
    words = plain(cell)
    return bool(CELL_NUMBER.fullmatch(words)) and not OWN_YEAR.fullmatch(words)


def _row(
    table: _Table, row: list[tuple[int, tuple[int, int]]], paragraph: Paragraph, reading: Reading
) -> None:
    """One line: each label with the numbers after it."""
    entry: Entry | None = None
    code, named = "", False
    width = len(row)
    for column, (start, end) in row:
        words = plain(table.text[start:end])
        role = table.columns.get(column, ("value" if width == 2 else "", ""))
        number = CELL_NUMBER.fullmatch(words)
        if not named and _is_code(words, column, role[0]):
            code = words
        elif not number:
            if words.strip("-—/／") == "":
                continue
            entry = _labelled(table, words, code, paragraph, start)
            named, code = True, ""
            if entry is not None:
                reading.entries.append(entry)
        elif role[0] != "skip":
            _cell(table, entry, role, number, (start, end), paragraph, reading)


def _is_code(words: str, column: int, role: str) -> bool:
    """Whether a cell is a classification code: at the beginning of the line, or under 编码."""
    return bool(CODE.fullmatch(words)) and (column == 0 or role == "skip")


def _labelled(
    table: _Table, words: str, code: str, paragraph: Paragraph, start: int
) -> Entry | None:
    item = _item(table, NUMBERING.sub("", words), code)
    if item is None:
        return None
    at = _place(paragraph, start)
    entry = Entry(item, table.contexts[0], paragraph, -table.number, at, at, words)
    entry.row = True
    # the share of a total line is of itself
    entry.whole = "?" if TOTAL.fullmatch(NUMBERING.sub("", words)) else None
    return entry


def _item(table: _Table, label: str, code: str) -> Item | None:
    """The item of a label: a total, a class by its code, or what its words name."""
    if code in code_list("functional").items:
        budget = table.contexts[0] if table.contexts[0] in OF_FUNDS else "gpb"
        return replace(by_code(code, budget), names=(label,))
    if TOTAL.fullmatch(label):
        return quantity_item(table.total) if table.total else None
    tokens = tokenise(label, 0, len(label), table.contexts)
    items = [t for t in tokens if t.kind in ITEMS]
    if len(items) != 1 or any(t.kind == "other" for t in tokens):
        return None
    found = table.topics.item(items[0], table.contexts[0], None, [])
    return table.topics.sided(items[0], found, table.contexts[0], "")


def _place(paragraph: Paragraph, source: int) -> int:
    """Where a character of the source stands in the line."""
    places = paragraph.normal.places
    return next((i for i, p in enumerate(places) if p >= source), 0)


def _cell(
    table: _Table,
    entry: Entry | None,
    role: tuple[str, str],
    number: re.Match[str],
    span: tuple[int, int],
    paragraph: Paragraph,
    reading: Reading,
) -> None:
    start, end = _place(paragraph, span[0]), _place(paragraph, span[1] - 1) + 1
    counter = entry.item.counter if entry else ()
    unit = number[2] or _unsaid_unit(table, role[0], counter)
    figure = make_figure(number[1], unit, start, end)
    why = _unclear(entry, role[0], unit)
    if figure is None or entry is None or why:
        reading.unread.append(Unread(paragraph, start, end, why or NO_LABEL, figure))
        return
    if role[0] not in PERCENTAGES and not counter and unit not in MONEY:
        reading.unread.append(Unread(paragraph, start, end, NO_COLUMN, figure))
        return
    _put(entry, role, figure)
    entry.end = end


def _unsaid_unit(table: _Table, role: str, counter: tuple[str, ...]) -> str:
    """The unit of a number that is printed without one."""
    if role in PERCENTAGES:
        return "%"
    return counter[0] if counter else table.unit


def _unclear(entry: Entry | None, role: str, unit: str) -> str:
    """Why a number is not understood; empty where its line, its column and its unit are known."""
    if entry is None:
        return NO_LABEL
    if not role:
        return NO_COLUMN
    return "" if unit else NO_UNIT


def _put(entry: Entry, role: tuple[str, str], figure: Figure) -> None:
    kind = role[0]
    if kind == "value":
        entry.values.append(figure)
    elif kind == "budget":
        entry.budgets.append(Budget(role[1], figure))
    elif kind == "prior":
        entry.prior = figure
    elif kind == "share":
        entry.shares.append(figure)
    elif kind == "completion":
        entry.completion = figure
    else:
        record = Comparison(LAST, 0, figure.start, figure.end)
        (record.deltas if kind == "delta" else record.rates).append(figure)
        entry.comparisons.append(record)
