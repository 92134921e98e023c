"""Pages of a list that lack what the page before prints: a head, or the codes and names on the
left, as where a wide table is printed over several pages and each becomes a sheet.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.extract.amounts import is_number
from pipelines.extract.grid import Grid, plain
from pipelines.extract.header import is_column_numbers
from pipelines.extract.listform import ListReader
from pipelines.extract.listheader import ListHeader, list_header
from pipelines.extract.reading import NoTable, TableReading
from pipelines.extract.rows import Line
from schemas.library import Form, code_list


def read_page(grid: Grid, labelled: Grid, form: Form) -> TableReading:
    """The table of a page that follows ``labelled``, the last page with labels of its own, whose
    list of a form it may go on with. Raises ``NoTable``.
    """
    header = list_header(labelled, form)
    if _has_no_labels(grid):
        grid.bare = True
        return _beside_labels(grid, labelled, header, form)
    if _goes_on_at_once(grid, header, form):
        return ListReader(grid, form).read_under(header)
    return ListReader(grid, form).read()


def _goes_on_at_once(grid: Grid, header: ListHeader, form: Form) -> bool:
    """Whether the first row is an item already, under the head of the page before."""
    codes = code_list(form.codes or "functional").items
    first = dict(next((cells for cells in grid.rows if cells), []))
    return any(plain(first.get(c, "")) in codes for c in header.code_columns)


def _has_no_labels(grid: Grid) -> bool:
    """Whether the rows with amounts have nothing but amounts in them."""
    rows = [cells for cells in grid.rows if any(_is_decimal(v) for _, v in cells)]
    return bool(rows) and all(is_number(v) or len(plain(v)) < 2 for row in rows for _, v in row)


def _is_decimal(value: object) -> bool:
    return is_number(value) and "." in plain(value)


def _beside_labels(grid: Grid, before: Grid, header: ListHeader, form: Form) -> TableReading:
    """The page read as if the labels of the page before stood on its left, row for row."""
    width, down = header.last_label + 1, _offset(grid, before)
    cells = []
    for r, row in enumerate(grid.sheet.cells):
        labels = [before.value(r + down, c) for c in range(width)]
        cells.append([*labels, *row])
    merged = [(a, b + width, c, d + width) for a, b, c, d in grid.sheet.merged]
    sheet = replace(grid.sheet, cells=cells, merged=merged)
    return _moved_left(ListReader(Grid.of(sheet), form).read(), width)


def _offset(grid: Grid, before: Grid) -> int:
    """By how many rows the page before starts lower: told by 栏次, else the pages are alike."""
    rows = [
        next((r for r, cells in enumerate(g.rows) if _numbers(cells)), None) for g in (grid, before)
    ]
    if rows[0] is None or rows[1] is None:
        if grid.height != before.height:
            raise NoTable("各行对不上前一页")
        return 0
    return rows[1] - rows[0]


def _numbers(cells: list[tuple[int, object]]) -> bool:
    """A row of 栏次, which on a further page need not begin with 1."""
    words = [plain(v) for _, v in cells]
    whole = [int(w) for w in words if w.isdigit() and len(w) < 4]
    return is_column_numbers(cells) or (len(whole) == len(words) > 1 and sorted(whole) == whole)


def _moved_left(table: TableReading, width: int) -> TableReading:
    """The table at the addresses of its own sheet, which has no labels."""

    def bare(line: Line) -> Line:
        return line._replace(column=None, code_column=None)

    table.lines = [bare(line) for line in table.lines]
    table.items = [
        (bare(line), [(c - width, value, key) for c, value, key in cells])
        for line, cells in table.items
    ]
    table.columns = [replace(column, column=column.column - width) for column in table.columns]
    table.reasons = {(r, c - width): said for (r, c), said in table.reasons.items() if c >= width}
    table.structural_columns, table.known = set(), {}
    table.layout = ""
    return table
