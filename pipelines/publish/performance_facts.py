"""The performance tables' rows join ``facts`` when everything has been checked.

They stand behind the rows of the final accounts, which are in the order that reconciling needs.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from schemas.frames import FACTS

TABLE = "performance_facts"


def keep_performance_facts(con: duckdb.DuckDBPyConnection, rows: list[dict]) -> None:
    """Hold the rows (columns of ``facts`` but for the register's) until they are published."""
    con.register("performance_facts_in", FACTS.table(rows))
    con.execute(f"""
        CREATE OR REPLACE TABLE {TABLE} AS
        SELECT * REPLACE (
            coalesce((SELECT any_value(u.report_type) FROM units u
                      WHERE u.unit_code = f.unit_code), '单户') AS report_type,
            NOT EXISTS (SELECT 1 FROM units c WHERE c.parent_code = f.unit_code) AS is_leaf)
        FROM performance_facts_in f""")
    con.unregister("performance_facts_in")


def has_performance_facts(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether any are held that do not stand in ``facts`` yet."""
    asked = "SELECT 1 FROM duckdb_tables() WHERE table_name = ?"
    return bool(con.execute(asked, [TABLE]).fetchall())


def add_performance_facts(con: duckdb.DuckDBPyConnection, parquet: Path) -> int:
    """Put them behind the other facts, in the table and as one more Parquet file. Returns how
    many.
    """
    if not has_performance_facts(con):
        return 0
    columns = ", ".join(f'"{name}"' for name in FACTS.names)
    ordered = f"SELECT {columns} FROM {TABLE} ORDER BY unit_code, unit_name, year, form, block"
    table = con.sql(ordered).to_arrow_table().cast(FACTS.arrow)
    if table.num_rows:
        import pyarrow.parquet as pq

        folder = parquet / FACTS.name
        number = len(list(folder.glob("*.parquet")))
        pq.write_table(table, folder / f"part-{number:05d}.parquet", compression="zstd")
        con.execute(f"INSERT INTO facts SELECT {columns} FROM {TABLE}")
    con.execute(f"DROP TABLE {TABLE}")
    return table.num_rows
