"""Who does the jobs of a stage: the worker processes of this machine, or those of many machines.

Both are called as :func:`pipelines.intake.pool.map_files` is and answer as it does, so that a stage
does not know which it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol


class Crew(Protocol):
    """As ``map_files``; results may come in any order."""

    def __call__(
        self,
        work: Callable[..., Any] | str,
        jobs: Iterable[Any],
        *,
        workers: int,
        memory_mb: int,
        timeout_s: float,
        result: Any = None,
        writes: Iterable[str] | None = None,
        reads: Iterable[str] | None = None,
    ) -> Iterator[tuple[Any, Any]]: ...


def crew_of(crew: Crew | None) -> Crew:
    """The crew; for None the worker processes of this machine."""
    from pipelines.intake.pool import map_files

    return crew or map_files
