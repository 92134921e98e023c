"""公开07: functional items down, the economic classes that carry amounts across, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.list_sheet import draw_rows
from pipelines.deliver.unit.paper import HEAD, Paper
from pipelines.public.keys import TOTAL
from schemas.library import Form, code_list

FEWEST_OF_CLASS = 3  # columns of a class that are worth beginning it at the end of a page
WIDE_SCALE, WIDE_COLUMNS = 52, 10  # per cent in print, and how many amounts then go on an A4 page


def draw_wide(paper: Paper, form: Form) -> None:
    """G07: the economic classes that carry amounts across, each with its items; every printed
    page says what it is.
    """
    used = _used(paper, form)
    starts = page_starts(used)
    sheet = paper.book.sheet(form.number, scale=WIDE_SCALE)
    widths = [13, 34, 15, *(14 for _ in used)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for first, after in zip(starts, [*starts[1:], 3 + len(used)], strict=True):
        if first == starts[0]:
            paper.page_head(sheet, form, first, after - 1)
            paper.money_unit(sheet, after - 1)
            sheet.write_string(0, first, form.title, paper.style("g_wide"))
        else:
            _next_page_head(paper, sheet, form, first, after - 1)
    first_page = (starts[1] if len(starts) > 1 else 3 + len(used)) - 3
    paper.department(sheet, [13, 34, 15, *(14 for _ in range(first_page - 1))])
    sheet.set_v_pagebreaks(starts[1:])
    sheet.repeat_columns(0, 1)
    _column_heads(paper, sheet, used, starts)
    row = draw_rows(paper, sheet, form, HEAD + 2, (TOTAL, *used), "functional")
    paper.close(sheet, form, row, (HEAD, HEAD + 1), 2, at=2)


def _used(paper: Paper, form: Form) -> list[str]:
    """The economic codes with amounts; all classes where there are none."""
    used = sorted({c for row in paper.lines(form.form).values() for c in row if c != TOTAL})
    return used or [c for c in code_list("economic").items if len(c) == 3]


def _column_heads(
    paper: Paper, sheet: Worksheet, used: Sequence[str], starts: Sequence[int]
) -> None:
    """The class of each column, and beneath it the item."""
    upper = [""] + [f"{c[:3]}{paper.subject.economic(c[:3])}" for c in used]
    lower = [TOTAL] + ["小计" if len(c) == 3 else f"{c}{paper.subject.economic(c)}" for c in used]
    paper.head_level(sheet, HEAD, upper, last=False, breaks=starts)
    paper.head_level(sheet, HEAD + 1, lower, last=True)
    sheet.set_row(HEAD + 1, 44)


def _next_page_head(paper: Paper, sheet: Worksheet, form: Form, first: int, last: int) -> None:
    """What stands above the columns of a further page; the title stands once, as a table has
    one.
    """
    if last > first:
        sheet.write_string(1, first, f"{paper.subject.year}年度", paper.style("g_left"))
    sheet.write_string(1, last, f"{form.number}（续）", paper.style("g_right"))
    paper.money_unit(sheet, last)


def page_starts(used: Sequence[str]) -> list[int]:
    """The columns with which printed pages of G07 begin: full pages, but no class begins at the
    very end of one.
    """
    starts, classes = [2], [c[:3] for c in used]
    for number, group in enumerate(classes):
        column, room = 3 + number, starts[-1] + WIDE_COLUMNS - 3 - number
        begins = number == 0 or classes[number - 1] != group
        if room <= 0 or (begins and room < min(classes.count(group), FEWEST_OF_CLASS)):
            starts.append(column)
    return starts
