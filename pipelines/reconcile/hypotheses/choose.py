"""The hypotheses that explain most of what fails in a family, the strongest first, each over
what the ones before left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Hypothesis
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.copied import copied
from pipelines.reconcile.hypotheses.crossed import crossed
from pipelines.reconcile.hypotheses.exchanged import exchanged
from pipelines.reconcile.hypotheses.family import Family, within
from pipelines.reconcile.hypotheses.foreign import foreign
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.misplaced import misplaced
from pipelines.reconcile.hypotheses.missing_row import missing_row
from pipelines.reconcile.hypotheses.omitted import omitted
from pipelines.reconcile.hypotheses.overwritten import overwritten
from pipelines.reconcile.hypotheses.pasted import pasted
from pipelines.reconcile.hypotheses.repeated_row import repeated_row
from pipelines.reconcile.hypotheses.scaled import scaled
from pipelines.reconcile.hypotheses.shifted import shifted
from pipelines.reconcile.hypotheses.signs import signs
from pipelines.reconcile.hypotheses.swapped import swapped
from pipelines.reconcile.hypotheses.trial import trial

# In the order in which one is preferred to another that explains as much.
HYPOTHESES: tuple[Hypothesis, ...] = (
    copied,
    exchanged,
    omitted,
    scaled,
    signs,
    crossed,
    misplaced,
    swapped,
    shifted,
    overwritten,
    missing_row,
    repeated_row,
    pasted,
    foreign,
)
# A slip of one cell is told by that cell; a hypothesis has to do for two or more of them.
LEAST_SUSPECTS = 2
# Where whole tables are wrong hardly a cell can be suspected: then most of what fails will do, if
# it is twice what the few cells that are suspected settle.
MOST_LEFT, FAR = 0.5, 2
LEAST_EXPLAINED = 4  # unless the candidate says that fewer will do
# What a true hypothesis breaks are formulas that some other fault had made hold; a wrong one
# breaks as much as it mends.
MOST_BROKEN = 0.1
# Of what fails around the cells it changes it has to explain most: else they are wrong in another
# way.
LEAST_SHARE = 0.5
MOST_TOLD = 8  # of a family, in which several units may have slips; more would be a list again


@dataclass(frozen=True)
class Told:
    """A hypothesis that is believed, and the codes of the failing instances it explains."""

    candidate: Candidate
    explained: np.ndarray


@dataclass
class Tried:
    candidate: Candidate
    explained: np.ndarray
    around: int
    broken: int

    @property
    def believable(self) -> bool:
        size = len(self.explained)
        return (
            size >= (self.candidate.least or LEAST_EXPLAINED)
            and self.broken <= MOST_BROKEN * size
            and size >= LEAST_SHARE * self.around
        )

    @property
    def net(self) -> int:
        return len(self.explained) - self.broken


def choose(
    family: Family,
    sheets: dict[int, list[Sheet]],
    suspects: list[np.ndarray],
    work: int,
) -> list[Told]:
    """``suspects``: for each cell suspected alone the failing instances it settles. ``work``:
    how many terms may be moved.
    """
    tried = [t for c in _candidates(family, sheets, work) if (t := _try(family, c)).believable]
    left = family.failing
    told: list[Told] = []
    while tried and len(told) < MOST_TOLD:
        best = max(tried, key=lambda t: (t.net * t.candidate.worth, -len(t.candidate.changes)))
        if not _worth(best.explained, suspects, left):
            tried = [t for t in tried if t is not best]
            continue
        told.append(Told(best.candidate, best.explained))
        left = np.setdiff1d(left, best.explained)
        tried = _still_believable(tried, best, left)
    return _with_joint(family, told, left) if len(told) > 1 else told


def _with_joint(family: Family, told: list[Told], left: np.ndarray) -> list[Told]:
    """What holds only once all of them are put right is the first's that it is about: the sum of a
    row through which two columns went wrong.
    """
    changes = Changes.joined([one.candidate.changes for one in told])
    joint = np.intersect1d(family.effect(changes).mended, left)
    found = []
    for one in told:
        of = one.candidate.changes
        mine = np.intersect1d(joint, family.failing_with(of.uy, of.key))
        joint = np.setdiff1d(joint, mine)
        found.append(Told(one.candidate, np.union1d(one.explained, mine)))
    return found


def _still_believable(tried: list[Tried], best: Tried, left: np.ndarray) -> list[Tried]:
    """What is tried next, judged by the failing instances that are left."""
    others = [
        _rest(t, left)
        for t in tried
        if t.candidate.name != best.candidate.name and not _is_of(t.candidate, best.candidate)
    ]
    return [t for t in others if t.believable]


def _is_of(candidate: Candidate, told: Candidate) -> bool:
    """Whether it says of a table only that it is another's, of which it is told already what its
    figures should be: what is left of it are public figures moved to balance.
    """
    mine = len(candidate.unknown) and not len(candidate.changes) and candidate.uy == told.uy
    return bool(mine and np.isin(told.changes.key, candidate.unknown).any())


def _candidates(family: Family, sheets: dict[int, list[Sheet]], work: int) -> Iterable[Candidate]:
    for uy, of in sheets.items():
        for hypothesis in HYPOTHESES:
            for candidate in hypothesis(family, uy, of):
                if family.work > work:
                    return
                yield candidate


def _try(family: Family, candidate: Candidate) -> Tried:
    found = trial(family, candidate.uy, candidate.changes, candidate.unknown, candidate.closed)
    return Tried(candidate, found.explained, len(found.around), found.broken)


def _rest(tried: Tried, left: np.ndarray) -> Tried:
    explained = np.intersect1d(tried.explained, left)
    around = tried.around - (len(tried.explained) - len(explained))
    return Tried(tried.candidate, explained, around, tried.broken)


def _worth(explained: np.ndarray, suspects: list[np.ndarray], left: np.ndarray) -> bool:
    """Whether it stands for several cells suspected alone; or for most of what fails, and far more
    than these do.
    """
    done = sum(bool(within(explained, s).all()) for s in suspects)
    alone = sum(map(len, suspects))
    return done >= LEAST_SUSPECTS or len(explained) >= max(MOST_LEFT * len(left), FAR * alone)
