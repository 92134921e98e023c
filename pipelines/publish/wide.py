"""The wide tables as Parquet beside the long ones: ``parquet/wide/<form>.parquet``, a row a line
of a table, the amounts in 元.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.database import few_facts
from pipelines.publish.datasets import name, quoted, regrouped
from pipelines.publish.spread import LINES, spread
from pipelines.publish.views import lines_sql
from schemas.library import Form, forms

FOLDER = "wide"
ROWS = 1 << 15  # lines that are spread at a time: an index of four bytes for each of their amounts


def write_wide(
    con: duckdb.DuckDBPyConnection, database: Path, parquet: Path, library: Mapping[str, Form]
) -> int:
    """Write the lines of every form of ``database`` that has any, in order; returns how many forms.
    ``library``: the forms that its wide views were made from.

    Read over ``con``, within its memory: a connection of its own would hold the facts once more.
    """
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    with _using(con, database):
        held = {r[0] for r in con.execute("SELECT DISTINCT form FROM facts").fetchall()}
        written = [form for form in forms() if form in held]
        for together in _batches(written, few=few_facts(con)):
            _write(con, target, {form: library[form] for form in together})
    return len(written)


@contextmanager
def _using(con: duckdb.DuckDBPyConnection, database: Path) -> Iterator[None]:
    """Tables are those of ``database``, which is what was published."""
    [(here,)] = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH {quoted(str(database))} AS wide (READ_ONLY)")
    try:
        con.execute("USE wide")
        yield
    finally:
        con.execute(f"USE {name(here)}")
        con.execute("DETACH wide")


def _batches(written: Sequence[str], *, few: bool) -> list[Sequence[str]]:
    """The forms that one query reads: all where facts are few, as planning a query costs more than
    running it; each by itself where they are many, as what is sorted at a time stays small.
    """
    if few:
        return [written] if written else []
    return [[form] for form in written]


def _write(con: duckdb.DuckDBPyConnection, target: Path, together: Mapping[str, Form]) -> None:
    import pyarrow.parquet as parquet

    reader = con.sql(lines_sql(together)).to_arrow_reader(ROWS)
    writers: dict[str, parquet.ParquetWriter] = {}
    with ExitStack() as opened:
        for lines in regrouped(reader, LINES, ROWS):
            for form, part in _by_form(lines):
                table = spread(part, together[form])
                if form not in writers:
                    path = target / f"{form.lower()}.parquet"
                    writer = parquet.ParquetWriter(path, table.schema, compression="zstd")
                    writers[form] = opened.enter_context(writer)
                writers[form].write_table(table)


def _by_form(lines: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The lines of each form, which stand together."""
    form = lines.column("form").to_numpy()
    starts = np.flatnonzero(np.r_[True, form[1:] != form[:-1]])
    for start, end in pairwise([*starts, len(form)]):
        yield form[start], lines.slice(start, end - start)


def link_wide(previous: Path, parquet: Path) -> None:
    """Take over the wide tables of the set ``previous``, on a night with nothing new."""
    target = parquet / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for part in sorted((previous / "parquet" / FOLDER).glob("*.parquet")):
        try:
            os.link(part, target / part.name)
        except OSError:  # another file system, or one without links
            shutil.copy2(part, target / part.name)
