"""The amounts of a table as columns of facts, and what is wrong with single cells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pipelines.extract.amounts import SCALES, TEXT, of_cell, raw_text
from pipelines.extract.factcolumns import NUMBER, FactColumns, text_of
from pipelines.extract.habit import as_habits
from pipelines.extract.learned.way import is_long
from pipelines.extract.moneyunit import money_of_heads
from pipelines.extract.plainamounts import plain_amounts
from pipelines.extract.reading import Fault, TableReading
from pipelines.extract.rows import Line
from pipelines.extract.text import address, is_count_label, visible
from pipelines.intake.numberformats import Shown
from schemas.library import Form
from schemas.structural import say, usual_severity


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
        labels = {c.column: c.label for c in table.columns}
        self.own = own_exponents(labels, exponent)
        self.facts = FactColumns(table.lines, labels)
        self._faults: list[Fault] = []
        self._texts: dict[str, list[Fault]] = {}  # faults of cells by the text they hold

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with single cells, and with those that hold the same word."""
        table = self.form.number or self.form.title
        return [*self._faults, *as_habits(self.form.form, table, self._texts)]

    def take(self) -> None:
        if not is_long() and (self._take_flat() or self._take_plain()):
            return
        for line, cells in self.table.items:
            self._take_line(line, cells)

    def _is_even(self) -> bool:
        """Whether all amounts are in the sheet's own unit."""
        counted = self.exponent != 0 and any(line.count for line in self.table.lines)
        return not (self.shown or self.own or counted)

    def _take_flat(self) -> bool:
        """All amounts of a sheet that is known, as they lie."""
        flat = self.table.flat
        if flat is None or not self._is_even():
            return False
        amounts = plain_amounts(flat.values, self.exponent)
        if amounts is None:
            return False
        self.facts.add_flat(flat, amounts)
        return True

    def _take_plain(self) -> bool:
        """All amounts at once, where each is a number or a dash of the sheet's own unit."""
        if not self._is_even():
            return False
        items = self.table.items
        cells = [cell for _, row in items for cell in row]
        amounts = plain_amounts([value for _, value, _ in cells], self.exponent)
        if amounts is None:
            return False
        self.facts.add_plain(items, cells, amounts)
        return True

    def _take_line(self, line: Line, cells: list[tuple[int, object, str]]) -> None:
        """Whole 分 held in a float need nothing but a multiplication."""
        facts, number = self.facts, self.facts.number_of(line)
        exact = line.count or (self.exponent == 0 and not self.shown and not self.own)
        for column, value, key in cells:
            if exact and value.__class__ is float and -1e12 < value < 1e12:  # type: ignore[operator]
                hundred = value * 100.0  # type: ignore[operator]
                fen = round(hundred)
                miss = hundred - fen
                if miss == 0.0 or abs(miss) <= min(1e-5, abs(hundred) * 1e-13):
                    noisy = fen % 100 != 0 and fen / 100 != value
                    facts.add(number, column, key, fen, NUMBER, repr(value) if noisy else None)
                    continue
            self._take_slowly(line, number, column, value, key)

    def _take_slowly(self, line: Line, number: int, column: int, cell: object, key: str) -> None:
        exponent = 0 if line.count else self._exponent(line.row, column)
        value = of_cell(cell, exponent)
        if value is None:
            return
        raw = raw_text(cell)
        follows = value.fen is not None and raw == text_of(value.fen)
        self.facts.add(number, column, key, value.fen, value.state, None if follows else raw)
        if value.state == NUMBER and not line.count:
            printed = self.own.get(column, self.exponent)  # finer columns spare the others nothing
            self.facts.digits = max(self.facts.digits, value.digits + printed - exponent)
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
        if not special:
            return
        lines = {(x.row, x.panel): x for x in self.table.lines}
        taken = self.facts.cells()
        for (r, c), (state, raw) in sorted(special.items()):
            column = next(
                (k for k in self.table.columns if k.column == c and (r, k.panel) in lines), None
            )
            if column is None or (r, c) in taken:
                continue
            line = lines[(r, column.panel)]
            self.facts.add(self.facts.number_of(line), c, column.key, None, state, raw)
            taken.add((r, c))
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
        fault = Fault(rule, subject, words, (cell,), usual_severity(rule))
        of_text = self._texts.setdefault(visible(raw)[:60], []) if rule == TEXT.fault else None
        (self._faults if of_text is None else of_text).append(fault)
