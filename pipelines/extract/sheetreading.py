"""A recognised sheet with all that reading it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extract.caption import Caption
from pipelines.extract.facts import FactColumns
from pipelines.extract.grid import Grid
from pipelines.extract.reading import Fault, TableReading
from pipelines.intake.workbook import Sheet
from schemas.library import Form


@dataclass(slots=True)
class SheetReading:
    """A recognised sheet. ``status``: read or unreadable.

    ``money``: the money unit it was read in; ``assumed``: why, where none is printed (empty where
    one is). ``continues``: number of the sheet whose table goes on here.
    """

    grid: Grid
    form: Form
    caption: Caption
    table: TableReading
    status: str = "read"
    reason: str | None = None
    decimals: int = 2
    money: str = "元"
    assumed: str = ""
    continues: int | None = None
    facts: FactColumns = field(default_factory=FactColumns)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    numbers: int = 0
    facts_numbers: int = 0
    structural: int = 0
    layout: str = ""

    @property
    def sheet(self) -> Sheet:
        return self.grid.sheet

    @property
    def rows(self) -> list[list[tuple[int, object]]]:
        """The non-empty cells of the sheet."""
        return self.grid.rows
