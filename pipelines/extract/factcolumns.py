"""The facts of a sheet in columns of numbers: texts are told once for each line and each place.

What does not belong here: what a cell is worth (``amounts.py``, ``facts.py``), and how facts are
kept (``store.py``).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pipelines.extract.plainamounts import PlainAmounts
from pipelines.extract.reading import Flat, Item
from pipelines.extract.rows import Line
from pipelines.extract.text import address

# As the codes of facts that are kept, so that another order makes all extractions anew.
STATES = ("number", "dash", "error", "uncached", "text")
NUMBER, DASH = STATES[0], STATES[1]
CODES = {state: code for code, state in enumerate(STATES)}


class Fact(NamedTuple):
    """One fact before its unit is known; ``fen`` in hundredths of 元 (or of the item counted)."""

    block: str
    row_key: str
    row_label: str
    col_key: str
    col_label: str
    fen: int | None
    state: str
    raw: str
    cell: str
    measure: str


class _Places(dict[tuple[int, str], int]):
    """(column, key) → number, in the order in which they are first asked for."""

    def __missing__(self, place: tuple[int, str]) -> int:
        self[place] = number = len(self)
        return number


@dataclass(slots=True)
class FactColumns:
    """Facts in the order of the sheet. Of each the numbers of its ``line`` (among ``lines``) and
    ``place``, its amount (``fen``; 0 where there is none) and the code of its ``state``.

    ``told``: by the number of a fact what its cell held, where that does not follow from the amount
    (``text_of``). ``labels``: heads by zero-based column. ``digits``: the most decimals printed.
    """

    lines: Sequence[Line] = ()
    labels: Mapping[int, str] = field(default_factory=dict)
    line: array[int] = field(default_factory=lambda: array("i"))
    place: array[int] = field(default_factory=lambda: array("i"))
    fen: array[int] = field(default_factory=lambda: array("q"))
    state: array[int] = field(default_factory=lambda: array("b"))
    told: dict[int, str] = field(default_factory=dict)
    places: _Places = field(default_factory=_Places)
    digits: int = 2
    _numbers: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = {id(line): number for number, line in enumerate(self.lines)}

    def number_of(self, line: Line) -> int:
        """The number of a line of the sheet, itself or one that tells the same."""
        number = self._numbers.get(id(line))
        return self.lines.index(line) if number is None else number

    def add(
        self, line: int, column: int, key: str, fen: int | None, state: str, raw: str | None
    ) -> None:
        """One fact; ``raw`` is None where it follows from the amount."""
        if raw is not None:
            self.told[len(self.line)] = raw
        self.line.append(line)
        self.place.append(self.places[column, key])
        self.fen.append(fen or 0)
        self.state.append(CODES[state])

    def add_plain(
        self, items: Sequence[Item], cells: Sequence[tuple[int, object, str]], plain: PlainAmounts
    ) -> None:
        """The facts of a whole table; ``cells`` are those of ``items``, one after the other."""
        places = self.places
        self.place.extend([places[column, key] for column, _, key in cells])
        for line, row in items:
            self.line.extend([self.number_of(line)] * len(row))
        self._add_amounts(plain)

    def add_flat(self, flat: Flat, plain: PlainAmounts) -> None:
        """The facts of a whole table whose amounts lie one after the other."""
        place = {c: self.places[c, flat.keys[c]] for c in dict.fromkeys(flat.columns)}
        self.place.extend([place[column] for column in flat.columns])
        lines = np.repeat(np.arange(len(flat.counts), dtype=np.int32), flat.counts)
        self.line.frombytes(lines.tobytes())
        self._add_amounts(plain)

    def _add_amounts(self, plain: PlainAmounts) -> None:
        self.fen.frombytes(plain.fen.tobytes())
        self.state.frombytes(plain.is_dash.tobytes())  # the codes of a number and of a dash
        self.told.update(plain.told)
        self.digits = max(self.digits, plain.digits)

    def cells(self) -> set[tuple[int, int]]:
        """(row, column) of every fact, from zero."""
        columns = [column for column, _ in self.places]
        pairs = zip(self.line, self.place, strict=True)
        return {(self.lines[line].row, columns[place]) for line, place in pairs}

    def __len__(self) -> int:
        return len(self.line)

    def __iter__(self) -> Iterator[Fact]:
        """The facts with their texts."""
        places = list(self.places)
        for n, (number, place) in enumerate(zip(self.line, self.place, strict=True)):
            line, (column, key) = self.lines[number], places[place]
            state = STATES[self.state[n]]
            fen = self.fen[n] if state == NUMBER else None
            yield Fact(
                *(line.block, line.key, line.label, key, self.labels[column], fen, state),
                self.told[n] if n in self.told else text_of(self.fen[n]),
                address(line.row, column),
                "count" if line.count else "money",
            )


def text_of(fen: int) -> str:
    """The shortest writing of an amount in 元, as a spreadsheet keeps it: ``12``, ``-0.5``."""
    whole, rest = divmod(abs(fen), 100)
    decimals = f".{rest:02}".rstrip("0") if rest else ""
    return f"{'-' if fen < 0 else ''}{whole}{decimals}"
