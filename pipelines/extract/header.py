"""Where a table's header stands: its rows, the 栏次 row, and the first row of data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from pipelines.extract.grid import Grid, plain
from pipelines.extract.rows import CODE_HEADS, ITEM_HEADS, NAME_HEADS, total_key
from pipelines.extract.text import is_note, squash, tells_empty
from pipelines.extract.words import is_clerks_row, word

SEARCH = 60  # rows in which a header is looked for
COLUMN_NUMBER_WORDS = {"栏次", "行次栏次", "栏号", "列次", "列号", "栏"}
# Words that stand before the numbers of columns, but elsewhere too: all behind must be numbers.
_OTHER_WORDS = {"栏目", "序号", "编号", "甲", "乙", "丙", "列"}
_FIRST_WORDS = _OTHER_WORDS | {
    "类",
    "款",
    "项",
    "类款项",
    "1",
    "2",
    "１",
    "２",
    "01",
    "（1）",
    "(1)",
}
_CODE_PARTS = frozenset({"类", "款", "项", "—", "-"})
_COLUMN_NUMBER = re.compile(r"^(?:(?:[（）+－=-]|\d{1,3}(?!\d))*|[A-Za-z]{1,2}|\D{1,4})$")
_FORMULA = re.compile(r"(?<=\d)[=＝].*$")
_DRESSED = re.compile(r"^第?[（\[-]*(\d{1,3})[）\]-]*[栏列]?$")  # 第1栏, （1）, -1-
ANCHORS = CODE_HEADS | NAME_HEADS | ITEM_HEADS | COLUMN_NUMBER_WORDS | {"行次"}


@dataclass(frozen=True, slots=True)
class Header:
    """Rows (zero-based) top..first-1 are header; ``numbers`` are its 栏次 rows, ``rows`` the
    others.
    """

    top: int
    first: int
    rows: tuple[int, ...]
    numbers: tuple[int, ...]


def is_column_numbers(cells: list[tuple[int, object]], below_head: bool = False) -> bool:
    """A row of 栏次: the word before numbers of a column, or three or more such numbers, ascending;
    类款项 may stand among them.

    ``below_head``: right below a header 1, 2 … n alone are such a row, however few.
    """
    return _may_be_numbers(cells) and _column_numbers(cells, 1 if below_head else 3)


def _may_be_numbers(cells: list[tuple[int, object]]) -> bool:
    """A quick no for ordinary rows: an amount comes before anything that 栏次 rows have."""
    for _, value in cells[:4]:
        if value.__class__ is float or value.__class__ is int:
            return 0 <= value <= 2  # type: ignore[operator]
        if value.__class__ is str and _opens_numbers(value):  # type: ignore[arg-type]
            return True
    return False


def _opens_numbers(text: str) -> bool:
    return "栏" in text or "列" in text or text.strip() in _FIRST_WORDS


def _column_numbers(cells: list[tuple[int, object]], fewest: int) -> bool:
    telling = _telling(cells)
    first = telling[0] if telling else ""
    if first in COLUMN_NUMBER_WORDS:
        return all(map(_is_of_numbers, telling))
    numbers, others = _numbers_apart(telling)
    if first in _OTHER_WORDS:
        fewest, others = 1, [w for w in others if w not in _OTHER_WORDS]
    return not others and len(numbers) >= fewest and _count_on(numbers)


def _telling(cells: list[tuple[int, object]]) -> list[str]:
    """What the cells say without formulas, those beside 类款项 left out."""
    words = [_without_formula(plain(v)) for _, v in cells]
    return [w for w in words if w not in _CODE_PARTS]


def _without_formula(text: str) -> str:
    return _FORMULA.sub("", text) if "=" in text or "＝" in text else text


def _is_of_numbers(text: str) -> bool:
    """Whether a cell belongs to a row of column numbers that says so (栏次)."""
    return text in COLUMN_NUMBER_WORDS or bool(_COLUMN_NUMBER.match(text) or _DRESSED.match(text))


def _count_on(numbers: list[int]) -> bool:
    """Whether the numbers rise from the first or second column on."""
    if numbers[0] > 2 or not all(b > a for a, b in pairwise(numbers)):
        return False
    # so few numbers without a word are known only by being 1, 2 … n
    return len(numbers) >= 3 or numbers == list(range(1, len(numbers) + 1))


def _numbers_apart(words: list[str]) -> tuple[list[int], list[str]]:
    """The numbers of columns among some words, and the words that are none."""
    found = [(w, _DRESSED.match(w)) for w in words]
    numbers = [int(match.group(1)) for _, match in found if match]
    return numbers, [w for w, match in found if not match]


def never_numbers(cells: list[tuple[int, object]]) -> bool:
    """Whether a row that begins with these cells is no row of 栏次, whatever stands behind them."""
    telling = _telling(cells)
    _, others = _numbers_apart(telling)
    return bool(others) and telling[0] not in COLUMN_NUMBER_WORDS | _OTHER_WORDS


def _is_below(cells: list[tuple[int, object]]) -> bool:
    """Whether a row cannot be of a header: it has amounts, or ends the table."""
    return _has_amounts(cells) or is_footer(cells)


def find_header(grid: Grid, top: int | None, data_row: Callable[[int], bool]) -> Header | None:
    """The header is the run of rows from ``top``, the first that speaks the form's words (see
    ``header_top``), down to the first data row.

    ``data_row(r)`` tells whether row r is an item of the table.
    """
    if top is None:
        return None
    numbers: list[int] = []
    rows: list[int] = []
    for r in range(top, min(grid.height, top + SEARCH)):
        cells = grid.rows[r]
        if not cells:
            continue
        if is_column_numbers(cells, below_head=bool(rows)):
            numbers.append(r)
        elif (numbers or rows) and (data_row(r) or _is_below(cells)):
            return Header(top, r, tuple(rows), tuple(numbers))
        else:
            rows.append(r)
    return Header(top, grid.height, tuple(rows), tuple(numbers)) if rows else None


def _has_amounts(cells: list[tuple[int, object]]) -> bool:
    """Whether a row holds decimals behind a label: heads have none."""
    labelled = type(cells[0][1]) is str
    return labelled and any(type(v) is float and not v.is_integer() for _, v in cells[1:])


def _spoken(cells: list[tuple[int, object]], words: frozenset[str]) -> tuple[int, int]:
    """How many cells are words that only headers have, and how many are the form's."""
    texts = [squash(v) for _, v in cells if type(v) is str and len(v) <= 60]
    return sum(t in ANCHORS for t in texts), sum(word(t) in words for t in texts)


