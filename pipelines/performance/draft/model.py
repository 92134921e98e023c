"""What a draft is made of: paragraphs, and tables of cells that each know where their figure
comes from.

What does not belong here: Word and Excel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

OPEN = "【请填写】"
TAB = "\t"  # in a source, between the table and the cell
MOST_ADDRESSES = 8  # of one table that a note names; the workbook has a comment at every figure
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. ``source``: where its figure comes from; ``number``: what it is as a number
    (``percent``: a share of 1).

    ``across`` and ``down``: how many columns and rows it covers.
    """

    text: str
    source: str = ""
    number: Decimal | None = None
    percent: bool = False
    across: int = 1
    down: int = 1


@dataclass(slots=True)
class DraftTable:
    """A table of the report: ``head`` header rows, then data. ``sheet``: its name in the
    workbook.
    """

    title: str
    sheet: str
    rows: list[list[Cell]]
    head: int = 1
    unit: str = ""
    note: str = ""


@dataclass(slots=True)
class Draft:
    """Blocks in order: (kind, text) with kind title, heading1 … heading3 or text; or a table."""

    title: str
    unit: str
    year: int
    blocks: list[tuple[str, str] | DraftTable] = field(default_factory=list)

    @property
    def tables(self) -> list[DraftTable]:
        return [b for b in self.blocks if isinstance(b, DraftTable)]

    def say(self, text: str, kind: str = "text") -> None:
        self.blocks.append((kind, text))

    def open_places(self) -> int:
        """How many places a person has to fill."""
        found = 0
        for block in self.blocks:
            if isinstance(block, DraftTable):
                found += sum(c.text.count(OPEN) for row in block.rows for c in row)
            else:
                found += block[1].count(OPEN)
        return found


def words(*texts: str) -> list[Cell]:
    """A row of plain words."""
    return [Cell(t) for t in texts]


def blank() -> Cell:
    """A place for a person to fill."""
    return Cell(OPEN)


def money(yuan: Decimal | None, source: str = "") -> Cell:
    """An amount of 元 in 万元 with two decimals; a place to fill where it is not known."""
    if yuan is None:
        return blank()
    wan = (yuan / 10_000).quantize(CENT, ROUND_HALF_UP)
    return Cell(f"{wan}", source, wan)


def rate(part: Decimal | None, whole: Decimal | None, source: str = "") -> Cell:
    """A rate with two decimals; a slash over nothing, a place to fill where it is not known."""
    if part is None or whole is None:
        return blank()
    if whole == 0:
        return Cell("/", source)
    share = (part / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return Cell(f"{share * 100:.2f}%", source, share, percent=True)


def plain(number: Decimal | None, source: str = "") -> Cell:
    """A number as people write it: no zeros at its end."""
    if number is None:
        return blank()
    short = number.normalize()
    return Cell(f"{short:f}", source, short)


def placed(table: DraftTable) -> Iterator[tuple[int, int, Cell]]:
    """(row, column, cell) of every cell, past the places that cells above cover."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            yield number, column, cell
            for below in range(cell.down):
                taken |= {(number + below, column + i) for i in range(cell.across)}
            column += cell.across


def width(table: DraftTable) -> int:
    return max(column + cell.across for _, column, cell in placed(table))


def source_note(table: DraftTable) -> str:
    """Where the figures of each column come from, in one line; the cells of one table named
    together.
    """
    parts = []
    for head, forms in _sources(table).items():
        named = "；".join(f"{form} {_some(cells)}".strip() for form, cells in forms.items())
        parts.append(f"{head}——{named}" if head else named)
    return "来源：" + "。".join(parts) + "。" if parts else ""


def _sources(table: DraftTable) -> dict[str, dict[str, list[str]]]:
    """Addresses by the head of the column and by form, each once, in the order of the cells."""
    heads = {
        column: cell.text for row, column, cell in placed(table) if row < table.head and cell.text
    }
    listed: dict[str, dict[str, list[str]]] = {}
    for _, column, cell in placed(table):
        form, _, address = cell.source.partition(TAB)
        if form:
            found = listed.setdefault(heads.get(column, ""), {}).setdefault(form, [])
            if address and address not in found:
                found.append(address)
    return listed


def _some(addresses: list[str]) -> str:
    more = f" 等 {len(addresses)} 处" if len(addresses) > MOST_ADDRESSES else ""
    return "、".join(addresses[:MOST_ADDRESSES]) + more
