"""The amounts of a table as columns of facts, and what is wrong with single cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipelines.extract.amounts import SCALES, of_cell, raw_text
from pipelines.extract.learned.way import is_long
from pipelines.extract.moneyunit import money_of_heads
from pipelines.extract.plainamounts import plain_amounts
from pipelines.extract.reading import Fault, TableReading
from pipelines.extract.rows import Line
from pipelines.extract.text import address, is_count_label, letter, visible
from pipelines.intake.numberformats import Shown
from schemas.library import Form
from schemas.structural import say, usual_severity


class Fact(NamedTuple):
    """One fact before its unit is known; ``fen`` in hundredths of 元 (or of the item counted)."""

    block: str
    row_key: str
    row_label: str
    col_key: str
    col_label: str
    fen: int | None
    state: str
    raw: str
    cell: str
    measure: str


@dataclass(slots=True)
class FactColumns:
    """Facts column by column, in the order of the sheet."""

    block: list[str] = field(default_factory=list)
    row_key: list[str] = field(default_factory=list)
    row_label: list[str] = field(default_factory=list)
    col_key: list[str] = field(default_factory=list)
    col_label: list[str] = field(default_factory=list)
    fen: list[int | None] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    measure: list[str] = field(default_factory=list)
    digits: int = 2

    def __len__(self) -> int:
        return len(self.cell)

    def __iter__(self) -> Iterator[Fact]:
        columns = (getattr(self, name) for name in Fact._fields)
        return map(Fact._make, zip(*columns, strict=True))

    def add_line(self, line: Line, count: int) -> None:
        """Repeat what all amounts of a line share."""
        self.block += [line.block] * count
        self.row_key += [line.key] * count
        self.row_label += [line.label] * count
        self.measure += ["count" if line.count else "money"] * count


def own_exponents(labels: Mapping[int, str], exponent: int) -> dict[int, int]:
    """The power of ten of each column whose head prints another unit than the table's: 万元 beside
    元, or a number of people, which is never scaled.
    """
    found = {}
    for column, label in labels.items():
        own = _printed_exponent(label)
        if own is not None and own != exponent:
            found[column] = own
    return found


@lru_cache(maxsize=4096)  # the heads of all forms, in a writing or two
def _printed_exponent(label: str) -> int | None:
    """The power of ten of the unit that a head prints; None where it prints none."""
    unit = money_of_heads([label])
    return 0 if unit is None and is_count_label(label) else SCALES.get(unit or "")


class FactTaker:
    """Turns the items of a table into facts; ``exponent`` is the money unit's power of ten.

    ``shown``: cells whose number format shows them smaller than they are.
    """

    def __init__(
        self,
        form: Form,
        table: TableReading,
        money: str,
        exponent: int,
        shown: Mapping[tuple[int, int], Shown],
    ) -> None:
        self.form, self.table, self.money, self.exponent = form, table, money, exponent
        self.shown = shown
        self.labels = {c.column: c.label for c in table.columns}
        self.own = own_exponents(self.labels, exponent)
        self.facts = FactColumns()
        self.faults: list[Fault] = []

    def take(self) -> None:
        if not is_long() and self._take_plain():
            return
        for line, cells in self.table.items:
            before = len(self.facts.cell)
            self._take_line(line, cells)
            self.facts.add_line(line, len(self.facts.cell) - before)

    def _take_plain(self) -> bool:
        """All amounts at once, where each is a number or a dash of the sheet's own unit."""
        items = self.table.items
        counted = self.exponent != 0 and any(line.count for line, _ in items)
        cells = [cell for _, row in items for cell in row]
        if self.shown or self.own or counted:
            return False
        amounts = plain_amounts([value for _, value, _ in cells], self.exponent)
        if amounts is None:
            return False
        facts = self.facts
        facts.fen, facts.state, facts.raw = amounts.fen, amounts.state, amounts.raw
        facts.digits = max(facts.digits, amounts.digits)
        facts.col_key = [key for _, _, key in cells]
        facts.col_label = [self.labels[column] for column, _, _ in cells]
        for line, row in items:
            number = str(line.row + 1)
            facts.cell += [letter(column) + number for column, _, _ in row]
            facts.add_line(line, len(row))
        return True

    def _take_line(self, line: Line, cells: list[tuple[int, object, str]]) -> None:
        """Whole 分 held in a float need nothing but a multiplication."""
        facts, labels, row = self.facts, self.labels, str(line.row + 1)
        exact = line.count or (self.exponent == 0 and not self.shown and not self.own)
        for column, value, key in cells:
            if exact and value.__class__ is float and -1e12 < value < 1e12:  # type: ignore[operator]
                hundred = value * 100.0  # type: ignore[operator]
                fen = round(hundred)
                miss = hundred - fen
                if miss == 0.0 or abs(miss) <= min(1e-5, abs(hundred) * 1e-13):
                    facts.fen.append(fen)
                    facts.state.append("number")
                    facts.raw.append(str(fen // 100) if fen % 100 == 0 else repr(value))
                    facts.col_key.append(key)
                    facts.col_label.append(labels[column])
                    facts.cell.append(letter(column) + row)
                    continue
            self._take_slowly(line, column, value, key)

    def _take_slowly(self, line: Line, column: int, cell: object, key: str) -> None:
        exponent = 0 if line.count else self._exponent(line.row, column)
        value = of_cell(cell, exponent)
        if value is None:
            return
        facts, raw = self.facts, raw_text(cell)
        facts.fen.append(value.fen)
        facts.state.append(value.state)
        facts.raw.append(raw)
        facts.col_key.append(key)
        facts.col_label.append(self.labels[column])
        facts.cell.append(address(line.row, column))
        if value.state == "number" and not line.count:
            printed = self.own.get(column, self.exponent)  # finer columns spare the others nothing
            facts.digits = max(facts.digits, value.digits + printed - exponent)
        if value.fault:
            self._fault(value.fault, line, key, raw, address(line.row, column))

    def _exponent(self, row: int, column: int) -> int:
        """The power of ten of a cell's stored number, which its format may show divided.

        A format that divides by as much as the sheet's unit shows that unit of a number stored in
        元. Where the sheet is in 元 the format only spares digits: the stored number counts.
        """
        own = self.own.get(column, self.exponent)
        shown = self.shown.get((row, column))
        if shown is None:
            return own
        if shown.unit:
            return SCALES[shown.unit] - shown.steps
        return own - shown.steps if own else 0

    @property
    def coarsest(self) -> int:
        """The largest power of ten among the units of the columns."""
        return max((self.exponent, *self.own.values()))

    def take_special(self, special: dict[tuple[int, int], tuple[str, str]]) -> None:
        """Error values and formulas without a result, which read as empty: facts without an amount,
        each a fault.
        """
        lines = {(x.row, x.panel): x for x in self.table.lines}
        for (r, c), (state, raw) in sorted(special.items()):
            column = next(
                (k for k in self.table.columns if k.column == c and (r, k.panel) in lines), None
            )
            if column is None or address(r, c) in self.facts.cell:
                continue
            line, facts = lines[(r, column.panel)], self.facts
            facts.add_line(line, 1)
            facts.fen.append(None)
            facts.state.append(state)
            facts.raw.append(raw)
            facts.col_key.append(column.key)
            facts.col_label.append(column.label)
            facts.cell.append(address(r, c))
            self._fault(
                "S-ERROR" if state == "error" else "S-UNCACHED",
                line,
                column.key,
                raw,
                address(r, c),
            )

    def _fault(self, rule: str, line: Line, key: str, raw: str, cell: str) -> None:
        where = f"{self.form.number or self.form.title} {cell}"
        words = say(rule, where=where, raw=visible(raw)[:60], unit=self.money)
        subject = f"{self.form.form}[{line.key},{key}]@{cell}"
        self.faults.append(Fault(rule, subject, words, (cell,), usual_severity(rule)))
