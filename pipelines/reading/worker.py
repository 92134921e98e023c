"""What runs in a worker process: one file in, one extraction out."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

from pipelines.extract.explained import filled_rows
from pipelines.extract.performancesheets import has_performance
from pipelines.extract.seen import keep_seen
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.store import Says, write_extraction
from pipelines.extract.workbook import read_workbook
from pipelines.intake.kinds import DOCUMENT_TYPES
from pipelines.intake.workbook import Workbook
from pipelines.reading.workbooks import open_workbook
from pipelines.tables.opened import SUFFIX


def _opened(
    path: Path, type: str, sha256: str | None, target: Path
) -> tuple[Workbook, Says | None]:
    """The sheets of a workbook, or the tables of a document with what it says of itself; what was
    opened of a document is kept beside the target.
    """
    if type not in DOCUMENT_TYPES:
        return open_workbook(path, type, sha256=sha256), None
    from pipelines.reading.documents import open_tables  # readers of documents load only for one

    return open_tables(path, type, sha256=sha256, kept=target.with_name(target.name + SUFFIX))


def extract_file(
    path: str | Path,
    type: str,
    target: str | Path,
    folders: tuple[str, ...] = (),
    sha256: str | None = None,
) -> dict:
    """Read one workbook, or the tables of one document, and write its extraction to ``target``.

    Gives ``{"sheets": recognised, "facts": count, "notes": (...), "seconds": taken}``. With
    ``sha256`` the bytes must be the ones discovered. Raises ``Refused`` where the file cannot be
    read.
    """
    begun = time.monotonic()
    # Nothing here makes cycles that matter, and millions of cells make the collector busy: it is
    # let in again when all cells are gone.
    gc.disable()
    try:
        told = _extract(Path(path), type, Path(target), folders, sha256)
    finally:
        gc.enable()
    return {**told, "seconds": round(time.monotonic() - begun, 3)}


def _keep_others(workbook: Workbook, readings: list[SheetReading], target: Path) -> None:
    """What the sheets say that no table was read from: explanations, performance tables."""
    known = {reading.sheet.name for reading in readings}
    read = {reading.sheet.name for reading in readings if reading.status == "read"}
    rows = filled_rows(sheet for sheet in workbook.sheets if sheet.name not in read)
    keep_seen(target, rows, bool(known) and has_performance(workbook.sheets, known))


def _extract(
    path: Path, type: str, target: Path, folders: tuple[str, ...], sha256: str | None
) -> dict[str, Any]:
    workbook, says = _opened(path, type, sha256, target)
    readings = read_workbook(workbook, folders)
    if says is None:
        _keep_others(workbook, readings, target)
    write_extraction(target, readings, workbook.notes, says)
    return {
        "sheets": len(readings),
        "facts": sum(len(r.facts) for r in readings),
        "notes": tuple(workbook.notes),
    }
