"""The seven charts of the disclosure and the trend of up to three years: what they show, each
beside its data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from pipelines.public.figures import Published
from pipelines.public.keys import FUNDS, OTHER_EXPENSE, TOTAL
from pipelines.public.wording import Subject
from pipelines.xlsx.book import Book
from pipelines.xlsx.drawing import DATA_COLUMN, Drawing
from schemas.library import forms

SHEET, TREND = "图表", "趋势"
CHART_ROWS = 17  # of the sheet, under a chart
BLOCK = CHART_ROWS + 2  # with its heading and a gap
ON_A_PAGE = 2  # charts, one above the other
WIDTHS = (88, 2, 32, 15, 15, 15)  # the chart; a gap; its data
SMALL_ROW = 1.5  # points: what is left of the rows of a chart that is not drawn
NOTE_LINE = 15.0  # points: a line of text
Key = tuple[str, str, str, str]
Lines = Sequence[tuple[str, Key]]
INCOME, EXPENSE = ("G01", "收入", "本年收入合计", "金额"), ("G03", "", TOTAL, "本年支出合计")
TREND_LINES: Lines = (
    ("收入总计", ("G01", "收入", "总计", "金额")),
    ("支出总计", ("G01", "支出", "总计", "金额")),
    ("财政拨款收入总计", ("G04", "收入", "总计", "金额")),
    ("一般公共预算财政拨款支出", ("G06", "", TOTAL, TOTAL)),
    ("基本支出", ("G03", "", TOTAL, "基本支出")),
    ("项目支出", ("G03", "", TOTAL, "项目支出")),
)
THREE_PUBLIC: Lines = (("“三公”经费支出", ("G13", "", TOTAL, "决算数/合计")),)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with what is said beneath its data, and why it is not drawn (empty where it is)."""

    drawing: Drawing
    notes: tuple[str, ...] = ()
    undrawn: str = ""


def _wan(data: Published, key: Key) -> float | None:
    """An amount in 万元; None where nothing is known of its table."""
    return data.printed.get(key, 0) / 100 if data.lacking.made(key[0]) else None


def _words(amount: float) -> str:
    return f"{'−' if amount < 0 else ''}{abs(amount):,.2f}万元"


def change(
    years: dict[int, Published],
    shown: Sequence[int],
    title: str,
    kind: str,
    lines: Lines,
    sheet: str = SHEET,
) -> Figure:
    """Some amounts over the years; those that are not known stay blank, and it is said why."""
    heads = tuple(f"{y}年度" for y in shown)
    rows = [(name, [_wan(years[y], key) for y in shown]) for name, key in lines]
    notes = _blank_notes(years, shown, lines)
    drawing = Drawing(title, kind, heads, rows, sheet)
    if all(v is None for _, values in rows for v in values):
        why = "；".join(n.removesuffix("，有关数据空缺。") for n in notes)
        return Figure(drawing, (), f"{why}，未作图。请补报后重新生成。")
    alone = sheet == TREND and len(shown) == 1
    return Figure(drawing, notes, _undrawn(drawing, alone=alone, others="其余" if notes else ""))


def _undrawn(drawing: Drawing, *, alone: bool, others: str) -> str:
    """Why amounts that are known are not drawn; empty where they are."""
    if drawing.is_empty:
        return f"{others}金额均为零，不作图。"
    return "只有一个年度，不作图。" if alone else ""


def _blank_notes(
    years: dict[int, Published], shown: Sequence[int], lines: Lines
) -> tuple[str, ...]:
    """For each year of which something is not known, what it lacks."""
    used = dict.fromkeys(key[0] for _, key in lines)
    return tuple(
        f"{y}年度{lacked}，有关数据空缺。"
        for y in shown
        if (lacked := years[y].lacking.reasons(used))
    )


