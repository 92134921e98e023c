"""Batches stored while the next one is made: DuckDB and Parquet leave the interpreter free.

What does not belong here: making batches (``batches.py``), storing one table (``load.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from pipelines.collect.load import Loader
from schemas import frames


class Storing:
    """Appends batches in the order in which they come, in a thread of its own, which alone uses the
    connection for as long as this lasts. One is stored at a time; whoever brings the next waits, so
    that two are in memory at the most. What goes wrong is raised at the next batch or at the end.
    """

    def __init__(self, load: Loader, parquet: Path | None) -> None:
        self.load, self.parquet, self.number = load, parquet, 0
        self.thread = ThreadPoolExecutor(1)
        self.last: Future[None] | None = None

    def __enter__(self) -> Storing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.thread.shutdown()
        if kind is None:
            self._wait()

    def store(self, batch: Mapping[str, pa.Table]) -> None:
        """Tables ``facts``, ``lines``, ``left_out``; facts go below ``parquet`` too."""
        self._wait()
        self.last = self.thread.submit(self._store, batch, self.number)
        self.number += 1

    def _wait(self) -> None:
        if self.last is not None:
            self.last.result()
            self.last = None

    def _store(self, batch: Mapping[str, pa.Table], number: int) -> None:
        for name in ("lines", "left_out"):
            self.load.append(frames.DATASETS[name], batch[name])
        facts = self.load.append(frames.FACTS, batch["facts"])
        if self.parquet is not None:
            self.load.write(facts, self.parquet / "facts", number)
