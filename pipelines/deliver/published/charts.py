"""The seven charts of the disclosure and the trend of up to three years: what they show, each beside its data."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.book import Book
from pipelines.deliver.published.drawing import Drawing
from pipelines.deliver.published.exact import OTHER_EXPENSE
from pipelines.deliver.published.figures import Published
from pipelines.deliver.published.relations import FUNDS, TOTAL
from pipelines.deliver.published.sheets import Subject
from schemas.library import forms

SHEET, TREND = "图表", "趋势"
CHART_SCALE = 72  # per cent in print, with room for wider fonts
CHART_ROWS = 17  # of the sheet, under a chart
ROWS = (22, 28, 25, 22, 21, 46, 24)  # for each figure: its heading, the chart and the data below
PAGES = (2, 4, 6)  # figures after which a printed page ends
Key = tuple[str, str, str, str]
TREND_LINES: tuple[tuple[str, Key], ...] = (
    ("收入总计", ("G01", "收入", "总计", "金额")), ("支出总计", ("G01", "支出", "总计", "金额")),
    ("财政拨款收入总计", ("G04", "收入", "总计", "金额")), ("一般公共预算财政拨款支出", ("G06", "", TOTAL, TOTAL)),
    ("基本支出", ("G03", "", TOTAL, "基本支出")), ("项目支出", ("G03", "", TOTAL, "项目支出")),
)  # fmt: skip
THREE_PUBLIC: tuple[tuple[str, Key], ...] = (("“三公”经费支出", ("G13", "", TOTAL, "决算数/合计")),)


def _wan(data: Published, key: Key) -> float:
    return data.printed.get(key, 0) / 100


def seven_charts(years: dict[int, Published], year: int, subject: Subject) -> list[Drawing]:
    """图1 to 图7 for a year, with the year before where it is there."""
    shown = [y for y in (year - 1, year) if y in years]
    heads = tuple(f"{y}年度" for y in shown)
    now = years[year]

    def change(title: str, *lines: tuple[str, Key]) -> Drawing:
        return Drawing(title, "column", heads, [(name, [_wan(years[y], key) for y in shown]) for name, key in lines])

    def shares(title: str, lines: Sequence[tuple[str, Key]]) -> Drawing:
        found = [(name, [_wan(now, key)]) for name, key in lines if now.printed.get(key, 0) > 0]
        return Drawing(title, "pie", ("金额（万元）",), sorted(found, key=lambda r: -r[1][0]))

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
    """The sheet of the seven charts, each above its data."""
    sheet = book.sheet(SHEET, portrait=True, charts=True, scale=CHART_SCALE)
    _widths(sheet)
    book.cell(sheet, 0, 0, f"{subject.unit_name} {subject.year} 年度决算图表（单位：万元）", "title")
    row, breaks = 2, []
    for number, (drawing, rows) in enumerate(zip(seven_charts(years, subject.year, subject), ROWS, strict=True), 1):
        _place(book, sheet, row, drawing)
        row += rows
        if number in PAGES:
            breaks.append(row)
    sheet.set_h_pagebreaks(breaks)


def write_trend(book: Book, subject: Subject, years: dict[int, Published]) -> None:
    """Up to three years side by side, as far as they are there."""
    shown = [y for y in range(subject.year - 2, subject.year + 1) if y in years]
    sheet = book.sheet(TREND, portrait=True, charts=True, scale=CHART_SCALE)
    _widths(sheet)
    book.cell(sheet, 0, 0, f"{subject.unit_name} 收支变动趋势（单位：万元）", "title")
    if len(shown) == 1:
        book.cell(sheet, 1, 0, "只有本年度的数据，以前年度的数据到齐后自动列入。", "note")
    heads = tuple(f"{y}年度" for y in shown)
    for row, title, kind, lines in ((2, "收支变动趋势", "line", TREND_LINES), (30, "“三公”经费变动趋势", "column", THREE_PUBLIC)):
        rows = [(name, [_wan(years[y], key) for y in shown]) for name, key in lines]
        _place(book, sheet, row, Drawing(title, kind, heads, rows, TREND))


def _widths(sheet: Worksheet) -> None:
    for column, width in enumerate((34, 14, 14, 14, 2)):
        sheet.set_column(column, column, width)


def _place(book: Book, sheet: Worksheet, row: int, drawing: Drawing) -> None:
    """A heading in ``row``, the chart below it, and its data below the chart."""
    book.cell(sheet, row, 0, drawing.title, "heading")
    chart_row, row = row + 1, row + CHART_ROWS
    heads = (*drawing.heads, "占比") if drawing.kind == "pie" else drawing.heads
    for column, word in enumerate(("项目", *heads)):
        book.cell(sheet, row + 1, column, word, "header")
    total = drawing.total
    for i, (label, values) in enumerate(drawing.rows):
        book.cell(sheet, row + 2 + i, 0, label)
        for column, value in enumerate(values):
            book.cell(sheet, row + 2 + i, 1 + column, value, "money")
        if total:
            book.cell(sheet, row + 2 + i, 2, round(values[0] / total, 4), "percent")
    drawing.row = row
    single = drawing.kind == "line" and len(drawing.heads) == 1
    if drawing.is_empty or single:
        book.cell(sheet, chart_row, 0, "只有一个年度，不作图" if single else "没有数据，不作图", "note")
    book.chart(sheet, chart_row, 0, None if drawing.is_empty or single else drawing)
