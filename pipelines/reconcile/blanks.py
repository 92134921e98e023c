"""Blank cells that a failing sum may have lost.

A sum over a code tree or a panel only sees cells that hold something; a part that was blanked is
not among its operands. This adds such cells to ``rec_ops``, so that they can be suspected (and are
named) in every sum they break: cells that another failing instance names, and cells whose row and
column both hold numbers elsewhere in the table; in a table of one column, the one line that is
printed without its amount. ``rec_guessed`` holds the latter: uy, key. And
where one table has amounts of which another has none at all, the cells that should have held them
are named.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.operand_cells import FILL, any_row

NAMED = -2  # op of a cell that is named only: it takes no part in the sum
CONDITIONS = "'⇒', '⇔'"
FEW = 300  # failing instances of a unit and year: beyond it blanks are not guessed at


def add_blank_parts(con: duckdb.DuckDBPyConnection) -> None:
    """Adds blank cells to the open sums of ``rec_failed``."""
    row, col = FILL.format("o.row_t"), FILL.format("o.col_t")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_lost AS
        SELECT DISTINCT uy, form, block, row_key, col_key, file, sheet, cell, row_label, col_label
        FROM rec_ops ANTI JOIN rec_hopeless USING (uy)
            WHERE rid IS NULL AND cell IS NOT NULL AND scope IN (0, 3);
    """)
    _guess(con)
    if not any_row(con, "rec_lost"):
        return
    con.execute(f"""
        INSERT INTO rec_ops
        SELECT DISTINCT f.uy, f.chk, f.inst, -1, o.side, o.coef, o.scope, b.form, b.block,
               b.row_key, b.col_key, false, true,
               NULL::BIGINT, 0, false, NULL::BIGINT, true, b.file, b.sheet, b.cell, b.row_label,
               b.col_label, 0
        FROM rec_failed f JOIN rec_instances i USING (inst)
            JOIN rec_operands o ON o.chk = f.chk AND o.opened AND o.scope IN (0, 3)
        JOIN rec_lost b ON b.uy = f.uy AND b.form = o.form AND b.block = o.block
            AND regexp_full_match(b.row_key, {row}) AND regexp_full_match(b.col_key, {col})
        ANTI JOIN rec_ops x ON x.uy = f.uy AND x.inst = f.inst AND x.form = b.form
            AND x.block = b.block
            AND x.row_key = b.row_key AND x.col_key = b.col_key AND x.scope = o.scope
    """)


def _guess(con: duckdb.DuckDBPyConnection) -> None:
    """Adds to ``rec_lost`` the empty cells of tables with a failing open sum that stand in a filled
    row and a filled column.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_guessed (uy INTEGER, form VARCHAR, block VARCHAR,
            row_key VARCHAR, col_key VARCHAR, file VARCHAR, sheet VARCHAR, cell VARCHAR,
            row_label VARCHAR, col_label VARCHAR, key UBIGINT);
        CREATE OR REPLACE TEMP TABLE rec_summed AS
        SELECT DISTINCT f.uy, u.unit, u.year, u.lo, u.hi, o.form, o.block
        FROM (SELECT uy, unnest(list(DISTINCT chk)) AS chk FROM rec_failed GROUP BY uy
            HAVING count(*) <= {FEW}) f
        JOIN rec_checks c ON c.chk = f.chk AND c.cmp = '=' AND NOT c.rich
        JOIN rec_operands o ON o.chk = f.chk AND o.opened AND o.scope IN (0, 3)
            JOIN rec_uy u ON u.uy = f.uy""")
    if any_row(con, "rec_summed"):
        _guess_in_sums(con)


