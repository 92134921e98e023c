"""A document opened for extraction, in a worker process: its tables as sheets, and what it says of
itself.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.extract.store import Says
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.intake.workbook import Workbook
from pipelines.tables.document import Document, letters
from pipelines.tables.failure import DocumentError
from pipelines.tables.forms import form_spans
from pipelines.tables.opened import keep_opened
from pipelines.tables.read import read_document
from pipelines.tables.sheets import document_sheets


def open_tables(
    path: Path,
    type: str,
    *,
    sha256: str | None = None,
    limits: Limits = LIMITS,
    kept: Path | None = None,
) -> tuple[Workbook, Says]:
    """The tables of a document as a workbook; what was opened is kept at ``kept``, if anywhere.

    Raises Refused.
    """
    data, digest = read_stable(path, sha256=sha256, limit=limits.file_bytes)
    try:
        document = read_document(data, type)
    except DocumentError as error:
        raise Refused(error.reason, error.detail) from error
    if kept is not None:
        keep_opened(kept, document)
    sheets = document_sheets(document)
    says = _says(document) if sheets else Says()
    return Workbook(sheets, _told(document), digest), says


def _told(document: Document) -> tuple[str, ...]:
    """What people are told of the reading, as notes of an extraction."""
    read = letters(document.text)
    return (
        f"characters:{read + document.lost}:{read}",
        *(f"said:{note}" for note in document.notes),
        *(f"unread:{said}" for said in document.unread),
    )


def _says(document: Document) -> Says:
    """The unit and year that the text names: tables of a disclosure often print neither."""
    from pipelines.narrative.read import read_text

    narrative = read_text(document.body, type="docx", forms=form_spans(document))
    return Says(tuple(narrative.unit_names), narrative.year)
