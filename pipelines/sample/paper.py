"""A sheet before it is a file: cells, merged areas, and which of the cells are facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extract.text import address

# Cell formats, by name; the writers know how each looks.
TITLE, RIGHT, LEFT, HEAD, TEXT, NUMBER, COUNT, WAN = (
    "title",
    "right",
    "left",
    "head",
    "text",
    "number",
    "count",
    "wan",
)

Value = str | int | float


NARROWEST = 9  # letters: as wide as a column is by itself


@dataclass(frozen=True, slots=True)
class Placed:
    """One fact and the cell it stands in (zero-based).

    ``amount`` is in 分 (counts × 100); ``None`` for a dash.
    """

    form: str
    block: str
    row_key: str
    col_key: str
    row: int
    column: int
    amount: int | None

    @property
    def cell(self) -> str:
        return address(self.row, self.column)


@dataclass(slots=True)
class Paper:
    """What is on one sheet. ``top`` and ``left`` shift everything that is put on it."""

    name: str
    top: int = 0
    left: int = 0
    visibility: str = "visible"
    cells: list[tuple[int, int, Value, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    facts: list[Placed] = field(default_factory=list)
    form: str = ""

    def put(self, row: int, column: int, value: Value, look: str = TEXT) -> None:
        if value != "":
            self.cells.append((row + self.top, column + self.left, value, look))

    def merge(
        self, row: int, column: int, to_row: int, to_column: int, value: Value, look: str = HEAD
    ) -> None:
        self.put(row, column, value, look)
        if (row, column) != (to_row, to_column):
            self.merged.append(
                (row + self.top, column + self.left, to_row + self.top, to_column + self.left)
            )

    def columns(self) -> dict[int, float]:
        """The widths to set, by column of the sheet: those asked for, and room for every number
        where none was.
        """
        widths: dict[int, float] = {}
        for _, column, value, _ in self.cells:
            if isinstance(value, int | float):
                widths[column] = max(widths.get(column, NARROWEST), len(f"{value:,.2f}") + 2)
        return {c: w for c, w in widths.items() if w > NARROWEST} | {
            c + self.left: w for c, w in self.widths.items()
        }

    @property
    def pages(self) -> int:
        """How many pages wide the sheet is to be printed."""
        return max(1, -(-max((column for _, column, _, _ in self.cells), default=0) // 26))

    def fact(
        self, key: tuple[str, str, str, str], row: int, column: int, amount: int | None
    ) -> None:
        self.facts.append(Placed(*key, row + self.top, column + self.left, amount))
