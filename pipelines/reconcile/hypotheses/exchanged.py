"""Whole workbooks of two units under each other's name: the file, or the name printed in it, says
one unit, the amounts are the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.partners import Submitted, apart

# Different amounts by which the formulas are off that hold once the two are exchanged: a carry-over
# of one item that stands in the other unit's tables gives one, with a slip of another kind two.
LEAST_DIFFERENT = 3


def exchanged(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """Each pair is tried once, for the first of the two: all they sent in, and what stands in one
    file of each, such as the public tables alone.
    """
    if uy not in family.partners:
        return []
    pair = uy, family.partners[uy]
    books = [book for each in pair for book in family.submitted[each]]
    parts = apart(books)
    every: frozenset[str] = frozenset().union(*parts)
    tried = [_tried(family, pair, forms) for forms in dict.fromkeys([every, *parts])]
    # Of two files that agree with nothing else but each other the one that holds less is told.
    best = max(tried, key=lambda t: (t.net, -len(t.changes)))
    return [_candidate(family, pair, best, books)] if best.clear else []


class Tried(NamedTuple):
    """Some forms of the two exchanged: what it mends less what it breaks, and whether it mends
    formulas that are off by enough different amounts.
    """

    forms: frozenset[str]
    changes: Changes
    closed: np.ndarray
    net: int
    clear: bool


def _tried(family: Family, pair: tuple[int, int], forms: frozenset[str]) -> Tried:
    changes, closed = _changes(family, pair, forms), _closed(family, pair)
    effect = family.effect(changes, None, closed)
    total = family.sums.at(family.codes, effect.mended).total
    off = np.abs(total[:, 0] + total[:, 1])
    clear = len(np.unique(off[off > 0])) >= LEAST_DIFFERENT
    return Tried(forms, changes, closed, len(effect.mended) - effect.broken, clear)


def _candidate(
    family: Family, pair: tuple[int, int], tried: Tried, books: Sequence[Submitted]
) -> Candidate:
    names = [family.names[uy] for uy in pair]
    told = [b for b in books if b.forms & tried.forms]
    files = "、".join(dict.fromkeys(b.file for b in told))
    message = (
        f"对调{names[0][1]}与{names[1][1]} {names[0][2]} 年度的工作簿（{files}）："
        f"整册放错（或表上的单位名称写反），各装了另一个单位的数，"
        f"对调后 {{explained}} 个问题消除{_doubt(family, pair, tried)}"
    )
    part = "" if len(told) == len(books) else f"[{'、'.join(sorted(tried.forms))}]"
    return Candidate(
        "S-SWAPPED",
        pair[0],
        f"工作簿{part}↔{names[1][0]},{names[1][2]}",
        message,
        tried.changes,
        spots=tuple(Spot(b.file, b.sheet, "A1") for b in told),
        closed=tried.closed,
    )


def _changes(family: Family, pair: tuple[int, int], forms: frozenset[str]) -> Changes:
    """Each of the two with all that the other holds in these forms."""
    cells = [family.book.cells_of(form) for form in sorted(forms)]
    keys = np.concatenate(cells) if cells else np.zeros(0, np.uint64)
    parts = []
    for mine, its in (pair, pair[::-1]):
        own, others = family.holding(mine), family.holding(its)
        filled = keys[own.has(keys) | others.has(keys)]
        amt, half, _ = others.at(filled).T
        parts.append(Changes(np.full(len(filled), mine), filled, amt, half, ~others.has(filled)))
    return Changes.joined(parts)


def _closed(family: Family, pair: tuple[int, int]) -> np.ndarray:
    """What is not evaluated for either is then evaluated for none: the one lacks the form that the
    other gives away.
    """
    closed = family.closed.copy()
    rows = [family.numbers[uy] for uy in pair]
    closed[rows] = closed[rows].any(0)
    return closed


def _doubt(family: Family, pair: tuple[int, int], tried: Tried) -> str:
    """Where the workbooks of the year before, exchanged, would mend as much: nothing here tells in
    which of the two years it was.
    """
    last = tuple(family.before[uy] for uy in pair if uy in family.before)
    if len(last) < len(pair) or _tried(family, (last[0], last[1]), tried.forms).net < tried.net:
        return ""
    return "（若本年的没有放错，则是上年的两册放错）"
