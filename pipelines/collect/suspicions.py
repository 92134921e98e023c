"""Sheets whose money unit looks wrong: ten thousand times last year's amounts, or a ten-thousandth of them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from schemas.library import Form
from schemas.observation import Observation, Place

_SQL = """
    WITH totals AS (
        SELECT unit_code, unit_name, coalesce(unit_code, unit_name) AS unit, year, form, any_value(file) AS file,
               any_value(sheet) AS sheet, max(abs(amount)) AS largest, arg_max(cell, abs(amount)) AS cell
        FROM facts WHERE state = 'number' AND form NOT IN ('F03', 'CS01_1') GROUP BY ALL
    )
    SELECT now.unit_code, now.unit_name, now.year, now.form, now.file, now.sheet, now.cell, now.largest, before.largest
    FROM totals now JOIN totals before ON before.unit = now.unit AND before.form = now.form AND before.year = now.year - 1
    WHERE now.largest > 0 AND before.largest > 0
      AND (now.largest / before.largest BETWEEN 3000 AND 30000 OR before.largest / now.largest BETWEEN 3000 AND 30000)
    ORDER BY ALL
"""


def unit_suspicions(con: duckdb.DuckDBPyConnection, forms: Mapping[str, Form]) -> list[Observation]:
    """An observation S-SCALE for each sheet about ten thousand times larger or smaller than the year before."""
    found = []
    for code, name, year, form, file, sheet, cell, now, before in con.execute(_SQL).fetchall():
        title = forms[form].title if form in forms else form
        message = f"{title}的金额单位疑有误：最大金额 {now:,.2f} 元，上年 {before:,.2f} 元，相差约一万倍。请核对表头的金额单位是“元”还是“万元”。"
        place = Place("subject", file, sheet, cell, now)
        found.append(
            Observation("S-SCALE", form, message, "review", code, name, int(year), None, (place,))
        )
    return found
