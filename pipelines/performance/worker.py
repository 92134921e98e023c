"""What runs in a worker process: one file read for its performance tables and prose.

What does not belong here: whose it is, and judging it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake.kinds import SHEET_TYPES
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.performance.grid import GridCell, grid_of_table
from pipelines.performance.identity import identify
from pipelines.performance.pack import Pack
from pipelines.performance.prose import read_prose
from pipelines.performance.reading import read_grid
from pipelines.performance.sheets import sheet_grids

if TYPE_CHECKING:
    from pipelines.tables.document import Document

UNREADABLE = "没有读出绩效表"


@dataclass(frozen=True, slots=True)
class PackJob:
    """A file to read: its path below the raw folder, where it lies, its type and hash;
    ``without``: sheets of it that are tables of others. ``opened``: where a document lies as it was
    opened before in this run, if anywhere.
    """

    file: str
    path: Path
    type: str
    sha256: str
    without: frozenset[str] = frozenset()
    opened: Path | None = None


def read_pack(job: PackJob) -> Pack | None:
    """The file's performance material; None where it holds none.

    Raises Refused where it cannot be read.
    """
    pack = Pack()
    reader = _read_workbook if job.type in SHEET_TYPES else _read_document
    title = reader(job, pack)
    if not any(not t.form.endswith("?") for t in pack.tables):
        return None
    identify(pack, title)
    return pack


def _read_workbook(job: PackJob, pack: Pack) -> str:
    titles = []
    grids = sheet_grids(job.path, job.type, job.sha256, job.without)
    for number, grid in enumerate(grids, 1):
        read_grid(grid, job.file, number, pack)
        titles += [line for row in grid.rows[:4] for line in _said(row)]
    return "\n".join(titles)


def _said(row: list[GridCell]) -> Iterator[str]:
    """The cells of a row, a label with a colon together with what stands beside it."""
    label = ""
    for cell in row:
        if cell.blank:
            continue
        yield label + cell.text
        label = cell.text if cell.text.rstrip().endswith(("：", ":")) else ""


def _read_document(job: PackJob, pack: Pack) -> str:
    from pipelines.performance.recut import FormHeaders
    from pipelines.tables.flattened.read import flattened_tables
    from pipelines.tables.opened import kept_opened

    document = (kept_opened(job.opened) if job.opened else None) or _open(job)
    tables = document.tables or tuple(flattened_tables(document.text, FormHeaders()))
    for table in tables:
        read_grid(grid_of_table(table, document.text), job.file, table.number, pack)
    pack.prose.append(read_prose(document.text, tables, job.file))
    return "\n".join(t.title for t in tables)


def _open(job: PackJob) -> Document:
    from pipelines.tables.failure import DocumentError
    from pipelines.tables.read import TOO_LARGE, read_document

    try:
        data, _ = read_stable(job.path, sha256=job.sha256, limit=TOO_LARGE)
        return read_document(data, job.type)
    except DocumentError as error:
        raise Refused(str(error)) from error
