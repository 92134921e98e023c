"""What all families of a slice share: the formulas as terms, and what their cells are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

Keys = Mapping[int, tuple[str, str, str, str]]  # what each key stands for: form, block, row, column
INSIDE, ACROSS, BEYOND = range(3)
Place = tuple[str, str, str]  # block, row and column


@dataclass
class Terms:
    """The terms of all formulas, sorted by the key of the cell without its scope."""

    key: np.ndarray
    inst: np.ndarray
    side: np.ndarray
    coef: np.ndarray
    scope: np.ndarray

    def of(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For every key the numbers of its terms: (which of the keys, which term)."""
        return _runs(self.key, keys)

    @cached_property
    def by_instance(self) -> tuple[np.ndarray, np.ndarray]:
        """The instances of all terms in order, and which term each is."""
        order = np.argsort(self.inst, kind="stable")
        return self.inst[order], order

    def within(self, instances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For every instance the numbers of its terms: (which of the instances, which term)."""
        ordered, order = self.by_instance
        which, place = _runs(ordered, instances)
        return which, order[place]


@dataclass
class Book:
    """The terms of the rules' own checks, the keys, the checks by number, and the forms that go to
    the public.
    """

    terms: Terms
    keys: Keys
    checks: Mapping[str, np.ndarray]
    published: frozenset[str]
    pairs: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    @cached_property
    def by_form(self) -> dict[str, dict[Place, int]]:
        """The key of each cell of a form that anyone has or a formula names."""
        found: dict[str, dict[Place, int]] = {}
        for key, (form, block, row, column) in self.keys.items():
            found.setdefault(form, {})[block, row, column] = key
        return found

    def cells_of(self, form: str) -> np.ndarray:
        """The keys of a form's cells."""
        return self.paired(form, form)[0]

    def paired(self, mine: str, its: str) -> tuple[np.ndarray, np.ndarray]:
        """The keys of a form's cells, and those of the same places in another form, nought where it
        has none.
        """
        if (mine, its) not in self.pairs:
            there = self.by_form.get(its, {})
            own = self.by_form.get(mine, {})
            keys = np.fromiter(own.values(), np.uint64, len(own))
            others = np.fromiter((there.get(place, 0) for place in own), np.uint64, len(own))
            self.pairs[mine, its] = keys, others
        return self.pairs[mine, its]

    @cached_property
    def forms(self) -> list[str]:
        """All forms, in the order of their numbers."""
        return sorted(self.by_form)

    @cached_property
    def form_of_term(self) -> np.ndarray:
        """The number of the form in which the cell of each term stands, -1 where nobody has it."""
        numbers = {form: n for n, form in enumerate(self.forms)}
        keys = np.fromiter(self.keys, np.uint64, len(self.keys))
        of = np.fromiter((numbers[p[0]] for p in self.keys.values()), np.int64, len(keys))
        order = np.argsort(keys)
        place = np.minimum(np.searchsorted(keys[order], self.terms.key), len(keys) - 1)
        known = keys[order][place] == self.terms.key
        return np.where(known, of[order][place], -1)

    def reach(self, instances: np.ndarray) -> np.ndarray:
        """Of each instance whether it stays INSIDE a form, goes ACROSS forms of the unit and year,
        or BEYOND these.
        """
        which, term = self.terms.within(instances)
        form = self.form_of_term[term]
        size = len(instances)
        lowest, highest = np.full(size, len(self.forms)), np.full(size, -1)
        np.minimum.at(lowest, which, form)
        np.maximum.at(highest, which, form)
        beyond = np.zeros(size, bool)
        beyond[which[self.terms.scope[term] != 0]] = True
        return np.where(beyond, BEYOND, np.where(lowest == highest, INSIDE, ACROSS))


def _runs(ordered: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each of the values stands in the sorted array: (which of the values, which place)."""
    first = np.searchsorted(ordered, values, "left")
    count = np.searchsorted(ordered, values, "right") - first
    which = np.repeat(np.arange(len(values)), count)
    start = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count)
    return which, start + np.arange(len(which))
