"""A document as the text that is checked, with character offsets.

How files are read is told in ``pipelines/tables``.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError as NarrativeError
from pipelines.tables.read import TOO_LARGE, read_document

__all__ = ["NarrativeError", "read_file", "read_source"]


def read_file(path: Path, type: str, sha256: str | None = None) -> Document:
    """The document with its tables; with ``sha256`` the bytes must be those that were discovered.

    Raises :class:`NarrativeError` with what to do.
    """
    try:
        data, _ = read_stable(path, sha256=sha256, limit=TOO_LARGE)
    except Refused as refused:
        raise NarrativeError(refused.reason.rstrip("。"), refused.detail) from refused
    return read_document(data, type)


def read_source(path: Path, type: str) -> str:
    """The text of a document, without heads and feet of pages and comments.

    Raises :class:`NarrativeError`.
    """
    return read_file(path, type).body
