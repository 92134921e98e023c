"""Where in a file a sheet stands."""

from __future__ import annotations

from pipelines.intake.workbook import Sheet


def is_printed(sheet: Sheet) -> bool:
    """Whether a table stands on a page of a PDF."""
    return sheet.part.startswith("#p")
