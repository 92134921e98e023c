"""The seven charts of the disclosure as native Excel charts, and the trend of up to three years, each beside its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.book import Book, quoted
from pipelines.deliver.published.figures import FUNDS, OTHER_EXPENSE, TOTAL, Published
from pipelines.deliver.published.sheets import Subject
from schemas.library import forms

SHEET, TREND = "图表", "趋势"
COLORS = ("2F5597", "C55A11", "548235", "BF9000", "7030A0", "00808A", "A5415C", "5B6770", "8FAADC", "F4B183", "A9D18E", "FFD966")
WIDTH, HEIGHT, ROWS = 620, 340, 18
SMALL = 3.0  # per cent below which a slice is named in the legend only

Rows = list[tuple[str, list[float]]]
TREND_LINES = (
    ("收入总计", ("G01", "收入", "总计", "金额")), ("支出总计", ("G01", "支出", "总计", "金额")),
    ("财政拨款收入总计", ("G04", "收入", "总计", "金额")), ("一般公共预算财政拨款支出", ("G06", "", TOTAL, TOTAL)),
    ("基本支出", ("G03", "", TOTAL, "基本支出")), ("项目支出", ("G03", "", TOTAL, "项目支出")),
    ("“三公”经费支出", ("G13", "", TOTAL, "决算数/合计")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its data: ``heads`` name the amount columns (years, or one)."""

    title: str
    kind: str
    heads: tuple[str, ...]
    rows: Rows


def _wan(data: Published, key: tuple[str, str, str, str]) -> float:
    return data.printed.get(key, 0) / 100


def seven_charts(years: dict[int, Published], year: int, subject: Subject) -> list[Chart]:
    """图1 to 图7 for a year, with the year before where it is there."""
    shown = [y for y in (year - 1, year) if y in years]
    heads = tuple(f"{y}年度" for y in shown)
    now = years[year]

    def change(title: str, *lines: tuple[str, tuple[str, str, str, str]]) -> Chart:
        return Chart(title, "column", heads, [(name, [_wan(years[y], key) for y in shown]) for name, key in lines])

    def shares(title: str, lines: Sequence[tuple[str, tuple[str, str, str, str]]]) -> Chart:
        found = [(name, [_wan(now, key)]) for name, key in lines if now.printed.get(key, 0) > 0]
        return Chart(title, "pie", ("金额（万元）",), sorted(found, key=lambda r: -r[1][0]))

    income = [r.key for r in forms()["G01"].block("收入").rows if (r.line or 99) < 27]
    classes = [r for r in now.rows("G06") if len(r) == 3]
    kinds = ("基本支出", "项目支出", *OTHER_EXPENSE)
    three = ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")
    return [
        change("图1：收、支决算总计变动情况", ("收入总计", ("G01", "收入", "总计", "金额")), ("支出总计", ("G01", "支出", "总计", "金额"))),
        shares("图2：收入决算结构", [(k, ("G01", "收入", k, "金额")) for k in income]),
        shares("图3：支出决算结构", [(k, ("G03", "", TOTAL, k)) for k in kinds]),
        change("图4：财政拨款收、支决算总计变动情况", ("财政拨款收入总计", ("G04", "收入", "总计", "金额")),
               ("财政拨款支出总计", ("G04", "支出", "总计", TOTAL))),
        change("图5：一般公共预算财政拨款支出决算变动情况", (f"{FUNDS[0]}支出", ("G06", "", TOTAL, TOTAL))),
        shares("图6：一般公共预算财政拨款支出决算结构", [(subject.functional(c), ("G06", "", c, TOTAL)) for c in classes]),
        shares("图7：财政拨款“三公”经费支出结构", [(k, ("G13", "", TOTAL, f"决算数/{k}")) for k in three]),
    ]  # fmt: skip


def write_charts(book: Book, subject: Subject, years: dict[int, Published]) -> None:
    """The sheet of the seven charts: data on the left, the chart beside it."""
    sheet = book.sheet(SHEET, portrait=True, charts=True)
    _widths(sheet)
    book.cell(sheet, 0, 0, f"{subject.unit_name} {subject.year} 年度决算图表（单位：万元）", "title")
    row = 2
    for chart in seven_charts(years, subject.year, subject):
        row = _place(book, sheet, SHEET, row, chart)


def write_trend(book: Book, subject: Subject, years: dict[int, Published]) -> None:
    """Up to three years side by side, as far as they are there."""
    shown = [y for y in range(subject.year - 2, subject.year + 1) if y in years]
    sheet = book.sheet(TREND, portrait=True, charts=True)
    _widths(sheet)
    book.cell(sheet, 0, 0, f"{subject.unit_name} 收支变动趋势（单位：万元）", "title")
    if len(shown) == 1:
        book.cell(sheet, 1, 0, "只有本年度的数据，以前年度的数据到齐后自动列入。", "note")
    rows = [(name, [_wan(years[y], key) for y in shown]) for name, key in TREND_LINES]
    heads = tuple(f"{y}年度" for y in shown)
    kind = "line" if len(shown) > 1 else "column"
    totals = [r for r in rows if not r[0].startswith("“")]
    row = _place(book, sheet, TREND, 2, Chart("收支变动趋势", kind, heads, totals))
    _place(book, sheet, TREND, row, Chart("“三公”经费变动趋势", "column", heads, rows[-1:]))


