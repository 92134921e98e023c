"""The narratives of a run: each read and checked in a limited process, against the tables of its
unit and year.

Runs after ``collect`` (needs facts, sheets, units, files) and before ``reconcile``; what came of
it is written after that (``outcomes``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from pipelines.intake.share import Limits, Progress
from pipelines.narrative.memory import Memory
from pipelines.narrative.owner import Owners
from schemas.frames import COVERAGE, LEFT_OUT

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile
from pipelines.narrative.stage.documents import Document, Narratives
from pipelines.narrative.stage.gathered import gather
from pipelines.narrative.stage.jobs import Work

UNREAD = "说明文字中的数字，没有读懂它说的是什么，未逐项核对"


def check_narratives(
    con: duckdb.DuckDBPyConnection,
    files: Iterable[RawFile],
    limits: Limits,
    cache: Path,
    scratch: Path,
    *,
    year: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Narratives:
    """Reads and checks every narrative that is ready; puts unit, year and status into the table
    ``files``.

    ``cache`` remembers results from run to run, ``scratch`` holds what is read for as long as the
    run lasts. With ``year`` narratives of other years are ignored. Raises OSError where these
    folders cannot be written.
    """
    tables = _with_tables(con)
    documents = [
        Document(f, tables.get(f.file))
        for f in files
        if f.kind == "narrative" and f.status == "ready" and f.sha256
    ]
    if not documents:
        return Narratives()
    work = Work(con, limits, Memory(cache), scratch, progress)
    scratch.mkdir(parents=True, exist_ok=True)
    work.read(documents)
    _sort_out(documents, Owners(con), year)
    work.check([d for d in documents if d.status == "read"])
    _update_files(con, documents)
    _list_unread(con, documents)
    _count(con, documents)
    return gather(con, documents, work.reused)


def _with_tables(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    """Documents in which forms were read, with the name of the unit and the year these are of."""
    rows = con.execute("""
        SELECT file, unit_name, year FROM files
        WHERE kind = 'narrative' AND unit_name IS NOT NULL AND year IS NOT NULL""").fetchall()
    return {file: (name, int(year)) for file, name, year in rows}


def _sort_out(documents: list[Document], owners: Owners, year: int | None) -> None:
    """Whose each document is; those that are none of ours, or of another year, are ignored."""
    for document in documents:
        head = document.head
        if head is None or document.status != "read":
            continue
        names = [document.tables[0]] if document.tables else head.unit_names
        document.owner = owners.find(names, document.year)
        if not head.is_narrative:
            document.ignore(head.reason)
        elif year is not None and document.year not in (None, year):
            document.ignore(f"本次只核对 {year} 年度")


def _update_files(con: duckdb.DuckDBPyConnection, documents: list[Document]) -> None:
    rows = [
        {
            "file": d.raw.file,
            "status": "read" if d.tables and d.status == "ignored" else d.status,
            "reason": d.reason,
            "unit_code": d.owner.unit_code,
            "unit_name": d.owner.unit_name,
            "year": d.year if d.owner.unit else None,
        }
        for d in documents
    ]
    text = [
        pa.field(n, pa.string()) for n in ("file", "status", "reason", "unit_code", "unit_name")
    ]
    con.register(
        "narrative_files",
        pa.Table.from_pylist(rows, pa.schema([*text, pa.field("year", pa.int16())])),
    )
    con.execute("""
        UPDATE files SET status = n.status, reason = n.reason, unit_code = n.unit_code,
            unit_name = n.unit_name, year = n.year
        FROM narrative_files n WHERE files.file = n.file""")
    con.unregister("narrative_files")


def _list_unread(con: duckdb.DuckDBPyConnection, documents: list[Document]) -> None:
    """Figures that were not understood go to ``left_out``, as numbers of a sheet that became no
    fact do.
    """
    rows = [
        {
            "file": d.raw.file,
            "sheet": section.strip() or "正文",
            "cell": span,
            "raw": words,
            "reason": UNREAD,
        }
        for d in sorted(documents, key=lambda d: d.raw.file)
        if d.status == "read" and d.head
        for section, span, words in d.head.unread
    ]
    if rows:
        con.register("narrative_unread", LEFT_OUT.table(rows))
        con.execute("INSERT INTO left_out SELECT * FROM narrative_unread")
        con.unregister("narrative_unread")


def _count(con: duckdb.DuckDBPyConnection, documents: list[Document]) -> None:
    """How much of each narrative was understood, into the dataset ``coverage``."""
    rows = [
        {
            "file": d.raw.file,
            "unit_code": d.owner.unit_code,
            "unit_name": d.owner.unit_name,
            "year": d.year,
            "bound": d.head.bound,
            "figures": d.head.figures,
        }
        for d in sorted(documents, key=lambda d: d.raw.file)
        if d.status == "read" and d.head
    ]
    if rows:
        con.register("narrative_coverage", COVERAGE.table(rows))
        con.execute("INSERT INTO coverage SELECT * FROM narrative_coverage")
        con.unregister("narrative_coverage")
