"""Which rows and columns the selectors of formulas mean, of those that occur.

The same few tables occur again and again: what a selector means among the rows of a table is looked
for once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from schemas.notation import Selector, pattern, written

MAX_WORDS = 3  # variables in one selector; no rule of the book has more
MOST_KEPT = 2_000  # tables with their rows (or columns) that are remembered; some KB each

Binding = tuple[str, ...]  # the words of a formula that tell its instances apart
Place = tuple[str, str]  # form and block
Keys = tuple[str, ...]  # the rows (or columns) of a place that occur, in order


@dataclass(frozen=True)
class Wanted:
    """A selector that formulas have for one place; its ``words`` with their patterns."""

    number: int
    selector: Selector
    words: Mapping[str, str]
    binding: Binding

    def among(self, positions: Mapping[str, int]) -> list[tuple]:
        """The positions of the keys that it means, each with its number and the words it binds."""
        if self.selector.named is not None:  # most are: no need to look at every key, or to compile
            named = dict.fromkeys(self.selector.named)
            nothing = (None,) * MAX_WORDS
            return [(self.number, positions[k], *nothing) for k in named if k in positions]
        regex = pattern(self.selector, dict(self.words))
        lacking = (None,) * (MAX_WORDS - len(self.binding))
        found = []
        for key, position in positions.items():
            if match := regex.fullmatch(key):
                bound = match.groupdict()
                words = (bound.get(word) for word in self.binding)
                found.append((self.number, position, *words, *lacking))
        return found


@dataclass(frozen=True)
class Matches:
    """A row for each key that a selector means: numbers of selectors, positions of keys, words."""

    selector: np.ndarray
    position: np.ndarray
    words: tuple[pa.Array, ...]


class Axis:
    """The selectors of all rows (or of all columns), numbered, by the place they look at."""

    def __init__(self) -> None:
        self.wanted: dict[Place, list[Wanted]] = {}
        self._numbers: dict[tuple, int] = {}
        self._kept: dict[tuple[Place, Keys], Matches] = {}

    def number(
        self, place: Place, selector: Selector, words: Mapping[str, str], binding: Binding
    ) -> int:
        """The selector's number: the rule book means the same rows again and again.

        Raises ``re.error`` for a word that no pattern can have.
        """
        if not all(map(str.isidentifier, selector.words)):
            pattern(selector, dict(words))
        means = (place, selector.named or written(selector, dict(words)), binding)
        if means not in self._numbers:
            self._numbers[means] = len(self._numbers)
            wanted = Wanted(self._numbers[means], selector, words, binding)
            self.wanted.setdefault(place, []).append(wanted)
        return self._numbers[means]

    def matches(self, place: Place, keys: Keys) -> Matches:
        """What the selectors of a place mean among its keys."""
        if (place, keys) not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[place, keys] = self._matches(place, keys)
        return self._kept[place, keys]

    def _matches(self, place: Place, keys: Keys) -> Matches:
        positions = {key: position for position, key in enumerate(keys)}
        rows = [row for w in self.wanted.get(place, ()) for row in w.among(positions)]
        columns = list(zip(*rows, strict=True)) or [()] * (2 + MAX_WORDS)
        selector, position = (np.array(column, np.int32) for column in columns[:2])
        return Matches(selector, position, tuple(pa.array(c, pa.string()) for c in columns[2:]))
