"""A row under a mistyped code: one slip of the pen that fails in every table the row is compared
with.

In one table a code is lacking that others have, another code stands there that no other table has
(or twice), and what the one lacks in a rule is what the other has too much in the same rule: then
the code is wrong and no amount. All findings of both codes are of one cause, begin with the row,
and suspect the cell of the code.

``rec_mistyped``: uy, form, wrong, meant, twice, file, sheet, cell, rank, cause, words.
``rec_miscoded``: uy, inst and the number of the row of ``rec_mistyped`` it comes from.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.operand_cells import any_row

CODE = "[23]\\d{2}(\\d{2}){0,2}"
LACKING = "rec_coded WHERE NOT present AND rid IS NULL"
QUOTE = "编码 "  # begins the quote of a suspected cell that holds a code


def find_mistyped(con: duckdb.DuckDBPyConnection) -> None:
    """Makes both tables; takes the suspects of the instances away that a mistyped code explains,
    and moves the others' ranks.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_mistyped (uy INTEGER, form VARCHAR, block VARCHAR,
            meant VARCHAR, wrong VARCHAR, file VARCHAR, sheet VARCHAR, row INTEGER, fits BIGINT,
            twice BOOLEAN, cell VARCHAR, rank INTEGER, cause VARCHAR, words VARCHAR);
        CREATE OR REPLACE TEMP TABLE rec_miscoded (uy INTEGER, inst BIGINT, owner INTEGER,
            rank INTEGER)""")
    _coded(con)
    if not any_row(con, LACKING):
        return
    _pairs(con)
    if not any_row(con, "rec_paired"):
        return
    _rows(con)
    _instances(con)
    con.execute("""
        DELETE FROM rec_suspects s
            WHERE EXISTS (SELECT 1 FROM rec_miscoded m WHERE m.uy = s.uy AND m.inst = s.inst);
        UPDATE rec_suspects SET rank = rec_suspects.rank + m.rows
        FROM (SELECT uy, count(*)::INTEGER AS rows FROM rec_mistyped GROUP BY uy) m
            WHERE m.uy = rec_suspects.uy
    """)


def _coded(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_coded``: the operands of failing instances in lines with a code."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_coded AS
        SELECT f.uy, f.chk, f.inst, f.d, f.w, o.form, o.block, o.row_key, o.present, o.rid, o.amt,
               o.file, o.sheet, o.cell
        FROM rec_failed f JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst
            ANTI JOIN rec_hopeless h ON h.uy = f.uy
        WHERE o.scope IN (0, 3) AND NOT o.opened AND regexp_full_match(o.row_key, '{CODE}')
    """)


