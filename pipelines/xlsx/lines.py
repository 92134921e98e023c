"""A long list: rows of texts that recur from workbook to workbook, then amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

Cut = Callable[[tuple[str, ...], int], list[bytes]]  # texts in a format as pieces of XML


@dataclass(slots=True)
class Phrases:
    """The texts that rows begin with, by number: equally many of them in each."""

    texts: list[tuple[str, ...]] = field(default_factory=list)
    _cut: dict[int, np.ndarray] = field(default_factory=dict)

    def pieces(self, style: int, cut: Cut) -> np.ndarray:
        """All of them cut into pieces, a row each; only new ones are cut."""
        known = self._cut.get(style)
        met = 0 if known is None else len(known)
        if known is None or met < len(self.texts):
            new = np.array([cut(texts, style) for texts in self.texts[met:]], dtype=object)
            known = self._cut[style] = new if known is None else np.concatenate([known, new])
        return known


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
