"""The operands of the failing instances of a slice, with their cells; and the instances that do not
count after all.

``rec_ops``: uy, chk, inst, side, coef, scope, form, block, row_key, col_key, single, opened, amt,
half, bad, rid, present (the row and column exist on the sheet), file, sheet, cell, row_label,
col_label, printed (half the last digit of the sheet, in 分).
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.scopes import SLACK

FILL = "replace(replace(replace({0}, '<1>', i.v1), '<2>', i.v2), '<3>', i.v3)"


def load_operands(con: duckdb.DuckDBPyConnection) -> None:
    """Makes ``rec_ops`` for what is in ``rec_failed``."""
    _fixed(con)
    _places(con)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_ops AS
        SELECT s.uy, s.chk, s.inst, s.op, s.side, s.coef, s.scope, s.form, s.block, s.row_key,
               s.col_key, s.single, false AS opened,
               c.amt, coalesce(c.half, 0) AS half, coalesce(c.bad, false) AS bad, c.rid,
               c.rid IS NOT NULL OR b.cell IS NOT NULL AS present,
               coalesce(f.file, b.file) AS file, coalesce(f.sheet, b.sheet) AS sheet,
               coalesce(f.cell, b.cell) AS cell,
               coalesce(f.row_label, b.row_label) AS row_label,
               coalesce(f.col_label, b.col_label) AS col_label,
               coalesce(b.printed, 0) AS printed
        FROM rec_static s LEFT JOIN rec_cells c ON c.uy = s.uy AND c.key = s.key
        LEFT JOIN rec_blank b ON b.uy = s.uy AND b.key = s.key
        LEFT JOIN rec_named f ON f.rid = c.rid
        UNION ALL
        SELECT x.uy, x.chk, x.inst, -1, x.side, x.coef, x.scope, f.form, f.block, f.row_key,
               f.col_key, false, true,
               x.amt, x.half, x.bad, x.rid, true, f.file, f.sheet, f.cell, f.row_label, f.col_label,
               0
        FROM rec_opened x JOIN rec_named f ON f.rid = x.rid
    """)


