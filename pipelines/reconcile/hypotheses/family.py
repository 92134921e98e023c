"""A family's cells and formulas in arrays: what a change of many cells at once mends and breaks, in
milliseconds.

The family is every unit and year whose amounts meet in one formula: a department, its subordinates
and the year before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.verdict import Sums, fails

INST_BITS = 43  # chk << 32 | number: 2,048 checks
SIDES = 3
# Amounts beyond this (1,000 billion 元) are cut off here: sums of them must stay within 64 bits.
MOST = 10**14


class Effect(NamedTuple):
    """Codes of failing instances that would hold, and of those that hold and would fail."""

    mended: np.ndarray
    broken_codes: np.ndarray

    @property
    def broken(self) -> int:
        return len(self.broken_codes)


class Amount(NamedTuple):
    amt: int
    half: int
    times: int


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
        first = np.searchsorted(self.key, keys, "left")
        count = np.searchsorted(self.key, keys, "right") - first
        which = np.repeat(np.arange(len(keys)), count)
        start = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        return which, start + np.arange(len(which))


@dataclass
class Family:
    """``names``: unit and year by number; ``cells``: what each unit and year holds; ``serves``:
    whose formulas they enter.
    """

    names: dict[int, tuple[str, str, int]]
    cells: dict[int, dict[int, Amount]]
    serves: dict[int, list[tuple[int, int]]]
    terms: Terms
    codes: np.ndarray  # sorted: target and instance of every sum below
    sums: Sums
    failing: np.ndarray  # sorted codes
    ignored: np.ndarray  # sorted codes that are not judged
    closed: np.ndarray  # targets × checks: not evaluated, whatever stands in the cells
    checks: dict[str, np.ndarray]
    numbers: dict[int, int]
    parents: dict[int, list[int]]
    before: dict[int, int]
    keys: dict[int, tuple[str, str, str, str]]
    published: frozenset[str] = frozenset()  # the forms that go to the public
    wished: dict[int, dict[int, set[int]]] = field(default_factory=dict)
    blanks: dict[int, set[int]] = field(default_factory=dict)  # blank cells that may be filled
    work: int = 0  # terms moved so far, which bounds how much is tried

    @cached_property
    def universe(self) -> np.ndarray:
        """Every key that any formula names."""
        return np.unique(self.terms.key)

    @cached_property
    def _by_form(self) -> dict[str, dict[tuple[str, str, str], int]]:
        found: dict[str, dict[tuple[str, str, str], int]] = {}
        for key, (form, *place) in self.keys.items():
            found.setdefault(form, {})[tuple(place)] = key  # type: ignore[index]
        return found

    def places_of(self, form: str) -> dict[tuple[str, str, str], int]:
        """Every cell of a form that anyone has or a formula names: its key by block, row and
        column.
        """
        return self._by_form.get(form, {})

    def code(self, target: np.ndarray, inst: np.ndarray) -> np.ndarray:
        return (target.astype(np.int64) << INST_BITS) | inst

    def touched(
        self, uys: np.ndarray, keys: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Everywhere that cells enter a formula: (which cell, code of the instance, which term)."""
        which, term = self.terms.of(keys)
        scope = self.terms.scope[term]
        found_which, found_code, found_term = [], [], []
        for uy in np.unique(uys):
            mine = uys[which] == uy
            for target, served in self.serves.get(int(uy), ()):
                chosen = mine & (scope == served)
                found_which.append(which[chosen])
                found_term.append(term[chosen])
                target_of = np.full(int(chosen.sum()), self.numbers[target])
                found_code.append(self.code(target_of, self.terms.inst[term[chosen]]))
        if not found_which:
            empty = np.zeros(0, np.int64)
            return empty, empty, empty
        return (
            np.concatenate(found_which),
            np.concatenate(found_code),
            np.concatenate(found_term),
        )

    @cached_property
    def by_instance(self) -> tuple[np.ndarray, np.ndarray]:
        """The instances of all terms in order, and which term each is."""
        order = np.argsort(self.terms.inst, kind="stable")
        return self.terms.inst[order], order

    def cells_of(self, target: int, inst: int) -> list[tuple[tuple[int, int], int, int]]:
        """The cells of an instance that are filled or may be, each with its side and
        coefficient.
        """
        instances, order = self.by_instance
        first, last = np.searchsorted(instances, [inst, inst + 1])
        found = []
        for term in order[first:last]:
            key, scope = int(self.terms.key[term]), int(self.terms.scope[term])
            for uy in self.sources.get((target, scope), ()):
                if key in self.cells.get(uy, {}) or key in self.blanks.get(uy, ()):
                    side, coef = int(self.terms.side[term]), int(self.terms.coef[term])
                    found.append(((uy, key), side, coef))
        return found

    @cached_property
    def sources(self) -> dict[tuple[int, int], list[int]]:
        """Whose cells enter the formulas of a target (by its number) under a scope."""
        found: dict[tuple[int, int], list[int]] = {}
        for uy, targets in self.serves.items():
            for target, scope in targets:
                found.setdefault((self.numbers[target], scope), []).append(uy)
        return found

    def failing_with(self, uys: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Codes of the failing instances in which any of the cells takes part."""
        _, code, _ = self.touched(uys, keys)
        return np.unique(code[within(self.failing, code)])

    def wishes(self, uy: int) -> dict[int, set[int]]:
        """By key of a cell of this unit and year, filled or blank: the amounts (分) that would
        settle a failing equality.
        """
        if uy not in self.wished:
            self.wished[uy] = self._wishes(uy)
        return self.wished[uy]

    def _wishes(self, uy: int) -> dict[int, set[int]]:
        which, code, term = self.touched(np.full(len(self.universe), uy), self.universe)
        kinds = (code & ((1 << INST_BITS) - 1)) >> 32
        plain = (self.checks["cmp"][kinds] == "=") & ~self.checks["rich"][kinds].astype(bool)
        chosen = plain & within(self.failing, code)
        which, code, term = which[chosen], code[chosen], term[chosen]
        sums = self.sums.at(self.codes, code)
        off = sums.total[:, 0] + sums.total[:, 1]
        held: dict[int, Amount] = self.cells.get(uy, {})
        found: dict[int, set[int]] = {}
        for key, step in zip(self.universe[which], off // self.terms.coef[term], strict=True):
            amount = held.get(int(key))
            wish = (amount.amt if amount else 0) - int(step)
            found.setdefault(int(key), set()).add(wish)
        return found

    def effect(self, changes: Changes, lost: np.ndarray | None = None) -> Effect:
        """What the change mends and breaks; instances among ``lost`` codes are not counted as
        broken.
        """
        step, wider, more = self._steps(changes)
        which, code, term = self.touched(changes.uy, changes.key)
        self.work += len(code)
        if not len(code):
            return Effect(code, code)
        codes, at = np.unique(code, return_inverse=True)
        slot = at * SIDES + self.terms.side[term]
        coef = self.terms.coef[term].astype(np.int64)
        before = self.sums.at(self.codes, codes)
        after = before.moved(
            _added(slot, coef * step[which], len(codes)),
            _added(slot, np.abs(coef) * wider[which], len(codes)),
            _added(slot, more[which], len(codes)),
        )
        kinds = (codes & ((1 << INST_BITS) - 1)) >> 32
        now, then = fails(before, kinds, self.checks), fails(after, kinds, self.checks)
        failing = within(self.failing, codes)
        judged = ~within(self.ignored, codes) & ~self.closed[codes >> INST_BITS, kinds]
        if lost is not None and len(lost):
            judged &= ~within(np.unique(lost), codes)
        return Effect(codes[failing & ~then], codes[judged & ~failing & ~now & then])

    def _steps(self, changes: Changes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """By how much each cell moves: its amount, its width, and how often it is filled."""
        nothing = Amount(0, 0, 0)
        pairs = zip(changes.uy, changes.key, strict=True)
        held = [self.cells.get(int(u), {}).get(int(k), nothing) for u, k in pairs]
        now = np.array(held, np.int64).reshape(-1, 3)
        amt = np.where(changes.blank, 0, changes.amt)
        half = np.where(changes.blank, 0, changes.half)
        return amt - now[:, 0], half - now[:, 1], (~changes.blank).astype(np.int64) - now[:, 2]


def within(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which values are among the sorted ones."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[place] == values


def _added(slot: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
    """Values summed by instance and side, exactly."""
    total = np.zeros(size * SIDES, np.int64)
    np.add.at(total, slot, value)
    return total.reshape(size, SIDES)
