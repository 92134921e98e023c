"""A file of the raw folder, as every stage knows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of the raw folder.

    ``file``: its path below that folder, always printable text; ``path``: where to open it.
    ``kind``: workbook, narrative, register, explanations, archive, other. ``type``: one of
    ``kinds.SHEET_TYPES``, docx, odt, rtf, doc, txt, html, mht, zip, yaml or "". ``status``: ready,
    quarantined, ignored, waiting. ``reason``: Chinese, empty when ready. ``notes``: macro,
    wrong_extension, ``same_as:<file>``, ``encoding:<name>``, ``name_encoding:<name>``,
    ``folder`` (one that could not be listed).
    ``submitted_sha256``: of the submitted file, where ``path`` is what it was converted into.
    """

    path: Path
    file: str
    kind: str
    type: str
    size: int
    mtime_ns: int
    sha256: str | None
    status: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    submitted_sha256: str = ""
