"""What runs in a worker process: one document read, and one document checked.

Results are plain. What does not belong here: whose narrative it is (``owner.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.intake.refusal import Refused
from pipelines.narrative.case import NarrativeResult
from pipelines.narrative.check import check_narrative
from pipelines.narrative.coverage import coverage
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.read import Narrative, read_document_text
from pipelines.narrative.source import NarrativeError, read_file
from pipelines.tables.document import Document
from pipelines.tables.opened import keep_opened, kept_opened


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself. ``reason``: why it is no disclosure narrative.

    ``unread``: (section, span, words) of figures not understood; ``bound`` of ``figures`` were.
    """

    is_narrative: bool
    reason: str
    unit_names: tuple[str, ...]
    year: int | None
    unread: tuple[tuple[str, str, str], ...] = ()
    bound: int = 0
    figures: int = 0


@dataclass(frozen=True, slots=True)
class ReadJob:
    """A document to read. As it was opened it is found at ``kept``, or kept there for the check
    that follows in the same run.
    """

    file: str
    path: Path
    type: str
    sha256: str
    kept: Path


@dataclass(frozen=True, slots=True)
class CheckJob:
    """A document to check: whose it is, and the ``facts`` of that unit for the year and the one
    before, if any.
    """

    read: ReadJob
    unit_code: str | None
    unit_name: str | None
    year: int | None
    names: tuple[str, ...] = ()
    unit_type: str | None = None
    facts: pa.Table | None = None


def read_head(job: ReadJob) -> Head:
    """Reads a document. Raises Refused where it cannot be read."""
    document = kept_opened(job.kept)
    if document is None:
        document = _open(job)
        keep_opened(job.kept, document)
    narrative = _read(job, document)
    counted = coverage(narrative)
    unread = tuple(
        (section, f"{start}-{end}", words) for section, start, end, words in counted.unread
    )
    return Head(
        narrative.is_narrative,
        narrative.reason,
        tuple(narrative.unit_names),
        narrative.year,
        unread,
        counted.bound,
        counted.figures,
    )


def check_document(job: CheckJob) -> NarrativeResult:
    """Checks a document. Raises Refused where it cannot be read."""
    narrative = _read(job.read, kept_opened(job.read.kept) or _open(job.read))
    facts = None
    if job.facts is not None and job.facts.num_rows and job.year is not None:
        facts = FactLookup(job.facts.to_pylist(), job.year)
    return check_narrative(
        narrative,
        facts,
        file=job.read.file,
        unit_code=job.unit_code,
        unit_name=job.unit_name,
        year=job.year,
        names=job.names,
        unit_type=job.unit_type,
    )


def _open(job: ReadJob) -> Document:
    try:
        return read_file(job.path, job.type, job.sha256)
    except NarrativeError as error:
        raise Refused(f"{error.reason.rstrip('。')}。", error.detail) from error


def _read(job: ReadJob, document: Document) -> Narrative:
    return read_document_text(document, path=job.path, type=job.type)
