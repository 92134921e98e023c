"""One join of cells and terms and one GROUP BY for all formulas of a slice: what was evaluated,
what fails.

``rec_cells``: uy, key, amt (分), half (half the last digit, 分), bad (holds no usable number), rid.
Sums are HUGEINT. The plain lane takes ``=``, ``<=`` and ``>=``; the rich lane conditions and ``±``,
which need the sides apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.reconcile.evaluable import CONDITION, READY, Gate
from pipelines.reconcile.once import once_a_book
from pipelines.reconcile.precision import count_items
from pipelines.reconcile.scopes import CHILDREN, LAST_YEAR, PARENT
from pipelines.reconcile.submissions import World
from pipelines.reconcile.terms import Plan, key_sql
from schemas.library import Form
from schemas.notation import Term
from schemas.rulemodel import Check, single

# One sum counts three things at once: the operands of the left side in its lowest 20 bits, those of
# the right in the next 20, cells that hold no number above: no side has a million operands.
ONE_RIGHT, ONE_BAD = 1 << 20, 1 << 40
STEP = ONE_RIGHT - 1

# A side must hold a number where ``need`` says so; a sum without any counts only where the total is
# not nought.
EVALUATED = """
    nb = 0 AND (nl > 0 OR nr > 0) AND (nl > 0 OR NOT c.need_left) AND (nr > 0 OR NOT c.need_right)
    AND (d <> 0 OR ((nl > 0 OR c.total <> -1) AND (nr > 0 OR c.total <> 1)))"""

FAILS = "(d > w AND c.above) OR (d < -w AND c.below)"

PLAIN = f"""
    WITH sums AS (
        SELECT c.uy, t.inst, sum(t.coef * c.amt) AS d, {{width}} AS w, {{numbers}}::BIGINT AS n
        FROM {{cells}} c JOIN {{terms}} t USING (key) GROUP BY c.uy, t.inst
    ), counted AS (
        SELECT s.uy, s.inst, s.d, s.w, s.n & {STEP} AS nl, (s.n >> 20) & {STEP} AS nr,
               s.n >> 40 AS nb,
               c.chk, c.total, c.need_left, c.need_right, c.above, c.below
        FROM sums s JOIN rec_checks c ON c.chk = s.inst >> 32
    ), judged AS (
        SELECT uy, chk, inst, d, w, nb > 0 AS bad, {EVALUATED} AS ok, {FAILS} AS fails
               FROM counted c
    )"""

RICH = """
    WITH sums AS (
        SELECT c.uy, t.inst,
               coalesce(sum(t.coef * c.amt) FILTER (t.side = 0), 0) AS l,
               coalesce(-sum(t.coef * c.amt) FILTER (t.side = 1), 0) AS r,
               coalesce(sum(t.coef * c.amt) FILTER (t.side = 2), 0) AS s,
               coalesce(sum(c.half * abs(t.coef)) FILTER (t.side = 0), 0) AS wl,
               coalesce(sum(c.half * abs(t.coef)) FILTER (t.side <> 0), 0) AS wr,
               count(*) FILTER (t.side < 2 AND NOT c.bad) AS n, count(*) FILTER (c.bad) AS nb
        FROM {cells} c JOIN {terms} t USING (key) GROUP BY c.uy, t.inst
    ), judged AS (
        SELECT s.uy, c.chk, inst, l - r AS d, wl + wr AS w, nb > 0 AS bad, nb = 0 AND n > 0 AS ok,
            CASE c.cmp
                WHEN '>' THEN l <= 0
                WHEN '⇒' THEN l - wl > 0 AND r + wr <= 0
                WHEN '⇔' THEN (l - wl > 0 AND r + wr <= 0) OR (r - wr > 0 AND l + wl <= 0)
                ELSE l - r > greatest(s, 0) + wl + wr OR l - r < least(s, 0) - wl - wr END AS fails
        FROM sums s JOIN rec_checks c ON c.chk = s.inst >> 32
    )"""

# What the plain lane adds up depends on the slice: most have neither rounded figures nor unusable
# cells.
WIDTH, NO_WIDTH = "sum(c.half * abs(t.coef))", "0::HUGEINT"
NUMBERS, ALL_NUMBERS = f"sum(CASE WHEN c.bad THEN {ONE_BAD} ELSE t.one END)", "sum(t.one)"

# Closed formulas are left out here, not among the instances, of which there are thousands as many.
COUNTS = """
    SELECT uy, chk, count(*) FILTER (ok) AS evaluated, count(*) FILTER (bad) AS bad,
           count(*) FILTER (ok AND fails) AS failed
    FROM judged GROUP BY uy, chk"""
OPEN = "SELECT * FROM ({}) ANTI JOIN rec_closed USING (uy, chk)"

# The failing instances are looked up in a second pass over the units and formulas that have any:
# most have none.
FAILING = """
    SELECT j.uy, j.chk, j.inst, j.d, j.w FROM judged j
    SEMI JOIN rec_failing n ON n.uy = j.uy AND n.chk = j.chk WHERE ok AND fails"""
SOME_CELLS = "(SELECT * FROM rec_cells SEMI JOIN (SELECT DISTINCT uy FROM rec_failing) USING (uy))"
SOME_TERMS = (
    "(SELECT * FROM {0} t SEMI JOIN (SELECT DISTINCT chk FROM rec_failing) n ON"
    " n.chk = t.inst >> 32)"
)
LANES = ((PLAIN, "rec_plain"), (RICH, "rec_rich"))


def is_rich(check: Check) -> bool:
    return check.formula.cmp in (">", "⇒", "⇔") or bool(check.formula.side("slack"))


def load_checks(con: duckdb.DuckDBPyConnection, plan: Plan, forms: Mapping[str, Form]) -> None:
    """``rec_checks``: how each formula is judged; ``rec_plain`` and ``rec_rich``: the terms of each
    lane.
    """
    con.register("rec_check_list", _all_traits(plan.checks, forms))
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_checks AS SELECT * FROM rec_check_list;
        CREATE OR REPLACE TEMP TABLE rec_plain AS
            SELECT t.key, t.inst, t.coef, CASE t.side WHEN 0 THEN 1 ELSE {ONE_RIGHT} END AS one
            FROM rec_terms t JOIN rec_checks c ON c.chk = t.inst >> 32 WHERE NOT c.rich;
        CREATE OR REPLACE TEMP TABLE rec_rich AS
            SELECT t.key, t.inst, t.coef, t.side
            FROM rec_terms t JOIN rec_checks c ON c.chk = t.inst >> 32 WHERE c.rich
    """)
    con.unregister("rec_check_list")


