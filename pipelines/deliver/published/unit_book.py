"""``units/<unit>_<year>.xlsx``: contents, the 13 public tables, findings, charts, trend, and the exact amounts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.deliver.book import Book, Column, Link, internal
from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.published.balance import nearest
from pipelines.deliver.published.charts import write_charts, write_trend
from pipelines.deliver.published.figures import Published
from pipelines.deliver.published.mould import Mould, MouldedBook
from pipelines.deliver.published.relations import TOTAL
from pipelines.deliver.published.sheets import Subject, Tables
from pipelines.deliver.words import SEVERITY, STATUS
from schemas.library import code_list, forms

EXACT_COLUMNS = (
    Column("表", width=11), Column("部分", width=16), Column("行", width=40), Column("栏", width=40),
    Column("原值（元）", "money", 20), Column("公布数（万元）", "money", 18), Column("舍位调整（万元）", "money", 16),
)  # fmt: skip
FINDING_COLUMNS = (
    Column("序号", "count", 7), Column("级别", "severity", 8), Column("状态", "center", 9), Column("规则", width=14),
    Column("问题", "wrap", 80), Column("差额（元）", "money", 18), Column("左边单元格", "wrap", 26), Column("右边单元格", "wrap", 26),
    Column("请核对", "wrap", 44), Column("对象", width=30), Column("问题编号", width=16),
)  # fmt: skip
MOST_CELLS = 12


@dataclass(frozen=True, slots=True)
class UnitBook:
    """One workbook to write. ``years`` are the public tables of this year and of those before it that are there."""

    target: Path
    subject: Subject
    years: dict[int, Published]
    entries: Sequence[Entry]
    run_id: str


def write_unit_book(job: UnitBook) -> None:
    """Write the workbook; the file appears only when it is whole."""
    job.target.parent.mkdir(parents=True, exist_ok=True)
    aside = job.target.with_name(f".{job.target.name}.part")
    book = MouldedBook(_mould(job.run_id))
    _fill(book, job)
    book.save(aside)
    os.replace(aside, job.target)


def _fill(book: Book, job: UnitBook) -> None:
    data = job.years[job.subject.year]
    _contents(book, job)
    Tables(book, job.subject, data).write()
    _findings(book, job.entries)
    write_charts(book, job.subject, job.years)
    write_trend(book, job.subject, job.years)
    _exact(book, data)


@lru_cache(maxsize=2)
def _mould(run_id: str) -> Mould:
    """The model of all unit workbooks of a run: every sheet, column, format and chart in use."""
    year = 2023
    keys = [("G07", "", TOTAL, c) for c in code_list("economic").items] + [
        ("G01", "收入", "一般公共预算财政拨款收入", "金额"), ("G01", "收入", "总计", "金额"), ("G01", "支出", "总计", "金额"),
        ("G03", "", TOTAL, "基本支出"), ("G04", "收入", "总计", "金额"), ("G06", "", TOTAL, TOTAL), ("G06", "", "201", TOTAL),
        ("G13", "", TOTAL, "决算数/合计"), ("G13", "", TOTAL, "决算数/公务接待费"),
    ]  # fmt: skip
    model = Published(dict.fromkeys(keys, 1), dict.fromkeys(keys, 1))
    entries = [Entry("", s, status, "", "", "", Decimal(1), "") for s in SEVERITY for status in STATUS]
    job = UnitBook(Path(), Subject("单位", year, {}), {year - 1: model, year: model}, entries, run_id)
    return Mould.make(lambda book: _fill(book, job), run_id, "部门决算公开表")


def _contents(book: Book, job: UnitBook) -> None:
    sheet = book.sheet("目录", portrait=True)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 70)
    sheet.set_row(0, 32)
    book.cell(sheet, 0, 0, job.subject.unit_name, "title")
    book.cell(sheet, 1, 0, f"{job.subject.year} 年度部门决算公开表", "heading")
    counts = {key: sum(e.severity == key and e.status == "open" for e in job.entries) for key in SEVERITY}
    words = "，".join(f"{SEVERITY[k].word} {n} 项" for k, n in counts.items())
    book.cell(sheet, 2, 0, f"核对结果：{words}", "plain")
    book.cell(sheet, 3, 0, f"运行 {job.run_id}", "note")
    lines = [(f.number, f.title) for name, f in sorted(forms().items()) if name.startswith("G")]
    lines += [("问题", "本单位本年度的核对问题"), ("图表", "图1至图7"), ("趋势", "最多三个年度的收支变动"),
              ("原值", "每个公布数的原值（元）与舍位调整")]  # fmt: skip
    for i, (name, about) in enumerate(lines):
        book.cell(sheet, 5 + i, 0, Link(internal(name), name), "link")
        book.cell(sheet, 5 + i, 1, about, "text")


def _findings(book: Book, entries: Sequence[Entry]) -> None:
    rows = ([i, *_finding(entry)] for i, entry in enumerate(entries, 1))
    book.table("问题", FINDING_COLUMNS, rows, empty="没有发现问题", freeze=4)


def _finding(entry: Entry) -> list[object]:
    left = [s for s in entry.spots if s.role in ("left", "subject")]
    right = [s for s in entry.spots if s.role == "right"]
    several = len({s.file for s in entry.spots}) > 1
    places = [_places(side, several) for side in (left, right)]
    return [entry.severity, STATUS.get(entry.status), entry.rule_id, entry.message, entry.difference, *places,
            entry.advice, entry.subject, entry.finding_id]  # fmt: skip


def _places(spots: Sequence[Spot], several: bool) -> str:
    """The cells of a side, each sheet named once; its file too where there are ``several``."""
    cells: dict[tuple[str, ...], list[str]] = {}
    for spot in spots:
        where = tuple(v for v in (spot.file if several else "", spot.sheet) if v)
        cells.setdefault(where, []).append(f"{spot.cell}“{spot.quote}”" if spot.quote else spot.cell)
    return "\n".join("\n".join((*where, _some(names))) for where, names in cells.items())


def _some(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 格" if len(names) > MOST_CELLS else ""
    return "、".join(names[:MOST_CELLS]) + more


def _exact(book: Book, data: Published) -> None:
    """Every printed figure with its exact amount, and by how much balancing moved it from its own rounding."""
    sheet: Any = book.sheet("原值")
    book.header(sheet, 0, EXACT_COLUMNS)
    text, money = book.format("text"), book.format("money")
    numbers = {name: form.number for name, form in forms().items()}
    keys = sorted(data.exact, key=lambda k: (k[0], k[1], k[2] != "合计", k[2], k[3]))
    for row, key in enumerate(keys, 1):
        exact, shown = data.exact[key], data.printed[key]
        moved = shown - nearest(exact)
        amounts = [exact / 100, shown / 100, moved / 100] if moved else [exact / 100, shown / 100]
        sheet.write_line(row, (numbers[key[0]], *key[1:]), text, amounts, money)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(len(keys), 1), len(EXACT_COLUMNS) - 1)
    sheet.repeat_rows(0)
