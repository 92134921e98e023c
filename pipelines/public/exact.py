"""The exact amounts of the public figures: the internal facts that the rule book says each is the
sum of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np

from pipelines.public import places
from pipelines.public.grown import Grown, reached
from pipelines.public.keys import TOTAL, Facts, Key
from schemas.relations import figures_of, raised_columns

# 国有资本经营预算 has no column for its kind of expenditure in the internal tables; it is spent on
# projects.
_ALL_PROJECTS = {
    ("Z11", "本年支出"): ("G11", "本年支出/项目支出"),
    ("Z12", TOTAL): ("G12", "项目支出"),
}


def exact_amounts(facts: Facts) -> dict[Key, int]:
    """The figures of the public tables that are not zero, in 分.

    ``facts``: (form, block, row, column) → 分.
    """
    raised = is_raised((form, column) for form, _, _, column in facts)
    exact: dict[Key, int] = {}
    for key, amount in facts.items():
        for figure in _printed_at(key, raised):
            exact[figure] = exact.get(figure, 0) + amount
    return {key: amount for key, amount in exact.items() if amount}


class KeyList:
    """The keys of the facts of one or of several units, looked up once for all of them."""

    def __init__(self, keys: Sequence[Key]) -> None:
        preferred = raised_columns()
        self.keys = keys
        self._raising = np.array([preferred.get(k[0]) == k[3] for k in keys], dtype=bool)
        self._numbers = _seen().numbers(keys)

    def runs(self, at: np.ndarray) -> np.ndarray:
        """Where the figures of facts begin among all, and how many they are, a row for each; facts
        are given by their places in the list.
        """
        raised = self._raising[at].any()
        found: np.ndarray = _seen().runs.rows[self._numbers[at]]
        return found[:, 2:] if raised else found[:, :2]


class Located(NamedTuple):
    """The facts of a unit and year: their places in a list of keys, and their amounts in 分, which
    64 bits must hold.
    """

    keys: KeyList
    at: np.ndarray
    amounts: np.ndarray

    @classmethod
    def of(cls, facts: Facts) -> Located:
        amounts = np.fromiter(facts.values(), np.int64, len(facts))
        return cls(KeyList(list(facts)), np.arange(len(facts)), amounts)

    def items(self) -> Iterator[tuple[Key, int]]:
        """Each fact by its key, with its amount."""
        keys = self.keys.keys
        return zip([keys[k] for k in self.at.tolist()], self.amounts.tolist(), strict=True)


def exact_in_arrays(facts: Located) -> tuple[np.ndarray, np.ndarray]:
    """The same as numbers of figures (``places``) and their amounts; 64 bits must hold the sums."""
    runs = facts.keys.runs(facts.at)
    figures = _seen().figures.rows[reached(runs[:, 0], runs[:, 1]), 0]
    amounts = np.repeat(facts.amounts, runs[:, 1])
    met, first, place = np.unique(figures, return_index=True, return_inverse=True)
    sums = np.zeros(len(met), dtype=np.int64)
    np.add.at(sums, place, amounts)
    order = np.argsort(first)  # as they are met among the facts
    order = order[sums[order] != 0]
    return met[order], sums[order]


@dataclass(slots=True)
class _Seen:
    """The internal facts met so far, by a number of their own, with the figures they are part
    of.
    """

    known: dict[Key, int] = field(default_factory=dict)
    # where the figures begin, how many; the same where the adjusted column is filled
    runs: Grown = field(default_factory=lambda: Grown(4))
    figures: Grown = field(default_factory=lambda: Grown(1))

    def numbers(self, keys: Sequence[Key]) -> np.ndarray:
        """The numbers of facts; new ones are taken in first. ``runs`` is read after that."""
        known, preferring = self.known, raised_columns()
        for key in [key for key in keys if key not in known]:
            known[key] = len(known)
            run = self._run(_printed_at(key, False))
            other = self._run(_printed_at(key, True)) if key[0] in preferring else run
            self.runs.add(*run, *other)
        return np.array([known[key] for key in keys], dtype=np.int64)

    def _run(self, printed: Sequence[Key]) -> tuple[int, int]:
        begin = len(self.figures)
        for figure in printed:
            self.figures.add(places.number(figure))
        return begin, len(printed)


@cache
def _seen() -> _Seen:
    return _Seen()


def is_raised(columns: Iterable[tuple[str, str]]) -> bool:
    """Whether the adjusted column (全年预算数) is filled beside the first one; ``columns``: (form,
    column) of the facts.
    """
    preferred = raised_columns()
    return any(preferred.get(form) == column for form, column in columns)


def _printed_at(key: Key, raised: bool) -> tuple[Key, ...]:
    form, _, row, column = key
    found = figures_of(key, raised)
    if (form, column) in _ALL_PROJECTS:
        public, own_column = _ALL_PROJECTS[form, column]
        found = (*found, (public, "", row, own_column))
    return found