@once_a_book
def _all_traits(checks: Sequence[Check], forms: Mapping[str, Form]) -> pa.Table:
    rows = [_traits(n, check) for n, check in enumerate(checks)]
    names = ("chk", "cmp", "rich", "total", "need_left", "need_right", "above", "below", "scale")
    flag = pa.bool_()
    types = (pa.int32(), pa.string(), flag, pa.int8(), flag, flag, flag, flag, pa.int8())
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        [pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=list(names)
    )


def _traits(number: int, check: Check) -> tuple:
    left, right = _shape(check, "left"), _shape(check, "right")
    cmp = check.formula.cmp
    both = check.spec.blank == "skip" and "none" not in (left, right)
    need_left = (
        both
        or left == "tree"
        or (cmp == "<=" and left != "none")
        or (cmp == ">=" and right == "none")
    )
    need_right = both or right == "tree" or (cmp == ">=" and right != "none")
    return (
        number,
        cmp,
        is_rich(check),
        _total(cmp, left, right),
        need_left,
        need_right,
        cmp in ("=", "<="),
        cmp in ("=", ">="),
        check.scale,
    )


def _total(cmp: str, left: str, right: str) -> int:
    """1 where the left side is a total of the right, -1 where the right is one of the left."""
    if cmp != "=":
        return 0
    if left == "one" and right in ("sum", "open"):
        return 1
    return -1 if right == "one" and left in ("sum", "open") else 0


def _shape(check: Check, side: str) -> str:
    """``none``, ``one`` cell, a fixed ``sum``, an ``open`` sum, or the children in a
    code ``tree``.
    """
    terms = [t for t in check.formula.side(side) if t.cell]
    if not terms:
        return "none"
    return "sum" if len(terms) > 1 else _shape_of(terms[0], check)


def _shape_of(term: Term, check: Check) -> str:
    """The shape of a side that is this term alone."""
    cell = term.cell
    assert cell is not None
    if cell.row.tree or cell.col.tree:
        return "tree"
    if cell.scope == "下级" or (not term.summed and single(cell)):
        return "one"
    return "open" if set(cell.words) - set(check.formula.binding) else "sum"


