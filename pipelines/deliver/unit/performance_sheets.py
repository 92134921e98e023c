"""The performance sheets of a unit's workbook: 附件1评分, 评分差异, 项目自评, 绩效报告表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from pipelines.deliver.performance import STATUS, PerformanceData, gap, shown_score
from pipelines.xlsx.book import Book, Column
from schemas.performance_forms import performance_forms

SCORES, GAPS, PROJECTS, REPORT = "附件1评分", "评分差异", "项目自评", "绩效报告表"
ABOUT = (
    (SCORES, "附件1 各项指标：自评得分、计算得分和算式"),
    (GAPS, "自评得分与计算得分不同的指标，更正后的总分"),
    (PROJECTS, "各项目的资金、指标和完成情况"),
    (REPORT, "绩效报告中的各表，按所印内容"),
)
SCORE_COLUMNS = (
    Column("一级指标", "wrap", 14),
    Column("二级指标", "wrap", 12),
    Column("三级指标", width=12),
    Column("分值", "center", 7),
    Column("计分标准", "wrap", 40),
    Column("依据资料", "wrap", 26),
    Column("评价过程", "wrap", 34),
    Column("自评得分", "center", 9),
    Column("计算得分", "center", 13),
    Column("差异", "center", 8),
    Column("状态", "center", 9),
    Column("说明", "wrap", 30),
)
GAP_COLUMNS = (
    Column("指标", width=14),
    Column("分值", "center", 8),
    Column("自评得分", "center", 10),
    Column("计算得分", "center", 14),
    Column("多得（少得为负）", "center", 16),
    Column("评价过程", "wrap", 50),
    Column("依据", "wrap", 30),
)
PROJECT_COLUMNS = (
    Column("项目", "wrap", 26),
    Column("指标", "wrap", 30),
    Column("性质", "center", 7),
    Column("目标值", "center", 12),
    Column("完成值", "center", 12),
    Column("单位", "center", 8),
    Column("预算（元）", "money", 16),
    Column("执行（元）", "money", 16),
    Column("执行率或完成率", "percent", 14),
    Column("完成", "center", 8),
    Column("表", "center", 8),
    Column("问题编号", "wrap", 20),
)
WIDEST = 14  # columns of a report table that are shown
COLUMN_WIDTH = 18
MET = {True: "是", False: "否", None: "待核"}


def write_performance(book: Book, data: PerformanceData) -> None:
    """The four sheets; each is there also where it has no rows."""
    book.table(SCORES, SCORE_COLUMNS, _scores(data), empty="没有登记的指标体系，没有评分", freeze=3)
    book.table(GAPS, GAP_COLUMNS, _gaps(data), empty="自评得分与计算得分没有不同", freeze=1)
    book.table(PROJECTS, PROJECT_COLUMNS, _projects(data), empty="没有读到项目", freeze=1)
    _report(book, data)


def model_performance() -> PerformanceData:
    """Rows that make every format of the four sheets appear."""
    score = dict.fromkeys(
        ("level1", "level2", "standard", "evidence", "process", "reading", "reason", "source"), "一"
    )
    numbers = {
        "weight": Decimal(5),
        "self_score": Decimal(1),
        "low": Decimal(2),
        "high": Decimal(2),
    }
    project = {
        "project": "一",
        "names": "一",
        "budget": Decimal(1),
        "executed": Decimal(1),
        "sources": "JX10",
        "targets_met": True,
    }
    indicator = {
        "project": "一",
        "name": "一",
        "op": "≥",
        "target_raw": "1",
        "actual_raw": "1",
        "unit": "次",
        "rate": Decimal(1),
        "met": True,
        "source": "JX14",
    }
    cell = {
        "form": "JX03",
        "block": "",
        "row_key": "一",
        "row_label": "一",
        "col_key": "一",
        "raw": "1",
    }
    return PerformanceData(
        [score | numbers | {"indicator": "一", "status": "computed"}],
        [project],
        [indicator],
        [cell],
    )


def _scores(data: PerformanceData) -> Iterator[list[Any]]:
    for row in data.scores:
        said = "；".join(filter(None, (row["reading"], row["reason"])))
        yield [
            row["level1"],
            row["level2"],
            row["indicator"],
            row["weight"],
            row["standard"],
            row["evidence"],
            row["process"],
            row["self_score"],
            shown_score(row),
            gap(row),
            STATUS.get(row["status"]),
            said,
        ]


def _gaps(data: PerformanceData) -> Iterator[list[Any]]:
    """The indicators whose own score does not fit, then the total without them."""
    own = [r["self_score"] for r in data.scores if r["self_score"] is not None]
    wrong = [(r, g) for r in data.scores if (g := gap(r)) is not None]
    for row, more in wrong:
        yield [
            row["indicator"],
            row["weight"],
            row["self_score"],
            shown_score(row),
            more,
            row["process"],
            row["source"],
        ]
    if wrong:
        total, moved = sum(own, Decimal(0)), sum((g for _, g in wrong), Decimal(0))
        yield [
            "更正后总分",
            None,
            total,
            f"{(total - moved).normalize():f}",
            moved,
            "自评得分合计减去多得的分",
            "",
        ]


def _projects(data: PerformanceData) -> Iterator[list[Any]]:
    """A block a project: its money, then its indicators."""
    for project in data.projects:
        names = {project["project"], *(project["names"] or "").split("|")}
        budget, spent = project["budget"], project["executed"]
        share = spent / budget if budget and spent is not None else None
        yield [
            project["project"],
            "资金",
            None,
            None,
            None,
            None,
            budget,
            spent,
            share,
            MET[project["targets_met"]],
            project["sources"],
            data.ids_of(names),
        ]
        for one in data.indicators:
            if one["project"] in names:
                rate = one["rate"] / 100 if one["rate"] is not None else None
                yield [
                    None,
                    one["name"],
                    one["op"],
                    one["target_raw"],
                    one["actual_raw"],
                    one["unit"],
                    None,
                    None,
                    rate,
                    MET[one["met"]],
                    one["source"],
                    None,
                ]


def _report(book: Book, data: PerformanceData) -> None:
    """Every table of the report as it was printed: a title, a header, its rows."""
    sheet = book.sheet(REPORT)
    for column in range(WIDEST):
        sheet.set_column(column, column, COLUMN_WIDTH * (2 if column == 0 else 1))
    at = 0
    for form, cells in groupby(
        sorted(data.cells, key=lambda c: c["form"]), key=lambda c: c["form"]
    ):
        at = _table(book, sheet, at, form, list(cells))
    if not at:
        book.cell(sheet, 0, 0, "没有读到绩效报告中的表", "plain")
    sheet.freeze_panes(0, 1)


def _table(book: Book, sheet: Any, at: int, form: str, cells: list[dict[str, Any]]) -> int:
    """One table from row ``at`` on; gives the row for the next."""
    book.cell(sheet, at, 0, f"{form} {performance_forms()[form].title}", "heading")
    columns = list(dict.fromkeys(c["col_key"] for c in cells))[: WIDEST - 1]
    for number, word in enumerate(("项目", *columns)):
        book.cell(sheet, at + 1, number, word, "header")
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in cells:
        line = lines.setdefault((cell["block"], cell["row_key"]), {"": cell["row_label"]})
        line[cell["col_key"]] = cell["raw"]
    for number, line in enumerate(lines.values(), at + 2):
        for column, key in enumerate(("", *columns)):
            book.cell(sheet, number, column, line.get(key), "wrap")
    return at + 3 + len(lines)
