"""One wrong amount runs through many totals: findings of a department and year that differ by the
same amount share a cause.

Amounts are kept to the 分, so two independent faults seldom differ by the same one; below 1 元 they
may, and are left apart.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.submissions import has_table

LEAST = 1  # 元

_ROOTS = """
    WITH RECURSIVE up(unit, root, steps) AS (
        SELECT unit_code, unit_code, 0 FROM units
        UNION ALL SELECT up.unit, u.parent_code, steps + 1 FROM up
            JOIN units u ON u.unit_code = up.root
        WHERE u.parent_code IS NOT NULL AND steps < 20
    )
    SELECT unit, arg_max(root, steps) AS root FROM up GROUP BY unit"""


# What a sheet in the wrong money unit, or of another unit, brings with it: too many digits behind
# the point; the table is lacking where it belongs. A row that stands twice is told once. Amounts
# with too many digits have one reason a sheet, if nobody knows a better one: that the cell is
# suspected anyway. A workbook whose formulas were not calculated has to be opened and saved once.
_FOLLOWING = """
    WITH doubted AS (
        SELECT p.finding_id, s.cause
        FROM rec_all p JOIN rec_all_cells a ON a.finding_id = p.finding_id
        JOIN rec_all_cells b ON b.file = a.file AND b.sheet = a.sheet AND b.cell = a.cell
            AND b.role = 'suspect' AND b.rank = 1
        JOIN rec_all s ON s.finding_id = b.finding_id
        WHERE p.rule_id = 'S-PRECISION'
    )
    SELECT p.finding_id, s.cause, 1 AS rank
    FROM rec_all p JOIN rec_all_cells a ON a.finding_id = p.finding_id
    JOIN rec_all_cells b ON b.file = a.file AND b.sheet = a.sheet
    JOIN rec_all s ON s.finding_id = b.finding_id
    WHERE p.rule_id = 'S-PRECISION' AND s.rule_id = 'S-SCALE'
    UNION ALL
    SELECT finding_id, cause, 1 FROM doubted
    UNION ALL
    SELECT p.finding_id, s.cause, 1
    FROM rec_all p JOIN rec_all s ON s.rule_id = 'S-FOREIGN' AND s.year = p.year
        AND s.unit_name = p.unit_name AND starts_with(s.subject, p.subject || '@')
    WHERE p.rule_id = 'S-MISSING'
    UNION ALL
    SELECT p.finding_id, s.cause, 1
    FROM rec_all p JOIN rec_all s ON s.rule_id = 'S-ROW' AND s.year = p.year
        AND s.unit_name = p.unit_name AND s.subject = p.subject
    WHERE p.rule_id = 'IN-HIER-03'
    UNION ALL
    SELECT p.finding_id, min(p.cause) OVER (PARTITION BY a.file, a.sheet), 2
    FROM rec_all p JOIN rec_all_cells a ON a.finding_id = p.finding_id
    ANTI JOIN doubted d ON d.finding_id = p.finding_id
    WHERE p.rule_id = 'S-PRECISION'
    UNION ALL
    SELECT p.finding_id, min(p.cause) OVER (PARTITION BY a.file), 2
    FROM rec_all p JOIN rec_all_cells a ON a.finding_id = p.finding_id
    WHERE p.rule_id = 'S-UNCACHED'"""


def follow_sheets(con: duckdb.DuckDBPyConnection) -> None:
    """Gives findings in ``rec_all`` that follow from what is wrong with a whole sheet its cause."""
    con.execute(f"""
        UPDATE rec_all SET cause = f.cause FROM (
            SELECT finding_id, min_by(cause, (rank, cause)) AS cause FROM ({_FOLLOWING})
            GROUP BY finding_id) f
        WHERE rec_all.finding_id = f.finding_id""")


def share_causes(con: duckdb.DuckDBPyConnection) -> None:
    """Unites the causes in ``rec_all`` that the same difference links, within a department and
    year.
    """
    roots = (
        _ROOTS
        if has_table(con, "units")
        else "SELECT NULL::VARCHAR AS unit, NULL::VARCHAR AS root LIMIT 0"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_roots AS {roots};
        CREATE OR REPLACE TEMP TABLE rec_shared AS
        WITH linked AS (
            SELECT a.finding_id, a.cause, coalesce(r.root, a.unit_code, a.unit_name) AS department,
                   a.year, abs(a.difference) AS off
            FROM rec_all a LEFT JOIN rec_roots r ON r.unit = a.unit_code
            WHERE abs(a.difference) >= {LEAST} AND coalesce(a.unit_code, a.unit_name) IS NOT NULL
        ), once AS (
            SELECT *, min(cause) OVER (PARTITION BY department, year, off) AS near FROM linked
        ), twice AS (
            SELECT *, min(near) OVER (PARTITION BY cause) AS far FROM once
        )
        SELECT cause, min(shared) AS shared FROM (
            SELECT cause, min(far) OVER (PARTITION BY department, year, off) AS shared FROM twice)
                   GROUP BY cause;
        UPDATE rec_all SET cause = s.shared FROM rec_shared s WHERE rec_all.cause = s.cause;
        DROP TABLE rec_shared;
        DROP TABLE rec_roots
    """)
