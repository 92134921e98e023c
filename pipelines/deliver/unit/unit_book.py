"""``units/<unit>_<year>.xlsx``: contents, the 13 public tables, findings, charts, trend, and the
exact amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.deliver.filenames import put
from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.performance import PerformanceData
from pipelines.deliver.unit.charts import write_charts, write_trend
from pipelines.deliver.unit.exact_sheet import write_exact
from pipelines.deliver.unit.paper import Foot, Paper, table_formats
from pipelines.deliver.unit.performance_sheets import (
    ABOUT,
    model_performance,
    write_performance,
)
from pipelines.deliver.unit.sheets import write_tables
from pipelines.deliver.words import STATUS
from pipelines.looks import SEVERITY
from pipelines.public.figures import Published
from pipelines.public.keys import TOTAL
from pipelines.public.notes import state_of
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book, Column, Link, internal, lines_of
from pipelines.xlsx.filled import FilledBook
from pipelines.xlsx.template import Template
from schemas.library import code_list, published_forms

FINDING_COLUMNS = (
    Column("序号", "count", 6),
    Column("级别", "severity", 7),
    Column("状态", "center", 8),
    Column("规则", width=12),
    Column("问题", "wrap", 50),
    Column("差额（元）", "money", 16),
    Column("左边单元格", "wrap", 18),
    Column("右边单元格", "wrap", 18),
    Column("请核对", "wrap", 29),
    Column("对象", "wrap", 20),
    Column("问题编号", "wrap", 13),
    Column("完整算式", width=80, folded=True),
)
MOST_CELLS = 12  # cells named in a line before 等
CONTENTS_WIDTHS = (14, 48, 66)
TITLE = "部门决算公开表"


@dataclass(frozen=True, slots=True)
class UnitBook:
    """One workbook to write.

    ``years`` are the public tables of this year and of those before it that are there.
    """

    target: Path
    subject: Subject
    years: dict[int, Published]
    entries: Sequence[Entry]
    run_id: str
    performance: PerformanceData | None = None


def write_unit_book(job: UnitBook) -> list[Foot]:
    """Write the workbook; the file appears only when it is whole. Returns its public tables, for
    the workbook that has nothing else.
    """
    book = FilledBook(_template(job.run_id, job.performance is not None))
    drawn = _fill(book, job)
    put(job.target, book.content())
    return drawn


def _fill(book: Book, job: UnitBook) -> list[Foot]:
    data = job.years[job.subject.year]
    table_formats(book)
    for kind in ("title", "note"):
        book.format(kind, text_wrap=True)  # the template has it also where no name is long
    _contents(book, job)
    paper = Paper(book, job.subject, data, bool(job.entries))
    write_tables(paper)
    _findings(book, job.entries)
    write_charts(book, job.subject, job.years)
    write_trend(book, job.subject, job.years)
    write_exact(book, data)
    if job.performance is not None:
        write_performance(book, job.performance)
    return paper.feet


@lru_cache(maxsize=4)
def _template(run_id: str, performance: bool = False) -> Template:
    """The model of all unit workbooks of a run: every sheet, column, format and chart in use."""
    year = 2023
    model = model_figures()
    entries = [
        Entry("", s, status, "", "", "", Decimal(1), "", detail=" ")
        for s in SEVERITY
        for status in STATUS
    ]
    job = UnitBook(
        Path(),
        Subject("单位", year, {}),
        {year - 1: model, year: model},
        entries,
        run_id,
        model_performance() if performance else None,
    )
    return Template.make(lambda book: _fill(book, job), run_id, TITLE)


def model_figures() -> Published:
    """Figures that make every format, sheet and chart of a workbook appear."""
    keys = [("G07", "", TOTAL, c) for c in code_list("economic").items] + [
        ("G01", "收入", "一般公共预算财政拨款收入", "金额"),
        ("G01", "收入", "总计", "金额"),
        ("G01", "支出", "总计", "金额"),
        ("G03", "", TOTAL, "基本支出"),
        ("G04", "收入", "总计", "金额"),
        ("G06", "", TOTAL, TOTAL),
        ("G06", "", "201", TOTAL),
        ("G13", "", TOTAL, "决算数/合计"),
        ("G13", "", TOTAL, "决算数/公务接待费"),
    ]
    return Published(dict.fromkeys(keys, 1), dict.fromkeys(keys, 1))


def _contents(book: Book, job: UnitBook) -> None:
    sheet = book.sheet("目录")
    for column, width in enumerate(CONTENTS_WIDTHS):
        sheet.set_column(column, column, width)
    _contents_title(book, sheet, job.subject.unit_name)
    book.cell(sheet, 1, 0, f"{job.subject.year} 年度部门决算公开表", "heading")
    book.cell(sheet, 2, 0, f"核对结果：{_open_words(job.entries)}", "plain")
    book.cell(sheet, 3, 0, f"运行 {job.run_id}", "note")
    for column, word in enumerate(("工作表", "内容", "说明")):
        book.cell(sheet, 4, column, word, "header")
    for i, (sheet_name, about, state) in enumerate(_listed_sheets(job), 5):
        book.cell(sheet, i, 0, Link(internal(sheet_name), sheet_name), "link")
        book.cell(sheet, i, 1, about, "text")
        book.cell(sheet, i, 2, state, "wrap")
        if (height := lines_of(state, CONTENTS_WIDTHS[2])) > 1:
            sheet.set_row(i, 15 * height)


def _contents_title(book: Book, sheet: Any, name: str) -> None:
    """The unit; a long name takes several lines."""
    lines = book.wide(
        sheet,
        0,
        0,
        len(CONTENTS_WIDTHS) - 1,
        name,
        sum(CONTENTS_WIDTHS) / 1.6,
        book.format("title"),
    )
    if lines > 1:
        book.cell(sheet, 0, 0, name, "title", text_wrap=True)
    sheet.set_row(0, 32 if lines == 1 else 24 * lines + 8)


def _open_words(entries: Sequence[Entry]) -> str:
    """``错误 1 个，核实 0 个，提示 0 个``, without those that are explained."""
    counts = {
        key: sum(e.severity == key and e.status == "open" for e in entries) for key in SEVERITY
    }
    return "，".join(f"{SEVERITY[k].word} {n} 个" for k, n in counts.items())


def _listed_sheets(job: UnitBook) -> list[tuple[str, str, str]]:
    """The sheets of the workbook: name, what it holds, in what state it is."""
    data = job.years[job.subject.year]
    rows = [(form.number, form.title, state_of(data, form.form)) for form in published_forms()]
    rows += [
        ("问题", "本单位本年度的核对问题", ""),
        ("图表", "图1至图7", ""),
        ("趋势", "最多三个年度的收支变动", ""),
        ("原值", "每个公布数的原值（元）与舍位调整", ""),
    ]
    if job.performance is not None:
        rows += [(name, about, "") for name, about in ABOUT]
    return rows


def _findings(book: Book, entries: Sequence[Entry]) -> None:
    rows = ([i, *_finding(entry)] for i, entry in enumerate(entries, 1))
    book.table("问题", FINDING_COLUMNS, rows, empty="没有发现问题", freeze=4)


def _finding(entry: Entry) -> list[object]:
    left = [s for s in entry.spots if s.role in ("left", "subject")]
    right = [s for s in entry.spots if s.role == "right"]
    several = len({s.file for s in entry.spots}) > 1
    places = [_places(side, several) for side in (left, right)]
    return [
        entry.severity,
        STATUS.get(entry.status),
        entry.rule_id,
        entry.message,
        entry.difference,
        *places,
        entry.advice,
        entry.subject,
        entry.finding_id,
        entry.detail,
    ]


def _places(spots: Sequence[Spot], several: bool) -> str:
    """The cells of a side, each sheet named once; its file too where there are ``several``."""
    cells: dict[tuple[str, ...], list[str]] = {}
    for spot in spots:
        where = tuple(v for v in (spot.file if several else "", spot.sheet) if v)
        cells.setdefault(where, []).append(
            f"{spot.cell}“{spot.quote}”" if spot.quote else spot.cell
        )
    return "\n".join("\n".join((*where, _some(names))) for where, names in cells.items())


def _some(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 格" if len(names) > MOST_CELLS else ""
    return "、".join(names[:MOST_CELLS]) + more
