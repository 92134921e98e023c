"""The families of a slice, read from the kernel's tables."""

from __future__ import annotations

import duckdb
import numpy as np

from pipelines.reconcile.hypotheses.family import (
    INST_BITS,
    MOST,
    SIDES,
    Amount,
    Family,
    Terms,
)
from pipelines.reconcile.hypotheses.verdict import Sums
from pipelines.reconcile.terms import key_sql

MOST_SUM = MOST * 1000


def load_terms(con: duckdb.DuckDBPyConnection, own: int) -> Terms:
    """The terms of the rules' own checks, conditions left out."""
    columns = con.execute(f"""
        SELECT xor(key, scope::UBIGINT) AS key, inst, side, coef, scope
        FROM rec_terms WHERE inst >> 32 < {own} ORDER BY 1""").fetchnumpy()
    names = ("key", "inst", "side", "coef", "scope")
    return Terms(*(np.asarray(columns[n]) for n in names))


def _checks(con: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    columns = con.execute("""
        SELECT cmp, rich, total, need_left, need_right, above, below
        FROM rec_checks ORDER BY chk""")
    return {n: np.asarray(v) for n, v in columns.fetchnumpy().items()}


def load_family(
    con: duckdb.DuckDBPyConnection,
    members: list[int],
    terms: Terms,
    keys: dict[int, tuple[str, str, str, str]],
) -> Family:
    """``members``: the units and years of the slice that belong together."""
    listed = ", ".join(map(str, members))
    names = con.execute(
        f"SELECT uy, unit, coalesce(unit_name, unit), year FROM rec_uy WHERE uy IN ({listed})"
    ).fetchall()
    numbers = {uy: n for n, uy in enumerate(members)}
    serves: dict[int, list[tuple[int, int]]] = {}
    parents: dict[int, list[int]] = {}
    before: dict[int, int] = {}
    targets = con.execute(f"SELECT uy FROM rec_targets WHERE uy IN ({listed})").fetchall()
    for (target,) in targets:
        serves.setdefault(target, []).append((target, 0))
    rows = con.execute(f"""
        SELECT source, target, scope FROM rec_map
        WHERE target IN ({listed}) ORDER BY ALL""").fetchall()
    for source, target, scope in rows:
        serves.setdefault(source, []).append((target, scope))
        if scope == 1:
            before[target] = source
        if scope == 2:
            parents.setdefault(target, []).append(source)
    codes, sums = _sums(con, listed, numbers)
    checks = _checks(con)
    return Family(
        {uy: (unit, name, year) for uy, unit, name, year in names},
        _cells(con, listed),
        serves,
        terms,
        codes,
        sums,
        _codes(con, f"SELECT uy, inst FROM rec_failed WHERE uy IN ({listed})", numbers),
        _codes(con, f"SELECT uy, inst FROM rec_dropped WHERE uy IN ({listed})", numbers),
        _closed(con, listed, numbers, checks),
        checks,
        numbers,
        parents,
        before,
        keys,
        _published(con),
    )


def _published(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    query = "SELECT DISTINCT form FROM rec_keys WHERE rec_published(form)"
    return frozenset(form for (form,) in con.execute(query).fetchall())


def _cells(con: duckdb.DuckDBPyConnection, listed: str) -> dict[int, dict[int, Amount]]:
    found: dict[int, dict[int, Amount]] = {}
    rows = con.execute(f"""
        SELECT uy, key, greatest(least(sum(amt), {MOST}), -{MOST})::BIGINT,
               sum(half)::BIGINT, count(*)
        FROM rec_base WHERE uy IN ({listed}) AND NOT bad GROUP BY uy, key""").fetchall()
    for uy, key, amt, half, count in rows:
        found.setdefault(uy, {})[key] = Amount(amt, half, count)
    return found


def _codes(con: duckdb.DuckDBPyConnection, query: str, numbers: dict[int, int]) -> np.ndarray:
    columns = con.execute(query).fetchnumpy()
    at = np.array([numbers[int(u)] for u in columns["uy"]], np.int64)
    return np.unique((at << INST_BITS) | np.asarray(columns["inst"], np.int64))


def _closed(
    con: duckdb.DuckDBPyConnection,
    listed: str,
    numbers: dict[int, int],
    checks: dict[str, np.ndarray],
) -> np.ndarray:
    shut = np.zeros((len(numbers), len(checks["cmp"])), bool)
    rows = con.execute(f"SELECT uy, chk FROM rec_closed WHERE uy IN ({listed})").fetchnumpy()
    shut[[numbers[int(u)] for u in rows["uy"]], rows["chk"]] = True
    return shut


def _sums(
    con: duckdb.DuckDBPyConnection, listed: str, numbers: dict[int, int]
) -> tuple[np.ndarray, Sums]:
    """The sums of every instance of the targets that is judged, by side."""
    side = ", ".join(
        f"""greatest(least(coalesce(sum(t.coef * c.amt) FILTER (t.side = {n}), 0),
            {MOST_SUM}), -{MOST_SUM})::BIGINT AS t{n},
        coalesce(sum(abs(t.coef) * c.half) FILTER (t.side = {n}), 0)::BIGINT AS w{n},
        (count(*) FILTER (t.side = {n} AND NOT c.bad))::BIGINT AS n{n}"""
        for n in range(SIDES)
    )
    columns = con.execute(f"""
        SELECT c.uy, t.inst, (count(*) FILTER (c.bad))::BIGINT AS bad, {side}
        FROM rec_cells c JOIN rec_terms t USING (key)
        ANTI JOIN rec_closed x ON x.uy = c.uy AND x.chk = t.inst >> 32
        WHERE c.uy IN ({listed}) GROUP BY c.uy, t.inst""").fetchnumpy()
    at = np.array([numbers[int(u)] for u in columns["uy"]], np.int64)
    codes = (at << INST_BITS) | np.asarray(columns["inst"], np.int64)
    order = np.argsort(codes)
    kept = [
        np.stack([np.asarray(columns[f"{what}{n}"], np.int64)[order] for n in range(SIDES)], 1)
        for what in "twn"
    ]
    return codes[order], Sums(kept[0], kept[1], kept[2], np.asarray(columns["bad"])[order] > 0)


def keys_of(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, str, str, str]]:
    """What each key stands for: form, block, row, column."""
    rows = con.execute(f"SELECT {key_sql('k.')}, form, block, row_key, col_key FROM rec_keys k")
    return {r[0]: r[1:] for r in rows.fetchall()}
