"""舍位平衡: a rounded part may be moved by one last digit so that the parts add up to their rounded total.

A published figure that differs from its source by one digit more than rounding allows is explained exactly where
it is a part of a total, the parts rounded each by itself do not add up to that total as published, the parts as
published do, and the figure was moved in the direction that closes the gap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import duckdb

from pipelines.reconcile.operands import remove
from pipelines.reconcile.terms import Plan

Group = tuple[int, tuple[tuple[int, int], ...]]


@dataclass
class _Table:
    """One unit-year's published figures: as printed, and their sources (分), by key."""

    printed: dict[int, int] = field(default_factory=dict)
    source: dict[int, int] = field(default_factory=dict)


def forgive(con: duckdb.DuckDBPyConnection, plan: Plan) -> list[tuple[int, int, int, bool]]:
    """Removes the failing instances of balanced rules that 舍位平衡 explains. Returns as ``prune`` does."""
    compared = [n for n, c in enumerate(plan.checks[: plan.own]) if c.rule.balanced and not _within(c)]
    sums = [n for n, c in enumerate(plan.checks[: plan.own]) if c.rule.balanced and _within(c)]
    suspects = _suspects(con, compared)
    if not suspects or not sums:
        return []
    tables = _tables(con, compared)
    groups = _groups(con, sums)
    excused = [s[:3] for s in suspects if _explained(tables[s[0]], groups.get(s[3], ()), s[3], s[4])]
    if not excused:
        return []
    con.execute("CREATE OR REPLACE TEMP TABLE rec_forgiven (uy INTEGER, chk INTEGER, inst BIGINT, holds BOOLEAN)")
    con.executemany("INSERT INTO rec_forgiven VALUES (?, ?, ?, true)", excused)
    return remove(con, "rec_forgiven")


def _within(check: object) -> bool:
    """Whether all cells of a check are of one table: a sum inside it, not a comparison."""
    return len({c.form for c in check.formula.cells}) == 1  # type: ignore[attr-defined]


def _suspects(con: duckdb.DuckDBPyConnection, compared: list[int]) -> list[tuple[int, int, int, int, int]]:
    """(uy, chk, inst, key, half) of failing comparisons that are at most one digit beyond rounding."""
    return con.execute(
        """SELECT DISTINCT f.uy, f.chk, f.inst, hash(o.form, o.block, o.row_key, o.col_key), o.half
        FROM rec_failed f JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND o.side = 0 AND o.single
        WHERE list_contains(?, f.chk) AND o.half > 0 AND abs(f.d) <= f.w + 2 * o.half ORDER BY ALL""",
        [compared],
    ).fetchall()


def _tables(con: duckdb.DuckDBPyConnection, compared: list[int]) -> dict[int, _Table]:
    tables: dict[int, _Table] = defaultdict(_Table)
    rows = con.execute(
        """WITH wanted AS (SELECT DISTINCT uy FROM rec_failed WHERE list_contains(?, chk)),
        pairs AS (SELECT inst, any_value(key) FILTER (side = 0) AS gkey FROM rec_terms
                  WHERE list_contains(?, inst >> 32) GROUP BY inst)
        SELECT c.uy, p.gkey, coalesce(sum(c.amt) FILTER (t.side = 0), 0), coalesce(-sum(t.coef * c.amt) FILTER (t.side = 1), 0)
        FROM rec_cells c SEMI JOIN wanted w ON w.uy = c.uy JOIN rec_terms t USING (key) JOIN pairs p USING (inst)
        WHERE p.gkey IS NOT NULL GROUP BY c.uy, p.gkey, t.inst ORDER BY ALL""",
        [compared, compared],
    ).fetchall()
    for uy, key, printed, source in rows:
        tables[uy].printed[key] = int(printed)
        tables[uy].source[key] = int(source)
    return tables


def _groups(con: duckdb.DuckDBPyConnection, sums: list[int]) -> dict[int, list[Group]]:
    """For every part: the totals it belongs to, each with all its parts and their signs."""
    rows = con.execute(
        """SELECT inst, any_value(key) FILTER (side = 0), list({'key': key, 'coef': -coef} ORDER BY key) FILTER (side = 1)
        FROM rec_terms WHERE list_contains(?, inst >> 32) GROUP BY inst""",
        [sums],
    ).fetchall()
    groups: dict[int, list[Group]] = defaultdict(list)
    for _, total, parts in rows:
        if total is not None and parts:
            group = (total, tuple((p["key"], p["coef"]) for p in parts))
            for part, _coef in group[1]:
                groups[part].append(group)
    return groups


def _explained(table: _Table, groups: list[Group] | tuple, key: int, half: int) -> bool:
    return any(_closes(table, group, key, 2 * half) for group in groups)


def _closes(table: _Table, group: Group, key: int, digit: int) -> bool:
    total, parts = group
    target = table.printed.get(total, 0)
    if sum(coef * table.printed.get(k, 0) for k, coef in parts) != target:
        return False
    gap = sum(coef * _rounded(table.source.get(k, 0), digit) for k, coef in parts) - target
    moved = table.printed.get(key, 0) - _rounded(table.source.get(key, 0), digit)
    sign = next(coef for k, coef in parts if k == key)
    return gap != 0 and moved != 0 and abs(moved) == digit and (gap > 0) != (moved * sign > 0)


def _rounded(fen: int, digit: int) -> int:
    """To the nearest digit, halves away from nought."""
    whole, rest = divmod(abs(fen), digit)
    size = (whole + (1 if 2 * rest >= digit else 0)) * digit
    return size if fen >= 0 else -size