def shares(data: Published, title: str, lines: Lines, whole: Key) -> Figure:
    """The parts of a total, largest first; a negative one is in the table, but no slice
    of a pie.
    """
    drawing = Drawing(title, "pie", ("金额（万元）",), [])
    if lacked := data.lacking.reasons([whole[0]]):
        return Figure(drawing, (), f"{lacked}，未作图。请补报后重新生成。")
    drawing.rows = [
        (name, [amount / 100])
        for name, amount in sorted(
            ((name, data.printed.get(key, 0)) for name, key in lines), key=lambda part: -part[1]
        )
        if amount
    ]
    drawing.whole = data.printed.get(whole, 0) / 100
    total_name = whole[2] if whole[3] == "金额" else whole[3] if whole[3] != TOTAL else TOTAL
    drawing.whole_name = total_name.rpartition("/")[2]
    if drawing.is_empty:
        return Figure(
            drawing, (), "金额均为零，不作图。" if not drawing.whole else "没有分项金额，不作图。"
        )
    return Figure(
        drawing, tuple(_share_notes(drawing)), "" if drawing.slices else "各项均为负数，不作图。"
    )


def _share_notes(drawing: Drawing) -> list[str]:
    amounts = [(name, values[0] or 0) for name, values in drawing.rows]
    below = [(name, amount) for name, amount in amounts if amount < 0]
    parts = round(sum(amount for _, amount in amounts), 2)
    found = []
    if below and drawing.slices:
        named = "、".join(f"{name}为负（{_words(amount)}）" for name, amount in below)
        found.append(
            f"{named}，未在图中列示；图中占比按其余各项之和（{_words(drawing.drawn_total)}）计算，"
            f"上表占比按{drawing.whole_name}（{_words(drawing.whole)}）计算。"
        )
    if parts != drawing.whole:
        found.append(
            f"各项之和（{_words(parts)}）与{drawing.whole_name}（{_words(drawing.whole)}）不等，占比按{drawing.whole_name}计算。"
        )
    return found


SUMS = (
    ("收入总计", ("G01", "收入", "总计", "金额")),
    ("支出总计", ("G01", "支出", "总计", "金额")),
)
FISCAL_SUMS = (
    ("财政拨款收入总计", ("G04", "收入", "总计", "金额")),
    ("财政拨款支出总计", ("G04", "支出", "总计", TOTAL)),
)


def _income_rows() -> list[str]:
    """The income of the year by its kinds, which stand above their total in line 27."""
    return [r.key for r in forms()["G01"].block("收入").rows if (r.line or 99) < 27]


def seven_figures(years: dict[int, Published], year: int, subject: Subject) -> list[Figure]:
    """图1 to 图7 for a year, with the year before where it is there."""
    shown = [y for y in (year - 1, year) if y in years]
    now = years[year]
    income = _income_rows()
    classes = [r for r in now.rows("G06") if len(r) == 3]
    kinds = ("基本支出", "项目支出", *OTHER_EXPENSE)
    three = ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")
    return [
        change(
            years,
            shown,
            "图1：收、支决算总计变动情况",
            "column",
            SUMS,
        ),
        shares(now, "图2：收入决算结构", [(k, ("G01", "收入", k, "金额")) for k in income], INCOME),
        shares(now, "图3：支出决算结构", [(k, ("G03", "", TOTAL, k)) for k in kinds], EXPENSE),
        change(
            years,
            shown,
            "图4：财政拨款收、支决算总计变动情况",
            "column",
            FISCAL_SUMS,
        ),
        change(
            years,
            shown,
            "图5：一般公共预算财政拨款支出决算变动情况",
            "column",
            ((f"{FUNDS[0]}支出", ("G06", "", TOTAL, TOTAL)),),
        ),
        shares(
            now,
            "图6：一般公共预算财政拨款支出决算结构",
            [(subject.functional(c), ("G06", "", c, TOTAL)) for c in classes],
            ("G06", "", TOTAL, TOTAL),
        ),
        shares(
            now,
            "图7：财政拨款“三公”经费支出结构",
            [(k, ("G13", "", TOTAL, f"决算数/{k}")) for k in three],
            ("G13", "", TOTAL, "决算数/合计"),
        ),
    ]


def write_charts(book: Book, subject: Subject, years: dict[int, Published]) -> None:
    """The sheet of the seven charts, each beside its data."""
    heading = f"{subject.unit_name} {subject.year} 年度决算图表（单位：万元）"
    _write(book, SHEET, heading, "", seven_figures(years, subject.year, subject))


