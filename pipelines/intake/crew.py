"""Who does the jobs of a stage: the worker processes of this machine, or those of many machines.

Both are called as :func:`pipelines.intake.pool.map_files` is and answer as it does, in any order,
so that a stage does not know which it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Crew = Callable[..., Iterator[tuple[Any, Any]]]


def crew_of(crew: Crew | None) -> Crew:
    """The crew; for None the worker processes of this machine."""
    from pipelines.intake.pool import map_files

    return crew or map_files
