"""What the runner notes of tables is what the catalogue says."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from pipelines.reconcile.noted import Noted


def test_tables_and_views_are_noted_as_they_come_and_go() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE rec_before AS SELECT 1 AS a")
        noted = Noted(con)
        noted.execute(
            """
            -- CREATE TEMP TABLE rec_said is only said
            CREATE OR REPLACE TEMP TABLE rec_a AS SELECT 'DROP TABLE rec_b' AS a;
            CREATE TEMP TABLE rec_b AS FROM rec_a; -- and one more
            CREATE OR REPLACE TEMP VIEW rec_c AS SELECT ?::INTEGER AS a;
            DROP TABLE rec_b""".replace("?::INTEGER", "3")
        )
        noted.execute("EXPLAIN CREATE TEMP TABLE rec_d AS SELECT 1")
        noted.register("rec_given", pa.table({"a": [1]}))
        there = {"rec_before": "TABLE", "rec_a": "TABLE", "rec_c": "VIEW", "rec_given": "VIEW"}
        assert noted.there == noted.looked_up() == there
        noted.unregister("rec_given")
        assert "rec_given" not in noted.there
        assert noted.sql("FROM rec_c").fetchall() == [(3,)]


def test_a_statement_that_fails_makes_nothing() -> None:
    with duckdb.connect() as con:
        noted = Noted(con)
        with pytest.raises(duckdb.Error):
            noted.execute("CREATE TEMP TABLE rec_a AS SELECT 1 // 'x' AS a")
        assert noted.there == {}