def _fixed(con: duckdb.DuckDBPyConnection) -> None:
    row_key, col_key = FILL.format("o.row_t"), FILL.format("o.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_static AS
        SELECT *, xor(hash(form, block, row_key, col_key), scope::UBIGINT) AS key FROM (
            SELECT f.uy, f.chk, f.inst, o.op, o.side, o.coef, o.scope, o.form, o.block, o.single,
                   {row_key} AS row_key, {col_key} AS col_key
            FROM rec_failed f JOIN rec_instances i USING (inst) JOIN rec_operands o ON o.chk = f.chk
            WHERE NOT o.opened);
        CREATE OR REPLACE TEMP TABLE rec_opened AS
        SELECT f.uy, f.chk, f.inst, t.side, t.coef, t.scope, c.amt, c.half, c.bad, c.rid
        FROM rec_failed f JOIN rec_terms t ON t.inst = f.inst AND t.opened
        JOIN rec_cells c ON c.uy = f.uy AND c.key = t.key;
        CREATE OR REPLACE TEMP TABLE rec_wanted AS
        SELECT rid FROM rec_opened
        UNION SELECT c.rid FROM rec_cells c SEMI JOIN rec_static s ON s.uy = c.uy AND s.key = c.key;
        CREATE OR REPLACE TEMP TABLE rec_named AS
        SELECT rid, form, block, row_key, row_label, col_key, col_label, file, sheet, cell
        FROM rec_facts SEMI JOIN rec_wanted USING (rid)
        WHERE rid BETWEEN (SELECT coalesce(min(rid), 0) FROM rec_wanted WHERE rid >= 0)
                      AND (SELECT coalesce(max(rid), -1) FROM rec_wanted)
        UNION ALL SELECT rid, form, block, row_key, row_label, col_key, col_label, file, sheet, cell
        FROM rec_prior SEMI JOIN rec_wanted USING (rid)
    """)


def _places(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_blank``: rows and columns of operands without a number that stand on the sheet, with
    their address.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_empty AS
        SELECT DISTINCT s.uy, s.key, s.form, s.block, s.row_key, s.col_key, u.unit, u.year
        FROM rec_static s ANTI JOIN rec_cells c ON c.uy = s.uy AND c.key = s.key
        LEFT JOIN rec_map m ON m.target = s.uy AND m.scope = s.scope AND s.scope = 1
        JOIN rec_uy u ON u.uy = CASE WHEN s.scope = 1 THEN m.source ELSE s.uy END;
        CREATE OR REPLACE TEMP TABLE rec_blank AS
        SELECT e.uy, e.key, min_by(h.file, l.row) AS file, min_by(h.sheet, l.row) AS sheet,
               min_by(y.letter || l.row, l.row) AS cell, min_by(l.row_label, l.row) AS row_label,
               min_by(y.col_label, l.row) AS col_label,
               max(CASE WHEN h.decimals >= 2 THEN 0
                   ELSE 5 * (10 ** (1 - greatest(h.decimals, -10)))::BIGINT END) AS printed
        FROM rec_empty e
        JOIN lines l ON coalesce(l.unit_code, l.unit_name) = e.unit AND l.year = e.year
            AND l.form = e.form AND l.block = e.block AND l.row_key = e.row_key
        JOIN rec_sheets h ON h.file = l.file AND h.sheet = l.sheet AND h.form = l.form
            AND h.status = 'read'
        JOIN layouts y ON y.layout = h.layout AND y.form = e.form AND y.block = e.block
            AND y.col_key = e.col_key
            AND y.panel = l.panel
        GROUP BY e.uy, e.key;
        CREATE OR REPLACE TEMP TABLE rec_printed AS
        SELECT u.uy, h.form, max(5 * (10 ** (1 - greatest(h.decimals, -10)))::BIGINT) AS printed
        FROM rec_sheets h JOIN rec_uy u ON coalesce(h.unit_code, h.unit_name) = u.unit
            AND h.year = u.year
        SEMI JOIN rec_failed f ON f.uy = u.uy
        WHERE h.status = 'read' AND h.decimals < 2 GROUP BY u.uy, h.form
    """)


def prune(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int, int, bool]]:
    """Takes out of ``rec_failed`` the instances that do not count; returns (uy, chk, how many,
    still evaluated).

    All addends blank or dash: not evaluated. A single cell that its rounded table leaves out,
    within half a digit: holds.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_bare AS
        WITH one_sided AS (
            SELECT f.uy, f.chk, f.inst, CASE c.total WHEN 1 THEN 1 ELSE 0 END AS side
            FROM rec_failed f JOIN rec_checks c USING (chk)
                WHERE c.cmp = '=' AND c.total <> 0 AND NOT c.rich
        )
        SELECT s.* FROM one_sided s
        ANTI JOIN (SELECT uy, inst, side FROM rec_ops WHERE rid IS NOT NULL) o
            ON o.uy = s.uy AND o.inst = s.inst AND o.side = s.side;
        CREATE OR REPLACE TEMP TABLE rec_dropped AS
        SELECT b.uy, b.chk, b.inst, false AS holds
            FROM rec_bare b JOIN rec_ops o ON o.uy = b.uy AND o.inst = b.inst AND o.side = b.side
            GROUP BY b.uy, b.chk, b.inst HAVING bool_and(o.present)
        UNION SELECT f.uy, f.chk, f.inst, true
            FROM rec_failed f JOIN rec_checks c USING (chk)
            JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst AND o.single AND o.rid IS NULL
            JOIN rec_printed p ON p.uy = f.uy AND p.form = o.form
            WHERE o.scope = 0 AND o.side <> {SLACK}
                AND (c.cmp = '=' AND abs(f.d) <= f.w + p.printed * abs(o.coef)
                OR c.cmp = '<=' AND f.d <= f.w + p.printed * abs(o.coef))
    """)
    published, below, bounded = _kinds(con)
    if any_row(con, "rec_bare"):
        _blank_rows(con)
    _unjudged(con)
    if below:
        _optional_columns(con)
    if published:
        _level_left_out(con)
    if bounded:
        _said_twice(con)
    return remove(con, "rec_dropped")


