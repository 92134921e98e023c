"""The amounts behind the public tables, read from the published database for some units at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

import duckdb

from pipelines.deliver.published.figures import Key
from pipelines.deliver.source import KEY

FORMS = (
    "Z01", "Z01_1", "Z03", "Z04", "Z07", "Z08", "Z08_1", "Z08_2", "Z09", "Z10", "Z10_1", "Z10_2", "Z11", "Z12", "F03",
)  # fmt: skip
WANTED = (
    f"form IN {FORMS!r} AND state = 'number' AND amount IS NOT NULL AND amount <> 0"
    " AND (form NOT IN ('Z01', 'Z01_1') OR starts_with(col_key, '决算数'))"
)
UnitYear = tuple[str, int]


@dataclass(slots=True)
class YearFacts:
    """Amounts in 分 by (form, block, row, column), and the row labels as submitted, by functional code."""

    amounts: dict[Key, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def read_facts(con: duckdb.DuckDBPyConnection, units: Collection[str]) -> dict[UnitYear, YearFacts]:
    """The amounts of these units in every year. Cells without a number, and zeros, are left out."""
    found = con.execute(
        f"""SELECT {KEY}, year, form, block, row_key, col_key, CAST(amount * 100 AS BIGINT), row_label
            FROM facts WHERE {KEY} IN (SELECT unnest(?)) AND {WANTED} ORDER BY ALL""",
        [sorted(units)],
    ).fetchall()
    years: dict[UnitYear, YearFacts] = defaultdict(YearFacts)
    for unit, year, form, block, row, column, amount, label in found:
        facts = years[unit, year]
        facts.amounts[form, block, row, column] = amount
        if form in ("Z03", "Z04") and row.isdigit():
            facts.names[row] = label
    return years


def fact_digests(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, str]:
    """A digest of the amounts of each unit and year that changes when one of them does."""
    found = con.execute(
        f"""SELECT {KEY}, year, count(*), bit_xor(h), sum(h % 1000000007)
            FROM (SELECT unit_code, unit_name, year, hash(form, block, row_key, col_key, amount, row_label) AS h
                  FROM facts WHERE {WANTED}) GROUP BY ALL"""
    ).fetchall()
    return {(unit, year): f"{count}-{mixed}-{total}" for unit, year, count, mixed, total in found}
