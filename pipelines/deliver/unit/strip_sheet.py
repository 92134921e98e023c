"""公开08: economic items in three strips, 人员经费 in the first, 公用经费 in the others."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from pipelines.deliver.unit.paper import HEAD, Paper
from pipelines.public.keys import TOTAL
from pipelines.xlsx.plain_sheet import Slots
from schemas.library import Form, code_list


def draw_strips(paper: Paper, form: Form) -> None:
    """G08: 人员经费 in the first strip, 公用经费 in two more."""
    sheet = paper.open(form, [10, 30, 15] * 3, pages=(1, 1))
    slots = paper.stamped(sheet, form, _strip_cells)
    last = max(row for row, _, _, _ in slots)
    paper.close(sheet, form, last + 1, (HEAD, HEAD + 1), 0)


def _strip_cells(paper: Paper, sheet: Worksheet, form: Form) -> Slots:
    """Everything of G08 but the amounts."""
    slots: Slots = []
    strips = _strips(paper.subject.year)
    paper.span(sheet, ("人员经费", "", "", "公用经费", "", "", "", "", ""))
    paper.head(sheet, HEAD + 1, ["科目编码", "科目名称", "决算数"] * 3)
    longest = max(len(s) for s in strips)
    for strip, codes in enumerate(strips):
        for i in range(longest):
            _strip_cell(
                paper, sheet, slots, HEAD + 2 + i, 3 * strip, codes[i] if i < len(codes) else ""
            )
    row = HEAD + 2 + longest
    for strip, label, place in (
        (0, "人员经费合计", row),
        (2, "公用经费合计", row),
        (0, TOTAL, row + 1),
    ):
        sheet.write_blank(place, 3 * strip, None, paper.style("g_name"))
        sheet.write_string(place, 3 * strip + 1, label, paper.style("g_bold"))
        paper.slot(sheet, slots, place, 3 * strip + 2, (form.form, "", label, "决算数"), "g_total")
    return slots


def _strips(year: int) -> tuple[list[str], ...]:
    """The economic codes of the year, strip by strip; the third takes all that is left."""
    known = [c.code for c in code_list("economic").items.values() if c.since <= year <= c.until]
    staff, running = ([c for c in known if c[:3] in group] for group in (("301", "303"), ("302",)))
    placed = {*staff, *running}
    return staff, running, [c for c in known if c not in placed]


def _strip_cell(
    paper: Paper, sheet: Worksheet, slots: Slots, row: int, column: int, code: str
) -> None:
    if not code:
        for i in range(3):
            sheet.write_blank(row, column + i, None, paper.style("g_name"))
        return
    sheet.write_string(row, column, code, paper.style("g_code"))
    sheet.write_string(
        row,
        column + 1,
        "　" * (len(code) > 3) + paper.subject.economic(code),
        paper.style("g_name"),
    )
    paper.slot(
        sheet,
        slots,
        row,
        column + 2,
        ("G08", "", code, "决算数"),
        "g_total" if len(code) == 3 else "g_money",
    )
