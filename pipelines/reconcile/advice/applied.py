"""A suggestion is applied and counted before it is made.

``rec_moves``: move, uy, key, delta (分): cells that change together. ``rec_effects``: move, mended,
broken: how many failing instances then hold, and how many that hold would fail, in the unit and
year itself, in the roll-up above it and in the year after.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.sums import EVALUATED

# Both lanes of the kernel in one: whether an instance fails with the sums l, r and s of its sides
# (r with its sign turned).
FAILS = f"""CASE
    WHEN NOT c.rich THEN {EVALUATED} AND ((d > w AND c.above) OR (d < -w AND c.below))
    WHEN nb > 0 OR nl + nr = 0 THEN false
    WHEN c.cmp = '>' THEN l <= 0
    WHEN c.cmp = '⇒' THEN l - wl > 0 AND r + wr <= 0
    WHEN c.cmp = '⇔' THEN (l - wl > 0 AND r + wr <= 0) OR (r - wr > 0 AND l + wl <= 0)
    ELSE d > greatest(s, 0) + w OR d < least(s, 0) - w END"""


def count_effects(con: duckdb.DuckDBPyConnection, own: int) -> None:
    """Makes ``rec_effects`` from ``rec_moves``; checks from ``own`` on are conditions and are not
    counted.
    """
    _shift(con, own)
    _sums(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_effects AS
        WITH judged AS (
            SELECT move, uy, inst, bool_or(fails) FILTER (after) AS fails,
                   coalesce(bool_or(fails) FILTER (NOT after), false) AS failed
            FROM (SELECT x.move, x.uy, x.inst, x.after, coalesce({FAILS}, false) AS fails
                  FROM rec_after x JOIN rec_checks c ON c.chk = x.inst >> 32)
            GROUP BY move, uy, inst
        )
        SELECT m.move, count(f.inst) FILTER (NOT j.fails) AS mended,
               count(*) FILTER (j.fails AND NOT j.failed) AS broken
        FROM (SELECT DISTINCT move FROM rec_moves) m LEFT JOIN judged j ON j.move = m.move
        LEFT JOIN rec_failed f ON f.uy = j.uy AND f.inst = j.inst
        GROUP BY m.move
    """)


def _shift(con: duckdb.DuckDBPyConnection, own: int) -> None:
    """``rec_shift``: by how much each move shifts the sides of the instances it takes part in."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_serves AS
        SELECT uy AS source, uy AS target, 0::TINYINT AS scope FROM rec_targets
        UNION SELECT source, target, scope FROM rec_map;
        CREATE OR REPLACE TEMP TABLE rec_shift AS
        SELECT m.move, s.target AS uy, t.inst, t.side, sum(t.coef * m.delta) AS delta,
               count(*) FILTER (c.key IS NULL) AS filled
        FROM rec_moves m JOIN rec_serves s ON s.source = m.uy
        JOIN rec_terms t ON t.key = xor(m.key, s.scope::UBIGINT)
        LEFT JOIN rec_base c ON c.uy = m.uy AND c.key = m.key
        ANTI JOIN rec_closed x ON x.uy = s.target AND x.chk = t.inst >> 32
        ANTI JOIN (SELECT * FROM rec_dropped WHERE NOT holds) d ON d.uy = s.target
            AND d.inst = t.inst
        WHERE t.inst >> 32 < {own}
        GROUP BY m.move, s.target, t.inst, t.side
    """)


def _sums(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_after``: the sums of each touched instance by side, before and after each move."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_sides_now AS
        WITH touched AS (SELECT DISTINCT uy, inst FROM rec_shift),
        terms AS (SELECT t.* FROM rec_terms t SEMI JOIN touched x ON x.inst = t.inst)
        SELECT c.uy, t.inst, t.side, sum(t.coef * c.amt) AS total,
               sum(abs(t.coef) * c.half) AS width,
               count(*) AS filled, count(*) FILTER (c.bad) AS bad
        FROM rec_cells c JOIN terms t USING (key)
            SEMI JOIN touched x ON x.uy = c.uy AND x.inst = t.inst
        GROUP BY c.uy, t.inst, t.side;
        CREATE OR REPLACE TEMP TABLE rec_after AS
        WITH wanted AS (
            SELECT DISTINCT move, uy, inst, unnest([false, true]) AS after FROM rec_shift
        ), parts AS (
            SELECT w.*, n.side, n.total, n.width, n.filled, n.bad
            FROM wanted w JOIN rec_sides_now n ON n.uy = w.uy AND n.inst = w.inst
            UNION ALL
            SELECT move, uy, inst, true, side, delta, 0, filled, 0 FROM rec_shift
        )
        SELECT move, uy, inst, after,
               coalesce(sum(total) FILTER (side = 0), 0) AS l,
               -coalesce(sum(total) FILTER (side = 1), 0) AS r,
               coalesce(sum(total) FILTER (side = 2), 0) AS s,
               coalesce(sum(total) FILTER (side < 2), 0) AS d, coalesce(sum(width), 0) AS w,
               coalesce(sum(width) FILTER (side = 0), 0) AS wl,
               coalesce(sum(width) FILTER (side <> 0), 0) AS wr,
               coalesce(sum(filled) FILTER (side = 0), 0) AS nl,
               coalesce(sum(filled) FILTER (side = 1), 0) AS nr,
               coalesce(sum(bad), 0) AS nb
        FROM parts GROUP BY move, uy, inst, after
    """)


def withdraw_harmful(con: duckdb.DuckDBPyConnection, own: int) -> None:
    """Takes the suggested amount from every suspect after whose change not fewer instances would
    fail. Needs the terms of blank suspects (``blank_cells.py``).
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_proposed AS
        SELECT (row_number() OVER (ORDER BY uy, key, suggested))::INTEGER AS move, uy, key,
               suggested
        FROM (SELECT DISTINCT uy, key, suggested FROM rec_suspects WHERE suggested IS NOT NULL);
        CREATE OR REPLACE TEMP TABLE rec_moves AS
        SELECT p.move, p.uy, p.key, p.suggested::HUGEINT - coalesce(b.amt, 0) AS delta
        FROM rec_proposed p LEFT JOIN rec_base b ON b.uy = p.uy AND b.key = p.key
    """)
    count_effects(con, own)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_withdrawn AS
        SELECT DISTINCT p.uy, p.key FROM rec_proposed p JOIN rec_effects e USING (move)
        JOIN rec_suspects s ON s.uy = p.uy AND s.key = p.key AND s.suggested = p.suggested
        WHERE e.broken >= e.mended AND s.chosen;
        UPDATE rec_suspects SET suggested = NULL
        FROM rec_proposed p JOIN rec_effects e USING (move)
        WHERE e.broken >= e.mended AND p.uy = rec_suspects.uy AND p.key = rec_suspects.key
            AND p.suggested = rec_suspects.suggested
    """)
