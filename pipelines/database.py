"""Opening DuckDB: every connection of the project is made here, because DuckDB draws a progress bar
on standard output.

It does so for any query that takes more than two seconds, terminal or not, and would spoil
``--json``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pipelines.config import Config

# Below this, some twenty workbooks, statements take their time in planning, not in running.
FEW_FACTS = 200_000
# MiB. DuckDB keeps what it once read until its limit is reached; 20,000 units were reconciled and
# written within this, the rest lying on disk.
ENOUGH = 2048
UNIT = "coalesce(unit_code, unit_name)"  # what tells one unit from another, in SQL


def open_database(path: str | Path = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """A connection that prints nothing.

    ``options`` as for ``duckdb.connect``; raises ``duckdb.Error`` as it does.
    """
    con = duckdb.connect(str(path), **options)
    con.execute("SET enable_progress_bar = false")
    return con


def working_connection(
    folder: Path, config: Config, *, kept: bool = True
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that spills to ``folder`` and keeps to its share of memory.

    ``kept``: its tables are a file in ``folder``; else they are in memory for as long as they fit,
    which spares a small look a fifth of what its statements cost.
    """
    folder.mkdir(parents=True, exist_ok=True)
    memory = config.database_memory_mb or _share_of_memory()
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory}MB",
        "temp_directory": str(folder / "spill"),
        "threads": config.worker_count,
        "autoinstall_known_extensions": False,
    }
    return open_database(folder / "work.duckdb" if kept else ":memory:", config=settings)


def _share_of_memory() -> int:
    """In MiB: half of what the machine has, but no more than a province needs."""
    all_of_it = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(ENOUGH, max(512, all_of_it // 2 // 2**20))


def few_facts(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the table ``facts`` is a small one."""
    return int(con.execute("SELECT count(*) FROM facts").fetchall()[0][0]) < FEW_FACTS


@contextmanager
def one_thread(con: duckdb.DuckDBPyConnection, *, when: bool) -> Iterator[None]:
    """Queries on one thread, where ``when`` says that there is little to do: sharing a small query
    among threads costs a sixth of its time and brings nothing.
    """
    before = con.execute("SELECT current_setting('threads')").fetchall()[0][0] if when else 0
    if when:
        con.execute("SET threads = 1")
    try:
        yield
    finally:
        if when:
            con.execute(f"SET threads = {int(before)}")
