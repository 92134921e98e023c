"""The wide tables as Parquet beside the long ones: ``parquet/wide/<form>.parquet``, a row a line
of a table.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.publish.datasets import name, quoted
from pipelines.publish.views import wide_sql
from schemas.library import Form, forms

FOLDER = "wide"


def write_wide(
    con: duckdb.DuckDBPyConnection, database: Path, parquet: Path, library: Mapping[str, Form]
) -> int:
    """Write the rows of every wide view of ``database`` that has any, in order; returns how many.
    ``library``: the forms that the views were made from.

    Read over ``con``, within its memory: a connection of its own would hold the facts once more.
    """
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    [(here,)] = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH {quoted(str(database))} AS wide (READ_ONLY)")
    try:
        con.execute("USE wide")  # its facts are those that were published
        return _write_views(con, target, library)
    finally:
        con.execute(f"USE {name(here)}")
        con.execute("DETACH wide")


def _write_views(con: duckdb.DuckDBPyConnection, target: Path, library: Mapping[str, Form]) -> int:
    held = {r[0] for r in con.execute("SELECT DISTINCT form FROM facts").fetchall()}
    written = [form for form in forms() if form in held]
    for form in written:
        path = target / f"{form.lower()}.parquet"
        con.execute(
            f"COPY ({wide_sql(library[form], in_order=True)}) TO {quoted(str(path))}"
            " (FORMAT parquet, COMPRESSION zstd)"
        )
    return len(written)


def link_wide(previous: Path, parquet: Path) -> None:
    """Take over the wide tables of the set ``previous``, on a night with nothing new."""
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for part in sorted((previous / "parquet" / FOLDER).glob("*.parquet")):
        try:
            os.link(part, target / part.name)
        except OSError:  # another file system, or one without links
            shutil.copy2(part, target / part.name)
