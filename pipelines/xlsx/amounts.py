"""How amounts stand in a cell: written once for each amount, as the figures of a unit recur from
table to table.
"""

from __future__ import annotations

from collections.abc import Callable

MOST_KEPT = 100_000  # amounts: some ten megabytes


class Written(dict[int, bytes]):
    """Amounts in hundredths with their text; one not met yet is written when it is asked for."""

    def __init__(self, write: Callable[[float], str]) -> None:
        self._write = write

    def __missing__(self, amount: int) -> bytes:
        if len(self) >= MOST_KEPT:
            self.clear()
        text = self[amount] = self._write(amount / 100).encode()
        return text


in_rows = Written(repr)  # 12.0
in_slots = Written("><v>{:.16G}</v></c>".format)  # 12, and what closes its cell
