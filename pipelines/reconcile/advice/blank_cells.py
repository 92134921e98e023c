"""Blank cells that advice may fill.

They get their terms here, so that what an amount there mends and breaks can be counted like that
of any other cell; the other terms are of cells that hold something somewhere. ``rec_blanks``: uy,
key: cells that a failing formula names or that are suspected, and that hold nothing.
``rec_new_keys``: those of them that no unit fills; their terms are the slice's own.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.terms import Compiler, Plan, key_sql
from schemas.library import Form

MEANT = "rid IS NULL AND cell IS NOT NULL AND op >= -1 AND scope IN (0, 3)"


def add_blank_cells(con: duckdb.DuckDBPyConnection, plan: Plan, forms: dict[str, Form]) -> None:
    """Makes ``rec_blanks`` and adds the terms of its cells. Needs ``rec_ops``, ``rec_suspects``."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_blanks AS
        SELECT DISTINCT o.uy, {key_sql("o.")} AS key, o.form, o.block, o.row_key, o.col_key
        FROM rec_ops o LEFT JOIN (SELECT DISTINCT uy, key FROM rec_suspects) s
            ON s.uy = o.uy AND s.key = {key_sql("o.")}
        WHERE {MEANT} AND (NOT o.opened OR s.key IS NOT NULL);
        CREATE OR REPLACE TEMP TABLE rec_new_keys AS
        SELECT DISTINCT form, block, row_key, col_key FROM rec_blanks
        EXCEPT SELECT form, block, row_key, col_key FROM rec_keys""")
    if not con.execute("SELECT count(*) FROM rec_new_keys").fetchall()[0][0]:
        return
    Compiler(con, forms, "rec_new_keys").add(plan)
    con.execute("INSERT INTO rec_keys BY NAME SELECT * FROM rec_new_keys")


def take_blank_cells_back(con: duckdb.DuckDBPyConnection) -> None:
    """Takes away the terms that were added, so that no slice sees what another one lacked."""
    mine = f"xor(t.key, t.scope::UBIGINT) = {key_sql('k.')}"
    con.execute(f"""
        DELETE FROM rec_terms t USING rec_new_keys k WHERE {mine};
        DELETE FROM rec_keys WHERE (form, block, row_key, col_key) IN (
            SELECT (form, block, row_key, col_key) FROM rec_new_keys)""")
