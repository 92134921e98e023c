"""Opening DuckDB: every connection of the project is made here, because DuckDB draws a progress bar
on standard output.

It does so for any query that takes more than two seconds, terminal or not, and would spoil
``--json``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pipelines.config import Config

# Below this, some twenty workbooks, statements take their time in planning, not in running.
FEW_FACTS = 200_000
# Of the files of a run, up to which its tables are in memory: some hundred workbooks, whose tables
# take a tenth of what a run may.
FEW_BYTES = 8 << 20
# From which on facts are collected into the database that is published: some five hundred
# workbooks. Describing its tables anew takes as long as copying what fewer have.
MANY_BYTES = 4 * FEW_BYTES
# MiB, of all databases that a run has open. DuckDB keeps what it once read until its limit is
# reached; 20,000 units were reconciled and written within this, the rest lying on disk.
ENOUGH = 2048
# MiB, of a database that is asked for little (counts, findings) or that rests while another works.
LITTLE = 128
BESIDE = 2  # such databases at a time, at the most, beside the one that works
UNIT = "coalesce(unit_code, unit_name)"  # what tells one unit from another, in SQL


def open_database(
    path: str | Path = ":memory:", *, memory_mb: int = 0, **options: Any
) -> duckdb.DuckDBPyConnection:
    """A connection that prints nothing and keeps to ``memory_mb``; 0 is what a run may take, which
    is for those who have no other database open.

    ``options`` as for ``duckdb.connect``; raises ``duckdb.Error`` as it does.
    """
    con = duckdb.connect(str(path), **options)
    con.execute("SET enable_progress_bar = false")
    _limit(con, memory_mb or _share_of_memory())
    return con


def _limit(con: duckdb.DuckDBPyConnection, memory_mb: int) -> None:
    """Set afterwards and not while connecting: a file that this process has open already cannot be
    opened with another configuration.
    """
    con.execute(f"SET memory_limit = '{int(memory_mb)}MB'")


def working_memory(config: Config) -> int:
    """MB for the database that works, of all that a run may take: some is left for those beside
    it.
    """
    return _whole(config) - BESIDE * little_memory(config)


def little_memory(config: Config) -> int:
    """MB for a database that is asked for little, or rests."""
    return min(LITTLE, _whole(config) // 8)


def _whole(config: Config) -> int:
    return config.database_memory_mb or _share_of_memory()


@contextmanager
def at_rest(con: duckdb.DuckDBPyConnection, config: Config) -> Iterator[None]:
    """While this lasts, the working connection holds little, and another database may work in its
    stead: what it read is given back, and read again when it is asked for.
    """
    with suppress(duckdb.OutOfMemoryException):  # what it cannot give back it keeps
        _limit(con, little_memory(config))
    try:
        yield
    finally:
        _limit(con, working_memory(config))


def working_connection(
    folder: Path, config: Config, *, kept: bool = True
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that spills to ``folder`` and keeps to ``working_memory``.

    ``kept``: its tables are a file in ``folder``; else they are in memory for as long as they fit,
    which spares a small look a fifth of what its statements cost. Nobody opens that file again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(folder / "spill"),
        "threads": config.worker_count,
        "autoinstall_known_extensions": False,
    }
    path = folder / "work.duckdb" if kept else ":memory:"
    con = open_database(path, memory_mb=working_memory(config), config=settings)
    con.execute("PRAGMA disable_checkpoint_on_shutdown")
    return con


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