def load_cells(
    con: duckdb.DuckDBPyConnection, world: World, uys: np.ndarray, forms: dict[str, Form]
) -> None:
    """``rec_base`` (the cells of all the slice's units) and ``rec_cells`` (the same under every
    scope they serve).
    """
    con.register("rec_slice_list", _slice_table(world, uys))
    con.execute("CREATE OR REPLACE TEMP TABLE rec_slice AS SELECT * FROM rec_slice_list")
    con.unregister("rec_slice_list")
    ranges = [(int(world.lo[u]), int(world.hi[u])) for u in uys if world.hi[u] >= 0]
    low, high = (min(r[0] for r in ranges), max(r[1] for r in ranges)) if ranges else (0, -1)
    columns = f"s.uy, {key_sql('f.')} AS key, {_measures(forms)}, f.rid"
    on = "coalesce(f.unit_code, f.unit_name) = s.unit AND f.year = s.year"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_base AS
        SELECT {columns} FROM rec_facts f JOIN rec_slice s ON {on}
            WHERE f.rid BETWEEN {low} AND {high} AND f.state <> 'dash'
        UNION ALL SELECT {columns} FROM rec_prior f JOIN rec_slice s ON {on}
            WHERE f.state <> 'dash'""")


# An amount in 分: in 64 bits, which hold far more than what occurs; of 10¹⁴ 元 and more
# in 128, which takes ten times as long.
FEN = """
        CASE WHEN f.amount BETWEEN -99_999_999_999_999 AND 99_999_999_999_999
             THEN (f.amount * 100::DECIMAL(3, 0))::BIGINT
             ELSE (f.amount::DECIMAL(20, 2) * 100)::BIGINT END"""


def _measures(forms: dict[str, Form]) -> str:
    return f"""
        coalesce({FEN}, 0) AS amt,
        CASE WHEN f.decimals >= 2 OR f.amount IS NULL THEN 0
             WHEN {count_items(forms)} THEN 0
             ELSE 5 * (10 ** (1 - greatest(f.decimals, -10)))::BIGINT END AS half,
        f.amount IS NULL AS bad"""


def _slice_table(world: World, uys: np.ndarray) -> pa.Table:
    return pa.table(
        {
            "uy": pa.array(uys, pa.int32()),
            "unit": pa.array([world.unit[u] for u in uys], pa.string()),
            "year": pa.array([int(world.year[u]) for u in uys], pa.int16()),
        }
    )


def spread_cells(
    con: duckdb.DuckDBPyConnection,
    targets: np.ndarray,
    before: np.ndarray,
    children: list[tuple[list[int], list[str]]],
) -> None:
    """Makes ``rec_cells`` for the units to be judged: their own cells, last year's, and their
    subordinates'.
    """
    last = [(int(b), int(t), LAST_YEAR) for t, b in zip(targets, before, strict=True) if b >= 0]
    down = [
        (c, int(t), CHILDREN)
        for t, (there, _) in zip(targets, children, strict=True)
        for c in there
    ]
    parents = [
        (int(t), int(t), PARENT) for t, (there, _) in zip(targets, children, strict=True) if there
    ]
    maps = list(zip(*(last + down + parents), strict=True)) or [(), (), ()]
    con.register(
        "rec_map_list",
        pa.table(
            [
                pa.array(maps[0], pa.int32()),
                pa.array(maps[1], pa.int32()),
                pa.array(maps[2], pa.int8()),
            ],
            names=["source", "target", "scope"],
        ),
    )
    con.register("rec_target_list", pa.table({"uy": pa.array(targets, pa.int32())}))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_map AS SELECT * FROM rec_map_list;
        CREATE OR REPLACE TEMP TABLE rec_targets AS SELECT * FROM rec_target_list;
        CREATE OR REPLACE TEMP TABLE rec_cells AS
        SELECT uy, key, amt, half, bad, rid, 0::TINYINT AS scope FROM rec_base
               SEMI JOIN rec_targets USING (uy)
        UNION ALL
        SELECT m.target, xor(b.key, m.scope::UBIGINT), b.amt, b.half, b.bad, b.rid, m.scope
        FROM rec_base b JOIN rec_map m ON m.source = b.uy
        SEMI JOIN (SELECT key FROM rec_terms
            WHERE scope > 0) t ON t.key = xor(b.key, m.scope::UBIGINT)
    """)
    con.unregister("rec_map_list")
    con.unregister("rec_target_list")


