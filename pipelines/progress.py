"""The progress bar: on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pipelines.run.look import Progress, no_progress


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yields a function to tell progress to; on a terminal it draws a bar on standard error, from
    the first that it is told.
    """
    if not sys.stderr.isatty():
        yield no_progress
        return
    with ExitStack() as shown:
        bar: list[Progress] = []

        def tell(stage: str, done: int, total: int) -> None:
            bar[:] = bar or [_drawn(shown)]
            bar[0](stage, done, total)

        yield tell


def _drawn(shown: ExitStack) -> Progress:
    """A bar, drawn until ``shown`` ends. It has a thread of its own: whoever has to be without
    threads (``stem.py``) tells no progress before.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bars = shown.enter_context(Bars(*columns, console=Console(stderr=True), transient=True))
    task = bars.add_task("", total=None)
    last: tuple[float, str] = (0.0, "")

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        if stage == last[1] and done < total and time.monotonic() - last[0] < 0.1:
            return
        last = (time.monotonic(), stage)
        bars.update(task, description=stage, completed=done, total=total or None)

    return tell
