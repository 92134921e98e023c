"""Facts, lines and numbers left out of the sheets that count: attached to unit, year and file,
checked, written in batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.collect.register import Register
from pipelines.collect.resolve import FileRef, SheetRef
from pipelines.extract.store import read_extraction
from pipelines.extract.text import row_of
from schemas.frames import FACTS, LEFT_OUT, LINES, Dataset

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
    """Rows of the kept sheets, with what is known of the sheet in the columns of the dataset."""
    numbers = pa.array([s.row["sheet_no"] for s in kept], pa.int32())
    index = pc.index_in(table["sheet_no"], numbers)
    mask = pc.is_valid(index)
    table, index = table.filter(mask), index.filter(mask)
    known = _known(kept, register)
    columns = []
    for field in dataset.arrow:
        if field.name == "file" and any(s.further for s in kept):
            columns.append(_files(table, index, kept))
        elif field.name in table.column_names:
            columns.append(table[field.name])
        else:
            columns.append(pc.take(pa.array([k[field.name] for k in known], field.type), index))
    return pa.table(columns, schema=dataset.arrow)


def _files(table: pa.Table, index: pa.Array, kept: list[SheetRef]) -> pa.Array:
    """The file of every row, with the part of its document in which the row stands."""
    rows = (
        [row - 1 for row in table["row"].to_pylist()]
        if "row" in table.column_names
        else [row_of(cell) for cell in table["cell"].to_pylist()]
    )
    files = [kept[i].file_of(row) for i, row in zip(index.to_pylist(), rows, strict=True)]
    return pa.array(files, pa.string())


def _known(kept: list[SheetRef], register: Register) -> list[dict]:
    return [
        {
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
        for s in kept
    ]


def content_digest(sheet: SheetRef, extractions: Mapping[str, Path]) -> str:
    """The same for sheets with the same amounts under the same keys, in whatever order or money
    unit.
    """
    facts = read_extraction(extractions[sheet.source], ("facts",))["facts"]
    mine = facts.filter(pc.equal(facts["sheet_no"], sheet.row["sheet_no"]))
    rows = sorted(
        map(str, mine.select(["block", "row_key", "col_key", "amount", "state"]).to_pylist())
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
