"""Rows of texts that recur from workbook to workbook, then amounts: a table, or a long list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Words = tuple[tuple[str | None, Any], ...]  # texts (None: a blank cell) with their formats
Cut = Callable[[tuple[str, ...], int], list[bytes]]  # texts in a format as pieces of XML


class Head:
    """How a row of a table begins; ``pieces`` are its words as XML once a row was rendered."""

    __slots__ = ("pieces", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self.pieces: list[bytes] | None = None


Row = tuple[Head, Mapping[str, int], Any]  # then hundredths by column, and their format


class Phrases:
    """The texts that rows begin with, by number: equally many of them in each."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, ...]] = []
        self._pieces: dict[int, Pieces] = {}

    def pieces(self, style: int, cut: Cut) -> np.ndarray:
        """All of them cut into pieces, a row each; only new ones are cut."""
        known = self._pieces.setdefault(style, Pieces())
        known.add([cut(texts, style) for texts in self.texts[known.count :]])
        return known.rows


class Pieces:
    """Rows of as many pieces each, with room for more."""

    def __init__(self) -> None:
        self.count = 0
        self.rows = np.empty((0, 0), dtype=object)

    def add(self, new: Sequence[Sequence[bytes]]) -> None:
        if not new:
            return
        count = self.count + len(new)
        if count > len(self.rows):
            more = np.empty((2 * count, len(new[0])), dtype=object)
            if self.count:
                more[: self.count] = self.rows[: self.count]
            self.rows = more
        self.rows[self.count : count] = new
        self.count = count


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of a list: ``numbers`` says with which of the ``phrases`` each begins; ``amounts``
    are columns in hundredths, a zero in the last of them is left blank.
    """

    phrases: Phrases
    numbers: np.ndarray
    amounts: Sequence[np.ndarray]

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], list[int]]]:
        """Row by row: its texts and its amounts."""
        columns = [column.tolist() for column in self.amounts]
        for number, *amounts in zip(self.numbers.tolist(), *columns, strict=True):
            yield self.phrases.texts[number], amounts if amounts[-1] else amounts[:-1]
