"""The exact amounts of the public figures: the internal facts that the rule book says each is the
sum of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

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


def exact_in_arrays(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """The same as numbers of figures (``places``) and their amounts; 64 bits must hold the sums."""
    seen = _seen(is_raised((form, column) for form, _, _, column in facts))
    numbers = seen.numbers(facts)
    runs = seen.runs.rows[numbers]
    figures = seen.figures.rows[reached(runs[:, 0], runs[:, 1]), 0]
    amounts = np.repeat(np.fromiter(facts.values(), np.int64, len(facts)), runs[:, 1])
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

    raised: bool
    known: dict[Key, int] = field(default_factory=dict)
    runs: Grown = field(default_factory=lambda: Grown(2))  # where the figures begin, how many
    figures: Grown = field(default_factory=lambda: Grown(1))

    def numbers(self, facts: Facts) -> np.ndarray:
        """The numbers of the facts; new ones are taken in first. ``runs`` is read after that."""
        known = self.known
        for key in [key for key in facts if key not in known]:
            known[key] = len(known)
            printed = _printed_at(key, self.raised)
            self.runs.add(len(self.figures), len(printed))
            for figure in printed:
                self.figures.add(places.number(figure))
        return np.array([known[key] for key in facts], dtype=np.int64)


@cache
def _seen(raised: bool) -> _Seen:
    return _Seen(raised)


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
