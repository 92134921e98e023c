"""An extraction on disk: several Arrow streams in one file, without the register's knowledge.

``streams.py`` says which. ``sheet_no`` (from 1) links them; unit, year and file name are added when
extractions are collected, so a renamed file or a changed register needs no new reading.
"""

from __future__ import annotations

import json
import os
import secrets
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.extract.factcolumns import FactColumns
from pipelines.extract.rows import Line
from pipelines.extract.sheetreading import SheetReading
from pipelines.extract.streams import FACTS, LAYOUTS, LINES, PLACES, STREAMS, T
from pipelines.extract.text import address, letter


@dataclass(frozen=True, slots=True)
class Says:
    """What a document says of itself once for all its tables: names of its unit, most likely first,
    and its year.
    """

    names: tuple[str, ...] = ()
    year: int | None = None


# Texts repeat from row to row: a third of the size on disk, for less than a millisecond a workbook.
# Its own threads would cost more than they give: an extraction is small, and workers run beside it.
PACKED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
UNPACKED = pa.ipc.IpcReadOptions(use_threads=False)


def _facts(readings: list[SheetReading]) -> pa.RecordBatch:
    """The facts of all sheets, with lines and places counted through the file."""
    facts = [r.facts for r in readings]
    lines = _through([f.line for f in facts], [len(r.table.lines) for r in readings])
    places = _through([f.place for f in facts], [len(f.places) for f in facts])
    fen = np.concatenate([np.zeros(0, np.int64), *(np.frombuffer(f.fen, np.int64) for f in facts)])
    state = np.concatenate(
        [np.zeros(0, np.int8), *(np.frombuffer(f.state, np.int8) for f in facts)]
    )
    columns = [lines, places, fen, state, _told(facts)]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, FACTS, strict=True)], schema=FACTS
    )


def _told(facts: list[FactColumns]) -> pa.Array:
    """For each fact the text of its cell that is told, or null. Without Arrow's functions: a worker
    would have to import them.
    """
    told: list[str | None] = [None] * sum(map(len, facts))
    first = 0
    for f in facts:
        for number, text in f.told.items():
            told[first + number] = text
        first += len(f)
    return pa.array(told, T)


def _through(numbers: list[array[int]], sizes: list[int]) -> np.ndarray:
    """Numbers that count within a sheet, counted through the sheets before it too."""
    starts = np.cumsum([0, *sizes])
    parts = [np.frombuffer(n, np.int32) + s for n, s in zip(numbers, starts, strict=False)]
    return np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int32)


def _places(readings: list[SheetReading]) -> pa.RecordBatch:
    rows = [
        (column, key, r.facts.labels[column]) for r in readings for column, key in r.facts.places
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, PLACES, strict=True)], schema=PLACES
    )


def _sheet_rows(readings: list[SheetReading]) -> list[dict]:
    return [
        {
            "sheet_no": r.sheet.number,
            "sheet": r.sheet.name,
            "visibility": r.sheet.visibility,
            "form": r.form.form,
            "unit": r.caption.unit,
            "year": r.caption.year,
            "money_unit": r.money,
            "decimals": r.decimals,
            "status": r.status,
            "reason": r.reason,
            "numbers": r.numbers,
            "facts_numbers": r.facts_numbers,
            "structural": r.structural,
            "left_out": len(r.left_out),
            "layout": r.layout,
            "note": "\n".join(r.table.notes)[:2000] or None,
            "part": r.sheet.part,
            "assumed": r.assumed,
            "continues": r.continues,
            "further": json.dumps(r.sheet.further) if r.sheet.further else None,
            "unit_cell": address(*at) if (at := r.caption.unit_at) and at[0] >= 0 else None,
        }
        for r in readings
    ]


def _layouts(readings: list[SheetReading]) -> pa.RecordBatch:
    """The amount columns of each layout once."""
    layouts = {r.layout: r for r in readings if r.layout}
    for layout in layouts.keys() - _LAYOUTS.keys():
        _LAYOUTS[layout] = _layout(layouts[layout])
    parts = [_LAYOUTS[layout] for layout in layouts]
    return pa.concat_batches(parts) if parts else pa.RecordBatch.from_pylist([], LAYOUTS)


