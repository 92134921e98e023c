"""To which digit tables in 万元 are printed, where a figure or two that someone pasted has more.

``facts.decimals`` tells the most decimals of any amount of the table. Where nearly all amounts have
two, the table is printed to these, and its other figures are not exact because one is.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from schemas.library import Form

USUAL = -2  # decimals in 元 of an amount with two in 万元
STEP = 100  # 元: the last digit of such an amount
# Of amounts printed to two decimals nine in ten have both; of exact ones hardly any so few.
ALIKE, FINER = 0.5, 0.05
ENOUGH = 10  # amounts among which one finer shows nothing; a public table has hardly more


def note_precision(con: duckdb.DuckDBPyConnection, forms: Mapping[str, Form]) -> bool:
    """``rec_coarse``: file, sheet, form and ``decimals`` of such tables; whether there are any."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_coarse AS
        WITH finest AS (
            SELECT file, sheet, form FROM sheets
            WHERE status = 'read' AND money_unit = '万元' AND decimals > {USUAL}
        ), counted AS (
            SELECT file, sheet, form, count(*) AS amounts,
                   count(*) FILTER (amount % {STEP} <> 0) AS finer,
                   count(*) FILTER (amount % {STEP} = 0 AND amount % {10 * STEP} <> 0) AS alike
            FROM facts f SEMI JOIN finest USING (file, sheet, form)
            WHERE state = 'number' AND amount <> 0 AND NOT {count_items(forms)}
            GROUP BY ALL
        )
        SELECT file, sheet, form, {USUAL}::TINYINT AS decimals FROM counted
        WHERE finer > 0 AND alike >= {ALIKE} * amounts
            AND finer <= greatest({FINER} * amounts, (amounts >= {ENOUGH})::INTEGER)""")
    return bool(con.execute("SELECT count(*) FROM rec_coarse").fetchall()[0][0])


def as_printed(table: str, some: bool) -> str:
    """SQL for the rows of ``facts`` or ``sheets`` with the decimals to which their table is
    printed; ``some``: as ``note_precision`` gave it.
    """
    number = "t.rowid AS rid," if table == "facts" else ""
    if not some:
        return f"SELECT {number} t.* FROM {table} t"
    return f"""
        SELECT {number} t.* REPLACE (coalesce(c.decimals, t.decimals) AS decimals)
        FROM {table} t
        LEFT JOIN rec_coarse c ON c.file = t.file AND c.sheet = t.sheet AND c.form = t.form"""


def count_items(forms: Mapping[str, Form]) -> str:
    """SQL: whether a fact ``f`` counts things (辆, 个, 人) instead of money."""
    counts = sorted((f.form, key) for f in forms.values() for key in f.counted)
    names = ", ".join("'" + key.replace("'", "''") + "'" for _, key in counts) or "''"
    owners = ", ".join(f"'{name}'" for name in sorted({n for n, _ in counts})) or "''"
    return f"(f.form IN ({owners}) AND f.row_key IN ({names}))"
