"""The amounts of a sheet where all are what they mostly are: spreadsheet numbers that hold a whole
number of 分, and dashes. They become 分 in one pass of arrays; any other cell is for ``of_cell``.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.extract.amounts import is_plain

# Up to here a number of 分 has at most fifteen digits, as many as a spreadsheet keeps:
# the nearest binary number tells it from its neighbours.
MOST_FEN = 1e14


@dataclass(frozen=True, slots=True)
class PlainAmounts:
    """One entry for each cell: ``fen`` (int64, 0 for a dash) and ``is_dash`` (bool). ``told``: by
    its number the text of each cell whose text does not follow from the amount in 元; ``digits`` is
    the most decimals of an amount.
    """

    fen: np.ndarray
    is_dash: np.ndarray
    told: dict[int, str]
    digits: int


def plain_amounts(cells: Sequence[object], exponent: int) -> PlainAmounts | None:
    """The amounts in units of 10^exponent 元; None where one is of another kind."""
    dashes: dict[int, object] = {}
    if not {*map(type, cells)} <= {float}:
        dashes = {n: v for n, v in enumerate(cells) if v.__class__ is not float}
        if not all(map(is_plain, dashes.values())):
            return None
        cells = list(cells)
        for number in dashes:
            cells[number] = 0.0
    fen = _whole(np.array(cells, np.float64), exponent + 2)
    if fen is None:
        return None
    is_dash = np.zeros(len(cells), bool)
    is_dash[list(dashes)] = True
    told = {n: str(v) for n, v in dashes.items()}
    if exponent == 0:
        return PlainAmounts(fen, is_dash, told, 2)
    printed = _as_printed(cells, dashes)
    return PlainAmounts(fen, is_dash, printed | told, _decimals(fen, exponent + 2))


def _as_printed(cells: Sequence[object], dashes: Container[int]) -> dict[int, str]:
    """The texts of the numbers among some cells, without what a binary number adds to them."""
    return {n: f"{v:.15g}" for n, v in enumerate(cells) if n not in dashes}


def _whole(values: np.ndarray, places: int) -> np.ndarray | None:
    """The numbers without their decimals; None where one has more than these or is too large."""
    scale = 10.0**places
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(values * scale)
        sure = (whole / scale == values) & (np.abs(whole) < MOST_FEN)
    return whole.astype(np.int64) if sure.all() else None


def _decimals(whole: np.ndarray, places: int) -> int:
    """The most decimals that a number has of ``places``."""
    for zeros in range(places):
        if (whole % 10 ** (zeros + 1)).any():
            return places - zeros
    return 0
