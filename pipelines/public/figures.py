"""The figures of the 13 public tables from the facts of a unit and year, printed so that they still
add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pipelines.public import places
from pipelines.public.exact import Located, exact_amounts, exact_in_arrays
from pipelines.public.items import Items
from pipelines.public.keys import TOTAL, Facts, Key
from pipelines.public.lacking import Lacking
from pipelines.public.parts import Relations
from pipelines.public.rounding import LARGEST, Makeup, balanced, nearest

__all__ = ["Facts", "Key", "Published", "published", "rounded"]


class Figures(NamedTuple):
    """Figures by number (``places``), in arrays alike: exact in 分, printed in 0.01 万元."""

    numbers: np.ndarray
    exact: np.ndarray
    printed: np.ndarray


@dataclass(slots=True)
class Published:
    """The figures of the public tables by (form, block, row, column): exact in 分, and printed in
    0.01 万元. They no longer change once a table was asked for.
    """

    exact: dict[Key, int] = field(default_factory=dict)
    printed: dict[Key, int] = field(default_factory=dict)
    lacking: Lacking = field(default_factory=Lacking)
    # What was worked out of the figures: every table is drawn in two workbooks.
    known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def figures(self) -> Figures:
        """The figures in arrays; amounts beyond 64 bits are objects."""
        if "figures" not in self.known:
            exact, printed = list(self.exact.values()), [self.printed[key] for key in self.exact]
            kind = np.int64 if max(map(abs, exact), default=0) < 2**62 else object
            numbers = places.numbered(self.exact)
            self.known["figures"] = Figures(
                numbers, np.array(exact, dtype=kind), np.array(printed, dtype=kind)
            )
        return self.known["figures"]

    def tables(self) -> dict[str, dict[Key, int]]:
        """The exact figures by form; a form without figures is not there."""
        if "tables" not in self.known:
            tables: dict[str, dict[Key, int]] = {}
            for key, amount in self.exact.items():
                tables.setdefault(key[0], {})[key] = amount
            self.known["tables"] = tables
        return self.known["tables"]

    def lines(self) -> dict[str, dict[str, dict[str, int]]]:
        """The printed figures by form, row and column, for tables without blocks."""
        if "lines" not in self.known:
            lines: dict[str, dict[str, dict[str, int]]] = {}
            for (form, _, row, column), amount in self.printed.items():
                lines.setdefault(form, {}).setdefault(row, {})[column] = amount
            self.known["lines"] = lines
        return self.known["lines"]

    def rows(self, form: str) -> list[str]:
        """The row keys of a list table that carry an amount, codes in order, the total first."""
        return sorted(self.lines().get(form, ()), key=lambda r: (r != TOTAL, r))

    def lack(self, lacking: Lacking) -> Published:
        """The same, knowing what is not known: a sum over funds of which one is lacking is left
        out.
        """
        data = Published(self.exact, self.printed, lacking)
        if lacking.of("G05"):
            for figures in (self.exact, self.printed):
                for key in [k for k in figures if k[0] == "G05" and k[3] == TOTAL]:
                    del figures[key]
        elif "figures" in self.known:
            data.known["figures"] = self.known["figures"]
        return data


def published(facts: Facts) -> Published:
    """The public tables of a unit and year. ``facts``: (form, block, row, column) → 分."""
    if max(map(abs, facts.values()), default=0) > LARGEST:
        return rounded(facts)
    return published_in_arrays(Located.of(facts))


def published_in_arrays(facts: Located) -> Published:
    """The same from facts in arrays."""
    if np.abs(facts.amounts).max(initial=0) > LARGEST:
        return rounded(dict(facts.items()))
    numbers, amounts = exact_in_arrays(facts)
    exact = dict(zip(places.keys_of(numbers), amounts.tolist(), strict=True))
    items, makeup = Items(facts.items(), exact, numbers).spread()
    sound = makeup.sums(np.array(items, dtype=np.int64)) == amounts
    if not sound.all():
        makeup = _Mending(exact, items, makeup.terms(), sound.tolist()).mend()
    printed = balanced(items, amounts, makeup)
    data = Published(exact, dict(zip(exact, printed.tolist(), strict=True)))
    data.known["figures"] = Figures(numbers, amounts, printed)
    return data


def rounded(facts: Facts) -> Published:
    """The same with every figure rounded by itself."""
    exact = exact_amounts(facts)
    return Published(exact, {key: nearest(amount) for key, amount in exact.items()})


class _Mending:
    """Where the source does not add up across tables, the figures of each table still do within it.

    A figure that is not the sum of its smallest items is taken as the sum of its parts in its own
    table, as far as that holds; a smallest figure that differs from its items becomes an item of
    its own.
    """

    def __init__(
        self,
        exact: dict[Key, int],
        items: list[int],
        terms: list[dict[int, int]],
        sound: list[bool],
    ) -> None:
        self.exact, self.items = exact, items
        self.terms = dict(zip(exact, terms, strict=True))
        self.sound = {key for key, holds in zip(exact, sound, strict=True) if holds}
        self.relations = Relations(exact)
        self.own: dict[tuple[str, int], int] = {}
        self.done: set[Key] = set()

    def mend(self) -> Makeup:
        """What the figures are made of now; new items are added to ``items``."""
        for key in self.exact:
            if key not in self.sound:
                self._mend(key)
        return Makeup.of_terms(list(self.terms.values()))

    def _mend(self, key: Key) -> dict[int, int]:
        if key in self.sound or key in self.done:
            return self.terms[key]
        self.done.add(key)
        parts = self.relations.holding(key)
        if parts is None:
            self.terms[key] = {self._own(key): 1}
            return self.terms[key]
        total: dict[int, int] = {}
        for part, sign in parts:
            for item, count in self._mend(part).items():
                total[item] = total.get(item, 0) + sign * count
        self.terms[key] = {item: count for item, count in total.items() if count}
        return self.terms[key]

    def _own(self, key: Key) -> int:
        """An item of the figure's own; the same amount of the same row is the same item in every
        table.
        """
        mark = (key[2], self.exact[key])
        if mark not in self.own:
            self.own[mark] = len(self.items)
            self.items.append(self.exact[key])
        return self.own[mark]
