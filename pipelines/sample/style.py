"""How a workbook is laid out: the choices that differ from exporter to exporter while the amounts
stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

DASHES = ("—", "－", "-", "一", "/", "——")
_FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


@dataclass(frozen=True)
class Style:
    """The defaults are the plain export.

    Every field can be set by hand; ``random_style`` draws them.
    """

    kind: str = "xlsx"
    unit: str = "元"  # 元, or 万元 with six decimals
    banner: int = 0  # rows above the title
    blank_column: bool = False
    # text, integer, split (201|05|01), levels (each level in its own column), single (one column)
    codes: str = "text"
    # wide tables: classes over names; over names and codes (codes); code and name in one (flat)
    header: str = "names"
    compact: bool = False  # no spare header rows
    number: str = (
        "number"  # number, thousands, fullwidth, spaced, suffixed: all but the first are text
    )
    negative: str = "-"  # -, （ or ( around a negative amount kept as text
    dash: str = "—"
    zero: str = ""  # what stands for nothing in a fixed table: empty, 0 or dash
    numbering: str = "一、"
    spaced: bool = False  # full-width spaces inside and around labels
    half_brackets: bool = False
    drop_rows: bool = False  # functional classes without amounts are left out of fixed tables
    drop_optional: bool = False  # F03 without 全年预算数
    tail: str = (
        "right"  # the total rows of a three-panel table: in the last panel, or in the middle one
    )
    heading_row: bool = True  # the row 支出经济分类 between two lists of one panel
    blocked_everywhere: bool = False
    repeat_header: int = 0  # header again after so many rows
    total_in_name: bool = False  # 合计 in the name column
    footnotes: bool = False
    aliases: bool = False
    sheet_names: str = "full"  # full (cut at 31), code, number, title, plain
    shuffle: bool = False
    hidden: int = 0
    extra_sheets: int = 0
    two_books: bool = False
    empty_tables: bool = False  # tables the unit has nothing for are there, with a note
    heading: int = 0  # how unit, year and money unit are written


def random_style(rng: Random, messy: float, kind: str = "xlsx") -> Style:
    """With ``messy`` 0 the plain export; towards 1 more and more of the choices differ."""

    def pick(default, *others):
        return rng.choice(others) if rng.random() < messy * 0.5 else default

    return Style(
        kind=kind,
        unit=pick("元", "万元"),
        banner=pick(0, 1, 2, 3),
        blank_column=pick(False, True),
        codes=pick("text", "integer", "split", "levels", "single"),
        header=pick("names", "codes", "flat"),
        compact=pick(False, True),
        number=pick("number", "thousands", "fullwidth", "spaced", "suffixed"),
        negative=pick("-", "（", "("),
        dash=pick("—", *DASHES[1:]),
        zero=pick("", "0", "dash"),
        numbering=pick("一、", "（一）", "1．", "1、", "一."),
        spaced=pick(False, True),
        half_brackets=pick(False, True),
        drop_rows=pick(False, True),
        drop_optional=pick(False, True),
        tail=pick("right", "middle"),
        heading_row=pick(True, False),
        blocked_everywhere=pick(False, True),
        repeat_header=pick(0, 9, 15, 25),
        total_in_name=pick(False, True),
        footnotes=pick(False, True),
        aliases=pick(False, True),
        sheet_names=pick("full", "code", "number", "title", "plain"),
        shuffle=pick(False, True),
        hidden=pick(0, 1, 3),
        extra_sheets=pick(0, 1, 2, 3),
        two_books=pick(False, True),
        empty_tables=rng.random() < 0.3,
        heading=pick(0, 1, 2, 3),
    )


def label(text: str, style: Style) -> str:
    """A label as this exporter prints it: brackets and spaces may differ, the words do not."""
    if style.half_brackets:
        text = text.replace("（", "(").replace("）", ")")
    if style.spaced and 2 <= len(text) <= 4 and "、" not in text:
        return "　".join(text)
    return f"{text}　 " if style.spaced else text


def written(
    amount: int, style: Style, *, count: bool = False, decimals: int | None = None
) -> int | float | str:
    """An amount (分, or a count × 100) as it goes into the cell: a number, or the text this
    exporter makes of it.
    """
    in_yuan = count or style.unit == "元"
    exact = Decimal(amount).scaleb(-2 if in_yuan else -6)
    if style.number == "number":
        return int(exact) if count else float(exact)
    if decimals is None:
        decimals = 2 if in_yuan else 6
    places = 0 if count else decimals
    text = f"{abs(exact):.{places}f}" if style.number == "spaced" else f"{abs(exact):,.{places}f}"
    text = _signed(text, exact < 0, style.negative)
    return _dressed(text, style.number, suffix=in_yuan and not count)


def _dressed(text: str, number: str, *, suffix: bool) -> str:
    """With what the exporter puts around a number; ``suffix``: a 元 may stand behind it."""
    if number == "fullwidth":
        return text.translate(_FULL_WIDTH)
    if number == "spaced":
        return f" \u00a0{text} "
    return f"{text}元" if number == "suffixed" and suffix else text


def _signed(text: str, negative: bool, mark: str) -> str:
    if not negative:
        return text
    return f"-{text}" if mark == "-" else f"{mark}{text}{'）' if mark == '（' else ')'}"
