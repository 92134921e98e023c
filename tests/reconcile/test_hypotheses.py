"""Of what would explain a family's failures, when it is believed."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.reconcile.hypotheses import choose
from pipelines.reconcile.hypotheses.candidate import Candidate
from pipelines.reconcile.hypotheses.family import Effect

NONE = np.zeros(0, np.int64)


class Explained:
    """A family of which every candidate explains the first ``size`` of a hundred failures."""

    failing = np.arange(100)
    work = 0

    def __init__(self, size: int) -> None:
        self.size = size

    def touched(self, uys: np.ndarray, keys: np.ndarray) -> tuple:
        return NONE, NONE, NONE

    def effect(self, changes: object, lost: np.ndarray, closed: None = None) -> Effect:
        return Effect(np.arange(self.size), NONE, NONE)


def told(monkeypatch: pytest.MonkeyPatch, size: int, suspects: list[list[int]]) -> int:
    candidate = Candidate("S-LASTYEAR", 1, "工作簿", "")
    monkeypatch.setattr(choose, "HYPOTHESES", (lambda family, uy, sheets: [candidate],))
    cells = [np.array(s) for s in suspects]
    return len(choose.choose(Explained(size), {1: []}, cells, 1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "suspects", "number"),
    [
        (98, [], 1),
        (98, [[97, 98], [99]], 1),  # a few cells are suspected of the little it leaves
        (98, [[1, 2], [3, 4]], 1),  # it stands for the cells suspected
        (60, [list(range(50, 90))], 0),  # one cell settles nearly as much
        (30, [[97, 98], [99]], 0),  # most is left
    ],
)
def test_what_explains_most_is_believed_beside_a_few_suspects(
    monkeypatch: pytest.MonkeyPatch, size: int, suspects: list[list[int]], number: int
) -> None:
    assert told(monkeypatch, size, suspects) == number
