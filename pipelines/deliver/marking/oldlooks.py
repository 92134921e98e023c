"""How an ``.xls`` looks: fonts, borders, colours, widths, heights and page set-up, from its own
records (BIFF8).

Only the records are read that XlsxWriter can say again. What is damaged or of an older edition is
left out: it then looks plain.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import olefile

from pipelines.intake.xls import BROKEN_OLE, records

BOF, BOUNDSHEET, FONT, FORMAT, XF, PALETTE = 0x0809, 0x0085, 0x0031, 0x041E, 0x00E0, 0x0092
COLINFO, ROW, SETUP, WSBOOL, WINDOW2, PANE = 0x007D, 0x0208, 0x00A1, 0x0081, 0x023E, 0x0041
MULBLANK, MULRK = 0x00BE, 0x00BD
_SINGLE = {0x0006, 0x0201, 0x0203, 0x0204, 0x00FD, 0x027E, 0x0205, 0x00D6}
_MARGINS = {0x0026: "left", 0x0027: "right", 0x0028: "top", 0x0029: "bottom"}
_BIFF8 = 0x0600
_ACROSS = (None, "left", "center", "right", "fill", "justify", "center_across", "distributed")
_DOWN = ("top", "vcenter", "bottom", "vjustify")
MOST_STYLED = 500_000  # cells whose looks are carried over; beyond it the copy is plain but whole


@dataclass(slots=True)
class SheetLook:
    """How one sheet looks; ``styles`` are numbers of cell formats by (row, column)."""

    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    columns: list[tuple[int, int, float, bool]] = field(
        default_factory=list
    )  # first, last, width, hidden
    heights: dict[int, tuple[float | None, bool]] = field(default_factory=dict)  # points, hidden
    setup: tuple[int, int, int, int, bool] | None = (
        None  # paper, scale, pages wide, pages high, portrait
    )
    fits: bool = False
    margins: dict[str, float] = field(default_factory=dict)
    gridlines: bool = True
    frozen: tuple[int, int] | None = None  # rows, columns


@dataclass(slots=True)
class OldLooks:
    """The looks of a workbook: its sheets in their order, and every cell format in the words of
    XlsxWriter.
    """

    sheets: list[SheetLook] = field(default_factory=list)
    formats: list[dict[str, Any]] = field(default_factory=list)


def read_looks(data: bytes) -> OldLooks:
    """Empty where the looks cannot be read."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            name = next((n for n in ("Workbook", "Book") if ole.exists(n)), None)
            stream = ole.openstream(name).read() if name else b""
        return _looks(stream) if _version(stream) == _BIFF8 else OldLooks()
    except BROKEN_OLE:
        return OldLooks()


def _version(stream: bytes) -> int:
    kind, _, version = struct.unpack_from("<3H", stream)
    return version if kind == BOF else 0


def _looks(stream: bytes) -> OldLooks:
    from openpyxl.styles.colors import COLOR_INDEX  # loads all of openpyxl, which few files need

    starts: list[int] = []
    fonts: list[dict[str, Any]] = []
    codes: dict[int, str] = {}
    colors = [str(c)[-6:] for c in COLOR_INDEX[:64]]
    raw: list[bytes] = []
    for kind, at, length in records(stream, 0):
        body = stream[at : at + length]
        if kind == BOUNDSHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == PALETTE:
            _paint(colors, body)
        elif kind == FONT:
            fonts.append(_font(body))
        elif kind == FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(
                body, 4, struct.unpack_from("<H", body, 2)[0]
            )
        elif kind == XF:
            raw.append(body)
    room = [MOST_STYLED]
    sheets = [_sheet(stream, start, room) for start in starts]
    return OldLooks(sheets, [_format(body, fonts, codes, colors) for body in raw])


def _paint(colors: list[str], palette: bytes) -> None:
    """The workbook's own colours in the place of the usual ones; the first eight are fixed."""
    for i in range(min(struct.unpack_from("<H", palette)[0], 56)):
        colors[8 + i] = palette[2 + 4 * i : 5 + 4 * i].hex().upper()


def _text(body: bytes, at: int, count: int) -> str:
    """Characters after their flags: one byte each, or two."""
    wide = body[at] & 1
    return body[at + 1 : at + 1 + count * (1 + wide)].decode(
        "utf-16-le" if wide else "latin-1", "replace"
    )


