"""Reading an .xls (BIFF in an OLE container): values by calamine, and what it cannot tell from the
records themselves.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from pipelines.intake.archive import ENCRYPTED, printable
from pipelines.intake.errorvalues import error_name
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.scaledxls import scaled_xls_cells, scaling_formats
from pipelines.intake.sheetxml import Special
from pipelines.intake.workbook import Sheet
from pipelines.intake.xlsx import judge_area, reach

DAMAGED = "旧版工作簿（.xls）的结构已损坏，无法读取；请用 Excel 打开并另存为 .xlsx 后重新提交。"
BOF, EOF, FILEPASS, BOUNDSHEET, SUPBOOK = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE
FORMULA, BOOLERR = 0x0006, 0x0205
_WORTH_WALKING = re.compile(rb"\x05\x02\x08\x00|\x06\x00[\x16-\xff]\x00|\x06\x00.[\x01-\x20]", re.S)
_HEADER = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_INTERNAL_BOOKS = (b"\x01\x04", b"\x01\x3a")
_EMPTY_TEXT_CONSTANT = b"\x17\x00"
# What olefile and its records raise where the bytes are not what they claim to be.
BROKEN_OLE = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    struct.error,
    OverflowError,
)


@dataclass(slots=True)
class Globals:
    """The workbook's own records: where each sheet's records begin, and what else it holds."""

    sheets: list[int] = field(default_factory=list)
    external: bool = False


@dataclass(slots=True)
class Formulas:
    """Formula cells of one sheet whose stored result is an empty text, and how many have any other
    result.
    """

    blank: list[tuple[int, int]] = field(default_factory=list)
    blank_by_design: int = 0
    calculated: int = 0


def read_xls(data: bytes, limits: Limits = LIMITS) -> tuple[list[Sheet], tuple[str, ...]]:
    """The worksheets and the notes (macro, external_links). Raises Refused."""
    stream, macro = _stream(data)
    book = _globals(stream)
    specials = _specials(stream, book.sheets)
    formats = scaling_formats(stream, records(stream, 0))
    notes = [note for note, found in (("macro", macro), ("external_links", book.external)) if found]
    try:
        sheets = _sheets(data, specials, limits)
    except PasswordError as error:
        raise Refused(ENCRYPTED) from error
    except CalamineError as error:
        raise Refused(DAMAGED, repr(error)) from error
    for sheet in sheets if formats else ():
        start = book.sheets[sheet.number - 1]
        sheet.shown = scaled_xls_cells(stream, records(stream, start), formats, sheet.cells)
    return sheets, tuple(notes)


def _stream(data: bytes) -> tuple[bytes, bool]:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(path).casefold() for path in ole.listdir()}
            name = next((n for n in ("Workbook", "Book") if n.casefold() in names), None)
            if name is None:
                raise Refused(ENCRYPTED if "encryptedpackage" in names else DAMAGED)
            return ole.openstream(name).read(), any(n.startswith("_vba_project_cur") for n in names)
    except BROKEN_OLE as error:
        raise Refused(DAMAGED, repr(error)) from error


def records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(type, offset of the data, length) from ``start`` to the end of that substream."""
    at, depth, end = start, 0, len(stream)
    while at + 4 <= end:
        kind, length = _HEADER.unpack_from(stream, at)
        if at + 4 + length > end:
            return
        yield kind, at + 4, length
        at += 4 + length
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return


def _globals(stream: bytes) -> Globals:
    found = Globals()
    for kind, at, length in records(stream, 0):
        if kind == FILEPASS:
            raise Refused(ENCRYPTED)
        if kind == BOUNDSHEET and length >= 6:
            found.sheets.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == SUPBOOK and length >= 4 and stream[at + 2 : at + 4] not in _INTERNAL_BOOKS:
            found.external = True
    return found


def _specials(stream: bytes, starts: list[int]) -> list[Special]:
    """Error and uncalculated cells of each sheet, in the order of the sheets."""
    if not _WORTH_WALKING.search(stream):
        return [{} for _ in starts]
    found: list[Special] = []
    formulas = []
    for start in starts:
        special, seen = _walk(stream, start)
        found.append(special)
        formulas.append(seen)
    if any(f.calculated or f.blank_by_design for f in formulas):
        return found
    for special, seen in zip(found, formulas, strict=True):
        special.update(dict.fromkeys(seen.blank, ("uncached", "公式")))
    return found


def _walk(stream: bytes, start: int) -> tuple[Special, Formulas]:
    special: Special = {}
    formulas = Formulas()
    for kind, at, length in records(stream, start):
        if kind == BOOLERR and length >= 8 and stream[at + 7]:
            special[_PLACE.unpack_from(stream, at)] = ("error", error_name(stream[at + 6]))
        elif kind == FORMULA and length >= 20:
            _formula(stream, at, length, special, formulas)
    return special, formulas


def _formula(stream: bytes, at: int, length: int, special: Special, formulas: Formulas) -> None:
    place = _PLACE.unpack_from(stream, at)
    result = stream[at + 6 : at + 14]
    if result[6:] != b"\xff\xff" or result[0] not in (2, 3):
        formulas.calculated += 1
    elif result[0] == 2:
        formulas.calculated += 1
        special[place] = ("error", error_name(result[2]))
    elif _EMPTY_TEXT_CONSTANT in stream[at + 20 : at + length]:
        formulas.blank_by_design += 1
    else:
        formulas.blank.append(place)


def _sheets(data: bytes, specials: list[Special], limits: Limits) -> list[Sheet]:
    sheets, area = [], 0
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            found = book.get_sheet_by_index(index)
            area = judge_area(found, printable(meta.name), area, limits)
            cells = [_as_floats(row) for row in found.to_python(skip_empty_area=False)]
            special = specials[index] if index < len(specials) else {}
            reach(cells, special)
            merged = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in found.merged_cell_ranges or []]
            sheets.append(
                Sheet(meta.name, index + 1, _visibility(meta.visible), cells, merged, special)
            )
    return sheets


def _as_floats(row: list) -> list[object]:
    """Whole numbers of compact (RK) cells come as integers from an .xls only: one kind of number
    for all readers.
    """
    return [float(v) if v.__class__ is int else v for v in row]


def _visibility(visible: object) -> str:
    return str(visible).rsplit(".", 1)[-1].lower()
