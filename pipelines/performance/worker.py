"""What runs in a worker process: one file read for its performance tables and prose.

What does not belong here: whose it is, and judging it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake.kinds import SHEET_TYPES
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.performance.beside import apart
from pipelines.performance.continued import grids_of
from pipelines.performance.grid import Grid, GridCell
from pipelines.performance.identity import identify
from pipelines.performance.pack import FormTable, Pack
from pipelines.performance.prose import read_prose
from pipelines.performance.reading import read_grid
from pipelines.performance.said.found import says_numbers
from pipelines.performance.sheets import sheet_grids
from schemas.performance_forms import performance_forms

if TYPE_CHECKING:
    from pipelines.performance.unlined.forms import UnlinedForm
    from pipelines.tables.document import Document, Table

UNREADABLE = "没有读出绩效表"
WHOLE_TABLE = "全表"


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
    """The file's performance material, be it prose alone (``Pack.texts``); None where it holds
    none.

    Raises Refused where it cannot be read.
    """
    pack = Pack()
    reader = _read_workbook if job.type in SHEET_TYPES else _read_document
    title = reader(job, pack)
    if any(t.unread or not t.form.endswith("?") for t in pack.tables):
        identify(pack, title)
        return pack
    return _text_alone(pack, title) if says_numbers(pack) else None


def _text_alone(pack: Pack, title: str) -> Pack:
    """A document without forms that says of the evaluation in numbers."""
    identify(pack, title)
    pack.tables = []
    pack.texts, pack.prose = pack.prose, []
    return pack


def _read_workbook(job: PackJob, pack: Pack) -> str:
    titles = []
    grids = sheet_grids(job.path, job.type, job.sha256, job.without)
    for number, grid in enumerate(chain.from_iterable(map(apart, grids)), 1):
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
    unlined = _unlined(job, document)
    if unlined:
        document = replace(document, tables=_outside(document.tables, unlined))
    tables = document.tables
    if not tables and not unlined:
        tables = tuple(flattened_tables(document.text, FormHeaders()))
    for table, grid in grids_of(tables, document.text):
        _read_table(table, grid, job.file, pack)
    for number, form in enumerate(unlined, len(tables) + 1):
        _read_unlined(form, job.file, number, pack)
    spans = [(t.start, t.end) for t in tables] + [(f.start, f.end) for f in unlined]
    pack.prose.append(read_prose(document.text, spans, job.file))
    return "\n".join([*(t.title for t in tables), *(said for f in unlined for said in _heads(f))])


def _read_table(table: Table, grid: Grid, file: str, pack: Pack) -> None:
    """A table's forms. Where it has no lines, none of captions that stand for several rows: these
    are in the middle of their rows, and nothing tells how many.
    """
    if not table.unlined:
        read_grid(grid, file, table.number, pack)
        return
    found = Pack()
    read_grid(grid, file, table.number, found)
    forms = performance_forms()
    for one in found.tables:
        form = forms[one.form.rstrip("?")]
        if one.problem or form.levels or (form.block and form.block.names):
            unread = FormTable(f"{form.form}?", file, one.number, form.title, unread=(WHOLE_TABLE,))
            pack.tables.append(unread)
        else:
            pack.tables.append(one)
            pack.rows += [r for r in found.rows if r.table == one.number]


def _unlined(job: PackJob, document: Document) -> list[UnlinedForm]:
    """The project forms of a PDF without lines. A page is taken apart again only where the text
    speaks of such a form.
    """
    if job.type != "pdf" or "三级" not in document.text or not _has_unlined(document):
        return []
    from pipelines.performance.unlined.forms import unlined_forms
    from pipelines.tables.failure import DocumentError
    from pipelines.tables.pdf.reader import locate_pdf
    from pipelines.tables.read import TOO_LARGE

    try:
        data, _ = read_stable(job.path, sha256=job.sha256, limit=TOO_LARGE)
        located = locate_pdf(data)
    except DocumentError as error:
        raise Refused(str(error)) from error
    return unlined_forms(located.document, located.places)


def _has_unlined(document: Document) -> bool:
    return not document.tables or any(t.unlined for t in document.tables)


def _outside(tables: tuple[Table, ...], forms: list[UnlinedForm]) -> tuple[Table, ...]:
    return tuple(t for t in tables if not any(t.start < f.end and f.start < t.end for f in forms))


def _read_unlined(form: UnlinedForm, file: str, number: int, pack: Pack) -> None:
    before, known = len(pack.tables), len(pack.projects)
    if form.grid is not None:
        read_grid(form.grid, file, number, pack)
    if form.unread:
        own = pack.tables[before:] or [FormTable("JX14?", file, number * 1000, form.title)]
        own[-1].unread = tuple(form.unread)
        for project in pack.projects[known:]:
            project.unread = own[-1].unread
        pack.tables[before:] = own


def _heads(form: UnlinedForm) -> Iterator[str]:
    rows = form.grid.rows[:4] if form.grid is not None else []
    yield "".join(c.text for row in rows for c in row) if rows else form.title


def _open(job: PackJob) -> Document:
    from pipelines.tables.failure import DocumentError
    from pipelines.tables.read import TOO_LARGE, read_document

    try:
        data, _ = read_stable(job.path, sha256=job.sha256, limit=TOO_LARGE)
        return read_document(data, job.type)
    except DocumentError as error:
        raise Refused(str(error)) from error
