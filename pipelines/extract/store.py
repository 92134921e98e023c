"""An extraction on disk: several Arrow streams in one file, without the register's knowledge.

Order: sheets, faults, layouts, lines, left_out, facts. ``sheet_no`` (from 1) links them; unit, year
and file name are added when extractions are collected, so a renamed file or a changed register
needs no new reading.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.extract.rows import Line
from pipelines.extract.sheetreading import SheetReading
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

T, I32, I8 = pa.string(), pa.int32(), pa.int8()
MONEY = pa.decimal128(18, 2)
SHEETS = pa.schema(
    [
        ("sheet_no", I32),
        ("sheet", T),
        ("visibility", T),
        ("form", T),
        ("unit", T),
        ("year", pa.int16()),
        ("money_unit", T),
        ("decimals", I8),
        ("status", T),
        ("reason", T),
        ("numbers", I32),
        ("facts_numbers", I32),
        ("structural", I32),
        ("left_out", I32),
        ("layout", T),
        ("note", T),
        ("part", T),
        ("assumed", T),
        ("continues", I32),
        ("further", T),
    ]
)
FAULTS = pa.schema(
    [
        ("sheet_no", I32),
        ("rule_id", T),
        ("severity", T),
        ("subject", T),
        ("message", T),
        ("cells", pa.list_(T)),
    ]
)
LAYOUTS = pa.schema(
    [
        ("layout", T),
        ("form", T),
        ("block", T),
        ("col_key", T),
        ("col_label", T),
        ("letter", T),
        ("panel", T),
    ]
)
LINES = pa.schema(
    [
        ("sheet_no", I32),
        ("block", T),
        ("row_key", T),
        ("row_label", T),
        ("code", T),
        ("line_no", I32),
        ("row", I32),
        ("label_cell", T),
        ("code_cell", T),
        ("panel", T),
    ]
)
LEFT_OUT = pa.schema([("sheet_no", I32), ("cell", T), ("raw", T), ("reason", T)])
FACTS = pa.schema(
    [
        ("sheet_no", I32),
        ("block", T),
        ("row_key", T),
        ("row_label", T),
        ("col_key", T),
        ("col_label", T),
        ("amount", MONEY),
        ("state", T),
        ("raw", T),
        ("cell", T),
        ("measure", T),
    ]
)
STREAMS = {
    "sheets": SHEETS,
    "faults": FAULTS,
    "layouts": LAYOUTS,
    "lines": LINES,
    "left_out": LEFT_OUT,
    "facts": FACTS,
}


def money_array(fen: list[int | None]) -> pa.Array:
    """分 as DECIMAL(18,2), without passing through floats or Decimal objects."""
    valid = np.fromiter((f is not None for f in fen), bool, len(fen))
    low = np.fromiter((f or 0 for f in fen), np.int64, len(fen))
    wide = np.empty((len(fen), 2), np.int64)
    wide[:, 0], wide[:, 1] = low, low >> 63
    bits = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Array.from_buffers(MONEY, len(fen), [bits, pa.py_buffer(wide.tobytes())])


def _facts(readings: list[SheetReading]) -> pa.RecordBatch:
    def joined(name: str) -> list:
        return [value for r in readings for value in getattr(r.facts, name)]

    numbers = np.repeat(
        [r.sheet.number for r in readings], [len(r.facts) for r in readings]
    ).astype(np.int32)
    texts = {name: pa.array(joined(name), T) for name in FACTS.names if FACTS.field(name).type == T}
    columns = {"sheet_no": pa.array(numbers, I32), "amount": money_array(joined("fen")), **texts}
    return pa.RecordBatch.from_arrays([columns[name] for name in FACTS.names], schema=FACTS)


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
        _cells(of["row"], of["column"]),
        _cells(of["row"], of["code_column"]),
        of["panel"],
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, LINES, strict=True)], schema=LINES
    )


def _cells(rows: Sequence[int], columns: Sequence[int | None]) -> list[str | None]:
    return [
        None if column is None else address(row, column)
        for row, column in zip(rows, columns, strict=True)
    ]


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
    batches = {"facts": _facts(readings), "lines": _lines(readings), "layouts": _layouts(readings)}
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
            table = pa.ipc.open_stream(source).read_all()
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
