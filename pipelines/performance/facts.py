"""The cells of the performance tables as rows of ``facts``: money in 元, percentages in
points, words as they stand.

What does not belong here: reading them (``reading.py``, ``projecttable.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pipelines.performance.claims import COUNTS, RESIDUAL, STAFF, find
from pipelines.performance.names import project_key
from pipelines.performance.pack import Entry, Indicator, Pack, ProjectTable, Row
from pipelines.performance.values import MONEY_UNITS, Value, read_value
from pipelines.performance.words import caption, flat
from schemas.performance_forms import performance_forms

LARGEST = Fraction(10**16)  # what DECIMAL(18,2) holds; a number beyond stays text
MOST_DECIMALS = 12  # further decimals are noise of a spreadsheet, and must fit the column
SAID = "文字"  # the row of what a sentence says beside its table
FUND_MEASURES = {"执行率": "percent", "分值": "score", "得分": "score", "原因": "text"}


@dataclass(frozen=True, slots=True)
class JXFact:
    """One cell: its form, block (the project), keys and how it is measured."""

    form: str
    block: str
    row_key: str
    row_label: str
    col_key: str
    measure: str
    entry: Entry


def fact_rows(pack: Pack) -> list[dict[str, Any]]:
    """Every cell under a value column, once for each key; a repeated key is numbered
    (``name#2``).
    """
    found = [*_list_facts(pack), *_project_facts(pack), *_said_facts(pack)]
    seen: Counter[tuple[str, str, str, str]] = Counter()
    rows = []
    for fact in found:
        key = (fact.form, fact.block, fact.row_key, fact.col_key)
        seen[key] += 1
        if seen[key] > 1:
            fact = replace(fact, row_key=f"{fact.row_key}#{seen[key]}")
        rows.append(_row(fact))
    return rows


def _row(fact: JXFact) -> dict[str, Any]:
    value, spot = fact.entry.value, fact.entry.spot
    number = value.number if value.state == "number" else None
    if number is not None and abs(number) >= LARGEST:
        number = None
    state = "text" if value.state == "number" and number is None else value.state
    return {
        "form": fact.form,
        "block": fact.block,
        "row_key": fact.row_key,
        "row_label": fact.row_label,
        "col_key": fact.col_key,
        "col_label": fact.col_key,
        "amount": None if number is None else _decimal(number),
        "decimals": decimals_of(value, fact.measure),
        "state": state,
        "raw": flat(value.raw),
        "file": fact.entry.file,
        "sheet": spot.sheet if spot else "",
        "cell": spot.cell if spot else "",
        "measure": fact.measure,
    }


def _decimal(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.01"))


def decimals_of(value: Value, measure: str) -> int:
    """As ``facts.decimals`` counts: in 元 for money (two decimals of 万元 are -2), else as
    printed.
    """
    if measure != "money" or value.number is None:
        return min(value.decimals, MOST_DECIMALS)
    step, decimals = value.half * 2, 2
    while decimals > -MOST_DECIMALS and step >= Fraction(10) ** (1 - decimals):
        decimals -= 1
    return decimals


def _list_facts(pack: Pack) -> Iterator[JXFact]:
    printed: set[tuple[int, str]] = set()
    for row in pack.rows:
        form = performance_forms()[row.form]
        measures = {c.key: c.measure for c in form.columns}
        block = project_key(row.block) if row.block else ""
        label = row.label.text or row.key
        for column, entry in row.cells.items():
            if entry.said:
                wanted = measures.get(column) or _staff_measure(column)
                measure = measure_of(entry.value, wanted)
                yield JXFact(row.form, block, row.key, label, column, measure, entry)
        if form.layout != "scores":
            continue
        for fact in _captions(row):
            if (row.table, fact.row_key) not in printed:  # carried down, but printed once
                printed.add((row.table, fact.row_key))
                yield fact


def _staff_measure(column: str) -> str:
    return "percent" if column.endswith("率") else "count"


def _captions(row: Row) -> Iterator[JXFact]:
    """The points that the captions above an indicator print."""
    path: list[str] = []
    for level in row.levels:
        name, points = caption(level.text)
        path.append(name)
        if points:
            entry = replace(level, value=read_value(points))
            yield JXFact(row.form, "", "/".join(path), level.text, "分值", "score", entry)


def measure_of(value: Value, wanted: str) -> str:
    """How a cell is measured: as its column says, an answer by what it is."""
    if wanted == "residual":
        return "percent" if value.percent else "fraction"
    if wanted != "answer":
        return wanted
    if value.number is None:
        return "text"
    if value.percent:
        return "percent"
    return "money" if value.unit in MONEY_UNITS else "count"


def _in_yuan(entry: Entry, measure: str) -> Entry:
    """An answer in 万元, in 元 like all money of ``facts``."""
    factor = MONEY_UNITS.get(entry.value.unit, 1)
    if measure != "money" or factor == 1:
        return entry
    return replace(entry, value=entry.value.scaled(factor))


def _project_facts(pack: Pack) -> Iterator[JXFact]:
    for project in pack.projects:
        block = project_key(project.project)
        for (name, column), entry in project.funds.items():
            if entry.said:
                measure = FUND_MEASURES.get(column, "money")
                yield JXFact(project.form, block, name, name, column, measure, entry)
        for indicator in project.indicators:
            yield from _indicator_facts(project.form, block, indicator)
        for column, entry in (("分值", project.total_weight), ("得分", project.total_score)):
            if entry.said:
                yield JXFact(project.form, block, "合计", "合计", column, "score", entry)
        yield from _fields(project, block)


def _fields(project: ProjectTable, block: str) -> Iterator[JXFact]:
    for column, entry in project.fields.items():
        if entry.said:
            yield JXFact(project.form, block, SAID, SAID, column, "text", entry)


def _indicator_facts(form: str, block: str, one: Indicator) -> Iterator[JXFact]:
    key = f"{one.level2}/{one.title}" if one.level2 else one.title
    for column, entry in (("目标值", one.target), ("完成值", one.actual)):
        if entry.said:
            measure = measure_of(entry.value, "answer")
            entry = _in_yuan(entry, measure)
            yield JXFact(form, block, key, one.title, column, measure, entry)
    words = (("性质", "operator", one.op, one.op_entry), ("单位", "text", one.unit, one.target))
    for column, measure, text, entry in words:
        if text:
            placed = entry if entry.spot is not None else one.target
            placed = replace(placed, value=Value(text, "text"))
            yield JXFact(form, block, key, one.title, column, measure, placed)
    for column, measure, entry in (
        ("分值", "score", one.weight),
        ("得分", "score", one.score),
        ("原因", "text", one.reason),
    ):
        if entry.said:
            yield JXFact(form, block, key, one.title, column, measure, entry)


def _said_facts(pack: Pack) -> Iterator[JXFact]:
    """What sentences say in numbers beside the tables of staff and of residuals."""
    listed = next(pattern for kind, pattern in COUNTS if kind == "结余")
    for form, row, column, pattern in (
        ("JX01", "实有", "人数", STAFF),
        ("JX10", SAID, "项目数", listed),
        ("JX10", SAID, "达标数", RESIDUAL),
    ):
        if said := next(iter(find(pack, column, pattern)), None):
            yield JXFact(form, "", row, row, column, "count", said.entry)
