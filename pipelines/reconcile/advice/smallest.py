"""The smallest set of cells whose change makes given formulas hold (Fellegi and Holt), with HiGHS.

A mixed-integer programme: each cell has a switch that costs its weight and lets it move. Formulas
that hold today join only once a solution would break them, so that a fault in one corner of a unit
does not draw in all its tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # the solver loads only where there is something to solve
    from highspy._core import _Highs

# A cell may move by at most this many times the largest difference: a set that settles a
# difference moves cells by it, or by a sum of a few.
REACH = 4.0
# The search is cut off by what it did and not by time, so that the same files give the same advice.
# A set that people made is found at the first node, within some hundred steps of the simplex
# method; where thousands are not enough, what fails has no single cause and the search would take
# minutes.
MOST_NODES = 10
MOST_STEPS = 5_000
CLOSE = 1e-9
Cell = tuple[int, int]  # unit and year, key
Row = tuple[dict[Cell, int], float, float]


@dataclass
class Problem:
    """``weights`` and ``least`` by cell: what a change costs, how far down it may go (分).

    ``rows``: for each formula its cells with coefficients and between which bounds their steps
    must add up (分).
    """

    weights: dict[Cell, float] = field(default_factory=dict)
    least: dict[Cell, float] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    spent: int = 0  # steps of the simplex method so far

    @property
    def hopeless(self) -> bool:
        return self.spent > MOST_STEPS


def solve(problem: Problem) -> dict[Cell, int] | None:
    """The cells that move and by how much (分); None where there is no such set, or none was
    found.
    """
    cells = sorted(problem.weights)
    bounds = [abs(b) for _, *both in problem.rows.values() for b in both if np.isfinite(b)]
    unit = max(bounds, default=0.0)  # everything is measured in the largest difference
    if not unit or not cells:
        return None
    model = _model(problem, cells, unit)
    model.run()
    problem.spent += model.getInfo().simplex_iteration_count
    import highspy

    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = np.array(model.getSolution().col_value)
    steps = np.rint(values[: len(cells)] * unit).astype(np.int64)
    chosen = values[len(cells) :] > 0.5
    moved = zip(cells, steps, chosen, strict=True)
    return {cell: int(step) for cell, step, on in moved if on and step}


def _model(problem: Problem, cells: list[Cell], unit: float) -> _Highs:
    """Steps first, then the switches in the same order."""
    import highspy
    from highspy._core import _Highs

    # highspy.Highs turns on callbacks, which print a banner on standard output before any option
    # can forbid it; the solver beneath it is silent.
    model = _Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_max_nodes", MOST_NODES)
    model.setOptionValue("primal_feasibility_tolerance", CLOSE)
    model.setOptionValue("mip_feasibility_tolerance", CLOSE)
    size = len(cells)
    for cell in cells:
        model.addVar(max(-REACH, problem.least[cell] / unit), REACH)
    for number, cell in enumerate(cells):
        model.addVar(0.0, 1.0)
        model.changeColCost(size + number, problem.weights[cell])
        model.changeColIntegrality(size + number, highspy.HighsVarType.kInteger)
        pair = np.array([number, size + number], np.int32)
        model.addRow(-highspy.kHighsInf, 0.0, 2, pair, np.array([1.0, -REACH]))
        model.addRow(0.0, highspy.kHighsInf, 2, pair, np.array([1.0, REACH]))
    at = {cell: number for number, cell in enumerate(cells)}
    for terms, low, high in problem.rows.values():
        columns = np.array([at[c] for c in terms], np.int32)
        values = np.array(list(terms.values()), np.float64)
        model.addRow(low / unit, high / unit, len(columns), columns, values)
    return model
