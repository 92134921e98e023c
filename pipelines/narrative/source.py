"""A document as the text that is checked, with character offsets.

How files are read is told in ``pipelines/tables``.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError as NarrativeError
from pipelines.tables.read import read_document

__all__ = ["NarrativeError", "read_file", "read_source"]


def read_file(path: Path, type: str, data: bytes | None = None) -> Document:
    """The document with its tables. Raises :class:`NarrativeError` with what to do.

    ``data``: the bytes where they were read already; the path is then not opened again.
    """
    try:
        data = path.read_bytes() if data is None else data
    except OSError as error:
        raise NarrativeError(
            f"文件打不开（{error.strerror or error}），请检查后重新提交"
        ) from error
    return read_document(data, type)


def read_source(path: Path, type: str) -> str:
    """The text of a document, without heads and feet of pages and comments.

    Raises :class:`NarrativeError`.
    """
    return read_file(path, type).body
