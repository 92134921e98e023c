"""Blank cells that a failing sum may have lost: where one instance names an empty cell, other sums it stands in may too.

A sum over a code tree only sees cells that hold something; a part that was blanked is not among its operands. This adds
such cells to ``rec_ops``, so that they can be suspected in every sum they break.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.operands import FILL


def add_blank_parts(con: duckdb.DuckDBPyConnection) -> None:
    """Adds to the open sums of ``rec_failed`` the empty cells that other failing instances of the unit name."""
    row, col = FILL.format("o.row_t"), FILL.format("o.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_lost AS
        SELECT DISTINCT uy, form, block, row_key, col_key, file, sheet, cell, row_label, col_label
        FROM rec_ops ANTI JOIN rec_hopeless USING (uy) WHERE rid IS NULL AND cell IS NOT NULL AND scope = 0;
        INSERT INTO rec_ops
        SELECT DISTINCT f.uy, f.chk, f.inst, -1, o.side, o.coef, o.scope, b.form, b.block, b.row_key, b.col_key, false, true,
               NULL::BIGINT, 0, false, NULL::BIGINT, true, b.file, b.sheet, b.cell, b.row_label, b.col_label, 0
        FROM rec_failed f JOIN rec_instances i USING (inst) JOIN rec_operands o ON o.chk = f.chk AND o.opened AND o.scope = 0
        JOIN rec_lost b ON b.uy = f.uy AND b.form = o.form AND b.block = o.block
            AND regexp_full_match(b.row_key, {row}) AND regexp_full_match(b.col_key, {col})
        ANTI JOIN rec_ops x ON x.uy = f.uy AND x.inst = f.inst AND x.form = b.form AND x.block = b.block
            AND x.row_key = b.row_key AND x.col_key = b.col_key
    """)
