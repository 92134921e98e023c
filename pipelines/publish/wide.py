"""The wide tables as Parquet beside the long ones: ``parquet/wide/<form>.parquet``, a row a line
of a table.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipelines.database import few_facts, one_thread, open_database
from pipelines.publish.datasets import name, quoted
from schemas.library import forms

FOLDER = "wide"


def write_wide(database: Path, parquet: Path) -> int:
    """Write every wide view of ``database`` that has rows; returns how many."""
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    with open_database(database, read_only=True) as con, one_thread(con, when=few_facts(con)):
        held = {r[0] for r in con.execute("SELECT DISTINCT form FROM facts").fetchall()}
        for form in (f for f in forms() if f in held):
            path = target / f"{form.lower()}.parquet"
            con.execute(
                f"COPY (SELECT * FROM {name(form.lower())} ORDER BY unit_code, unit_name, year,"
                f" block, row_key) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            written += 1
    return written


def link_wide(previous: Path, parquet: Path) -> None:
    """Take over the wide tables of the set ``previous``, on a night with nothing new."""
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for part in sorted((previous / "parquet" / FOLDER).glob("*.parquet")):
        try:
            os.link(part, target / part.name)
        except OSError:  # another file system, or one without links
            shutil.copy2(part, target / part.name)
