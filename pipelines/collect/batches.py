"""Facts, lines and numbers left out of the sheets that count: attached to unit, year and file, in
batches of many files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.collect.known import Known
from pipelines.collect.register import Register
from pipelines.collect.resolve import FileRef, SheetRef
from pipelines.extract.spelled import spelled_facts, spelled_lines
from pipelines.extract.store import read_extraction
from schemas.frames import DATASETS

# A batch is held in memory as columns, some 300 bytes a fact, and another while it is stored; it is
# more than a row group of DuckDB (122,880 rows).
BATCH_FACTS = 200_000
STREAMS = ("lines", "left_out", "places", "facts")
COMPARED = ("block", "row_key", "col_key", "amount", "state")


def batches(
    files: list[FileRef], extractions: Mapping[str, Path], register: Register
) -> Iterator[dict[str, pa.Table]]:
    """Tables ``facts``, ``lines``, ``left_out`` of some files at a time, in the order of
    the files.
    """
    held = Held()
    for ref in files:
        if any(s.status == "read" for s in ref.sheets):
            held.add(ref, read_extraction(extractions[ref.file], STREAMS))
        if held.facts >= BATCH_FACTS:
            yield held.joined(register)
            held = Held()
    if held.refs:
        yield held.joined(register)


class Held:
    """The streams of some files, and what becomes of them together."""

    def __init__(self) -> None:
        self.refs: list[FileRef] = []
        self.parts: dict[str, list[pa.Table]] = {name: [] for name in STREAMS}
        self.facts = 0

    def add(self, ref: FileRef, streams: Mapping[str, pa.Table]) -> None:
        self.refs.append(ref)
        for name, parts in self.parts.items():
            parts.append(streams[name])
        self.facts += streams["facts"].num_rows

    def joined(self, register: Register) -> dict[str, pa.Table]:
        """The rows of the sheets that count, each dataset in one piece: for DuckDB a piece of a
        table costs as much as some ten thousand of its rows.
        """
        known = Known(self.refs, register)
        streams = {n: pa.concat_tables(p).combine_chunks() for n, p in self.parts.items()}
        sheets = {n: known.sheets(streams[n]["sheet_no"], self._files(n)) for n in STREAMS[:2]}
        facts = streams["facts"] = self._counted_through(streams["facts"])
        sheets["facts"] = sheets["lines"][facts["line"].to_numpy()]
        joined = {}
        for name in ("facts", "lines", "left_out"):
            rows, of_sheet = _counting(streams[name], sheets[name])
            told, at = _told(name, rows, streams)
            joined[name] = known.attached(told, of_sheet, at, DATASETS[name])
        return joined

    def _files(self, name: str) -> np.ndarray:
        """The number of the file of each row of a stream."""
        return np.repeat(np.arange(len(self.refs)), [part.num_rows for part in self.parts[name]])

    def _counted_through(self, facts: pa.Table) -> pa.Table:
        """Facts whose lines and places are counted through all files."""
        files = self._files("facts")
        for index, (column, stream) in enumerate((("line", "lines"), ("place", "places"))):
            starts = np.cumsum([0, *(part.num_rows for part in self.parts[stream])])
            through = pa.array((facts[column].to_numpy() + starts[files]).astype(np.int32))
            facts = facts.set_column(index, column, through)
        return facts


def _counting(rows: pa.Table, sheets: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    """The rows of sheets that count, with the numbers of these sheets."""
    counts = sheets >= 0
    if counts.all():
        return rows, sheets
    return rows.filter(pa.array(counts)), sheets[counts]


def _told(
    name: str, rows: pa.Table, streams: Mapping[str, pa.Table]
) -> tuple[Mapping[str, pa.ChunkedArray], pa.ChunkedArray]:
    """The columns of a dataset that its stream tells, and what tells in which row each stands."""
    if name == "lines":
        return spelled_lines(rows), rows["row"]
    if name == "facts":
        told = spelled_facts(rows, streams["lines"], streams["places"])
        return told, told["cell"]
    return {name: rows[name] for name in ("cell", "raw", "reason")}, rows["cell"]


def keyed_facts(extraction: Path) -> dict[int, list[dict]]:
    """The facts of a file by the number of their sheet: ``COMPARED`` of each."""
    streams = read_extraction(extraction, ("lines", "places", "facts"))
    facts, lines = streams["facts"], streams["lines"]
    told = spelled_facts(facts, lines, streams["places"])
    rows = pa.table({name: told[name] for name in COMPARED}).to_pylist()
    found: dict[int, list[dict]] = {}
    for line, row in zip(facts["line"].to_pylist(), rows, strict=True):
        found.setdefault(lines["sheet_no"][line].as_py(), []).append(row)
    return found


def content_digest(sheet: SheetRef, extractions: Mapping[str, Path]) -> str:
    """The same for sheets with the same amounts under the same keys, in whatever order or money
    unit.
    """
    facts = keyed_facts(extractions[sheet.source]).get(sheet.row["sheet_no"], [])
    return hashlib.sha256("\n".join(sorted(map(str, facts))).encode()).hexdigest()
