"""Facts, lines and numbers left out of the sheets that count: attached to unit, year and file,
checked, written in batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
            yield _joined(held)
            size = 0
    if held["facts"]:
        yield _joined(held)


def _joined(held: Mapping[str, list[pa.Table]]) -> dict[str, pa.Table]:
    """What is held of each stream as one stretch of memory, and no longer held: for DuckDB a piece
    of a table costs as much as some ten thousand of its rows.
    """
    joined = {}
    for name, parts in held.items():
        joined[name] = pa.concat_tables(parts).combine_chunks()
        parts.clear()
    return joined


def _attach(
    table: pa.Table, kept: list[SheetRef], dataset: Dataset, register: Register
) -> pa.Table:
    """Rows of the kept sheets, with what is known of the sheet in the columns of the dataset."""
    wanted = {s.row["sheet_no"]: s for s in kept}
    found = [
        (wanted[number], table.slice(start, length))
        for number, start, length in stretches(table["sheet_no"])
        if number in wanted
    ]
    if not found:
        return dataset.empty()
    rows = pa.concat_tables([part for _, part in found])
    known = _Known(found, register)
    columns = [
        rows[field.name] if field.name in rows.column_names else known.column(field)
        for field in dataset.arrow
    ]
    return pa.table(columns, schema=dataset.arrow)


class _Known:
    """What is known of some sheets, for each of their rows: the sheets' values, taken as often as
    they have rows.
    """

    def __init__(self, found: list[tuple[SheetRef, pa.Table]], register: Register) -> None:
        self.found = found
        self.values = [_known(sheet, register) for sheet, _ in found]
        sizes = [part.num_rows for _, part in found]
        self.rows = pa.array(np.repeat(np.arange(len(found)), sizes))

    def column(self, field: pa.Field) -> pa.Array | pa.ChunkedArray:
        if field.name == "file" and any(sheet.further for sheet, _ in self.found):
            return pa.chunked_array([_files(part, sheet) for sheet, part in self.found])
        return pa.array([known[field.name] for known in self.values], field.type).take(self.rows)


def stretches(column: pa.ChunkedArray) -> Iterator[tuple[Any, int, int]]:
    """Each value with the place and length of a stretch of rows that has it."""
    runs = pc.run_end_encode(column.combine_chunks())
    ends = runs.run_ends.to_pylist()
    for value, start, end in zip(runs.values.to_pylist(), [0, *ends], ends, strict=False):
        yield value, start, end - start


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
