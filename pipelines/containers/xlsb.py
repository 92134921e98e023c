"""Binary workbooks (.xlsb): values by calamine; the records are walked before, for their reach,
errors and formulas.

A formula's stored result cannot be told from one that was never calculated (0, or an empty text):
where formulas have
such results, the note ``results_unsure`` says so.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from pipelines.containers.bounds import judge_grid
from pipelines.intake.archive import Package, printable
from pipelines.intake.errorvalues import error_name
from pipelines.intake.limits import EXCEL_COLUMNS, EXCEL_ROWS, Limits
from pipelines.intake.partxml import plain
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.intake.xlsx import reach

BOOK, LINKS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
DAMAGED = "二进制工作簿（.xlsb）的结构已损坏；请用 Excel 打开并另存为 .xlsx 后重新提交。"
ROW, ERROR, FORMULA_TEXT, FORMULA_NUMBER, FORMULA_ERROR = 0, 3, 8, 9, 11
CELLS = frozenset(
    range(1, 12)
)  # blank, rk, error, bool, real, text, shared text, and results of formulas
SHEET, MERGE = 156, 176
# The records of a sheet that are looked at, with the bytes each needs to be one.
SHORTEST = {ROW: 4, MERGE: 16, **dict.fromkeys(CELLS, 8)}
_VISIBILITY = {1: "hidden", 2: "veryhidden"}
_PARTS = ("xl/sharedStrings.bin", "xl/styles.bin")


@dataclass(slots=True)
class _Outline:
    """What a sheet's records say besides values."""

    height: int = 0
    width: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    special: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    results: int = 0
    empty_results: int = 0


def read_xlsb(data: bytes, limits: Limits) -> tuple[list[Sheet], tuple[str, ...]]:
    """The worksheets and the notes (macro, external_links, results_unsure). Raises Refused."""
    package = Package(data, limits)
    parts = _sheet_parts(package)
    try:
        outlines = {part: _outline(package.read(part), part, limits) for part in parts.values()}
        with CalamineWorkbook.from_filelike(io.BytesIO(_rebuilt(package, parts))) as book:
            entries = _entries(package.read(BOOK), parts)
            sheets = list(_sheets(book, entries, outlines, limits))
    except (CalamineError, struct.error, IndexError, OSError) as error:
        raise Refused(DAMAGED, repr(error)) from error
    return sheets, _notes(package, list(outlines.values()))


def _notes(package: Package, outlines: list[_Outline]) -> tuple[str, ...]:
    names = [name.casefold() for name in package]
    notes = []
    if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n for n in names):
        notes.append("macro")
    if any("/externallinks/" in n for n in names):
        notes.append("external_links")
    if any(o.empty_results for o in outlines):
        notes.append("results_unsure")
    return tuple(notes)


def _sheet_parts(package: Package) -> dict[str, str]:
    """The part of every relationship that is a worksheet, by its id."""
    if package.find(BOOK) is None or package.find(LINKS) is None:
        raise Refused(DAMAGED, "no workbook part")
    try:
        root = ElementTree.fromstring(plain(package.read(LINKS), LINKS))
    except ElementTree.ParseError as error:
        raise Refused(DAMAGED, repr(error)) from error
    found = {}
    for element in root:
        target = element.get("Target", "").replace("\\", "/")
        full = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        kind = element.get("Type", "").rsplit("/", 1)[-1]
        if kind == "worksheet" and package.find(full):
            found[element.get("Id", "")] = full
    return found


def _rebuilt(package: Package, parts: dict[str, str]) -> bytes:
    """A stored package of the parts that were checked: no macros, links, pictures."""
    target = io.BytesIO()
    names = dict.fromkeys((BOOK, LINKS, *parts.values(), *filter(package.find, _PARTS)))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as rebuilt:
        for name in names:
            rebuilt.writestr(name, package.read(name))
    return target.getvalue()


def _entries(book: bytes, parts: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name, visibility, part) of every worksheet, in the workbook's order."""
    found = []
    for kind, at, _ in records(book):
        if kind == SHEET:
            (state,) = struct.unpack_from("<I", book, at)
            link, after = _wide(book, at + 8)
            name, _ = _wide(book, after)
            if link in parts:
                found.append((name, _VISIBILITY.get(state, "visible"), parts[link]))
    return found


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 string, and where it ends."""
    (length,) = struct.unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _sheets(
    book: CalamineWorkbook,
    entries: list[tuple[str, str, str]],
    outlines: dict[str, _Outline],
    limits: Limits,
) -> Iterator[Sheet]:
    area = 0
    for number, (name, visibility, part) in enumerate(entries, 1):
        outline = outlines[part]
        area = judge_grid(printable(name), outline.height, outline.width, area, limits)
        found = book.get_sheet_by_name(name)
        cells: list[list[object]] = found.to_python(skip_empty_area=False)  # type: ignore[assignment]
        for r, c in outline.special:
            if r < len(cells) and c < len(cells[r]):
                cells[r][c] = ""
        reach(cells, outline.special)
        yield Sheet(name, number, visibility, cells, outline.merged, outline.special)


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """(type, offset of the data, length); both numbers are written in groups of seven bits."""
    at, end = 0, len(stream)
    while at < end:
        kind, at = _grouped(stream, at, 2)
        length, at = _grouped(stream, at, 4)
        if at + length > end:
            raise Refused(DAMAGED, "a record is cut short")
        yield kind, at, length
        at += length


def _grouped(stream: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for shift in range(most):
        byte = stream[at]
        at += 1
        value |= (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            break
    return value, at


def _outline(stream: bytes, part: str, limits: Limits) -> _Outline:
    """Walks a sheet's records."""
    found, row = _Outline(), 0
    for kind, at, length in records(stream):
        least = SHORTEST.get(kind)
        if least is None or length < least:
            continue
        if kind == ROW:
            (row,) = struct.unpack_from("<I", stream, at)
        elif kind == MERGE:
            r0, r1, c0, c1 = struct.unpack_from("<4I", stream, at)
            found.merged.append((r0, c0, r1, c1))
        else:
            (column,) = struct.unpack_from("<I", stream, at)
            if row >= EXCEL_ROWS or column >= EXCEL_COLUMNS:
                raise Refused(DAMAGED, f"{part}: a cell outside the sheet")
            if kind != 1:  # blank cells only have a format
                found.height, found.width = max(found.height, row + 1), max(found.width, column + 1)
                _result(found, (row, column), stream, at, kind, length)
    judge_grid(printable(posixpath.basename(part)), found.height, found.width, 0, limits)
    return found


def _result(
    found: _Outline, place: tuple[int, int], stream: bytes, at: int, kind: int, length: int
) -> None:
    if kind in (ERROR, FORMULA_ERROR) and length >= 9:
        found.special[place] = ("error", error_name(stream[at + 8]))
    elif kind == FORMULA_NUMBER and length >= 16:
        found.results += 1
        found.empty_results += stream[at + 8 : at + 16] == bytes(8)
    elif kind == FORMULA_TEXT and length >= 12:
        found.results += 1
        found.empty_results += stream[at + 8 : at + 12] == bytes(4)
