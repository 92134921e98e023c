"""What the reading of a run may take of a machine, and how it is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.config import Config

if TYPE_CHECKING:
    from pipelines.intake.crew import Crew

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Limits:
    """What a worker process may use; ``crew``: whose worker processes, None for this machine's."""

    workers: int
    memory_mb: int
    timeout_s: float
    folders: tuple[str, ...] = ()
    crew: Crew | None = None

    def map(self, work: Callable[..., Any] | str, jobs: Iterable[Any], **more: Any) -> Iterator:
        """``map_files`` within these limits; ``more``: its ``result``, ``writes``, ``reads``."""
        from pipelines.intake.crew import crew_of

        return crew_of(self.crew)(
            work,
            jobs,
            workers=self.workers,
            memory_mb=self.memory_mb,
            timeout_s=self.timeout_s,
            **more,
        )


def limits_of(config: Config) -> Limits:
    """The limits that the settings give."""
    folders = tuple(str(f) for f in config.forms_folders)
    return Limits(config.worker_count, config.memory_mb, config.timeout_s, folders)
