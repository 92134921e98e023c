"""A family's cells and formulas in arrays: what a change of many cells at once mends and breaks, in
milliseconds.

The family is every unit and year whose amounts meet in one formula: a department, its subordinates
and the year before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.book import Book, Keys, Terms
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.holding import NOTHING, Holding
from pipelines.reconcile.hypotheses.partners import Ring, Submitted
from pipelines.reconcile.hypotheses.verdict import Sums, fails
from pipelines.reconcile.hypotheses.wishes import Wishes

INST_BITS = 43  # chk << 32 | number: 2,048 checks
SIDES = 3
# Amounts beyond this (1,000 billion 元) are cut off here: sums of them must stay within 64 bits.
MOST = 10**14


class Effect(NamedTuple):
    """Codes of failing instances that would hold, of those that hold and would fail, and of all
    that fail as it is.
    """

    mended: np.ndarray
    broken_codes: np.ndarray
    failing: np.ndarray

    @property
    def broken(self) -> int:
        return len(self.broken_codes)


@dataclass
class Family:
    """``names``: unit and year by number; ``cells``: what each unit and year holds; ``serves``:
    whose formulas they enter.
    """

    names: dict[int, tuple[str, str, int]]
    cells: dict[int, Holding]
    serves: dict[int, list[tuple[int, int]]]
    book: Book
    codes: np.ndarray  # sorted: target and instance of every sum below
    sums: Sums
    failing: np.ndarray  # sorted codes
    ignored: np.ndarray  # sorted codes that are not judged
    closed: np.ndarray  # targets × checks: not evaluated, whatever stands in the cells
    numbers: dict[int, int]
    parents: dict[int, list[int]]
    before: dict[int, int]
    # units and years whose workbooks may have been taken for each other, by the first of them, and
    # what they sent in
    partners: dict[int, Ring] = field(default_factory=dict)
    submitted: dict[int, list[Submitted]] = field(default_factory=dict)
    wished: dict[int, Wishes] = field(default_factory=dict)
    blanks: dict[int, set[int]] = field(default_factory=dict)  # blank cells that may be filled
    work: int = 0  # terms moved so far, which bounds how much is tried

    def holding(self, uy: int) -> Holding:
        """What a unit and year holds; one that sent nothing in holds nothing."""
        return self.cells.get(uy, NOTHING)

    @property
    def terms(self) -> Terms:
        return self.book.terms

    @property
    def keys(self) -> Keys:
        return self.book.keys

    @property
    def checks(self) -> Mapping[str, np.ndarray]:
        return self.book.checks

    @property
    def published(self) -> frozenset[str]:
        return self.book.published

    def code(self, target: np.ndarray, inst: np.ndarray) -> np.ndarray:
        return (target.astype(np.int64) << INST_BITS) | inst

    def touched(
        self, uys: np.ndarray, keys: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Everywhere that cells enter a formula: (which cell, code of the instance, which term)."""
        empty = np.zeros(0, np.int64)
        if not len(keys):
            return empty, empty, empty
        which, term = self.terms.of(keys)
        scope, inst = self.terms.scope[term], self.terms.inst[term]
        found = []
        for uy, mine in _each(uys, which):
            for target, served in self.serves.get(uy, ()):
                chosen = np.flatnonzero(mine & (scope == served))
                code = (self.numbers[target] << INST_BITS) | inst[chosen]
                found.append((which[chosen], code, term[chosen]))
        if not found:
            return empty, empty, empty
        whiches, codes, terms = zip(*found, strict=True)
        return np.concatenate(whiches), np.concatenate(codes), np.concatenate(terms)

    def cells_of(self, target: int, inst: int) -> list[tuple[tuple[int, int], int, int]]:
        """The cells of an instance that are filled or may be, each with its side and
        coefficient.
        """
        found = []
        for term in self.terms.within(np.array([inst]))[1]:
            key, scope = int(self.terms.key[term]), int(self.terms.scope[term])
            for uy in self.sources.get((target, scope), ()):
                if key in self.holding(uy) or key in self.blanks.get(uy, ()):
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

    def wishes(self, uy: int) -> Wishes:
        """What cells of this unit and year, filled or blank, would settle a failing equality."""
        if uy not in self.wished:
            self.wished[uy] = self._wishes(uy)
        return self.wished[uy]

    def _wishes(self, uy: int) -> Wishes:
        code, term = self.failing_terms(uy)
        kinds = (code & ((1 << INST_BITS) - 1)) >> 32
        plain = (self.checks["cmp"][kinds] == "=") & ~self.checks["rich"][kinds].astype(bool)
        code, term = code[plain], term[plain]
        sums = self.sums.at(self.codes, code)
        off = sums.total[:, 0] + sums.total[:, 1]
        keys = self.terms.key[term]
        wished = self.holding(uy).amounts(keys) - off // self.terms.coef[term]
        found: dict[int, set[int]] = {}
        for key, wish in zip(keys.tolist(), wished.tolist(), strict=True):
            found.setdefault(key, set()).add(wish)
        return Wishes(found)

    def failing_terms(self, uy: int) -> tuple[np.ndarray, np.ndarray]:
        """Codes of the failing instances that cells of this unit and year enter, and as which term,
        in the order of the cells.
        """
        inst = self.failing & ((1 << INST_BITS) - 1)
        target = self.failing >> INST_BITS
        which, term = self.terms.within(inst)
        served = np.zeros(len(term), bool)
        for other, scope in self.serves.get(uy, ()):
            served |= (target[which] == self.numbers[other]) & (self.terms.scope[term] == scope)
        which, term = which[served], term[served]
        order = np.argsort(self.terms.key[term], kind="stable")
        return self.failing[which[order]], term[order]

    def effect(
        self,
        changes: Changes,
        lost: np.ndarray | None = None,
        closed: np.ndarray | None = None,
    ) -> Effect:
        """What the change mends and breaks; instances among ``lost`` codes are not counted as
        broken, nor those ``closed`` (targets × checks) once it is made.
        """
        step, wider, more = self.steps(changes)
        which, code, term = self.touched(changes.uy, changes.key)
        self.work += len(code)
        if not len(code):
            return Effect(code, code, code)
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
        now, then = within(self.out, codes), fails(after, kinds, self.checks)
        failing = within(self.failing, codes)
        shut = self.closed if closed is None else closed
        judged = ~within(self.ignored, codes) & ~shut[codes >> INST_BITS, kinds]
        if lost is not None and len(lost):
            judged &= ~within(np.unique(lost), codes)
        broken = judged & ~failing & ~now & then
        return Effect(codes[failing & ~then], codes[broken], codes[failing])

    @cached_property
    def out(self) -> np.ndarray:
        """Sorted codes of the sums that do not hold as they are, judged or not."""
        kinds = (self.codes & ((1 << INST_BITS) - 1)) >> 32
        return self.codes[fails(self.sums, kinds, self.checks)]

    def steps(self, changes: Changes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """By how much each cell moves: its amount, its width, and how often it is filled."""
        now = np.zeros((len(changes), 3), np.int64)
        for uy in np.unique(changes.uy):
            mine = changes.uy == uy
            now[mine] = self.holding(int(uy)).at(changes.key[mine])
        amt = np.where(changes.blank, 0, changes.amt)
        half = np.where(changes.blank, 0, changes.half)
        return amt - now[:, 0], half - now[:, 1], (~changes.blank).astype(np.int64) - now[:, 2]


def _each(uys: np.ndarray, which: np.ndarray) -> Iterator[tuple[int, np.ndarray | bool]]:
    """The units and years of some cells, each with which of ``which`` are its own."""
    if len(uys) and (uys == uys[0]).all():  # most changes are: nothing to be told apart
        yield int(uys[0]), True
        return
    of = uys[which]
    for uy in np.unique(uys):
        yield int(uy), of == uy


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
