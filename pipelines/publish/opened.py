"""Opening a published set for reading, also while an analyst holds its database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.database import open_database
from pipelines.publish.datasets import PUBLISHED, has_dataset, name, read_dataset
from pipelines.publish.place import DATABASE


def open_set(folder: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a set; over its Parquet where its database is locked by someone
    else.
    """
    try:
        return open_database(folder / DATABASE, read_only=True)
    except duckdb.Error:
        return _over_parquet(folder)


def _over_parquet(folder: Path) -> duckdb.DuckDBPyConnection:
    con = open_database()
    for dataset in PUBLISHED:
        if has_dataset(folder, dataset):
            con.execute(
                f"CREATE VIEW {name(dataset)} AS SELECT * FROM {read_dataset(folder, dataset)}"
            )
    return con


def rows(
    con: duckdb.DuckDBPyConnection, sql: str, values: list[Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query, with exact amounts, as dicts."""
    return con.sql(sql, params=values or None).to_arrow_table().to_pylist()
