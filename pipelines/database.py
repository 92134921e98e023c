"""Opening DuckDB: every connection of the project is made here, because DuckDB draws a progress bar
on standard output.

It does so for any query that takes more than two seconds, terminal or not, and would spoil
``--json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

UNIT = "coalesce(unit_code, unit_name)"  # what tells one unit from another, in SQL


def open_database(path: str | Path = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """A connection that prints nothing.

    ``options`` as for ``duckdb.connect``; raises ``duckdb.Error`` as it does.
    """
    con = duckdb.connect(str(path), **options)
    con.execute("SET enable_progress_bar = false")
    return con


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
