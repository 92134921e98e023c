"""What the formulas would have cells hold once other cells are put right: a vote each."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import INST_BITS, Family, within


def votes(
    family: Family,
    uy: int,
    keys: np.ndarray,
    now: np.ndarray,
    changes: Changes,
    *,
    alone: bool = False,
) -> dict[int, Counter[int]]:
    """By key of a cell of ``uy`` the amounts (分) that equalities would have it hold, with how many
    of them. ``now``: what they hold when the ``changes`` are made. Rounded amounts tell nothing to
    the 分 and do not vote; with ``alone`` nor do equalities in which several of the cells stand.
    """
    which, code, term = family.touched(np.full(len(keys), uy), keys)
    family.work += len(code)
    kinds = (code & ((1 << INST_BITS) - 1)) >> 32
    plain = (family.checks["cmp"][kinds] == "=") & ~family.checks["rich"][kinds].astype(bool)
    judged = within(family.codes, code) & ~within(family.ignored, code)
    sums = family.sums.at(family.codes, code)
    chosen = plain & judged & (sums.width.sum(1) == 0) & ~sums.bad
    chosen &= ~family.closed[code >> INST_BITS, kinds]
    if alone:
        _, at, times = np.unique(code, return_inverse=True, return_counts=True)
        chosen &= times[at] == 1
    off = (sums.total[:, 0] + sums.total[:, 1] + _moved(family, changes, code))[chosen]
    which, term = which[chosen], term[chosen]
    wished = now[which] - off // family.terms.coef[term]
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for key, wish in zip(keys[which].tolist(), wished.tolist(), strict=True):
        found[key][wish] += 1
    return found


def _moved(family: Family, changes: Changes, codes: np.ndarray) -> np.ndarray:
    """By how much (分) the changes move the difference of each instance."""
    which, code, term = family.touched(changes.uy, changes.key)
    family.work += len(code)
    step = family.steps(changes)[0][which] * family.terms.coef[term]
    ordered, at = np.unique(codes, return_inverse=True)
    added = np.zeros(len(ordered), np.int64)
    known = within(ordered, code)
    np.add.at(added, np.searchsorted(ordered, code[known]), step[known])
    return added[at]
