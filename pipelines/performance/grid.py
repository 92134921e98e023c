"""A table as rows of cells, whatever it was read from: a document's table, a sheet, a flattened
text.

What does not belong here: what the cells mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.performance.words import flat
from pipelines.tables.document import Table


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cell or words stand: ``cell`` is A1 in a workbook, ``start-end`` in a document's text
    (then with ``quote``).
    """

    sheet: str
    cell: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: rows and columns from 0 with how many of them it covers.

    ``number``: what a workbook keeps as a number, ``decimals`` and ``percent`` how it shows it.
    """

    text: str
    row: int
    column: int
    spot: Spot
    rows: int = 1
    columns: int = 1
    number: float | None = None
    decimals: int = 0
    percent: bool = False

    @property
    def end(self) -> int:
        return self.column + self.columns

    @property
    def blank(self) -> bool:
        return not flat(self.text)


@dataclass(slots=True)
class Grid:
    """Rows of cells with the title and the lines above the table."""

    rows: list[list[GridCell]]
    title: str = ""
    above: tuple[str, ...] = ()
    money_unit: str = ""
    titles: list[GridCell] = field(default_factory=list)

    def cell_at(self, row: int, column: int) -> GridCell | None:
        """The cell that covers a place, or None."""
        for cell in self.rows[row]:
            if cell.column <= column < cell.end:
                return cell
        for above in range(row - 1, max(row - 60, -1), -1):
            for cell in self.rows[above]:
                covers = cell.row + cell.rows > row and cell.column <= column < cell.end
                if covers:
                    return cell
        return None

    def filled(self, row: int) -> Iterator[GridCell]:
        return (c for c in self.rows[row] if not c.blank)


def grid_of_table(table: Table, text: str) -> Grid:
    """A document's table as a grid; spots are spans of ``text``."""
    sheet = table.title.strip() or f"表{table.number}"
    rows: list[list[GridCell]] = [[] for _ in range(table.height)]
    for cell in table.cells:
        spot = Spot(sheet, f"{cell.start}-{cell.end}", text[cell.start : cell.end])
        made = GridCell(cell.text, cell.row, cell.column, spot, cell.rows, cell.columns)
        rows[cell.row].append(made)
    for row in rows:
        row.sort(key=lambda c: c.column)
    # The unit may stand in the table's own first rows, as in a sheet.
    head = [c.text for row in rows[:4] for c in row]
    return Grid(
        rows, table.title, table.above, money_unit(" ".join((table.title, *table.above, *head)))
    )


def money_unit(text: str) -> str:
    """万元 or 元 as a title, header or line above a table says (``单位：万元``); empty where it
    does not.
    """
    plain = flat(text)
    for unit in ("亿元", "万元", "千元", "百元"):
        if f"（{unit}）" in plain or f"单位：{unit}" in plain or f"单位{unit}" in plain:
            return unit
    return "元" if "（元）" in plain or "单位：元" in plain or "单位：人民币元" in plain else ""


def texts(cells: Iterable[GridCell]) -> list[str]:
    """The cells' words, flat."""
    return [flat(c.text) for c in cells]