def _font(body: bytes) -> dict[str, Any]:
    height, flags, color, weight = struct.unpack_from("<4H", body)
    found: dict[str, Any] = {
        "font_size": height / 20,
        "color": color,
        "font_name": _text(body, 15, body[14]),
    }
    marks = (("bold", weight >= 600), ("italic", flags & 2), ("font_strikeout", flags & 8))
    found |= {name: True for name, on in marks if on}
    return found | ({"underline": body[10]} if body[10] in (1, 2, 33, 34) else {})


def _format(
    body: bytes, fonts: list[dict[str, Any]], codes: dict[int, str], colors: list[str]
) -> dict[str, Any]:
    number, code = struct.unpack_from("<2H", body)
    at = number - 1 if number > 3 else number  # there is no font 4
    found = dict(fonts[at]) if at < len(fonts) else {}
    _color(found, "font_color", found.pop("color", 64), colors)
    found["num_format"] = codes.get(code, code if code < 50 else 0)
    found |= _alignment(body)
    first, second, ground = struct.unpack_from("<2IH", body, 10)
    edges = (
        ("left", first, first >> 16),
        ("right", first >> 4, first >> 23),
        ("top", first >> 8, second),
        ("bottom", first >> 12, second >> 7),
    )
    for side, style, color in edges:
        if style & 15 and style & 15 <= 13:
            found[side] = style & 15
            _color(found, f"{side}_color", color & 127, colors)
    _fill(found, second >> 26, ground, colors)
    return found


def _alignment(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    align = body[6]
    if word := _ACROSS[align & 7]:
        found["align"] = word
    found["valign"] = _DOWN[min(align >> 4 & 7, 3)]
    if align & 8:
        found["text_wrap"] = True
    if body[8] & 15:
        found["indent"] = body[8] & 15
    if body[8] & 16:
        found["shrink"] = True
    return found


def _fill(found: dict[str, Any], pattern: int, ground: int, colors: list[str]) -> None:
    if 0 < pattern <= 18:
        found["pattern"] = pattern
        _color(found, "bg_color" if pattern == 1 else "fg_color", ground & 127, colors)
        if pattern > 1:
            _color(found, "bg_color", ground >> 7 & 127, colors)


def _color(found: dict[str, Any], name: str, index: int, colors: list[str]) -> None:
    if index < len(colors):
        found[name] = f"#{colors[index]}"


def _sheet(stream: bytes, start: int, room: list[int]) -> SheetLook:
    look = SheetLook()
    for kind, at, length in records(stream, start):
        body = stream[at : at + length]
        for row, column, number in _styled(kind, body):
            if room[0] > 0:
                room[0] -= 1
                look.styles[row, column] = number
        _lay_out(look, kind, body)
    return look


def _styled(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """The cells of a record, with their formats."""
    if kind in _SINGLE:
        yield struct.unpack_from("<3H", body)
    elif kind in (MULBLANK, MULRK):
        row, first = struct.unpack_from("<2H", body)
        size = 2 if kind == MULBLANK else 6
        for i in range((len(body) - 6) // size):
            yield row, first + i, struct.unpack_from("<H", body, 4 + i * size)[0]


def _lay_out(look: SheetLook, kind: int, body: bytes) -> None:
    if kind == COLINFO:
        first, last, width, _, flags = struct.unpack_from("<5H", body)
        look.columns.append((first, min(last, 255), width / 256, bool(flags & 1)))
    elif kind == ROW:
        _set_height(look, body)
    elif kind == SETUP:
        _set_up(look, body)
    elif kind == WSBOOL:
        look.fits = bool(struct.unpack_from("<H", body)[0] & 0x100)
    elif kind in _MARGINS:
        look.margins[_MARGINS[kind]] = struct.unpack_from("<d", body)[0]
    elif kind == WINDOW2:
        flags = struct.unpack_from("<H", body)[0]
        look.gridlines = bool(flags & 2)
        look.frozen = (0, 0) if flags & 8 else None
    elif kind == PANE and look.frozen is not None:
        columns, rows = struct.unpack_from("<2H", body)
        look.frozen = (rows, columns)


def _set_height(look: SheetLook, body: bytes) -> None:
    """A row's own height, if it has one, and whether it is hidden."""
    row, _, _, height = struct.unpack_from("<4H", body)
    flags = struct.unpack_from("<I", body, 12)[0]
    own = flags & 0x40 and not height & 0x8000
    look.heights[row] = (height / 20 if own else None, bool(flags & 0x20))


def _set_up(look: SheetLook, body: bytes) -> None:
    """How it is printed, where that was set."""
    paper, scale, _, wide, high, flags = struct.unpack_from("<6H", body)
    if not flags & 4:
        look.setup = (paper, scale, wide, high, bool(flags & 2) or bool(flags & 0x40))