def any_row(con: duckdb.DuckDBPyConnection, source: str) -> bool:
    """Whether there is any row in ``source`` (what may follow FROM).

    Planning what finds nothing takes a small reconcile most of its time: such things are asked for
    first.
    """
    return bool(con.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchall())


def _kinds(con: duckdb.DuckDBPyConnection) -> tuple[bool, bool, bool]:
    """Whether anything fails about published tables, about subordinates, and as an inequality."""
    rows = con.execute("""
        SELECT bool_or(rec_published(o.form)), bool_or(o.scope = 2), bool_or(c.cmp IN ('<=', '>='))
        FROM (SELECT DISTINCT chk FROM rec_failed) f JOIN rec_operands o ON o.chk = f.chk
        JOIN rec_checks c ON c.chk = f.chk""").fetchall()
    published, below, bounded = rows[0]
    return bool(published), bool(below), bool(bounded)


def _blank_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Open sums without a number whose rows and columns do stand on the sheet: all their addends
    are blank.
    """
    con.execute(f"""
        INSERT INTO rec_dropped
        SELECT DISTINCT s.uy, s.chk, s.inst, false
        FROM rec_bare s JOIN rec_instances i USING (inst)
        ANTI JOIN (SELECT uy, inst, side FROM rec_ops) x ON x.uy = s.uy AND x.inst = s.inst
            AND x.side = s.side
        JOIN rec_operands o ON o.chk = s.chk AND o.side = s.side AND o.opened
        JOIN rec_uy u ON u.uy = s.uy
        JOIN lines l ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
            AND l.form = o.form
            AND l.block = o.block AND regexp_full_match(l.row_key, {FILL.format("o.row_t")})
        JOIN sheets h ON h.file = l.file AND h.sheet = l.sheet AND h.form = l.form
            AND h.status = 'read'
        JOIN layouts y ON y.layout = h.layout AND y.form = o.form AND y.block = o.block
            AND y.panel = l.panel
            AND regexp_full_match(y.col_key, {FILL.format("o.col_t")})
    """)


def _unjudged(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_backing``: uy, inst, key, suggested. What a blank addend of an instance that is not
    evaluated should hold for it to hold (or nought, for its total).

    Such instances accuse no cell; but where a cell is suspected anyhow, they speak for it.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_backing AS
        SELECT f.uy, f.inst, hash(o.form, o.block, o.row_key, o.col_key) AS key,
               coalesce(o.amt, 0) - f.d // o.coef AS suggested
        FROM rec_failed f JOIN rec_dropped d ON d.uy = f.uy AND d.inst = f.inst AND NOT d.holds
        JOIN rec_ops o ON o.uy = f.uy AND o.inst = f.inst
        WHERE o.cell IS NOT NULL AND o.scope IN (0, 3) AND f.d % o.coef = 0
            AND (o.rid IS NULL OR o.amt = f.d // o.coef)
    """)


def _optional_columns(con: duckdb.DuckDBPyConnection) -> None:
    """Roll-ups of a column that the form may lack and that the department or a subordinate does
    lack: not comparable.
    """
    con.execute("""
        INSERT INTO rec_dropped
        SELECT DISTINCT o.uy, o.chk, o.inst, false
        FROM rec_ops o JOIN rec_optional p ON p.form = o.form AND p.col_key = o.col_key
        JOIN (SELECT source, target FROM rec_map WHERE scope = 2 UNION SELECT uy, uy
            FROM rec_targets) m ON m.target = o.uy
        JOIN rec_uy u ON u.uy = m.source
        JOIN sheets h ON coalesce(h.unit_code, h.unit_name) = u.unit AND h.year = u.year
            AND h.form = o.form AND h.status = 'read'
        ANTI JOIN layouts y ON y.layout = h.layout AND y.form = o.form AND y.col_key = o.col_key
        WHERE EXISTS (SELECT 1 FROM rec_operands r WHERE r.chk = o.chk AND r.scope = 2)
            AND NOT EXISTS (SELECT 1 FROM rec_dropped d WHERE d.uy = o.uy AND d.inst = o.inst)
    """)


