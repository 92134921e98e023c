"""A table that goes on on another sheet of its workbook: further columns of the same rows, or
further rows.

What does not belong here: pages that go on below on the same sheet (the readers skip repeated
headers).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.extract.layoutfaults import missing_columns, tells_of_missing
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.text import address
from schemas.library import Column

# Of the rows of the shorter part this many must stand in the other, by key: a page may drop a
# blank row or a subtotal.
SAME_ROWS = 0.8
TOTAL = ("", "合计")

Keys = set[tuple[str, str]]


def join_continued(readings: Sequence[SheetReading]) -> None:
    """Tell every sheet that goes on with another's table so: ``continues``; captions printed once
    hold for both.
    """
    parts: dict[str, list[SheetReading]] = {}
    for reading in readings:
        if reading.status == "read":
            parts.setdefault(reading.form.form, []).append(reading)
    for first, *others in parts.values():
        joined = [first]
        for other in others:
            if _goes_on(joined, other):
                other.continues = first.sheet.number
                joined.append(other)
        if len(joined) > 1:
            _say_what_is_missing(joined)


def goes_on_with(first: SheetReading, other: SheetReading) -> bool:
    """Whether a sheet that says of itself nothing goes on with the table of the sheet before it."""
    return _goes_on([first], other)


def _goes_on(joined: list[SheetReading], other: SheetReading) -> bool:
    if any(_disagree(one, other) for one in joined):
        return False
    first = joined[0]
    return _further_columns(joined, other) or _further_rows(first, other)


def _disagree(one: SheetReading, other: SheetReading) -> bool:
    """Whether they print different units, years or money units."""
    pairs = zip(
        (one.caption.unit, one.caption.year, one.caption.money),
        (other.caption.unit, other.caption.year, other.caption.money),
        strict=True,
    )
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _further_columns(joined: list[SheetReading], other: SheetReading) -> bool:
    """The same rows under columns that the sheets before lack; a column that is repeated must
    hold the same.
    """
    have = set().union(*(_columns(r) for r in joined))
    new = _columns(other)
    if not new - have or not have - new or not _same_rows(joined[0], other):
        return False
    repeated = new & have
    return not repeated or _holds_the_same(joined, other, repeated)


def _same_rows(one: SheetReading, other: SheetReading) -> bool:
    rows, others = _rows(one), _rows(other)
    fewer = min(len(rows), len(others))
    return fewer > 0 and len(rows & others) >= SAME_ROWS * fewer


def _holds_the_same(joined: list[SheetReading], other: SheetReading, repeated: Keys) -> bool:
    """Also takes the repeated columns off the later sheet: each amount counts once."""
    known = {place: value for r in joined for place, value in _amounts(r, repeated).items()}
    again = _amounts(other, repeated)
    if any(known.get(place) != value for place, value in again.items()):
        return False
    _take_off(other, {key for _, key in repeated})
    return True


def _take_off(reading: SheetReading, keys: set[str]) -> None:
    """The columns of those keys are read from another sheet."""
    for line, cells in reading.table.items:
        for column, _, key in cells:
            if key in keys:
                reading.table.reasons[line.row, column] = "同一项目已在前一工作表取数"
        cells[:] = [cell for cell in cells if cell[2] not in keys]
    reading.table.columns = [c for c in reading.table.columns if c.key not in keys]
    reading.table.layout = ""


def _further_rows(one: SheetReading, other: SheetReading) -> bool:
    """The same columns over rows that the first sheet lacks, and a total on one of the two at
    most.
    """
    if _columns(one) != _columns(other) or one.form.layout != "list":
        return False
    rows, others = _rows(one), _rows(other)
    return bool(others) and not rows & others and not (TOTAL in rows and TOTAL in others)


def _columns(reading: SheetReading) -> Keys:
    return {(c.block, c.key) for c in reading.table.columns}


def _rows(reading: SheetReading) -> Keys:
    return {(line.block, line.key) for line in reading.table.lines}


def _amounts(reading: SheetReading, keys: Keys) -> dict[tuple[str, str, str], object]:
    return {
        (line.block, line.key, key): value
        for line, cells in reading.table.items
        for _, value, key in cells
        if (line.block, key) in keys
    }


def _in_no_sheet(joined: list[SheetReading], columns: Iterable[Column]) -> list[str]:
    """The keys of columns a form must have that none of the sheets has."""
    have = {key for reading in joined for _, key in _columns(reading)}
    return [c.key for c in columns if c.key not in have and not c.optional]


def _say_what_is_missing(joined: list[SheetReading]) -> None:
    """Columns that neither sheet has; what one has is not missing from the other."""
    for reading in joined:
        reading.table.faults = [f for f in reading.table.faults if not tells_of_missing(f)]
    first = joined[0]
    if first.form.wide or first.form.layout != "list":
        return
    if missing := _in_no_sheet(joined, first.form.columns):
        cell = address(first.table.top, 0)
        first.table.faults.append(missing_columns(first.form, missing, cell))
