"""All extractions and the register become the datasets of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.collect.batches import batches, content_digest
from pipelines.collect.filerows import file_rows, files_observed
from pipelines.collect.load import Loader
from pipelines.collect.misnamed import settle_misnamed
from pipelines.collect.namesakes import Amounts, amounts_of, settle_namesakes
from pipelines.collect.register import Register, read_register
from pipelines.collect.required import submissions
from pipelines.collect.resolve import (
    FileRef,
    SheetRef,
    check_years,
    observe,
    resolve_file,
    sheet_faults,
)
from pipelines.collect.sheetrow import sheet_rows
from pipelines.collect.storing import Storing
from pipelines.collect.unitless import unitless
from pipelines.collect.versions import resolve_versions
from pipelines.extract.seen import kept_rows
from pipelines.extract.store import notes_of, read_extraction, says_of
from pipelines.intake.rawfile import RawFile
from pipelines.validate.codes import check_column_codes
from pipelines.validate.lines import check_lines
from schemas import frames
from schemas.library import Form
from schemas.library import forms as shipped_forms
from schemas.observation import Observation, Place

Connection = duckdb.DuckDBPyConnection
SHEETS_AT_ONCE = 20_000  # as rows, and once more as columns: some 60 MB


def collect(
    con: Connection,
    files: Sequence[RawFile],
    extractions: Mapping[str, Path],
    refused: Mapping[str, str],
    raw: Path,
    *,
    year: int | None = None,
    parquet: Path | None,
    forms: Mapping[str, Form] | None = None,
    thorough: bool = True,
    facts_there: bool = False,
) -> list[Observation]:
    """Fill the tables facts, sheets, lines, layouts, left_out, files, units and submissions of
    ``con``.

    ``extractions`` has the Arrow file of every workbook that was read, ``refused`` the reason for
    every one that was not. Facts are also written below ``parquet``/facts. With ``year`` only that
    year and the one before it are kept. ``thorough``: every batch is validated by Pandera.
    ``facts_there``: an empty table ``facts`` is there already, and filled wherever it is.
    """
    forms = forms or shipped_forms()
    register, observations = _register(files)
    found_in = [_file_ref(f, extractions[f.file]) for f in files if f.file in extractions]
    refs, settled = _placed(found_in, register, forms, extractions, year)
    load = Loader(con, thorough)
    for name in ("lines", "left_out") if facts_there else ("facts", "lines", "left_out"):
        load.create(frames.DATASETS[name], [])
    observations += settled + _write_facts(load, refs, extractions, parquet, forms, register)
    sheets = [s for r in refs for s in r.sheets]
    _store_sheets(load, sheets)
    load.create(frames.UNITS, [u.row() for u in register.units.values()])
    load.create(
        frames.FILES, file_rows(files, refs, refused, _lists(extractions), _notes(found_in))
    )
    rows, missing = submissions(con, sheets, register, forms, year, *_out_of_reach(files))
    load.create(frames.SUBMISSIONS, rows)
    observations += missing + files_observed(files, refs, refused) + _outside(refs, register)
    return [o for o in observations if year is None or o.year in (None, year)]


def _placed(
    found_in: Sequence[FileRef],
    register: Register,
    forms: Mapping[str, Form],
    extractions: Mapping[str, Path],
    year: int | None,
) -> tuple[list[FileRef], list[Observation]]:
    """The files with tables, in the order in which facts are written: by unit and year; each with
    its unit, its year and the sheets that count.
    """
    observations: list[Observation] = []
    refs = [r for r in found_in if r.sheets or not r.document]
    for ref in refs:
        observations += resolve_file(ref, register)
        observations += check_years(ref, dict(forms))
        _keep_year(ref, year)
    amounts = _amounts(extractions)
    observations += settle_namesakes(refs, register, amounts)
    observations += settle_misnamed(refs, register, amounts)
    observations += resolve_versions(refs, lambda sheet: content_digest(sheet, extractions))
    refs.sort(key=lambda r: (r.unit_code or "", r.unit_name or "", r.year or 0, r.file))
    for ref in refs:
        observations += sheet_faults(ref)
    return refs, observations + unitless(refs, forms)


def _lists(extractions: Mapping[str, Path]) -> set[str]:
    """Workbooks that are lists of ours with explanations filled in."""
    return {file for file, path in extractions.items() if kept_rows(path)}


def _notes(found_in: Sequence[FileRef]) -> dict[str, tuple[str, ...]]:
    return {r.file: r.notes for r in found_in}


def _out_of_reach(files: Sequence[RawFile]) -> tuple[list[str], list[str]]:
    """Workbooks that are still being copied, and folders that could not be listed."""
    waiting = [f.file for f in files if f.status == "waiting" and f.kind == "workbook"]
    closed = [f.file for f in files if "folder" in f.notes and f.status == "quarantined"]
    return waiting, closed


def _amounts(extractions: Mapping[str, Path]) -> Callable[[FileRef], Amounts]:
    """Amounts of a workbook, each read once."""

    kept: dict[str, Amounts] = {}

    def amounts(ref: FileRef) -> Amounts:
        if ref.file not in kept:
            kept[ref.file] = amounts_of(ref, extractions)
        return kept[ref.file]

    return amounts


def _register(files: Sequence[RawFile]) -> tuple[Register, list[Observation]]:
    found = [f for f in files if f.kind == "register" and f.status == "ready"]
    if not found:
        return Register(), []
    return read_register(found[0])


def _file_ref(file: RawFile, extraction: Path) -> FileRef:
    streams = read_extraction(extraction, ("sheets", "faults"))
    faults: dict[int, list[dict]] = {}
    for fault in streams["faults"].to_pylist():
        faults.setdefault(fault["sheet_no"], []).append(fault)
    rows = sheet_rows(streams["sheets"])
    sheets = [SheetRef(file.file, file.mtime_ns, r, faults.get(r["sheet_no"], ())) for r in rows]
    notes, says = notes_of(streams["sheets"]), says_of(streams["sheets"])
    return FileRef(file.file, sheets, notes, file.kind == "narrative", says)


def _keep_year(ref: FileRef, year: int | None) -> None:
    if year is not None and ref.year not in (None, year, year - 1):
        for sheet in ref.sheets:
            if sheet.status == "read":
                sheet.status, sheet.reason = "unreadable", f"本次只核对 {year} 年度"


def _write_facts(
    load: Loader,
    refs: list[FileRef],
    extractions: Mapping[str, Path],
    parquet: Path | None,
    forms: Mapping[str, Form],
    register: Register,
) -> list[Observation]:
    observations: list[Observation] = []
    for dataset in (frames.COVERAGE, frames.INDICATORS, frames.PROJECTS, frames.SCORES):
        load.create(dataset, [])
    with Storing(load, parquet) as storing:
        for batch in _some(batches(refs, extractions, register)):
            storing.store(batch)
            observations += check_lines(batch["lines"], forms)
    con = load.con
    layouts = _layouts(refs, extractions)
    con.register("layouts_in", layouts)
    con.execute("CREATE OR REPLACE TABLE layouts AS SELECT * FROM layouts_in ORDER BY ALL")
    con.unregister("layouts_in")
    by_layout = {s.row["layout"]: s for r in refs for s in r.sheets if s.status == "read"}
    return observations + check_column_codes(layouts, by_layout, observe)


def _some(found: Iterator[dict[str, pa.Table]]) -> Iterator[dict[str, pa.Table]]:
    """The batches, or one without rows where there are none."""
    empty = {n: frames.DATASETS[n].empty() for n in ("facts", "lines", "left_out")}
    yield next(found, empty)
    yield from found


def _layouts(refs: list[FileRef], extractions: Mapping[str, Path]) -> pa.Table:
    """Every layout once, from the first file that has it."""
    seen: set[str] = set()
    parts = []
    for ref in refs:
        new = {s.row["layout"] for s in ref.sheets if s.status == "read"} - seen
        if new:
            table = read_extraction(extractions[ref.file], ("layouts",))["layouts"]
            parts.append(table.filter(pc.is_in(table["layout"], pa.array(sorted(new)))))
            seen |= new
    if not parts:
        return frames.LAYOUTS.empty()
    return pa.table(pa.concat_tables(parts).columns, schema=frames.LAYOUTS.arrow)


def _store_sheets(load: Loader, sheets: Sequence[SheetRef]) -> None:
    load.create(frames.SHEETS, [])
    for first in range(0, len(sheets), SHEETS_AT_ONCE):
        some = sheets[first : first + SHEETS_AT_ONCE]
        load.append(frames.SHEETS, frames.SHEETS.table([r for s in some for r in _sheet_rows(s)]))


def _sheet_rows(s: SheetRef) -> list[dict]:
    """A sheet's row; a table that goes on over pages has one for each page, its numbers counted
    with the first.
    """
    row = _sheet_row(s)
    none = dict.fromkeys(("numbers", "facts_numbers", "structural", "left_out"), 0)
    return [row, *(row | none | {"file": file} for _, file in s.further)]


def _sheet_row(s: SheetRef) -> dict:
    row = dict(s.row)
    return row | {
        "file": s.file,
        "unit_code": s.unit_code,
        "unit_name": s.unit_name,
        "year": s.year,
        "status": s.status,
        "reason": s.reason,
        "printed_unit": row["unit"],
        "printed_year": row["year"],
    }


def _outside(refs: list[FileRef], register: Register) -> list[Observation]:
    """Units that the register does not know, once for each year."""
    if not register:
        return []
    seen: dict[tuple[str, int], FileRef] = {}
    for ref in refs:
        known = register.namesakes(ref.unit_name or "", ref.year)
        if ref.unit_name and not ref.unit_code and ref.year and not known:
            seen.setdefault((ref.unit_name, ref.year), ref)
    return [
        Observation(
            "S-UNIT",
            name,
            f"“{name}”不在单位名册中，已按表上所印名称单独处理。请补登名册，或把它登记为某单位的别名。",
            "review",
            None,
            name,
            year,
            None,
            (Place("subject", ref.file),),
        )
        for (name, year), ref in seen.items()
    ]
