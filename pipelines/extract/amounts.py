"""Cell values: a number, a dash, or something that should not stand in an amount column.

Amounts come out as integers in 分 (for counts, hundredths of the item), so that no float takes
part.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

LIMIT = 10**18  # DECIMAL(18,2) holds fewer than this many 分
_DASH = re.compile(r"^[-—–―─━‐‑‒﹣−ー一/\\]+$")
# Dashes of one character, which no step of reading takes for anything else.
_PLAIN_DASHES = frozenset("-—–―─－−")
# Spaces, and marks that web pages and messages leave in what is copied from them.
_SPACES = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]+")
# ①12.5, 12.5²: a note's number beside an amount, which would become a digit of it.
_NOTE_MARK = re.compile("[①-⓿²³¹⁰-₉➀-➓㈠-㊿¼-¾⅐-⅟]")
_APOSTROPHE = re.compile(r"^['‘’`](?=[\d(+-])")  # before a number that is to be kept as text
_NUMBER = re.compile(r"^([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)$")
_MINUS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "﹣": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-"}
)
SCALES = {"元": 0, "百元": 2, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}


@dataclass(frozen=True, slots=True)
class Value:
    """``state`` as in facts; ``fen`` the amount in 分 or None; ``digits`` decimals as printed;
    ``fault`` an S- rule id.
    """

    state: str
    fen: int | None = None
    digits: int = 0
    fault: str = ""


DASH = Value("dash")
TEXT = Value("text", fault="S-TEXT")
RANGE = Value("text", fault="S-RANGE")


def scaled(number: Decimal, exponent: int) -> Value:
    """A decimal in units of 10^exponent 元 as a value in 分; more digits than 分 allow are a
    precision fault.
    """
    if number.adjusted() > 30:
        return RANGE
    exact = number.scaleb(exponent + 2)
    fen = int(exact.to_integral_value(ROUND_HALF_UP))
    if abs(fen) >= LIMIT:
        return RANGE
    normal = number.normalize().as_tuple().exponent
    digits = max(0, -normal) if isinstance(normal, int) else 0
    return Value("number", fen, digits, "" if fen == exact else "S-PRECISION")


def of_float(number: float, exponent: int) -> Value:
    """A spreadsheet number: fifteen significant digits count, the rest is binary noise."""
    if exponent == 0 and -1e12 < number < 1e12:
        hundred = number * 100
        fen = round(hundred)
        if abs(hundred - fen) < 1e-5 and abs(hundred - fen) <= abs(hundred) * 1e-13:
            return Value("number", fen, 2)
    if not math.isfinite(number):
        return TEXT
    return scaled(Decimal(f"{number:.15g}"), exponent)


@lru_cache(maxsize=65536)
def of_text(text: str, exponent: int) -> Value | None:
    """A number kept as text, a dash, or text; None where the cell only holds spaces."""
    if _NOTE_MARK.search(text):
        return TEXT
    plain = _APOSTROPHE.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", text)))
    if not plain:
        return None
    if _DASH.match(plain):
        return DASH
    number, unit = _unwrap(plain)
    if number is None:
        return TEXT
    return scaled(number, SCALES[unit] if unit else exponent)


_CURRENCY = re.compile("[¥￥]|人民币")
_UNITS = ("百万元", "亿元", "万元", "千元", "百元", "元")  # 元 last: the others end with it


def _unwrap(plain: str) -> tuple[Decimal | None, str]:
    """Brackets mean minus, as does a stroke behind the number; a currency sign and a trailing 元 or
    万元 are read, the unit given back.
    """
    plain, unit = _without_unit(_CURRENCY.sub("", plain.translate(_MINUS).replace("，", ",")))
    if plain.endswith("-") and plain[:1].isdigit():
        plain = "-" + plain[:-1]
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if negative else plain
    if plain.startswith(("△", "▲")):
        plain = "-" + plain[1:]
    if negative and plain.endswith("元"):
        unit = unit or "元"
    number = _number(plain, unsigned=negative)
    return (-number if negative and number is not None else number), unit


def _number(plain: str, *, unsigned: bool) -> Decimal | None:
    """The number that digits and a sign are; ``unsigned``: a sign may not stand there."""
    match = _NUMBER.match(plain)
    if not match or (unsigned and match.group(1)):
        return None
    return Decimal(match.group(1) + match.group(2).replace(",", ""))


def _without_unit(plain: str) -> tuple[str, str]:
    """The number as it stands before its money unit, and the unit; empty where there is none."""
    for unit in _UNITS:
        if plain.endswith(unit):
            return plain.removesuffix(unit), unit
    return plain, ""


def of_cell(cell: object, exponent: int) -> Value | None:
    """The value of a cell in units of 10^exponent 元; None where it is empty.

    Dates and booleans are text.
    """
    kind = type(cell)
    if kind is float:
        return of_float(cell, exponent)  # type: ignore[arg-type]
    if kind is str:
        return of_text(cell, exponent) if cell else None  # type: ignore[arg-type]
    if kind is int:
        return scaled(Decimal(cell), exponent)  # type: ignore[arg-type]
    return None if cell is None else TEXT


NUMBER_ENDS = frozenset(
    "0123456789０１２３４５６７８９.．)）元圆-－−–— 　\u00a0\t\n\r"
    "\u200b\u200e\u200f\u202c\u2069\ufeff"
)


def is_plain(cell: object) -> bool:
    """Whether a cell is an amount at first sight: a number of a spreadsheet, or a dash."""
    return cell.__class__ is float or (cell.__class__ is str and cell in _PLAIN_DASHES)


def is_number(cell: object) -> bool:
    """Whether a cell holds a number, as a number or as text: the measure of the count of
    numbers.
    """
    kind = type(cell)
    if kind is float or kind is int:
        return kind is int or math.isfinite(cell)  # type: ignore[arg-type]
    return kind is str and text_is_number(cell)  # type: ignore[arg-type]


@lru_cache(maxsize=65536)
def text_is_number(text: str) -> bool:
    if not text or text[-1] not in NUMBER_ENDS:
        return False
    value = of_text(text, 0)
    return value is not None and value.state == "number"


def raw_text(cell: object) -> str:
    """What the cell held, as text: ``12.5``, ``7``, ``2023-01-01``."""
    if type(cell) is float:
        return f"{cell:.15g}"
    return str(cell)
