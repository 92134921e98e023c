"""Facts, lines and numbers left out of the sheets that count: attached to unit, year and file,
checked, written in batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.collect.register import Register
from pipelines.collect.resolve import FileRef, SheetRef
from pipelines.extract.store import read_extraction
from pipelines.extract.text import row_of
from schemas.dataset import Dataset
from schemas.frames import FACTS, LEFT_OUT, LINES

BATCH_FACTS = 400_000  # a batch is held in memory as columns
STREAMS = ("lines", "left_out", "facts")


def batches(
    files: list[FileRef], extractions: Mapping[str, Path], register: Register
) -> Iterator[dict[str, pa.Table]]:
    """Tables ``facts``, ``lines``, ``left_out`` of some files at a time, in the order of
    the files.
    """
    held: dict[str, list[pa.Table]] = {name: [] for name in STREAMS}
    size = 0
    for ref in files:
        kept = [s for s in ref.sheets if s.status == "read"]
        if not kept:
            continue
        streams = read_extraction(extractions[ref.file], STREAMS)
        for name, dataset in (("facts", FACTS), ("lines", LINES), ("left_out", LEFT_OUT)):
            held[name].append(_attach(streams[name], kept, dataset, register))
        size += held["facts"][-1].num_rows
        if size >= BATCH_FACTS:
            yield {name: pa.concat_tables(parts) for name, parts in held.items()}
            held, size = {name: [] for name in STREAMS}, 0
    if held["facts"]:
        yield {name: pa.concat_tables(parts) for name, parts in held.items()}


def _attach(
    table: pa.Table, kept: list[SheetRef], dataset: Dataset, register: Register
) -> pa.Table:
    """Rows of the kept sheets, with what is known of the sheet in the columns of the dataset.

    The rows of a sheet lie together, so that each sheet is a slice and what is known of it one
    value repeated.
    """
    wanted = {s.row["sheet_no"]: s for s in kept}
    parts = [
        _with_known(table.slice(start, length), wanted[number], dataset, register)
        for number, start, length in stretches(table["sheet_no"])
        if number in wanted
    ]
    return pa.concat_tables(parts) if parts else dataset.empty()


def _with_known(part: pa.Table, sheet: SheetRef, dataset: Dataset, register: Register) -> pa.Table:
    known = _known(sheet, register)
    columns = []
    for field in dataset.arrow:
        if field.name == "file" and sheet.further:
            columns.append(_files(part, sheet))
        elif field.name in part.column_names:
            columns.append(part[field.name])
        else:
            columns.append(pa.repeat(pa.scalar(known[field.name], field.type), part.num_rows))
    return pa.table(columns, schema=dataset.arrow)


def stretches(column: pa.ChunkedArray) -> Iterator[tuple[Any, int, int]]:
    """Each value with the place and length of a stretch of rows that has it."""
    start = 0
    for value, same in groupby(column.to_pylist()):
        length = sum(1 for _ in same)
        yield value, start, length
        start += length


def _files(part: pa.Table, sheet: SheetRef) -> pa.Array:
    """The file of every row of a sheet, with the part of its document in which the row stands."""
    rows = (
        [row - 1 for row in part["row"].to_pylist()]
        if "row" in part.column_names
        else [row_of(cell) for cell in part["cell"].to_pylist()]
    )
    return pa.array([sheet.file_of(row) for row in rows], pa.string())


def _known(s: SheetRef, register: Register) -> dict:
    return {
        "report_type": register.report_type(s.unit_code),
        "is_leaf": register.is_leaf(s.unit_code),
        "unit_code": s.unit_code,
        "unit_name": s.unit_name,
        "year": s.year,
        "form": s.form,
        "file": s.file,
        "sheet": s.name,
        "decimals": s.row["decimals"],
    }


def content_digest(sheet: SheetRef, extractions: Mapping[str, Path]) -> str:
    """The same for sheets with the same amounts under the same keys, in whatever order or money
    unit.
    """
    facts = read_extraction(extractions[sheet.source], ("facts",))["facts"]
    compared = facts.select(["block", "row_key", "col_key", "amount", "state"])
    rows = sorted(
        str(row)
        for number, start, length in stretches(facts["sheet_no"])
        if number == sheet.row["sheet_no"]
        for row in compared.slice(start, length).to_pylist()
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
