"""What ``check`` takes from the published set beside the files given: the register, and the
years before theirs.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.publish.carry import previous_table
from pipelines.publish.datasets import PRIOR_FACTS, has_dataset, table_sql
from schemas.frames import UNITS

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

REGISTER = "units.csv"  # the name by which a register is known


def register_of(standing: Path | None, files: list[RawFile], scratch: Path) -> list[RawFile]:
    """The published register as a file in ``scratch``; none where the files bring their own, or
    nothing is published.
    """
    from pipelines.database import open_database
    from pipelines.intake.discover import look

    if standing is None or any(f.kind == "register" for f in files):
        return []
    with open_database() as con:
        units = previous_table(con, standing, "units")
    if units is None or not units.num_rows:
        return []
    path = scratch / REGISTER
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, UNITS.names)
        writer.writeheader()
        writer.writerows(units.to_pylist())
    return [look(path, REGISTER)]


def carry_years_before(con: duckdb.DuckDBPyConnection, standing: Path | None) -> int:
    """Fill ``prior_facts`` with last year's published amounts of the units at hand that the
    files do not hold; gives how many.
    """
    from pipelines.publish.carry import source_of

    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prior_facts'").fetchall():
        con.execute(table_sql(PRIOR_FACTS))
    if standing is None or not has_dataset(standing, "facts"):
        return 0
    con.execute(f"""
        INSERT INTO prior_facts
        SELECT p.* FROM ({source_of(con, standing, "facts")}) p
        SEMI JOIN (SELECT DISTINCT unit_code, unit_name, year FROM facts) f
            ON p.year = f.year - 1
            AND coalesce(p.unit_code, p.unit_name) = coalesce(f.unit_code, f.unit_name)
        ANTI JOIN (SELECT DISTINCT unit_code, unit_name, year FROM facts) g
            ON p.year = g.year
            AND coalesce(p.unit_code, p.unit_name) = coalesce(g.unit_code, g.unit_name)""")
    return int(con.execute("SELECT count(*) FROM prior_facts").fetchall()[0][0])
