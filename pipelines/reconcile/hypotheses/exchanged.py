"""Whole workbooks of two units under each other's name, or of three in a ring: the file, or the
name printed in it, says one unit, the amounts are another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.partners import Ring, Submitted, apart

# Different amounts by which the formulas are off that hold once the two are exchanged: a carry-over
# of one item that stands in the other unit's tables gives one, with a slip of another kind two.
LEAST_DIFFERENT = 3


def exchanged(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """Each ring is tried once, for its first unit: all they sent in, and what stands in one file
    of each, such as the public tables alone.
    """
    if uy not in family.partners:
        return []
    ring = family.partners[uy]
    books = [book for each in ring for book in family.submitted[each]]
    parts = apart(books)
    every: frozenset[str] = frozenset().union(*parts)
    tried = [_tried(family, ring, forms) for forms in dict.fromkeys([every, *parts])]
    # Of two files that agree with nothing else but each other the one that holds less is told.
    best = max(tried, key=lambda t: (t.net, -len(t.changes)))
    return [_candidate(family, ring, best, books)] if best.clear else []


class Tried(NamedTuple):
    """Some forms of the ring exchanged: what it mends less what it breaks, and whether it mends
    formulas that are off by enough different amounts.
    """

    forms: frozenset[str]
    changes: Changes
    closed: np.ndarray
    net: int
    clear: bool


def _tried(family: Family, ring: Ring, forms: frozenset[str]) -> Tried:
    changes, closed = _changes(family, ring, forms), _closed(family, ring)
    effect = family.effect(changes, None, closed)
    total = family.sums.at(family.codes, effect.mended).total
    off = np.abs(total[:, 0] + total[:, 1])
    clear = len(np.unique(off[off > 0])) >= LEAST_DIFFERENT
    return Tried(forms, changes, closed, len(effect.mended) - effect.broken, clear)


def _candidate(family: Family, ring: Ring, tried: Tried, books: Sequence[Submitted]) -> Candidate:
    names = [family.names[uy] for uy in ring]
    told = [b for b in books if b.forms & tried.forms]
    files = "、".join(dict.fromkeys(b.file for b in told))
    message = f"{_what(names, files)} {{explained}} 个问题消除{_doubt(family, ring, tried)}"
    part = "" if len(told) == len(books) else f"[{'、'.join(sorted(tried.forms))}]"
    return Candidate(
        "S-SWAPPED",
        ring[0],
        f"工作簿{part}↔{'↔'.join(unit for unit, _, _ in names[1:])},{names[1][2]}",
        message,
        tried.changes,
        spots=tuple(Spot(b.file, b.sheet, "A1") for b in told),
        closed=tried.closed,
    )


def _what(names: Sequence[tuple[str, str, int]], files: str) -> str:
    """The sentence up to how many problems go."""
    units, year = [name for _, name, _ in names], names[0][2]
    if len(units) == 2:
        return (
            f"对调{units[0]}与{units[1]} {year} 年度的工作簿（{files}）："
            "整册放错（或表上的单位名称写反），各装了另一个单位的数，对调后"
        )
    owners = "，".join(
        f"{holder}的一册是{owner}的"
        for owner, holder in zip(units, [*units[1:], units[0]], strict=True)
    )
    return (
        f"轮换{'、'.join(units)} {year} 年度的工作簿（{files}）："
        f"整册放错（或表上的单位名称写错），{owners}，换回后"
    )


def _changes(family: Family, ring: Ring, forms: frozenset[str]) -> Changes:
    """Each of the ring with all that the next holds in these forms."""
    cells = [family.book.cells_of(form) for form in sorted(forms)]
    keys = np.concatenate(cells) if cells else np.zeros(0, np.uint64)
    parts = []
    for mine, its in zip(ring, (*ring[1:], ring[0]), strict=True):
        own, others = family.holding(mine), family.holding(its)
        filled = keys[own.has(keys) | others.has(keys)]
        amt, half, _ = others.at(filled).T
        parts.append(Changes(np.full(len(filled), mine), filled, amt, half, ~others.has(filled)))
    return Changes.joined(parts)


def _closed(family: Family, ring: Ring) -> np.ndarray:
    """What is not evaluated for one is then evaluated for none: it lacks the form that the others
    give away.
    """
    closed = family.closed.copy()
    rows = [family.numbers[uy] for uy in ring]
    closed[rows] = closed[rows].any(0)
    return closed


def _doubt(family: Family, ring: Ring, tried: Tried) -> str:
    """Where the workbooks of the year before, exchanged, would mend as much: nothing here tells in
    which of the two years it was.
    """
    last = tuple(family.before[uy] for uy in ring if uy in family.before)
    if len(last) < len(ring) or _tried(family, last, tried.forms).net < tried.net:
        return ""
    return "（若本年的没有放错，则是上年的两册放错）"