def _guess_in_sums(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_filled AS
        SELECT s.uy, x.form, x.block, x.row_key, x.col_key FROM rec_facts x
        JOIN rec_summed s ON s.unit = coalesce(x.unit_code, x.unit_name) AND s.year = x.year
            AND s.form = x.form AND s.block = x.block
        WHERE x.state <> 'dash' AND x.amount IS DISTINCT FROM 0
            AND x.rid BETWEEN (SELECT min(lo) FROM rec_summed) AND (SELECT max(hi) FROM rec_summed);
        INSERT INTO rec_guessed
        WITH empty AS (
        SELECT s.uy, s.form, s.block, l.row_key, y.col_key, min_by(h.file, l.row) AS file,
               min_by(h.sheet, l.row) AS sheet,
               min_by(y.letter || l.row, l.row) AS cell, min_by(l.row_label, l.row) AS row_label,
               min_by(y.col_label, l.row) AS col_label,
               hash(s.form, s.block, l.row_key, y.col_key) AS key
        FROM rec_summed s
        JOIN lines l ON coalesce(l.unit_code, l.unit_name) = s.unit AND l.year = s.year
            AND l.form = s.form AND l.block = s.block
        JOIN sheets h ON h.file = l.file AND h.sheet = l.sheet AND h.form = l.form
            AND h.status = 'read'
        JOIN layouts y ON y.layout = h.layout AND y.form = s.form AND y.block = s.block
            AND y.panel = l.panel
        SEMI JOIN rec_filled k ON k.uy = s.uy AND k.form = s.form AND k.block = s.block
            AND k.col_key = y.col_key
        ANTI JOIN rec_cells c ON c.uy = s.uy AND c.key = hash(s.form, s.block, l.row_key, y.col_key)
        ANTI JOIN rec_lost g ON g.uy = s.uy AND g.form = s.form AND g.block = s.block
            AND g.row_key = l.row_key AND g.col_key = y.col_key
        GROUP BY s.uy, s.form, s.block, l.row_key, y.col_key
        ), alone AS (
        -- the one line of a table of one column that is printed without its amount
        SELECT uy, form, block FROM empty ANTI JOIN (
            SELECT DISTINCT e.uy, e.form, e.block FROM empty e JOIN rec_filled k
                ON k.uy = e.uy AND k.form = e.form AND k.block = e.block AND k.col_key <> e.col_key
        ) USING (uy, form, block) GROUP BY uy, form, block HAVING count(*) = 1
        )
        SELECT e.* FROM empty e
        LEFT JOIN (SELECT DISTINCT uy, form, block, row_key FROM rec_filled) r
            USING (uy, form, block, row_key)
        LEFT JOIN alone a USING (uy, form, block)
        WHERE r.uy IS NOT NULL OR a.uy IS NOT NULL;
        INSERT INTO rec_lost SELECT uy, form, block, row_key, col_key, file, sheet, cell, row_label,
            col_label FROM rec_guessed""")


def name_blank_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Adds to ``rec_ops`` where the amounts are lacking of which a condition (⇒, ⇔) finds none on
    one side.

    Named are the blank cells of the lines that stand on the sheet; where no line stands, the filled
    cells of the line 合计.
    """
    if not any_row(con, f"rec_failed JOIN rec_checks USING (chk) WHERE cmp IN ({CONDITIONS})"):
        return
    row, col = FILL.format("o.row_t"), FILL.format("o.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_lacking AS
        SELECT DISTINCT f.uy, f.chk, f.inst, o.side, o.coef, o.form, o.block, {row} AS row_t,
               {col} AS col_t, u.unit, u.year
        FROM rec_failed f JOIN rec_checks c ON c.chk = f.chk AND c.cmp IN ({CONDITIONS})
        JOIN rec_instances i USING (inst)
            JOIN rec_operands o ON o.chk = f.chk AND o.opened AND o.scope = 0
            JOIN rec_uy u ON u.uy = f.uy
        ANTI JOIN (SELECT * FROM rec_ops WHERE amt <> 0) x ON x.uy = f.uy AND x.inst = f.inst
            AND x.side = o.side;
        CREATE OR REPLACE TEMP TABLE rec_bare_cells AS
        SELECT DISTINCT k.uy, k.chk, k.inst, k.side, k.coef, k.form, k.block, l.row_key, y.col_key,
               h.file, h.sheet,
               y.letter || l.row AS cell, l.row_label, y.col_label,
               regexp_full_match(l.row_key, k.row_t)
                   AND regexp_full_match(y.col_key, k.col_t) AS meant
        FROM rec_lacking k
        JOIN lines l ON coalesce(l.unit_code, l.unit_name) = k.unit AND l.year = k.year
            AND l.form = k.form AND l.block = k.block
        JOIN sheets h ON h.file = l.file AND h.sheet = l.sheet AND h.form = l.form
            AND h.status = 'read'
        JOIN layouts y ON y.layout = h.layout AND y.form = k.form AND y.block = k.block
            AND y.panel = l.panel
        WHERE l.row_key = '合计' OR regexp_full_match(l.row_key, k.row_t)
            AND regexp_full_match(y.col_key, k.col_t);
        INSERT INTO rec_ops
        SELECT DISTINCT b.uy, b.chk, b.inst, {NAMED}, b.side, b.coef, 0, b.form, b.block, b.row_key,
               b.col_key, false, true,
               f.amt, 0, false, NULL::BIGINT, false, b.file, b.sheet, b.cell, b.row_label,
               b.col_label, 0
        FROM rec_bare_cells b
            LEFT JOIN rec_cells f ON f.uy = b.uy
            AND f.key = hash(b.form, b.block, b.row_key, b.col_key)
        WHERE b.meant OR f.amt <> 0 AND NOT EXISTS (
            SELECT 1 FROM rec_bare_cells m
                   WHERE m.meant AND m.uy = b.uy AND m.inst = b.inst AND m.side = b.side);
        DROP TABLE rec_lacking;
        DROP TABLE rec_bare_cells
    """)
