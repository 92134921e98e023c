"""What runs in the workers, and the pool they run in: a job that fails costs only its own file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.deliver.marking.mark import Marked, MarkJob, mark
from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused

MEMORY_MB = 1500
TIMEOUT_S = 180




def do(job: MarkJob) -> Marked | OSError:
    """One job. A folder that cannot be written is given back, so that the run can stop."""
    try:
        return mark(job)
    except OSError as error:
        return error


def run_jobs(jobs: Iterable[MarkJob], workers: int) -> Iterator[tuple[MarkJob, Marked]]:
    """Each job with its result, as they finish. Raises OSError where the output cannot be written."""
    for job, result in map_files(do, jobs, workers=workers, memory_mb=MEMORY_MB, timeout_s=TIMEOUT_S):
        if isinstance(result, OSError):
            raise result
        yield job, result if not isinstance(result, Refused) else _refused(job, result)


def _refused(job: MarkJob, refused: Refused) -> Any:
    return Marked(job.target, trouble=[f"{job.sources[0].file}：{refused.reason}"])
