"""A worksheet's XML before it is read: how far its cells reach, and which cells the reader would
show as blank.

Most sheets are settled by a few byte searches over a shortened copy (:func:`suspicions`); only a
sheet that is suspicious is walked cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from pipelines.intake.limits import EXCEL_COLUMNS, EXCEL_ROWS, LIMITS, Limits
from pipelines.intake.refusal import Refused

KNOWN_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA")
Special = dict[tuple[int, int], tuple[str, str]]

# Capitals become A, digits 9; of the rest only what the searches below need is kept: quotes, and
# the letters c (around
# every cell, so that no value touches the next address), e (error values) and f (formulas).
_SHORTEN = bytes(
    (
        ord("A")
        if chr(b).isascii() and chr(b).isupper()
        else ord("9")
        if chr(b).isascii() and chr(b).isdigit()
        else b
    )
    for b in range(256)
)
_DROP = b"abdghijklmnopqrstuvwxyz= \t\r\n/<>" + bytes(range(128, 256))
_FAR = (b'"AAA', b'99999"')
_SINGLE_QUOTED = re.compile(rb"=\s*'")
_DIMENSION = re.compile(rb"<dimension\b[^>]*?(?:/>|>\s*</dimension>)")
_END = re.compile(rb"</sheetData\s*>|<sheetData\s*/>")
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?\Z")
_CACHED_MISSING = re.compile(rb"</f>(?!\s*<v>[^<])|<f\b[^>]*/>(?!\s*<v>[^<])")


@dataclass(slots=True)
class Cell:
    """One cell as the XML has it; row and column from zero; ``value`` None where there is no
    ``<v>``.
    """

    row: int
    column: int
    type: str = ""
    value: str | None = None
    formula: str | None = None
    shared: str = ""
    inline: bool = False
    style: str = ""

    @property
    def error(self) -> bool:
        return self.type == "e" and bool(self.value)

    @property
    def uncached(self) -> bool:
        blank_text = self.type == "str" and self.value is not None
        return self.formula is not None and not self.value and not self.inline and not blank_text

    @property
    def filled(self) -> bool:
        return bool(self.value) or self.inline or self.formula is not None


@dataclass(slots=True)
class Suspicions:
    """What a sheet must be walked for."""

    far: bool
    errors: bool
    formulas: bool
    broken: bool

    def __bool__(self) -> bool:
        return self.far or self.errors or self.formulas or self.broken


def whole(xml: bytes, sheet: str) -> bytes:
    """The sheet without its declared dimension and without the empty cells after the last filled
    one.

    Raises Refused when the XML breaks off before the end of its data.
    """
    last = xml.rfind(b"sheetData")
    closed = last < 0 or _END.search(xml, max(last - 3, 0))
    if not closed or xml.rfind(b"</worksheet") < last:
        raise Refused(f"工作表“{sheet}”的内容不完整，文件可能被截断；请重新导出。")
    if last < 0:
        return xml
    start = max(xml.find(b"<sheetData"), 0)
    head = _DIMENSION.sub(b"", xml[:start]) if b"<dimension" in xml[:start] else xml[:start]
    return head + _trimmed(xml[start:])


def _trimmed(data: bytes) -> bytes:
    """A million formatted empty rows below the table are cut here, not read."""
    end = data.rfind(b"</sheetData")
    if end < 4096 or data.find(b"</v>", end - 4096, end) >= 0:
        return data
    last = max(data.rfind(mark, 0, end) for mark in (b"</v>", b"</is>", b"</f>", b"<f "))
    close = data.find(b"</c>", max(last, 0)) if last >= 0 else -1
    kept = data[: close + 4] + b"</row>" if close >= 0 else data[: data.find(b">") + 1]
    return kept + data[end:]


def suspicions(xml: bytes) -> Suspicions:
    """Whether the sheet may reach far, hold errors or formulas without a result, or be no
    well-formed XML.
    """
    start = xml.find(b"<sheetData")
    short = xml[start : xml.rfind(b"</sheetData")].translate(_SHORTEN, _DROP)
    odd = b"'" in short and bool(_SINGLE_QUOTED.search(xml, start))
    return Suspicions(
        far=odd or any(mark in short for mark in _FAR),
        errors=odd or b'"e"' in short,
        formulas=b"f" in short and bool(_CACHED_MISSING.search(xml)),
        broken=xml.count(b"<") != xml.count(b">"),
    )


def walk(xml: bytes) -> Iterator[Cell]:
    """Every cell of the sheet, at the position the reader gives it.

    Raises Refused for XML that is not well formed.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    for at in range(0, len(xml), 1 << 18):
        try:
            parser.Parse(xml[at : at + (1 << 18)], at + (1 << 18) >= len(xml))
        except expat.ExpatError as error:
            raise Refused(
                "工作表的 XML 有语法错误，文件已损坏；请重新导出。", repr(error)
            ) from error
        yield from reader.take()