def _pairs(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_paired``: a code that a table lacks and one it has too much, with the rule and the
    amount at which they fit.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_paired AS
        SELECT a.uy, a.form, a.block, a.row_key AS meant, b.row_key AS wrong, a.chk,
               abs(a.d) AS off,
               min_by(b.file, abs(abs(b.amt) - abs(a.d))) AS file,
               min_by(b.sheet, abs(abs(b.amt) - abs(a.d))) AS sheet,
               min_by(regexp_extract(b.cell, '\\d+$')::INTEGER, abs(abs(b.amt) - abs(a.d))) AS row
        FROM rec_coded a
            JOIN rec_coded b ON b.uy = a.uy AND b.chk = a.chk AND b.form = a.form
            AND b.block = a.block
            AND b.row_key <> a.row_key AND length(b.row_key) = length(a.row_key)
                AND abs(a.d + b.d) <= a.w + b.w
        WHERE NOT a.present AND a.rid IS NULL AND b.rid IS NOT NULL AND b.cell IS NOT NULL
        GROUP BY a.uy, a.form, a.block, a.row_key, b.row_key, a.chk, abs(a.d)
    """)


def _rows(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        INSERT INTO rec_mistyped
        WITH stood AS (
            SELECT u.uy, l.form, l.block, l.row_key, count(DISTINCT l.row) AS times FROM lines l
            JOIN rec_uy u ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
            SEMI JOIN rec_paired p ON p.uy = u.uy AND p.wrong = l.row_key
                GROUP BY u.uy, l.form, l.block, l.row_key
        ), fits AS (
            SELECT p.uy, p.form, p.block, p.meant, p.wrong, p.file, p.sheet, p.row,
                   count(*) AS fits, max(s.times) > 1 AS twice
            FROM rec_paired p
                JOIN stood s ON s.uy = p.uy AND s.form = p.form AND s.block = p.block
                AND s.row_key = p.wrong
            WHERE s.times > 1 OR NOT EXISTS (SELECT 1 FROM stood x
                WHERE x.uy = p.uy AND x.row_key = p.wrong AND x.form <> p.form)
            GROUP BY p.uy, p.form, p.block, p.meant, p.wrong, p.file, p.sheet, p.row
            QUALIFY row_number() OVER (PARTITION BY p.uy, p.form, p.block, p.wrong, p.row
                ORDER BY count(*) DESC, levenshtein(p.meant, p.wrong), p.meant) = 1
                AND row_number() OVER (PARTITION BY p.uy, p.form, p.block, p.meant
                    ORDER BY count(*) DESC, levenshtein(p.meant, p.wrong), p.wrong) = 1
        )
        SELECT f.*, coalesce(l.code_cell, l.label_cell, 'A' || f.row) AS cell,
               (row_number() OVER (PARTITION BY f.uy
                   ORDER BY f.fits DESC, f.form, f.wrong))::INTEGER AS rank,
               substr(sha256(concat_ws('|', u.unit, u.year::VARCHAR, f.form, f.wrong, f.meant)), 1,
                   16) AS cause,
               coalesce(t.title, f.form) || coalesce(l.code_cell, l.label_cell, 'A' || f.row)
               || ' 的编码 ' || f.wrong
               || CASE WHEN f.twice THEN ' 在本表中重复'
                   ELSE ' 在其他表中没有' END || '，按金额应为 ' || f.meant || '。' AS words
        FROM fits f JOIN rec_uy u ON u.uy = f.uy LEFT JOIN rec_titles t ON t.form = f.form
        LEFT JOIN (SELECT file, sheet, form, row, any_value(code_cell) AS code_cell,
            any_value(label_cell) AS label_cell FROM lines GROUP BY ALL) l
            ON l.file = f.file AND l.sheet = f.sheet AND l.form = f.form AND l.row = f.row
    """)


def _instances(con: duckdb.DuckDBPyConnection) -> None:
    """What fails because of each: all about either code in the table, sums over them that are off
    by as much, and roll-ups of the row.
    """
    con.execute("""
        INSERT INTO rec_miscoded
        WITH about AS (
            SELECT o.uy, o.inst, m.uy AS owner, m.rank FROM rec_mistyped m
            JOIN rec_ops o ON o.uy = m.uy AND o.scope IN (0, 3) AND o.form = m.form
                AND o.block = m.block AND o.row_key IN (m.meant, m.wrong)
            UNION ALL
            SELECT o.uy, o.inst, m.uy, m.rank FROM rec_mistyped m
            JOIN rec_ops o ON o.uy = m.uy AND o.scope IN (0, 3) AND o.form = m.form
                AND o.block = m.block
                AND length(o.row_key) < length(m.meant)
                    AND (starts_with(m.meant, o.row_key) OR starts_with(m.wrong, o.row_key))
            JOIN rec_failed f ON f.uy = o.uy AND f.inst = o.inst
            JOIN rec_paired p ON p.uy = m.uy AND p.form = m.form AND p.meant = m.meant
                AND p.wrong = m.wrong AND p.off = abs(f.d)
            UNION ALL
            SELECT o.uy, o.inst, m.uy, m.rank FROM rec_mistyped m
            JOIN rec_map w ON w.source = m.uy AND w.scope = 2
            JOIN rec_ops o ON o.uy = w.target AND o.scope = 3 AND o.form = m.form
                AND o.block = m.block AND o.row_key IN (m.meant, m.wrong)
            JOIN rec_failed f ON f.uy = o.uy AND f.inst = o.inst
            WHERE EXISTS (SELECT 1 FROM rec_operands r WHERE r.chk = o.chk AND r.scope = 2)
                AND EXISTS (SELECT 1 FROM rec_cells c JOIN rec_facts x USING (rid)
                    WHERE c.uy = m.uy AND c.scope = 0 AND x.form = m.form
                    AND x.block = m.block AND x.row_key = m.wrong AND x.col_key = o.col_key
                        AND abs(c.amt) = abs(f.d))
        )
        SELECT uy, inst, min_by(owner, (owner <> uy, rank, owner)) AS owner,
               min_by(rank, (owner <> uy, rank, owner)) AS rank
        FROM about SEMI JOIN rec_failed USING (uy, inst) GROUP BY uy, inst
    """)
