"""A database into which facts are written as they are collected becomes the same as one that is
filled at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.collect.load import Loader
from pipelines.database import open_database
from pipelines.publish.datasets import (
    PUBLISHED,
    database_template,
    table_sql,
    write_database,
)
from pipelines.publish.growing import begin_database, complete_database
from pipelines.publish.views import extras
from schemas.frames import FACTS
from schemas.library import forms

FACT = {
    "unit_code": "1",
    "unit_name": "某局",
    "year": 2023,
    "form": "Z04",
    "row_key": "合计",
    "col_key": "基本支出",
    "amount": Decimal("12.50"),
    "decimals": 2,
    "state": "number",
    "raw": "12.5",
    "file": "a.xlsx",
    "sheet": "Z04",
    "cell": "F8",
    "block": "",
    "row_label": "合计",
    "col_label": "基本支出",
    "report_type": "单户",
    "is_leaf": True,
    "measure": "money",
}
DESCRIBED = """
    SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
    WHERE NOT internal
    UNION ALL SELECT table_name, NULL, NULL, NULL, comment FROM duckdb_tables()
    UNION ALL SELECT view_name, sql, NULL, NULL, comment FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT function_name, macro_definition, NULL, NULL, comment FROM duckdb_functions()
    WHERE NOT internal ORDER BY ALL"""


def with_other_tables(con: duckdb.DuckDBPyConnection) -> None:
    for dataset in PUBLISHED.values():
        if dataset is not FACTS:
            con.execute(table_sql(dataset))
    con.execute("INSERT INTO units (unit_code, unit_name) VALUES ('1', '某局')")


def insert_fact(con: duckdb.DuckDBPyConnection) -> None:
    con.register("given", FACTS.table([FACT]))
    con.execute("INSERT INTO facts SELECT * FROM given")
    con.unregister("given")


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A working database beside the one that grows, with one fact collected."""
    with open_database(tmp_path / "work.duckdb") as con:
        begin_database(con, tmp_path / "grown.duckdb")
        insert_fact(con)
        Loader.write(FACTS.table([FACT]), tmp_path / "parquet" / "facts", 0)
        with_other_tables(con)
        yield con


def filled(folder: Path) -> Path:
    """The same written at the end."""
    with open_database() as con:
        con.execute(table_sql(FACTS))
        insert_fact(con)
        with_other_tables(con)
        write_database(con, database_template(folder, extras(forms())), folder / "filled.duckdb")
    return folder / "filled.duckdb"


def told(path: Path) -> list[list[tuple]]:
    """What a database says of itself, and its rows."""
    storage = "SELECT tags FROM duckdb_databases() WHERE database_name = current_database()"
    asked = [DESCRIBED, storage, "FROM facts", "FROM units", "SELECT * FROM z04", "FROM leaf()"]
    with open_database(path, read_only=True) as con:
        return [con.execute(sql).fetchall() for sql in asked]


def test_it_becomes_the_same_as_one_filled_at_the_end(con, tmp_path: Path) -> None:
    complete_database(con, extras(forms()), tmp_path / "parquet")
    assert not list(tmp_path.glob("grown.duckdb.*"))
    assert told(tmp_path / "grown.duckdb") == told(filled(tmp_path))


def test_facts_are_found_before_and_afterwards_and_stand_nowhere_else(con, tmp_path: Path) -> None:
    count = "SELECT count(*) FROM facts"
    tables = "SELECT database_name FROM duckdb_tables() WHERE table_name = 'facts'"
    assert con.execute(count).fetchall() == [(1,)]
    assert con.execute(tables).fetchall() == [("growing",)]
    complete_database(con, extras(forms()), tmp_path / "parquet")
    assert con.execute(count).fetchall() == [(1,)]
    assert con.execute(tables).fetchall() == []


def test_what_an_earlier_attempt_left_is_gone(con, tmp_path: Path) -> None:
    con.close()  # nothing was completed; a journal may be left
    (tmp_path / "grown.duckdb.wal").write_bytes(b"left")
    with open_database(tmp_path / "again.duckdb") as again:
        begin_database(again, tmp_path / "grown.duckdb")
        assert again.execute("SELECT count(*) FROM facts").fetchall() == [(0,)]
