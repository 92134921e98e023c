"""The sheets of a workbook as grids, with merged cells and the way numbers are shown.

What does not belong here: forms.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from pipelines.extract.text import address
from pipelines.intake.limits import LIMITS
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.intake.workbook import Sheet
from pipelines.performance.grid import Grid, GridCell, Spot, money_unit
from pipelines.reading.workbooks import open_workbook

PERCENT = re.compile(r"0(?:\.(0+))?%")
PLACES = re.compile(r"0\.(0+)")
# Performance tables are small: rows beyond are not theirs, and columns neither.
MOST_ROWS, MOST_COLUMNS = 5_000, 60
Formats = dict[tuple[str, int, int], str]


def sheet_grids(
    path: Path, type: str, sha256: str, without: Collection[str] = ()
) -> Iterator[Grid]:
    """Every visible sheet but those named. Raises Refused where the workbook cannot be read."""
    book = open_workbook(path, type, sha256=sha256)
    formats = _formats(path, type)
    for sheet in book.sheets:
        if sheet.name not in without:
            yield _grid(sheet, formats)


def _formats(path: Path, type: str) -> Formats:
    """Number formats of percentages, so that 1 shown as 100 % is known for what it is; none for
    others than .xlsx.
    """
    if type not in ("xlsx", "xlsm"):
        return {}
    from openpyxl import load_workbook

    try:
        # Read-only: only the cells that are in the file, however large the sheet says it is.
        data, _ = read_stable(path, limit=LIMITS.file_bytes)
        book = load_workbook(io.BytesIO(data), data_only=True, read_only=True)
    except (Refused, OSError, ValueError, KeyError, TypeError):
        return {}
    found: Formats = {}
    for sheet in book.worksheets:
        for row in islice(sheet.iter_rows(), MOST_ROWS):
            for cell in row[:MOST_COLUMNS]:
                if isinstance(cell.value, (int, float)):
                    found[sheet.title, cell.row - 1, cell.column - 1] = str(cell.number_format)
    return found


def _grid(sheet: Sheet, formats: Formats) -> Grid:
    merged = {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for r0, c0, r1, c1 in sheet.merged}
    covered = {
        (r, c)
        for r0, c0, r1, c1 in sheet.merged
        for r in range(r0, min(r1, r0 + MOST_ROWS) + 1)
        for c in range(c0, min(c1, c0 + MOST_COLUMNS) + 1)
    } - set(merged)
    rows = []
    for r, values in enumerate(sheet.cells[:MOST_ROWS]):
        row = []
        for c, value in enumerate(values[:MOST_COLUMNS]):
            if (r, c) not in covered:
                row.append(_cell(sheet, r, c, value, merged.get((r, c), (1, 1)), formats))
        rows.append(row)
    head = " ".join(c.text for row in rows[:4] for c in row)
    return Grid(rows, _title(rows), money_unit=money_unit(head))


def _title(rows: list[list[GridCell]]) -> str:
    for row in rows[:3]:
        filled = [c for c in row if not c.blank]
        if len(filled) == 1:
            return filled[0].text
    return ""


def _cell(
    sheet: Sheet, r: int, c: int, value: object, size: tuple[int, int], formats: Formats
) -> GridCell:
    spot = Spot(sheet.name, address(r, c))
    shown = formats.get((sheet.name, r, c), "")
    percent = PERCENT.search(shown)
    text, number, decimals = str(value if value is not None else ""), None, 0
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        places = PLACES.search(shown)
        decimals = len((percent[1] or "") if percent else (places[1] if places else ""))
        if not percent:
            decimals = max(decimals, _own_places(number))
        text = f"{number * 100:.{decimals}f}%" if percent else f"{number:.10g}"
    return GridCell(
        text,
        r,
        c,
        spot,
        *size,
        number=number,
        decimals=decimals + (2 if percent else 0),
        percent=bool(percent),
    )


def _own_places(number: float) -> int:
    text = f"{number:.10g}"
    return len(text.partition(".")[2]) if "e" not in text else 0
