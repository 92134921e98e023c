"""The kernel of the rules beside the bare product it is: [unit and year × cell] · [cell × instance]
with nothing of gates, blanks and rounding, in arrays and as one join and one GROUP BY in DuckDB.
The arrays are the floor, the GROUP BY is the floor of whoever reconciles in a database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import numpy as np

from pipelines.reconcile import sequence as steps
from pipelines.reconcile.engine import FACTS_PER_SLICE, compile_book, slices
from pipelines.reconcile.evaluable import Gatekeeper
from pipelines.reconcile.steps import Runner
from pipelines.reconcile.submissions import World
from pipelines.reconcile.terms import Plan
from schemas.rulebook import Rulebook

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Kernel:
    """CPU seconds of the engine's kernel, of the product in DuckDB (``grouped``) and in arrays
    (``floor``), and how many products were summed.
    """

    engine: float
    grouped: float
    floor: float
    products: int


GROUPED = """
    SELECT count(*), sum(abs(d)) FROM (
        SELECT c.uy, t.inst, sum(t.coef * c.amt) AS d
        FROM rec_cells c JOIN rec_terms t USING (key) GROUP BY c.uy, t.inst)"""


def kernel(con: duckdb.DuckDBPyConnection, book: Rulebook) -> Kernel:
    """Both over all units of a database, in the slices that a run takes. Needs what ``reconcile``
    needs.
    """
    runner = Runner(con)
    for step, given in ((steps.FINDINGS, ()), (steps.RESULTS, ()), (steps.RULES, (book,))):
        runner.run(step, *given)
    world = runner.run(steps.WORLD, book.forms)
    plan = compile_book(runner, book)
    taken = [_slice(runner, plan, world, uys, book) for uys in slices(world, FACTS_PER_SLICE)]
    runner.finish()
    engine, grouped, floor, products = map(sum, zip(*taken, strict=True))
    return Kernel(engine, grouped, floor, int(products))


def _slice(
    runner: Runner, plan: Plan, world: World, uys: np.ndarray, book: Rulebook
) -> tuple[float, float, float, int]:
    """Of one slice what ``Kernel`` tells."""
    keeper = Gatekeeper(world, book.forms, uys)
    gate = keeper.gate(plan)
    runner.run(steps.CELLS, world, uys, book.forms)
    runner.run(steps.SPREAD, uys, keeper.before, keeper.children)
    con = runner.con
    cells = con.execute("SELECT uy, key, amt FROM rec_cells WHERE NOT bad").fetchnumpy()
    terms = con.execute("SELECT key, inst, coef FROM rec_terms ORDER BY key").fetchnumpy()
    engine, _ = _cpu(lambda: runner.run(steps.JUDGE, plan, gate, uys))
    grouped, _ = _cpu(lambda: con.execute(GROUPED).fetchall())
    dense = _dense(cells, terms)
    floor, products = _cpu(lambda: _product(*dense))
    return engine, grouped, floor, products


def _cpu(work: Callable[[], object]) -> tuple[float, int]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made if isinstance(made, int) else 0


def _dense(cells: Arrays, terms: Arrays) -> tuple[Arrays, Arrays, int]:
    """Cells and terms on dense numbers, sorted by cell: what a product is given for nothing."""
    keys = np.unique(terms["key"])
    at = np.minimum(np.searchsorted(keys, cells["key"]), len(keys) - 1)
    known = keys[at] == cells["key"]
    instances, inst = np.unique(terms["inst"], return_inverse=True)
    start = np.searchsorted(terms["key"], keys)
    many = np.diff(np.append(start, len(terms["key"])))
    given = {"uy": cells["uy"][known], "amt": cells["amt"][known], "cell": at[known]}
    return (
        given,
        {"start": start, "many": many, "inst": inst, "coef": terms["coef"]},
        len(instances),
    )


def _product(cells: Arrays, terms: Arrays, instances: int) -> int:
    """Sums every amount times its coefficient into its unit and instance; how many there were.

    A unit and year at a time: the sums of all at once would not fit in the caches, and filling them
    with noughts would take longer than the product.
    """
    order = np.argsort(cells["uy"], kind="stable")
    sorted_cells = {name: column[order] for name, column in cells.items()}
    edges = np.flatnonzero(np.diff(sorted_cells["uy"])) + 1
    starts = [0, *edges.tolist(), len(order)]
    return sum(_of_one(sorted_cells, slice(*span), terms, instances) for span in pairwise(starts))


def _of_one(cells: Arrays, mine: slice, terms: Arrays, instances: int) -> int:
    """The product of one unit and year, whose cells are ``mine``."""
    cell = cells["cell"][mine]
    many = terms["many"][cell]
    first = np.repeat(terms["start"][cell] - np.cumsum(many) + many, many)
    term = first + np.arange(len(first))
    amounts = np.repeat(cells["amt"][mine], many) * terms["coef"][term]
    np.bincount(terms["inst"][term], weights=amounts, minlength=instances)
    return len(term)
