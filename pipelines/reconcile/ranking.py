"""The votes of one unit and year ranked: which cells, at which amounts, settle what fails.

A vote is a cell and an amount. Its score is the number of failing equalities it settles less the
number of equalities that hold and that it would break; between equals the likelier slip comes first
(``plausibility.py``). The best is chosen, what it settles is taken away, and so on, so that several
independent faults each get their own suspect. What does not belong here: where votes come from
(``votes.py``); everything here is plain numbers, amounts in 分.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from pipelines.reconcile.plausibility import ODD

OTHERS = 8  # suspects after the first: a list that is longer is not read

Vote = tuple[int, int]  # cell, amount


class Weight(NamedTuple):
    """What speaks for a vote: the failing instances it settles, how many equalities it breaks, how
    odd it is.

    ``backing``: instances not evaluated, because all addends are blank, that it would make hold.
    ``digit``: the last one printed. ``internal``: of a table that the published ones are made from;
    between equals these are likelier wrong.
    """

    instances: tuple[int, ...]
    breaks: int
    odd: int
    backing: int = 0
    digit: int = 0
    internal: bool = False

    def score(self, settles: int) -> tuple[int, int, int, int]:
        """Lower is likelier."""
        return (
            self.breaks - settles - self.backing + (self.odd == ODD),
            int(self.internal),
            self.odd,
            -settles,
        )


Votes = dict[Vote, Weight]
Bounds = dict[
    int, list[tuple[int, int]]
]  # failing inequality → (how many equalities confirm the cell, cell)


def ranked(votes: Votes) -> list[tuple]:
    """Rows (inst, key, rank, suggested, chosen): the chosen first, then those that tied
    with one.
    """
    chosen = _greedy(votes)
    alike: dict[tuple, list[Vote]] = defaultdict(list)
    for vote, weight in votes.items():
        alike[(weight.breaks - weight.backing, weight.instances)].append(vote)
    rows: list[tuple] = []
    others: list[tuple[Vote, tuple[int, ...]]] = []
    for rank, (vote, settled) in enumerate(chosen, 1):
        rows += [(inst, vote[0], rank, vote[1], True) for inst in settled]
        others += _ties(votes, alike, vote)
    seen = {v for v, _ in chosen}
    rank = len(chosen)
    for vote, instances in others:
        if vote not in seen:
            seen.add(vote)
            rank += 1
            rows += [(inst, vote[0], rank, vote[1], False) for inst in instances]
    return rows


def bounded(bounds: Bounds, best: list[tuple]) -> list[tuple]:
    """Rows as of ``ranked`` for the inequalities that none of the ``best`` settles: all their
    cells, the least confirmed first.
    """
    settled = {row[0] for row in best}
    ranks: dict[int, int] = {}
    start = max((row[2] for row in best), default=0)
    rows: list[tuple] = []
    for inst, cells in sorted(bounds.items()):
        for number, (_, key) in enumerate(sorted(cells) if inst not in settled else ()):
            rows.append(
                (inst, key, ranks.setdefault(key, start + 1 + len(ranks)), None, number == 0)
            )
    return rows


def _greedy(votes: Votes) -> list[tuple[Vote, list[int]]]:
    """The votes chosen and what each settles: amounts of one cell a last digit apart are one,
    balancing may have moved it.
    """
    left = set(chain.from_iterable(weight.instances for weight in votes.values()))
    heap = [(*w.score(len(w.instances)), v) for v, w in votes.items()]
    heapq.heapify(heap)
    used: set[int] = set()
    of_cell = _by_cell(votes)
    chosen: list[tuple[Vote, list[int]]] = []
    while heap and left:
        *score, vote = heapq.heappop(heap)
        weight = votes[vote]
        settled = [i for i in weight.instances if i in left]
        if not settled or vote[0] in used:
            continue
        if tuple(score) != weight.score(len(settled)):
            heapq.heappush(heap, (*weight.score(len(settled)), vote))
            continue
        also = _beside(votes, vote, of_cell[vote[0]])
        settled += sorted((also & left) - set(settled))
        chosen.append((vote, settled))
        used.add(vote[0])
        left.difference_update(settled)
    return chosen


def _beside(votes: Votes, vote: Vote, of_cell: list[Vote]) -> set[int]:
    """What the other amounts of its cell settle that are no further than a last digit from it."""
    digit = votes[vote].digit
    near = [v for v in of_cell if v != vote and abs(v[1] - vote[1]) <= digit]
    return set(chain.from_iterable(votes[v].instances for v in near))


def _by_cell(votes: Votes) -> dict[int, list[Vote]]:
    of_cell: dict[int, list[Vote]] = defaultdict(list)
    for vote in votes:
        of_cell[vote[0]].append(vote)
    return of_cell


def _ties(
    votes: Votes, alike: dict[tuple, list[Vote]], best: Vote
) -> list[tuple[Vote, tuple[int, ...]]]:
    """Other cells that would have settled the same failures at the same cost, the likelier
    corrections first.
    """
    weight = votes[best]
    same = [
        v
        for v in alike[(weight.breaks - weight.backing, weight.instances)]
        if v[0] != best[0] and votes[v].odd < ODD
    ]
    return [
        (v, weight.instances)
        for v in sorted(same, key=lambda v: (votes[v].internal, votes[v].odd))[:OTHERS]
    ]
