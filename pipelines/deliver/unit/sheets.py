"""The 13 public tables as sheets, in the layout of Sichuan."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.deliver.unit.list_sheet import draw_list
from pipelines.deliver.unit.panel_sheet import draw_panels
from pipelines.deliver.unit.paper import HEAD, Foot, Paper
from pipelines.deliver.unit.row_sheet import draw_row
from pipelines.deliver.unit.strip_sheet import draw_strips
from pipelines.deliver.unit.wide_sheet import draw_wide
from pipelines.xlsx.filled import FilledBook
from schemas.library import Form, published_forms

DRAWN: dict[str, Callable[[Paper, Form], None]] = {
    "list": draw_list,
    "blocks": draw_panels,
    "strips": draw_strips,
    "row": draw_row,
}


def write_tables(paper: Paper) -> None:
    """All 13, in order; of a table that is not made only the reason."""
    for form in published_forms():
        if not paper.data.lacking.made(form.form):
            _say_why_not(paper, form)
        elif form.wide:
            draw_wide(paper, form)
        else:
            DRAWN[form.layout](paper, form)


def repeat_tables(book: FilledBook, paper: Paper, drawn: Iterable[Foot]) -> None:
    """The same tables as in another workbook: only the notes beneath them are this one's own."""
    for foot in drawn:
        paper.write_notes(book.sheet_like(foot.sheet), foot)


def _say_why_not(paper: Paper, form: Form) -> None:
    """Title and caption of a table of which nothing is known, and why: no header and no cells,
    so nobody takes it for an empty table.
    """
    widths = [16, *(16 for _ in range(7))]
    sheet = paper.open(form, widths)
    for i, note in enumerate(paper.notes(form)):
        lines = paper.book.wide(
            sheet, HEAD + 1 + i, 0, len(widths) - 1, note, sum(widths), paper.style("g_lacking")
        )
        sheet.set_row(HEAD + 1 + i, 18 * lines + 4)
    paper.feet.append(Foot(form, sheet, None))
    sheet.freeze_panes(HEAD, 0)
    sheet.repeat_rows(0, 2)
