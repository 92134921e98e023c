"""The wide tables as Parquet beside the long ones: ``parquet/wide/<form>.parquet``, a row a line
of a table.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from pipelines.publish.datasets import name, quoted
from schemas.library import forms

FOLDER = "wide"


def write_wide(con: duckdb.DuckDBPyConnection, database: Path, parquet: Path) -> int:
    """Write every wide view of ``database`` that has rows; returns how many.

    Read over ``con``, within its memory: a connection of its own would hold the facts once more.
    """
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    [(here,)] = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH {quoted(str(database))} AS wide (READ_ONLY)")
    try:
        con.execute("USE wide")  # where the views look for their facts
        return _write_views(con, target)
    finally:
        con.execute(f"USE {name(here)}")
        con.execute("DETACH wide")


def _write_views(con: duckdb.DuckDBPyConnection, target: Path) -> int:
    held = {r[0] for r in con.execute("SELECT DISTINCT form FROM facts").fetchall()}
    written = [form for form in forms() if form in held]
    for form in written:
        con.execute(
            f"COPY (SELECT * FROM {name(form.lower())} ORDER BY unit_code, unit_name, year, block,"
            f" row_key) TO {quoted(str(target / f'{form.lower()}.parquet'))}"
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