@dataclass(slots=True)
class _Reader:
    """Follows rows and cells as the file states them, or counts on where it does not."""

    row: int = -1
    column: int = -1
    cell: Cell | None = None
    inside: str = ""
    done: list[Cell] = field(default_factory=list)

    def take(self) -> list[Cell]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = (
                position(f"A{attributes['r'].strip()}")[0] if "r" in attributes else self.row + 1
            )
            self.column = -1
        elif name == "c":
            self._start_cell(attributes)
        elif self.cell is not None:
            self._start_part(name, attributes)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self.row, self.column = position(attributes["r"])
        else:
            self.column += 1
        kind, style = attributes.get("t", ""), attributes.get("s", "")
        self.cell = Cell(self.row, self.column, kind, style=style)

    def _start_part(self, name: str, attributes: dict[str, str]) -> None:
        assert self.cell is not None
        if name == "v":
            self.cell.value, self.inside = "", "v"
        elif name == "f":
            self.cell.formula, self.inside = "", "f"
            self.cell.shared = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        elif name == "is":
            self.cell.inline = True

    def end(self, name: str) -> None:
        self.inside = ""
        if name == "c" and self.cell is not None:
            self.done.append(self.cell)
            self.cell = None

    def text(self, data: str) -> None:
        if self.cell is None or not self.inside:
            return
        if self.inside == "v":
            self.cell.value = (self.cell.value or "") + data
        else:
            self.cell.formula = (self.cell.formula or "") + data


_REFERENCE = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?(\d{1,7})\s*\Z")


def position(reference: str) -> tuple[int, int]:
    """``"C5"`` → (4, 2). Raises Refused beyond what Excel can hold."""
    match = _REFERENCE.match(reference)
    row, column = (int(match[2]), column_number(match[1])) if match else (0, 0)
    if not (1 <= row <= EXCEL_ROWS and 1 <= column <= EXCEL_COLUMNS):
        raise Refused(
            f"单元格地址“{reference[:20]}”超出 Excel 的范围，文件已损坏；"
            "请用 Excel 另存后重新提交。"
        )
    return row - 1, column - 1


def column_number(letters: str) -> int:
    """``"A"`` → 1, ``"AA"`` → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → ``"A"``, 27 → ``"AA"``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def bounded(cells: Iterator[Cell], sheet: str, limits: Limits = LIMITS) -> list[Cell]:
    """The error and uncached cells, after judging how large a grid the filled ones span.

    Raises Refused naming the farthest cell when the grid is beyond ``limits.sheet_cells``.
    """
    special: list[Cell] = []
    bases: dict[str, Cell] = {}
    bottom, right, corner = 0, 0, ""
    for cell in cells:
        if not cell.filled:
            continue
        if cell.row >= bottom or cell.column >= right:
            corner = f"{column_letters(cell.column + 1)}{cell.row + 1}"
        bottom, right = max(bottom, cell.row), max(right, cell.column)
        if (bottom + 1) * (right + 1) > limits.sheet_cells:
            raise Refused(far_away(sheet, corner))
        if cell.shared and cell.formula:
            bases.setdefault(cell.shared, cell)
        if (cell.error or cell.uncached) and len(special) < limits.special_cells:
            special.append(cell)
    for cell in special:
        _complete(cell, bases)
    return special


def far_away(sheet: str, corner: str) -> str:
    return (
        f"工作表“{sheet}”在 {corner} 处有内容，使表格范围过大，未读取；"
        "请删除该处多余的内容（或整行整列删除）后重新提交。"
    )


def _complete(cell: Cell, bases: dict[str, Cell]) -> None:
    """A shared formula is written once: the others get it moved to their own place."""
    base = bases.get(cell.shared)
    if cell.formula == "" and base is not None and base is not cell:
        cell.formula = _moved(base, cell)


def _moved(base: Cell, cell: Cell) -> str:
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    origin = f"{column_letters(base.column + 1)}{base.row + 1}"
    target = f"{column_letters(cell.column + 1)}{cell.row + 1}"
    try:
        return (
            Translator(f"={base.formula}", origin=origin)
            .translate_formula(target)
            .removeprefix("=")
        )
    except (TokenizerError, TranslatorError, ValueError, IndexError):
        return base.formula or ""


def special_cells(cells: list[Cell]) -> Special:
    """(row, column) → ("error", "#REF!") or ("uncached", "=SUM(A1:A9)")."""
    found: Special = {}
    for cell in cells:
        if cell.error:
            found[cell.row, cell.column] = ("error", (cell.value or "").strip())
        else:
            found[cell.row, cell.column] = (
                "uncached",
                f"={cell.formula}" if cell.formula else "公式",
            )
    return found


_VALUE = re.compile(rb"(<c\b(?:[^>]*[^/>])?>)((?:(?!</c>).)*?)<v>([^<]*)</v>", re.S)
_TYPES_KEPT = (b"s", b"str", b"inlineStr", b"b", b"d")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w*)["']""")


def mended(xml: bytes) -> bytes:
    """The sheet with the values the reader would choke on turned into text (numbers that are none)
    or #N/A.
    """
    return _VALUE.sub(_mend, xml)


def _mend(match: re.Match[bytes]) -> bytes:
    tag, between, value = match[1], match[2], match[3]
    kind = _TYPE.search(tag)
    if kind and kind[1] == b"e":
        known = value.decode("utf-8", "replace").strip() in KNOWN_ERRORS
        return match[0] if known else tag + between + b"<v>#N/A</v>"
    if (kind and kind[1] in _TYPES_KEPT) or not value.strip() or _NUMBER.match(value):
        return match[0]
    bare = _TYPE.sub(b"", tag)
    return bare[:-1] + b' t="str">' + between + b"<v>" + value + b"</v>"
