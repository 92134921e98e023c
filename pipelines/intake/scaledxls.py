"""Cells of an .xls (BIFF8) whose number format shows them smaller than they are stored."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipelines.intake.numberformats import scales, shown_as
from pipelines.intake.scaledcells import Scaled

FORMAT, XF = 0x041E, 0x00E0
NUMBER, RK, MULRK, FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_CELL = struct.Struct("<HHH")
Records = Iterator[tuple[int, int, int]]


def scaling_formats(stream: bytes, records: Records) -> dict[int, str]:
    """The format codes that scale, by the number of the cell format (XF) that has them;
    ``records`` of the workbook.
    """
    codes: dict[int, str] = {}
    formats: list[int] = []
    for kind, at, length in records:
        if kind == FORMAT and length >= 5:
            number, code = _format(stream, at)
            codes[number] = code
        elif kind == XF and length >= 4:
            formats.append(struct.unpack_from("<H", stream, at + 2)[0])
    telling = {number: code for number, code in codes.items() if scales(code)}
    return {i: telling[number] for i, number in enumerate(formats) if number in telling}


def _format(stream: bytes, at: int) -> tuple[int, str]:
    """A format's number and code."""
    number, size, wide = struct.unpack_from("<HHB", stream, at)
    text = stream[at + 5 : at + 5 + size * (2 if wide & 1 else 1)]
    return number, text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")


def scaled_xls_cells(
    stream: bytes, records: Records, formats: dict[int, str], cells: list[list[object]]
) -> Scaled:
    """The numbers of a sheet that are shown smaller than they are; ``cells`` are its values as
    read.
    """
    found: Scaled = {}
    for kind, at, length in records:
        for row, column, style in _places(stream, kind, at, length):
            code = formats.get(style)
            value = (
                cells[row][column] if code and row < len(cells) and column < len(cells[row]) else ""
            )
            if code and type(value) is float and (shown := shown_as(code, value)).steps:
                found[row, column] = shown
    return found


def _places(stream: bytes, kind: int, at: int, length: int) -> Iterator[tuple[int, int, int]]:
    """(row, column, cell format) of the numbers in a record."""
    if kind in (NUMBER, RK, FORMULA) and length >= 6:
        yield _CELL.unpack_from(stream, at)
    elif kind == MULRK and length >= 12:
        row, first = struct.unpack_from("<HH", stream, at)
        for i in range((length - 6) // 6):
            yield row, first + i, struct.unpack_from("<H", stream, at + 4 + 6 * i)[0]