def _level_left_out(con: duckdb.DuckDBPyConnection) -> None:
    """Published tables may list 款 of the economic classification without their 类, down their
    lines or across their columns: where no 类 stands at all, an absent one is how the table is laid
    out, and no total.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_levels AS
        SELECT DISTINCT s.uy, u.unit, u.year, s.form FROM rec_static s JOIN rec_uy u USING (uy)
        WHERE rec_published(s.form) AND s.scope = 0
            AND (regexp_full_match(s.row_key, '3\\d{2}')
            OR regexp_full_match(s.col_key, '3\\d{2}'));
        CREATE OR REPLACE TEMP TABLE rec_leads AS
        SELECT DISTINCT v.uy, v.form, true AS by_row
        FROM rec_levels v
            JOIN lines l ON coalesce(l.unit_code, l.unit_name) = v.unit AND l.year = v.year
            AND l.form = v.form
        WHERE regexp_full_match(l.row_key, '3\\d{2}')
        UNION SELECT DISTINCT v.uy, v.form, false
        FROM rec_levels v
            JOIN sheets h ON coalesce(h.unit_code, h.unit_name) = v.unit AND h.year = v.year
            AND h.form = v.form AND h.status = 'read'
        JOIN layouts y ON y.layout = h.layout AND y.form = v.form
        WHERE regexp_full_match(y.col_key, '3\\d{2}');
        INSERT INTO rec_dropped
        SELECT DISTINCT o.uy, o.chk, o.inst, false
        FROM rec_ops o JOIN rec_checks c ON c.chk = o.chk AND c.cmp = '='
        JOIN rec_levels v ON v.uy = o.uy AND v.form = o.form
        WHERE o.single AND NOT o.opened AND o.side = 0 AND NOT o.present AND o.scope = 0
            AND (regexp_full_match(o.row_key, '3\\d{2}')
                AND (v.uy, v.form, true) NOT IN (FROM rec_leads)
                OR regexp_full_match(o.col_key, '3\\d{2}')
                    AND (v.uy, v.form, false) NOT IN (FROM rec_leads))
            AND EXISTS (SELECT 1 FROM rec_ops p
                WHERE p.uy = o.uy AND p.inst = o.inst AND p.opened AND p.form = o.form)
            AND NOT EXISTS (SELECT 1 FROM rec_dropped d WHERE d.uy = o.uy AND d.inst = o.inst)
    """)


def _said_twice(con: duckdb.DuckDBPyConnection) -> None:
    """An inequality that fails where an equality of its rule about the same cell fails too says
    nothing more.
    """
    row, col = FILL.format("s.row_t"), FILL.format("s.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_about AS
        SELECT f.uy, f.chk, f.inst, c.cmp, c.rich, s.rule_id,
               concat_ws('|', s.form, s.block, {row}, {col}) AS about,
               abs(f.d) AS off
        FROM rec_failed f JOIN rec_instances i USING (inst) JOIN rec_subjects s ON s.chk = f.chk
            JOIN rec_checks c ON c.chk = f.chk;
        INSERT INTO rec_dropped
        SELECT DISTINCT a.uy, a.chk, a.inst, true FROM rec_about a
        SEMI JOIN (SELECT * FROM rec_about WHERE cmp = '=' AND NOT rich) b
            ON b.uy = a.uy AND b.rule_id = a.rule_id AND b.about = a.about AND b.off = a.off
        ANTI JOIN rec_dropped d ON d.uy = a.uy AND d.inst = a.inst
        WHERE a.cmp IN ('<=', '>=') AND NOT a.rich
    """)


def remove(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[int, int, int, bool]]:
    """Takes the instances of a table (uy, chk, inst, holds) out of ``rec_failed`` and
    ``rec_ops``.
    """
    query = f"SELECT uy, chk, count(*), bool_or(holds) FROM {table} GROUP BY uy, chk, holds"
    gone = con.execute(query).fetchall()
    for target in ("rec_failed", "rec_ops") if gone else ():
        con.execute(f"""CREATE OR REPLACE TEMP TABLE {target} AS
            SELECT t.* FROM {target} t ANTI JOIN {table} x ON x.uy = t.uy AND x.inst = t.inst""")
    return gone