def write_trend(book: Book, subject: Subject, years: dict[int, Published]) -> None:
    """Up to three years side by side, as far as they are there."""
    shown = [y for y in range(subject.year - 2, subject.year + 1) if y in years]
    note = "只有本年度的数据，以前年度的数据到齐后自动列入并作图。" if len(shown) == 1 else ""
    figures = [
        change(years, shown, "收支变动趋势", "line", TREND_LINES, TREND),
        change(years, shown, "“三公”经费变动趋势", "column", THREE_PUBLIC, TREND),
    ]
    _write(book, TREND, f"{subject.unit_name} 收支变动趋势（单位：万元）", note, figures)


def _write(book: Book, name: str, heading: str, note: str, figures: Sequence[Figure]) -> None:
    """Charts one below the other at fixed places, their data to the right; pages of two charts."""
    sheet = book.sheet(name, charts=True)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    lines = book.wide(
        sheet, 0, 0, len(WIDTHS) - 1, heading, sum(WIDTHS) / 1.6, book.format("title")
    )
    if lines > 1:
        book.cell(sheet, 0, 0, heading, "title", text_wrap=True)
        sheet.set_row(0, 24 * lines)
    if note:
        book.cell(sheet, 1, 0, note, "note")
    free, breaks, height = 0, [], 0
    for number, figure in enumerate(figures):
        row = 2 + number * BLOCK
        if height + _height(figure) > ON_A_PAGE * BLOCK and number:
            breaks.append(row)
            height = 0
        height += _height(figure)
        free = _place(book, sheet, row, max(row, free), figure) + 1
    sheet.set_h_pagebreaks(breaks)


def _height(figure: Figure) -> int:
    """Rows it takes on paper; what is not drawn is narrow."""
    return 3 + len(figure.drawing.rows) if figure.undrawn else BLOCK


def _place(book: Book, sheet: Worksheet, row: int, at: int, figure: Figure) -> int:
    """The heading and the chart from ``row`` on, its data from ``at`` on; returns the row below
    all.
    """
    drawing = figure.drawing
    book.cell(sheet, row, 0, drawing.title, "heading")
    if at > row:
        book.cell(sheet, at, DATA_COLUMN, drawing.title, "heading")
    if figure.undrawn:
        book.cell(sheet, row + 1, 0, figure.undrawn, "note")
    after = _table(book, sheet, at + 1, drawing) if drawing.rows else at + 2
    book.chart(sheet, row + 1, 0, None if figure.undrawn else drawing)
    width = sum(WIDTHS[DATA_COLUMN:])
    for text in figure.notes:
        lines = book.wide(
            sheet,
            after,
            DATA_COLUMN,
            len(WIDTHS) - 1,
            text,
            width,
            book.format("note", text_wrap=True),
        )
        sheet.set_row(after, NOTE_LINE * lines)
        after += 1
    if figure.undrawn:
        for unused in range(max(after, row + 2), row + BLOCK - 1):
            sheet.set_row(unused, SMALL_ROW)
    return after


def _table(book: Book, sheet: Worksheet, row: int, drawing: Drawing) -> int:
    """The data of a chart under a header in ``row``; a pie's with shares of the whole and the whole
    itself.
    """
    pie = drawing.kind == "pie"
    for column, word in enumerate(
        ("项目", *drawing.heads, *(("占比",) if pie else ())), DATA_COLUMN
    ):
        book.cell(sheet, row, column, word, "header")
    drawing.row = row
    lines = [*drawing.rows, *([(drawing.whole_name, [drawing.whole])] if pie else [])]
    for i, (label, values) in enumerate(lines, 1):
        book.cell(sheet, row + i, DATA_COLUMN, label, "wrap")
        if len(label.encode("gb18030", "replace")) > WIDTHS[DATA_COLUMN]:
            sheet.set_row(row + i, 30)
        for column, value in enumerate(values, DATA_COLUMN + 1):
            book.cell(sheet, row + i, column, value, "money")
        if pie and values[0] is not None:
            share = round(values[0] / drawing.whole, 4) if drawing.whole else None
            book.cell(sheet, row + i, DATA_COLUMN + 2, share, "percent")
    return row + 1 + len(lines)
