"""A cell as a value: what a workbook keeps as a number, what is printed, amounts in 元.

What does not belong here: which cell it is.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pipelines.performance.grid import GridCell
from pipelines.performance.pack import NO_ENTRY, Entry
from pipelines.performance.values import MONEY_UNITS, Value, number_value, read_value


def entry_of(cell: GridCell | None, file: str, measure: str = "text") -> Entry:
    if cell is None:
        return NO_ENTRY
    return Entry(_value(cell, measure), file, cell.spot)


def _value(cell: GridCell, measure: str) -> Value:
    if measure == "text" and cell.number is None:
        state = read_value(cell.text).state
        return Value(cell.text, "text" if state == "number" else state)
    if cell.number is not None and measure != "text":
        unit = "%" if cell.percent else ""
        number = Fraction(str(cell.number)) * (100 if cell.percent else 1)
        decimals = max(cell.decimals - (2 if cell.percent else 0), 0)
        made = number_value(0, decimals, unit, cell.text)
        return replace(made, number=number)
    return read_value(cell.text)


def in_yuan(value: Value, factor: int, places: int) -> Value:
    """A printed amount in 元.

    Amounts in 元 with two decimals are exact, those in 万元 stand for ± half a last place.
    """
    factor = MONEY_UNITS.get(value.unit, factor)
    if value.unit and value.unit not in MONEY_UNITS:
        return replace(value, state="text", number=None)
    least = 2 if factor > 1 else 0
    half = Fraction(factor, 2 * 10 ** max(places, least))
    if half < Fraction(1, 100):
        half = Fraction(0)
    return replace(value.scaled(factor, half), unit="元")
