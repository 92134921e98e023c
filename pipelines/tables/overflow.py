"""Heads whose last words were printed into the row of column numbers below, as where a fixed row
height is too small for them: ``本年支出合`` over ``计 1``.
"""

from __future__ import annotations

import re
from itertools import pairwise

HEAD_ROWS = 8  # rows in which heads stand
FEWEST = 3  # column numbers that make a row of them
_NUMBERED = re.compile(r"^(\D*?)\s*(\d{1,3})$", re.DOTALL)
_WORDS = ("", "栏次", "栏号", "项目")


def lift_overflow(cells: list[list[object]]) -> None:
    """Gives words in a row of column numbers back to the heads above; changes ``cells``."""
    for r, row in enumerate(cells[1:HEAD_ROWS], 1):
        found = _numbers(row)
        if found and any(words for _, words, _ in found):
            for column, words, number in found:
                row[column] = number
                _append(cells, r, column, words)
            return


def _numbers(row: list[object]) -> list[tuple[int, str, str]]:
    """(column, words before it, number) of a row of column numbers; nothing where it is another."""
    found = []
    for column, value in enumerate(row):
        match = _NUMBERED.match(str(value))
        if match:
            found.append((column, re.sub(r"\s", "", match[1]), match[2]))
        elif str(value).strip() not in _WORDS:
            return []
    rising = [int(number) for _, _, number in found]
    steps = all(b == a + 1 for a, b in pairwise(rising))
    return found if len(found) >= FEWEST and steps else []


def _append(cells: list[list[object]], r: int, column: int, words: str) -> None:
    """The words behind those of the nearest head over the column."""
    above = next((a for a in range(r - 1, -1, -1) if cells[a][column]), None)
    if words and above is not None:
        cells[above][column] = f"{cells[above][column]}{words}"
