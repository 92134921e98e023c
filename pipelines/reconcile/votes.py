"""What every failing equality says of the cells it reads: amounts that would settle it.

``rec_votes``: uy, inst, key, suggested (分; NULL for the cells of a failing inequality, which names
no amount). ``rec_breaks``: uy, key, suggested, breaks: the equalities that hold and that it would
break. What does not belong here: which of them is likeliest (``ranking.py``).
"""

from __future__ import annotations

from collections import defaultdict

import duckdb

from pipelines.reconcile.operand_cells import any_row
from pipelines.reconcile.plausibility import oddity
from pipelines.reconcile.ranking import Bounds, Votes, Weight


def count_votes(con: duckdb.DuckDBPyConnection, own: int, scopes: str) -> None:
    """Makes ``rec_votes`` and ``rec_breaks``.

    ``own``: checks from this number on are conditions, which break nothing. ``scopes``: a condition
    on the operand ``o``, whose cells may be accused.
    """
    _votes(con, scopes)
    _breaks(con, own)
    if any_row(con, "rec_ops WHERE rec_published(form)"):
        _drop_confirmed(con)


def _votes(con: duckdb.DuckDBPyConnection, scopes: str) -> None:
    """``rec_votes``: failing instance, cell and an amount that settles it. Each equality proposes
    one amount for each of its cells, as exact as the cell is printed; every other instance that the
    amount settles, within rounding, votes for it too.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rec_votes (uy INTEGER, inst BIGINT, key UBIGINT,"
        " suggested HUGEINT)"
    )
    if any_row(con, "rec_restored"):
        _restored_votes(con, scopes)
    digit = "2 * greatest(o.half, o.printed)"
    exact = "coalesce(o.amt, 0)::HUGEINT - f.d // o.coef"
    con.execute(f"""
        INSERT INTO rec_votes
        SELECT uy, inst, key, CASE WHEN digit = 0 THEN exact
               ELSE sign(exact) * ((2 * abs(exact) + digit) // (2 * digit)) * digit END AS suggested
        FROM (SELECT f.uy, f.inst, hash(o.form, o.block, o.row_key, o.col_key) AS key,
            {exact} AS exact, {digit} AS digit
              FROM rec_failed f JOIN rec_checks c USING (chk)
                  JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst
              ANTI JOIN rec_blamed b ON b.uy = f.uy AND b.inst = f.inst
                  ANTI JOIN rec_hopeless h ON h.uy = f.uy
              WHERE c.cmp = '=' AND NOT c.rich AND {scopes} AND o.cell IS NOT NULL
                  AND f.d % o.coef = 0);
        INSERT INTO rec_votes
        SELECT v.uy, f.inst, v.key, v.suggested
        FROM (SELECT DISTINCT uy, key, suggested FROM rec_votes) v
        JOIN rec_ops o ON o.uy = v.uy AND {scopes}
            AND hash(o.form, o.block, o.row_key, o.col_key) = v.key
        JOIN rec_failed f ON f.uy = o.uy AND f.inst = o.inst
            JOIN rec_checks c ON c.chk = f.chk AND NOT c.rich
        ANTI JOIN rec_blamed b ON b.uy = f.uy AND b.inst = f.inst
        WHERE c.cmp = '<=' AND f.d + o.coef * (v.suggested - coalesce(o.amt, 0)) <= f.w
           OR c.cmp = '>=' AND f.d + o.coef * (v.suggested - coalesce(o.amt, 0)) >= -f.w
           OR c.cmp = '=' AND f.w > 0
               AND abs(f.d + o.coef * (v.suggested - coalesce(o.amt, 0))) <= f.w;
        INSERT INTO rec_votes
        SELECT DISTINCT f.uy, f.inst, hash(o.form, o.block, o.row_key, o.col_key), NULL::HUGEINT
        FROM rec_failed f
            JOIN rec_checks c ON c.chk = f.chk AND c.cmp IN ('<=', '>=') AND NOT c.rich
        JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND {scopes} AND o.cell IS NOT NULL
            AND (o.rid IS NOT NULL OR o.single)
        ANTI JOIN rec_blamed b ON b.uy = f.uy AND b.inst = f.inst
            ANTI JOIN rec_hopeless h ON h.uy = f.uy
    """)


def _restored_votes(con: duckdb.DuckDBPyConnection, scopes: str) -> None:
    """Starts ``rec_votes`` with what the sums of balanced tables say of a figure; they back it as
    well.
    """
    con.execute(f"""
        INSERT INTO rec_votes
        SELECT DISTINCT f.uy, f.inst, r.key, r.suggested::HUGEINT AS suggested
        FROM rec_restored r
            JOIN rec_ops o ON o.uy = r.uy AND {scopes}
            AND hash(o.form, o.block, o.row_key, o.col_key) = r.key
        JOIN rec_failed f ON f.uy = o.uy AND f.inst = o.inst
            JOIN rec_checks c ON c.chk = f.chk AND c.cmp = '=' AND NOT c.rich
        WHERE abs(f.d + o.coef * (r.suggested - coalesce(o.amt, 0))) <= f.w;
        DELETE FROM rec_backing WHERE inst < 0;
        INSERT INTO rec_backing SELECT uy, -unnest(range(1, sums + 1)), key, suggested
            FROM rec_restored
    """)


def _breaks(con: duckdb.DuckDBPyConnection, own: int) -> None:
    """``rec_breaks``: how many equalities that hold each cell takes part in and that the amount
    would break.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_touched AS
        SELECT v.uy, v.key, t.inst, sum(t.coef) AS coef
        FROM (SELECT DISTINCT uy, key, unnest([key, xor(key, 3::UBIGINT)]) AS scoped
            FROM rec_votes) v
        JOIN rec_plain t ON t.key = v.scoped
        JOIN rec_checks c ON c.chk = t.inst >> 32 AND c.cmp = '=' AND c.chk < {own}
        ANTI JOIN rec_closed x ON x.uy = v.uy AND x.chk = c.chk
        ANTI JOIN rec_failed f ON f.uy = v.uy AND f.inst = t.inst
        ANTI JOIN (SELECT * FROM rec_dropped WHERE NOT holds) d ON d.uy = v.uy AND d.inst = t.inst
        GROUP BY v.uy, v.key, t.inst;
        CREATE OR REPLACE TEMP TABLE rec_held AS
        WITH touched AS (SELECT DISTINCT uy, inst FROM rec_touched), sides AS (
            SELECT c.uy, t.inst, count(*) FILTER (t.one = 1) AS nl,
                   count(*) FILTER (t.one > 1) AS nr,
                   count(*) FILTER (c.bad) AS nb, sum(t.coef * c.amt) AS d,
                   sum(abs(t.coef) * c.half) AS w
            FROM rec_cells c JOIN rec_plain t USING (key)
                SEMI JOIN touched x ON x.uy = c.uy AND x.inst = t.inst
            GROUP BY c.uy, t.inst
        )
        SELECT s.uy, s.inst, s.d, s.w FROM sides s JOIN rec_checks c ON c.chk = s.inst >> 32
        WHERE nb = 0 AND (nl > 0 OR NOT c.need_left) AND (nr > 0 OR NOT c.need_right);
        CREATE OR REPLACE TEMP TABLE rec_breaks AS
        WITH exact AS (
            SELECT t.uy, t.key, count(*) AS breaks FROM rec_touched t
                   JOIN rec_held h ON h.uy = t.uy AND h.inst = t.inst
            WHERE h.w = 0 GROUP BY t.uy, t.key
        ), rounded AS (
            SELECT v.uy, v.key, v.suggested, count(*) AS breaks
            FROM (SELECT DISTINCT uy, key, suggested FROM rec_votes) v
            JOIN rec_touched t ON t.uy = v.uy AND t.key = v.key
                JOIN rec_held h ON h.uy = t.uy AND h.inst = t.inst AND h.w > 0
            LEFT JOIN rec_cells c ON c.uy = v.uy AND c.key = v.key
            WHERE abs(h.d + t.coef * (v.suggested - coalesce(c.amt, 0))) > greatest(h.w, abs(h.d))
            GROUP BY v.uy, v.key, v.suggested
        )
        SELECT v.uy, v.key, v.suggested, coalesce(e.breaks, 0) + coalesce(r.breaks, 0) AS breaks
        FROM (SELECT DISTINCT uy, key, suggested FROM rec_votes) v
        LEFT JOIN exact e ON e.uy = v.uy AND e.key = v.key
        LEFT JOIN rounded r ON r.uy = v.uy AND r.key = v.key AND r.suggested = v.suggested
    """)


def _drop_confirmed(con: duckdb.DuckDBPyConnection) -> None:
    """Takes votes back that what holds speaks against.

    An internal cell of which only comparisons with published tables fail, while sums or other
    tables confirm it; and any cell that is compared with a line which the published table lacks,
    unless its change settles more than it breaks.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_confirmed AS
        WITH published AS (
            SELECT uy, inst, bool_or(single AND rid IS NULL AND cell IS NULL) AS absent
            FROM rec_ops WHERE rec_published(form) GROUP BY uy, inst
        ), cells AS (
            SELECT uy, hash(form, block, row_key, col_key) AS key,
                   bool_or(rec_published(form)) AS published FROM rec_ops GROUP BY ALL
        ), tally AS (
            SELECT v.uy, v.key, v.suggested, count(DISTINCT v.inst) AS settles,
                   bool_and(p.inst IS NOT NULL) AS compared
            FROM rec_votes v LEFT JOIN published p ON p.uy = v.uy AND p.inst = v.inst
                WHERE v.suggested IS NOT NULL GROUP BY ALL
        )
        SELECT v.uy, v.key, v.suggested, v.inst
        FROM rec_votes v JOIN tally t ON t.uy = v.uy AND t.key = v.key AND t.suggested = v.suggested
        JOIN rec_breaks b ON b.uy = v.uy AND b.key = v.key AND b.suggested = v.suggested
        JOIN cells c ON c.uy = v.uy AND c.key = v.key
        JOIN published p ON p.uy = v.uy AND p.inst = v.inst
        ANTI JOIN rec_backing k ON k.uy = v.uy AND k.key = v.key AND k.suggested = v.suggested
        WHERE (NOT c.published AND t.compared AND b.breaks >= 1)
            OR (p.absent AND b.breaks >= t.settles);
        DELETE FROM rec_votes
            WHERE (uy, key, suggested, inst) IN (SELECT (uy, key, suggested, inst)
            FROM rec_confirmed)
    """)


def votes_by_unit(con: duckdb.DuckDBPyConnection) -> tuple[dict[int, Votes], dict[int, Bounds]]:
    """The votes of each unit-year, and its failing inequalities."""
    bounds: dict[int, Bounds] = defaultdict(lambda: defaultdict(list))
    found: dict[int, Votes] = defaultdict(dict)
    rows = con.execute("""
        WITH now AS (
            SELECT o.uy, hash(o.form, o.block, o.row_key, o.col_key) AS key,
                   any_value(o.amt) AS amt,
                   max(2 * greatest(o.half, o.printed)) AS digit,
                   bool_or(w.form IS NOT NULL) AS whole, bool_or(g.key IS NOT NULL) AS guessed,
                   NOT bool_or(rec_published(o.form)) AS internal
            FROM rec_ops o LEFT JOIN rec_whole w ON w.form = o.form AND w.row_key = o.row_key
            LEFT JOIN rec_guessed g ON g.uy = o.uy
                AND g.key = hash(o.form, o.block, o.row_key, o.col_key)
            WHERE o.scope IN (0, 3) GROUP BY ALL
        ), backed AS (
            SELECT uy, key, suggested, count(DISTINCT inst) AS backing FROM rec_backing GROUP BY ALL
        )
        SELECT v.uy, v.key, v.suggested, list(DISTINCT v.inst ORDER BY v.inst),
               coalesce(any_value(b.breaks), 0), any_value(n.amt),
               any_value(n.whole), any_value(n.guessed), coalesce(any_value(k.backing), 0),
               coalesce(any_value(n.digit), 0), coalesce(any_value(n.internal), false)
        FROM rec_votes v
            LEFT JOIN rec_breaks b ON b.uy = v.uy AND b.key = v.key
            AND b.suggested IS NOT DISTINCT FROM v.suggested
        LEFT JOIN now n ON n.uy = v.uy AND n.key = v.key
        LEFT JOIN backed k ON k.uy = v.uy AND k.key = v.key AND k.suggested = v.suggested
        GROUP BY v.uy, v.key, v.suggested ORDER BY ALL
    """).fetchall()
    for uy, key, suggested, instances, breaks, *seen in rows:
        if suggested is None:
            for inst in instances:
                bounds[uy][inst].append((int(breaks), key))
        else:
            weight = _weight(int(suggested), tuple(instances), int(breaks), *seen)
            found[uy][(key, int(suggested))] = weight
    return found, bounds


def _weight(
    suggested: int,
    instances: tuple[int, ...],
    breaks: int,
    amount: int | None,
    whole: bool,
    guessed: bool,
    backing: int,
    digit: int,
    internal: bool,
) -> Weight:
    """What speaks for and against the cell, now at ``amount``, being ``suggested``."""
    present = None if amount is None else int(amount)
    unsupported = bool(guessed) and not backing
    odd = oddity(present, suggested, whole=bool(whole), guessed=unsupported)
    return Weight(instances, breaks, odd, int(backing), int(digit), internal)
