"""人员概况 (JX01): two years side by side, each with a count and its change."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from pipelines.performance.grid import GridCell
from pipelines.performance.pack import Entry, Row
from pipelines.performance.segments import Segment
from pipelines.performance.values import Value, read_value
from pipelines.performance.words import flat, header

CHANGE = re.compile(r"^([+-]?\d+)人?[/／]([+-]?\d+(?:\.\d+)?)%$")


def read_staff(segment: Segment, file: str, table: int) -> list[Row]:
    """One row: ``上年/实有数``, ``上年/变化数``, ``上年/变化率``, the same for 本年, as far as they
    are printed.
    """
    counts = _columns(segment, "实有")
    changes = _columns(segment, "变化")
    if not counts:
        return []
    years = ("上年", "本年") if len(counts) > 1 else ("本年",)
    row = Row("JX01", "人员", Entry(), {}, table=table)
    for number in segment.rows:
        _take(segment, number, row, file, dict(zip(years, counts, strict=False)), "实有数")
        _take(segment, number, row, file, dict(zip(years, changes, strict=False)), "变化")
    return [row] if row.cells else []


def _columns(segment: Segment, word: str) -> list[int]:
    first = segment.first
    cells = [c for r in range(first, segment.rows.start) for c in segment.grid.rows[r]]
    return sorted({c.column for c in cells if word in header(c.text)})


def _take(
    segment: Segment, number: int, row: Row, file: str, columns: dict[str, int], what: str
) -> None:
    for year, column in columns.items():
        cell = next((c for c in segment.grid.rows[number] if c.column == column), None)
        if cell is None or cell.blank:
            continue
        if what == "实有数":
            value = read_value(cell.text)
            row.cells.setdefault(
                f"{year}/实有数", Entry(replace(value, half=Fraction(0)), file, cell.spot)
            )
        else:
            _split(row, year, cell, file)


def _split(row: Row, year: str, cell: GridCell, file: str) -> None:
    found = CHANGE.match(flat(cell.text))
    if not found:
        row.cells.setdefault(f"{year}/变化数", Entry(Value(cell.text, "text"), file, cell.spot))
        return
    count = Value(cell.text, "number", Fraction(found[1]))
    places = len(found[2].partition(".")[2])
    half = Fraction(1, 2 * 10**places)
    rate = Value(cell.text, "number", Fraction(found[2]), half, places, "%")
    row.cells[f"{year}/变化数"] = Entry(count, file, cell.spot)
    row.cells[f"{year}/变化率"] = Entry(rate, file, cell.spot)
