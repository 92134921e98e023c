"""The jobs of the narratives for the worker processes, and what need not be done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.intake.cage import folders_of
from pipelines.intake.refusal import Refused
from pipelines.intake.share import Limits, Progress
from pipelines.narrative.case import NarrativeResult
from pipelines.narrative.memory import Memory
from pipelines.narrative.stage.documents import Document
from pipelines.narrative.tables import UnitFacts
from pipelines.narrative.worker import CheckJob, Head, ReadJob
from pipelines.tables.opened import name_of

WORKER = "pipelines.narrative.worker"
READ, CHECK = f"{WORKER}:read_head", f"{WORKER}:check_document"
NO_TABLES = "没有收到该单位该年度的报表"
ALONE = f"{NO_TABLES}，只核对了文字自身"


@dataclass(slots=True)
class Work:
    """The jobs for the worker processes, and what they need not do again."""

    con: duckdb.DuckDBPyConnection
    limits: Limits
    memory: Memory
    scratch: Path
    progress: Progress
    reused: int = 0

    def read(self, documents: list[Document]) -> None:
        for document in documents:
            document.head = self.memory.head(document.raw.sha256 or "")
        due = [d for d in documents if d.head is None]
        for document, head in self._run(READ, due, self._read_job, Head):
            document.head = head
            self.memory.keep(document.raw.sha256 or "", head)

    def check(self, documents: list[Document]) -> None:
        """Checks the documents, but those that were checked before against the same."""
        facts = UnitFacts(self.con, {d.place for d in documents if d.place})
        for document in documents:
            self._remember(document, facts)
        due = [d for d in documents if d.result is None]
        self.reused = len(documents) - len(due)
        for document, result in self._run(
            CHECK, due, lambda d: self._check_job(d, facts), NarrativeResult
        ):
            document.result = result
            assert document.head is not None
            self.memory.keep(document.raw.sha256 or "", document.head, document.key, result)

    def _remember(self, document: Document, facts: UnitFacts) -> None:
        """What is known of a document before it is checked: by what it is judged, and the result of
        a check by the same.
        """
        document.key = _key(document, facts)
        if not document.reason and document.place and not facts.has(*document.place):
            document.reason = ALONE
        document.result = self.memory.result(document.raw.sha256 or "", document.key)

    def _run(
        self,
        work: str,
        due: list[Document],
        job_of: Callable[[Document], ReadJob | CheckJob],
        expected: Any,
    ) -> Iterator[tuple[Document, Any]]:
        """The documents with their results; those that could not be done are quarantined and left
        out.
        """
        by_file = {d.raw.file: d for d in due}
        limits = self.limits
        jobs = (job_of(d) for d in due)
        results = limits.map(
            work,
            jobs,
            result=expected,
            writes=(str(self.scratch),),
            reads=(*folders_of(d.raw.path for d in due), str(self.scratch)),
        )
        for done, (job, result) in enumerate(results, 1):
            document = by_file[(job if isinstance(job, ReadJob) else job.read).file]
            if isinstance(result, Refused):
                document.refuse(result.reason)
            else:
                yield document, result
            self.progress(done, len(due))

    def _read_job(self, document: Document) -> ReadJob:
        raw = document.raw
        return ReadJob(
            raw.file, raw.path, raw.type, raw.sha256 or "", self.scratch / name_of(raw.sha256 or "")
        )

    def _check_job(self, document: Document, facts: UnitFacts) -> CheckJob:
        owner = document.owner
        return CheckJob(
            self._read_job(document),
            owner.unit_code,
            owner.unit_name,
            document.year,
            owner.names,
            owner.unit_type,
            facts.rows(owner.unit, document.year),
        )


def _key(document: Document, facts: UnitFacts) -> str:
    owner = document.owner
    return repr((document.raw.file, owner, document.year, facts.digest(owner.unit, document.year)))
