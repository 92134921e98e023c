"""A document as it was opened, kept for the stages of the same run that read it again: its tables,
its text and its performance material are each read by a stage of its own, and to open a PDF takes
ten times what any of them does.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from pipelines.intake import wire
from pipelines.tables.document import Document

SUFFIX = ".opened"
QUICK = 1  # of zlib: a fifth of the size in some milliseconds
MOST = 256 << 20  # bytes: a document is some hundred kilobytes, its text at most some megabytes


def name_of(sha256: str) -> str:
    """The name under which the document of that content is kept."""
    return f"{sha256}{SUFFIX}"


def keep_opened(path: Path, document: Document) -> None:
    """Keeps it. Raises OSError where the folder cannot be written."""
    path.write_bytes(zlib.compress(wire.pack(document), QUICK))


def kept_opened(path: Path) -> Document | None:
    """What was kept there, read against its type: whoever wrote it had read a stranger's file. None
    where there is nothing of use.
    """
    try:
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(path.read_bytes(), MOST)
        found: Document = wire.unpack(packed, Document)
    except (OSError, zlib.error, wire.WrongAnswer):
        return None
    return found
