"""The suspects of each finding, with the file, sheet and cell where they stand.

A finding of a roll-up, or of the year after, that follows from another submission's cell is given
that cell: its file is named.
"""

from __future__ import annotations

import duckdb


def write_suspects(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the suspects of the slice to ``raw_cells``.

    Needs ``rec_suspects``, ``rec_blamed`` and ``rec_names``.
    """
    _accused(con)
    _where(con)
    con.execute("""
        INSERT INTO raw_cells
        SELECT DISTINCT n.finding_id, 'suspect', a.rank, w.file, w.sheet, w.cell, rec_money(w.amt),
               rec_money(a.suggested),
               NULL, a."set"
        FROM rec_accused a JOIN rec_names n ON n.uy = a.uy AND n.inst = a.inst
        JOIN rec_where w ON w.uy = a.owner AND w.key = a.key
    """)


def _accused(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_accused``: uy, inst, owner, key, rank, suggested, set.

    ``owner`` is the unit and year in whose file the cell stands.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_accused AS
        SELECT uy, inst, uy AS owner, key, rank, suggested, t."set"
        FROM rec_suspects LEFT JOIN rec_sets t USING (uy, key)
        UNION ALL
        SELECT b.uy, b.inst, b.owner, b.key, min(s.rank),
               any_value(s.suggested ORDER BY s.rank), NULL
        FROM rec_blamed b JOIN rec_suspects s ON s.uy = b.owner AND s.key = b.key AND s.chosen
        GROUP BY b.uy, b.inst, b.owner, b.key
    """)


def _where(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_where``: the address and amount of each accused cell, filled or blank."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_where AS
        WITH wanted AS (SELECT DISTINCT owner AS uy, key FROM rec_accused), named AS (
            SELECT w.uy, w.key, o.file, o.sheet, o.cell, o.amt
            FROM wanted w JOIN rec_ops o ON o.uy = w.uy
                AND hash(o.form, o.block, o.row_key, o.col_key) = w.key
            WHERE o.cell IS NOT NULL AND o.scope IN (0, 3)
        ), held AS (
            SELECT w.uy, w.key, b.amt, b.rid FROM wanted w
                   JOIN rec_base b ON b.uy = w.uy AND b.key = w.key
            ANTI JOIN named n ON n.uy = w.uy AND n.key = w.key
        ), filled AS (
            SELECT h.uy, h.key, f.file, f.sheet, f.cell, h.amt FROM held h
                   JOIN rec_facts f ON f.rid = h.rid
            WHERE f.rid BETWEEN (SELECT min(rid) FROM held WHERE rid >= 0) AND (SELECT max(rid)
                FROM held)
            UNION ALL
            SELECT h.uy, h.key, f.file, f.sheet, f.cell, h.amt FROM held h
                   JOIN rec_prior f ON f.rid = h.rid
        )
        SELECT DISTINCT * FROM named UNION SELECT * FROM filled
    """)