def _widths(sheet: Worksheet) -> None:
    for column, width in enumerate((34, 14, 14, 14, 2)):
        sheet.set_column(column, column, width)


def _place(book: Book, sheet: Worksheet, name: str, row: int, chart: Chart) -> int:
    """The data from ``row`` down and the chart beside it; returns where the next one starts."""
    book.cell(sheet, row, 0, chart.title, "heading")
    heads = (*chart.heads, "占比") if chart.kind == "pie" else chart.heads
    for column, word in enumerate(("项目", *heads)):
        book.cell(sheet, row + 1, column, word, "header")
    total = sum(values[0] for _, values in chart.rows) if chart.kind == "pie" else 0
    for i, (label, values) in enumerate(chart.rows):
        book.cell(sheet, row + 2 + i, 0, label)
        for column, value in enumerate(values):
            book.cell(sheet, row + 2 + i, 1 + column, value, "money")
        if total:
            book.cell(sheet, row + 2 + i, 2, round(values[0] / total, 4), "percent")
    if not any(any(values) for _, values in chart.rows):
        book.cell(sheet, row + 2 + len(chart.rows), 0, "没有数据，不作图", "note")
        return row + 4 + len(chart.rows)
    drawn = _drawn(book, name, row, chart, total)
    sheet.insert_chart(row, 5, drawn, {"object_position": 2, "description": chart.title})
    return row + max(ROWS, len(chart.rows) + 3)


def _drawn(book: Book, name: str, row: int, chart: Chart, total: float) -> Any:
    drawn = book.file.add_chart({"type": chart.kind})
    first, last = row + 2, row + 1 + len(chart.rows)
    place = quoted(name)
    font = {"name": "微软雅黑", "size": 9}
    if chart.kind == "pie":
        drawn.add_series({**_range(place, first, last, 1, row), **_slices(chart, total)})
    elif chart.kind == "line":
        for i in range(len(chart.rows)):
            drawn.add_series({
                "name": [name, first + i, 0], "categories": [name, row + 1, 1, row + 1, len(chart.heads)],
                "values": [name, first + i, 1, first + i, len(chart.heads)],
                "line": {"color": COLORS[i % len(COLORS)], "width": 2},
                "marker": {"type": ("circle", "square", "diamond", "triangle", "x", "plus", "star")[i % 7], "size": 7},
            })  # fmt: skip
    else:
        for i in range(len(chart.heads)):
            drawn.add_series({
                **_range(place, first, last, 1 + i, row), "fill": {"color": COLORS[i]}, "gap": 90,
                "data_labels": {"value": True, "font": font, "num_format": "#,##0.00"},
            })  # fmt: skip
    drawn.set_title({"name": f"{chart.title}（单位：万元）", "name_font": {**font, "size": 12}})
    drawn.set_legend({"position": "right" if chart.kind == "pie" else "bottom", "font": font})
    if chart.kind != "pie":
        lines = {"visible": True, "line": {"color": "D9D9D9"}}
        drawn.set_y_axis({"num_format": "#,##0", "num_font": font, "major_gridlines": lines, "min": _floor(chart)})
        drawn.set_x_axis({"num_font": font})
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
    return drawn


def _floor(chart: Chart) -> float | None:
    return None if any(v < 0 for _, values in chart.rows for v in values) else 0


def _range(place: str, first: int, last: int, column: int, row: int) -> dict[str, str]:
    letter = "ABCD"[column]
    return {
        "name": f"={place}!${letter}${row + 2}",
        "categories": f"={place}!$A${first + 1}:$A${last + 1}",
        "values": f"={place}!${letter}${first + 1}:${letter}${last + 1}",
    }


def _slices(chart: Chart, total: float) -> dict[str, Any]:
    """Colours, and labels on the slices large enough to hold one: small ones would lie over each other."""
    shares = [100 * values[0] / total for _, values in chart.rows]
    labels = [{"delete": True} if share < SMALL else {} for share in shares]
    return {
        "points": [{"fill": {"color": COLORS[i % len(COLORS)]}, "border": {"color": "FFFFFF"}} for i in range(len(shares))],
        "data_labels": {
            "value": True, "percentage": True, "separator": "\n", "position": "outside_end", "leader_lines": True,
            "font": {"name": "微软雅黑", "size": 9}, "num_format": "#,##0.00", "custom": labels,
        },
    }  # fmt: skip
