"""What a worker needs to mark a PDF; the libraries that do it load only in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.deliver.marking.listing import Entry
from pipelines.deliver.marking.mark import Source


@dataclass(frozen=True, slots=True)
class PdfJob:
    """One PDF: where its marked copy goes, the file, and the findings that point into it."""

    target: Path
    source: Source
    entries: tuple[Entry, ...]


def is_pdf(path: Path) -> bool:
    """Whether a submitted document is a PDF, by its first bytes."""
    try:
        with path.open("rb") as handle:
            return b"%PDF-" in handle.read(1024)
    except OSError:
        return False
