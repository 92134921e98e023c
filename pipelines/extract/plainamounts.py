"""The amounts of a sheet where all are what they mostly are: spreadsheet numbers that hold a whole
number of 分, and dashes. They become 分 in one pass of arrays; any other cell is for ``of_cell``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.extract.amounts import is_plain

# Up to here a number of 分 has at most fifteen digits, as many as a spreadsheet keeps:
# the nearest binary number tells it from its neighbours.
MOST_FEN = 1e14


@dataclass(frozen=True, slots=True)
class PlainAmounts:
    """One entry for each cell, as in facts; ``digits`` is the most decimals of an amount."""

    fen: list[int | None]
    state: list[str]
    raw: list[str]
    digits: int


def plain_amounts(cells: Sequence[object], exponent: int) -> PlainAmounts | None:
    """The amounts in units of 10^exponent 元; None where one is of another kind."""
    if not all(map(is_plain, cells)):
        return None
    numbers = [v for v in cells if v.__class__ is float]
    found = _whole(numbers, exponent + 2)
    if found is None:
        return None
    texts = _as_yuan(numbers, found.tolist()) if exponent == 0 else [f"{v:.15g}" for v in numbers]
    digits = 2 if exponent == 0 else _decimals(found, exponent + 2)
    if len(numbers) == len(cells):
        return PlainAmounts(found.tolist(), ["number"] * len(cells), texts, digits)
    return _with_dashes(cells, found.tolist(), texts, digits)


def _whole(numbers: list[float], places: int) -> np.ndarray | None:
    """The numbers without their decimals; None where one has more than these or is too large."""
    values, scale = np.array(numbers, np.float64), 10.0**places
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(values * scale)
        sure = (whole / scale == values) & (np.abs(whole) < MOST_FEN)
    return whole.astype(np.int64) if sure.all() else None


def _as_yuan(numbers: list[float], fen: list[int]) -> list[str]:
    return [
        repr(value) if amount % 100 else str(amount // 100)
        for value, amount in zip(numbers, fen, strict=True)
    ]


def _decimals(whole: np.ndarray, places: int) -> int:
    """The most decimals that a number has of ``places``."""
    for zeros in range(places):
        if (whole % 10 ** (zeros + 1)).any():
            return places - zeros
    return 0


def _with_dashes(
    cells: Sequence[object], fen: list[int], texts: list[str], digits: int
) -> PlainAmounts:
    amounts, raws = iter(fen), iter(texts)
    is_dash = [v.__class__ is str for v in cells]
    return PlainAmounts(
        [None if dash else next(amounts) for dash in is_dash],
        ["dash" if dash else "number" for dash in is_dash],
        [str(v) if dash else next(raws) for v, dash in zip(cells, is_dash, strict=True)],
        digits,
    )
