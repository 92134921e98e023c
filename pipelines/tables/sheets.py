"""A document's tables as sheets, so that one extraction reads workbooks and documents alike.

A sheet is called by the table's title; its cells stand where they stand in the table, so A1 is the
table's first cell.
"""

from __future__ import annotations

from pipelines.intake.workbook import Sheet
from pipelines.tables.document import Document, Table
from pipelines.tables.overflow import lift_overflow

MOST_CELLS = 400_000  # of one table: a document's largest has some thousands


def document_sheets(document: Document) -> list[Sheet]:
    """The tables of a document that have more than one row and column; the rest is layout."""
    return [
        table_sheet(table)
        for table in document.tables
        if table.height > 1 and table.width > 1 and table.height * table.width <= MOST_CELLS
    ]


def table_sheet(table: Table) -> Sheet:
    """One table.

    ``above`` of the sheet are its title and the lines between the title and the table.
    """
    cells: list[list[object]] = [[""] * table.width for _ in range(table.height)]
    merged = []
    for cell in table.cells:
        cells[cell.row][cell.column] = cell.text
        if cell.rows > 1 or cell.columns > 1:
            last = (cell.row + cell.rows - 1, cell.column + cell.columns - 1)
            merged.append((cell.row, cell.column, *last))
    if table.page is not None:
        lift_overflow(cells)
    # Notes go below the last row, where workbooks have them: no address of the table moves.
    cells += [[note] for note in table.below]
    part = f"#t{table.number}" if table.page is None else f"#p{table.page}"
    return Sheet(
        table.title,
        table.number,
        "visible",
        cells,
        merged,
        above=(table.title, *table.above),
        part=part,
        further=tuple((row, f"#p{page}") for row, page in table.pages),
        cut=table.cut,
        unlined=table.unlined,
        torn=table.torn,
        heads=table.heads,
    )
