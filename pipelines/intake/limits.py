"""How much one file may ask for before it is refused. Sizes in bytes, areas in cells."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one submitted file; the defaults are some fifty times the largest real export."""

    file_bytes: int = 100 * MEGABYTE
    entries: int = 5_000
    directory_bytes: int = 4 * MEGABYTE
    part_bytes: int = 400 * MEGABYTE
    total_bytes: int = 600 * MEGABYTE
    ratio: int = 150
    ratio_from_bytes: int = MEGABYTE
    unread_ratio_from_bytes: int = 32 * MEGABYTE
    sheets: int = 1_000
    sheet_cells: int = 8_000_000
    workbook_cells: int = 20_000_000
    special_cells: int = 200_000


LIMITS = Limits()
