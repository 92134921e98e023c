"""What runs in the workers, and the pool they run in: a job that fails costs only its own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pipelines.deliver.marking.mark import Marked, MarkJob, mark
from pipelines.deliver.marking.narrative import NarrativeJob, mark_text
from pipelines.deliver.marking.pdfjob import PdfJob
from pipelines.deliver.unit.job import UnitsJob, write_units
from pipelines.intake.crew import Crew, crew_of
from pipelines.intake.refusal import Refused

MEMORY_MB = 2000  # far above what six units' workbooks take
TIMEOUT_S = 300  # and some seconds
Job = MarkJob | NarrativeJob | PdfJob | UnitsJob
Result = Marked | list[Path]


class NotWritten(RuntimeError):
    """A workbook of our own could not be made: a defect, or a machine without memory.

    The message is Chinese.
    """


@dataclass(frozen=True, slots=True)
class Unwritable:
    """The error of a folder that cannot be written. It is one of the machine and not of the job: a
    node that gives it leaves the job to the publishing node.
    """

    number: int
    said: str
    of_machine: ClassVar[bool] = True


def do(job: Job) -> Marked | list[Path] | Unwritable:
    """One job. A folder that cannot be written is given back, so that the run can stop."""
    try:
        if isinstance(job, UnitsJob):
            return write_units(job)
        if isinstance(job, PdfJob):
            from pipelines.deliver.marking.pdf import mark_pdf

            return mark_pdf(job)
        return mark(job) if isinstance(job, MarkJob) else mark_text(job)
    except OSError as error:
        return Unwritable(error.errno or 0, error.strerror or str(error))


def run_jobs(
    jobs: Iterable[Job], workers: int, crew: Crew | None = None
) -> Iterator[tuple[Job, Result]]:
    """Each job with its result, as they finish; done by the crew, or by workers of this machine.

    Raises OSError where the output cannot be written.
    """
    for job, result in crew_of(crew)(
        do, jobs, workers=workers, memory_mb=MEMORY_MB, timeout_s=TIMEOUT_S
    ):
        if isinstance(result, Unwritable):
            raise OSError(result.number, result.said)
        yield job, _refused(job, result) if isinstance(result, Refused) else result


def _refused(job: Job, refused: Refused) -> Any:
    if isinstance(job, UnitsJob):
        names = "、".join(w.target.name for w in job.wanted[:3])
        raise NotWritten(
            f"单位工作簿（{names} 等）没有写成：{refused.reason} {refused.detail[-600:]}"
        )
    file = job.sources[0].file if isinstance(job, MarkJob) else job.source.file
    return Marked(job.target, trouble=[f"{file}：{refused.reason}"])