def judge(
    con: duckdb.DuckDBPyConnection, plan: Plan, gate: Gate, targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluated and bad instances per unit-year and check; the failing ones go to ``rec_failed``.

    A failing instance of a condition, or of a formula whose condition does not hold, is not kept.
    """
    _close(con, gate, targets)
    sums = _sums(con)
    evaluated, bad, fails = _counted(con, (len(targets), len(plan.checks)), targets, sums)
    _apply_conditions(con, plan, gate, targets, evaluated, bad, fails)
    fails[gate.state != READY] = 0
    _keep_failing(con, fails[:, : plan.own], targets, sums)
    return evaluated, bad


def _counted(
    con: duckdb.DuckDBPyConnection,
    shape: tuple[int, int],
    targets: np.ndarray,
    sums: Mapping[str, str],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many instances of each check every unit has that were evaluated, are bad, and fail:
    int32[unit-year, check] each.
    """
    evaluated, bad, fails = (np.zeros(shape, np.int32) for _ in range(3))
    rising = np.argsort(targets)  # a slice has families together, whatever their numbers
    for lane, terms in LANES:
        query = lane.format(cells="rec_cells", terms=terms, **sums)
        columns = con.execute(OPEN.format(f"{query} {COUNTS}")).fetchnumpy()
        rows = rising[np.searchsorted(targets, columns["uy"], sorter=rising)]
        checks = columns["chk"].astype(int)
        for target, name in ((evaluated, "evaluated"), (bad, "bad"), (fails, "failed")):
            target[rows, checks] = columns[name]
    return evaluated, bad, fails


def _keep_failing(
    con: duckdb.DuckDBPyConnection,
    fails: np.ndarray,
    targets: np.ndarray,
    sums: Mapping[str, str],
) -> None:
    """``rec_failed``: the instances behind the numbers ``fails`` (int32[unit-year, check])."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rec_failed (uy INTEGER, chk INTEGER, inst BIGINT, d HUGEINT,"
        " w HUGEINT)"
    )
    if not fails.any():
        return
    con.register("rec_failing", _pairs(targets, *np.nonzero(fails)))
    for lane, terms in LANES:
        query = lane.format(cells=SOME_CELLS, terms=SOME_TERMS.format(terms), **sums)
        con.execute(f"INSERT INTO rec_failed {query} {FAILING}")
    con.unregister("rec_failing")


def _pairs(targets: np.ndarray, rows: np.ndarray, checks: np.ndarray) -> pa.Table:
    """uy, chk: of each of these places in an array of units and checks."""
    return pa.table(
        {"uy": pa.array(targets[rows], pa.int32()), "chk": pa.array(checks, pa.int32())}
    )


def _sums(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rounded, unusable = con.execute(
        "SELECT coalesce(max(half), 0) > 0, coalesce(bool_or(bad), false) FROM rec_cells"
    ).fetchall()[0]
    return {
        "width": WIDTH if rounded else NO_WIDTH,
        "numbers": NUMBERS if unusable else ALL_NUMBERS,
    }


def _close(con: duckdb.DuckDBPyConnection, gate: Gate, targets: np.ndarray) -> None:
    con.register("rec_closed_list", _pairs(targets, *np.nonzero(gate.state != READY)))
    con.execute("CREATE OR REPLACE TEMP TABLE rec_closed AS SELECT * FROM rec_closed_list")
    con.unregister("rec_closed_list")


def _apply_conditions(
    con: duckdb.DuckDBPyConnection,
    plan: Plan,
    gate: Gate,
    targets: np.ndarray,
    evaluated: np.ndarray,
    bad: np.ndarray,
    fails: np.ndarray,
) -> None:
    for number, conditions in plan.conditions.items():
        holds = np.ones(len(targets), bool)
        for c in conditions:
            holds &= (gate.state[:, c] == READY) & (fails[:, c] == 0) & (bad[:, c] == 0)
            if plan.checks[c].formula.cmp == ">":
                holds &= evaluated[:, c] > 0
        gate.close(number, ~holds, "前提不成立，不适用", CONDITION)
        evaluated[~holds, number] = 0
        bad[~holds, number] = 0
    _close(con, gate, targets)