_LAYOUTS: dict[str, pa.RecordBatch] = {}


def _layout(r: SheetReading) -> pa.RecordBatch:
    columns = {(c.block, c.key, c.panel): c for c in r.table.columns}.values()
    rows = [
        (r.layout, r.form.form, c.block, c.key, c.label, letter(c.column), c.panel) for c in columns
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, T) for c in zip(*rows, strict=True)], schema=LAYOUTS
    )


def _lines(readings: list[SheetReading]) -> pa.RecordBatch:
    lines = [line for r in readings for line in r.table.lines]
    told = zip(*lines, strict=True) if lines else [()] * len(Line._fields)
    of = dict(zip(Line._fields, told, strict=True))
    columns = [
        [r.sheet.number for r in readings for _ in r.table.lines],
        of["block"],
        of["key"],
        of["label"],
        of["code"],
        of["number"],
        [row + 1 for row in of["row"]],
        of["column"],
        of["code_column"],
        of["panel"],
        of["count"],
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, LINES, strict=True)], schema=LINES
    )


def _others(readings: list[SheetReading]) -> dict[str, list[dict]]:
    faults = [
        {
            "sheet_no": r.sheet.number,
            "rule_id": f.rule_id,
            "severity": f.severity,
            "subject": f.subject,
            "message": f.message,
            "cells": list(f.cells),
        }
        for r in readings
        for f in r.faults
    ]
    left = [
        {"sheet_no": r.sheet.number, "cell": cell, "raw": raw, "reason": reason}
        for r in readings
        for cell, raw, reason in r.left_out
    ]
    return {"faults": faults, "left_out": left}


def write_extraction(
    target: Path, readings: list[SheetReading], notes: Sequence[str] = (), says: Says | None = None
) -> None:
    """Write an extraction whole or not at all (a temporary name beside it, then a rename).

    ``notes`` are of the workbook as a whole (macro, external_links), ``says`` what a document says
    of itself; they travel in the metadata of the first stream.
    """
    said = says or Says()
    told = {"notes": ",".join(notes), "says": json.dumps([said.names, said.year])}
    batches = {"facts": _facts(readings), "places": _places(readings), "lines": _lines(readings)}
    batches["layouts"] = _layouts(readings)
    rows = {"sheets": _sheet_rows(readings), **_others(readings)}
    batches |= {name: pa.RecordBatch.from_pylist(rows[name], STREAMS[name]) for name in rows}
    # By chance and not by process: another machine may read the same file into the same folder.
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with temporary.open("wb") as sink:
        for name, schema in STREAMS.items():
            noted = schema.with_metadata(told) if name == "sheets" else schema
            with pa.ipc.new_stream(sink, noted, options=PACKED) as writer:
                writer.write_batch(batches[name])
    os.replace(temporary, target)


def read_extraction(path: Path, names: Iterable[str]) -> dict[str, pa.Table]:
    """The named streams of an extraction; reading stops after the last one needed."""
    wanted = set(names)
    found: dict[str, pa.Table] = {}
    with pa.memory_map(str(path), "r") as source:
        for name in STREAMS:
            table = pa.ipc.open_stream(source, options=UNPACKED).read_all()
            if name in wanted:
                found[name] = table
            if wanted <= found.keys():
                break
    return found


def says_of(sheets: pa.Table) -> Says:
    """What the document says of itself that a ``sheets`` stream came from; of a workbook
    nothing.
    """
    text = (sheets.schema.metadata or {}).get(b"says", b"[[], null]").decode()
    names, year = json.loads(text)
    return Says(tuple(names), year)


def notes_of(sheets: pa.Table) -> tuple[str, ...]:
    """The notes of the workbook that a ``sheets`` stream came from."""
    text = (sheets.schema.metadata or {}).get(b"notes", b"").decode()
    return tuple(n for n in text.split(",") if n)
