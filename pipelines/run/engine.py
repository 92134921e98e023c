"""Where the jobs of a run are done, by the setting ``engine``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from pipelines.run.context import RunContext

DASK = ("distributed", "prefect_dask")
INSTALL = "请运行 pip install 'caijue[dask]'，或改为 engine.kind = \"local\"。"


def lacking() -> list[str]:
    """The libraries of a cluster that are not installed."""
    return [name for name in DASK if find_spec(name) is None]


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
