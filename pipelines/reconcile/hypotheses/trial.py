"""What one hypothesis comes to, tried over a family: what it explains, and what it breaks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family, within


class Trial(NamedTuple):
    """Codes of the failing instances it ``explained``, and of those ``around`` the cells it is
    about; how many it has ``broken``.
    """

    explained: np.ndarray
    around: np.ndarray
    broken: int

    @property
    def net(self) -> int:
        return len(self.explained) - self.broken


def trial(
    family: Family, uy: int, changes: Changes, unknown: np.ndarray, closed: np.ndarray | None = None
) -> Trial:
    """``unknown``: keys of cells of ``uy``. What fails because of them is explained, and what holds
    with them is not counted against it. ``closed``: as ``Family.closed``, once it is changed.
    """
    _, touched, _ = family.touched(np.full(len(unknown), uy), unknown)
    lost = np.unique(touched[within(family.failing, touched)])
    effect = family.effect(changes, touched, closed)
    explained = np.union1d(effect.mended, lost)
    return Trial(explained, np.union1d(effect.failing, lost), effect.broken)
