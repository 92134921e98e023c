"""Where the jobs of a run are done, by the setting ``engine``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.run.context import RunContext


@contextmanager
def crew_of_run(context: RunContext) -> Iterator[None]:
    """While this lasts, files are read and workbooks written where the settings say. Nothing of
    Dask is imported for one machine.
    """
    if context.config.engine.kind == "local":
        yield
        return
    from pipelines.run.cluster import Cluster

    with Cluster(context.config) as context.look.crew:
        try:
            yield
        finally:
            context.look.crew = None