def header_top(grid: Grid, words: frozenset[str]) -> int | None:
    """The first row that speaks the form's words."""
    start = grid.start
    for r, cells in enumerate(grid.rows[start : start + SEARCH], start):
        anchors, known = _spoken(cells, words)
        if known >= 3 or (anchors and (anchors + known >= 2 or _next_speaks(grid, r, words))):
            return r
    return None


def _next_speaks(grid: Grid, row: int, words: frozenset[str]) -> bool:
    below = [
        squash(v) for cells in grid.rows[row + 1 : row + 3] for _, v in cells if type(v) is str
    ]
    return sum(t in ANCHORS or word(t) in words for t in below) >= 2


def repeats_header(
    grid: Grid, row: int, texts: frozenset[str], aside: Callable[[int], bool] = lambda column: False
) -> bool:
    """Whether a row below the first data row is a continuation header: every text in it stands in
    the header. What stands ``aside`` of the table's columns (zero-based) has no say.
    """
    cells = [cell for cell in grid.rows[row] if not aside(cell[0])]
    if is_column_numbers(cells):
        return True
    if not cells or any(type(v) is not str for _, v in cells):
        return False
    words = [squash(str(v)) for _, v in cells]
    known = texts.issuperset(words) and total_key(words[0]) is None
    return known and _are_enough(words)


def _are_enough(words: list[str]) -> bool:
    """Whether words of a header make a row one: fewer than three may be labels, but for those that
    only heads have.
    """
    return len(words) >= 3 or not ANCHORS.isdisjoint(words)


def header_texts(grid: Grid, header: Header) -> frozenset[str]:
    rows = range(header.top, header.first)
    return frozenset(squash(v) for r in rows for _, v in grid.rows[r] if type(v) is str)


def is_footer(cells: list[tuple[int, object]]) -> bool:
    """A row of notes or signatures: it starts with a word that no item starts with, or says why a
    table is empty.
    """
    if not cells or type(cells[0][1]) is not str:
        return False
    return is_note(cells[0][1]) or (len(cells) == 1 and tells_empty(cells[0][1]))


def is_clerks_line(cells: list[tuple[int, object]]) -> bool:
    """A row that people or printing programs added: its first text says so."""
    return next((is_clerks_row(v) for _, v in cells if v.__class__ is str and v.strip()), False)  # type: ignore[attr-defined, arg-type]
