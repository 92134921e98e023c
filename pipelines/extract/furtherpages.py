"""Pages without a title (``续表``) behind a list of a workbook, whose columns or rows go on there.

What does not belong here: joining what goes on to the list (``continued.py``).
"""

from __future__ import annotations

from pipelines.extract.barepages import read_page
from pipelines.extract.blurred import FEWEST_ODD, odd_columns
from pipelines.extract.caption import caption
from pipelines.extract.continued import goes_on_with
from pipelines.extract.grid import Grid
from pipelines.extract.reading import NoTable
from pipelines.extract.recognise import Evidence
from pipelines.extract.sheetreading import SheetReading
from schemas.library import Form


def find_continuations(
    grids: list[Grid], evidence: list[Evidence], found: list[SheetReading | None]
) -> None:
    """Puts every page without a title behind a list that it goes on with in its place in ``found``,
    which has one reading, or None, for each of ``grids`` with its ``evidence``.
    """
    labelled = 0  # the page with the codes and names of what goes on
    for i in range(1, len(grids)):
        before = found[i - 1]
        if before is None or not _is_list(before):
            continue
        if not grids[i - 1].bare:
            labelled = i - 1
        read = found[i]
        if grids[i].sheet.cut or not _may_be(evidence[i], before.form):
            continue
        if read is None or read.table.faults:
            found[i] = _continuation(before, grids[labelled], grids[i]) or read


def _may_be(evidence: Evidence, form: Form) -> bool:
    """Whether a page says that it is of a form, or nothing of any."""
    likely = evidence.ranked()[:1]
    return not likely or likely == [form.form]


def _is_list(reading: SheetReading) -> bool:
    return reading.status == "read" and reading.form.layout == "list"


def _continuation(before: SheetReading, labelled: Grid, grid: Grid) -> SheetReading | None:
    """A sheet that goes on with the list of the sheet before it, whose labels are ``labelled``."""
    try:
        table = read_page(grid, labelled, before.form)
    except NoTable:
        return None
    if odd_columns(table) >= FEWEST_ODD:
        return None
    says = caption(grid, table.top)
    page = SheetReading(grid, before.form, says, table)
    return page if goes_on_with(before, page) else None
