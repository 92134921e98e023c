"""The analysts' database is written whole or not at all."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.database import open_database
from pipelines.publish.datasets import PUBLISHED, database_template, table_sql, write_database


def test_every_dataset_is_written_and_nothing_where_one_is_lacking(tmp_path) -> None:
    template = database_template(tmp_path, [])
    with open_database() as con:
        first, *others, last = PUBLISHED.values()
        for dataset in (first, *others):
            con.execute(table_sql(dataset))
        with pytest.raises(duckdb.CatalogException, match=last.name):
            write_database(con, template, tmp_path / "made.duckdb")
        con.execute(table_sql(last))  # the connection goes on, and the file is free again
        write_database(con, template, tmp_path / "made.duckdb")
    with open_database(tmp_path / "made.duckdb", read_only=True) as made:
        tables = {
            row[0] for row in made.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
    assert tables == PUBLISHED.keys()
