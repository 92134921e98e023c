"""What analysts find: every example runs, no sum counts twice unnoticed, every figure is a cell
that forms have.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pyarrow.parquet as parquet
import pytest

from pipelines.commands.browse import export_sqlite
from pipelines.commands.query import examples, query_command
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.publish.place import DATABASE
from schemas.analysts import figures
from schemas.library import forms
from schemas.performance_forms import performance_forms
from schemas.queries import read_queries


@pytest.fixture(scope="module")
def con(demo: Config) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo.processed / "current" / DATABASE), read_only=True) as opened:
        yield opened


@pytest.mark.parametrize("topic", [topic for topic, _, _ in read_queries()])
def test_every_example_runs(con, topic):
    sql = {t: q for t, _, q in read_queries()}[topic]
    con.execute(sql).fetchall()


def test_there_are_twenty_examples_and_the_database_holds_them(con):
    held = con.execute('SELECT topic FROM "README" ORDER BY no').fetchall()
    assert len(held) >= 20 and [t for (t,) in held] == [t for t, _, _ in read_queries()]
    assert len(examples().document) == len(held)


def test_every_form_of_a_fact_is_listed_with_its_title(con):
    unlisted = "SELECT DISTINCT form FROM facts ANTI JOIN forms USING (form)"
    assert con.execute(unlisted).fetchall() == []
    listed = con.execute("SELECT form, title FROM forms WHERE family = '绩效' ORDER BY form")
    named = {form: one.title for form, one in performance_forms().items()}
    assert dict(listed.fetchall()) == named and len(named) == 18


@pytest.mark.parametrize("figure", figures(), ids=lambda f: f.name)
def test_a_figure_is_a_cell_of_its_form(figure):
    form = forms()[figure.form]
    blocks = [b for b in form.blocks if b.name == figure.block]
    assert any(r.key == figure.row for b in blocks for r in b.rows)
    assert any(c.key == figure.col for b in blocks for c in b.columns)


def test_unit_years_are_the_cells_themselves(con):
    row = con.execute("""
        SELECT expense, three_public, path, is_leaf, report_type FROM unit_years
        WHERE unit_code = '500009003' AND year = 2023""").fetchall()[0]
    cells = con.execute("""
        SELECT amount_of('500009003', 2023, 'Z01', '本年支出合计', '决算数'),
               amount_of('500009003', 2023, 'F03', '支出合计', '统计数')""").fetchall()[0]
    assert row == (*cells, "500009/500009003", True, "单户")


def test_a_sum_over_leaves_does_not_count_twice(con):
    sql = "SELECT sum(amount) FROM {} WHERE form = 'Z04' AND row_key = '合计' AND year = 2023"
    every, leaves = (con.execute(sql.format(t)).fetchall()[0][0] for t in ("facts", "leaf()"))
    department = con.execute("""
        SELECT sum(amount) FROM facts WHERE form = 'Z04' AND row_key = '合计' AND year = 2023
        AND NOT is_leaf""").fetchall()[0][0]
    assert every - leaves == department > 0


def test_every_table_view_and_column_has_a_comment(con):
    sql = """
        SELECT table_name || '.' || column_name FROM duckdb_columns()
        WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL
        SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''"""
    assert con.execute(sql).fetchall() == []


def test_older_clients_can_open_the_file(con):
    tags = con.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()[0][0]
    assert "v1.0.0" in str(tags)


def test_wide_parquet_stands_beside_the_long(demo, con):
    table = parquet.read_table(demo.processed / "current" / "parquet" / "wide" / "z01.parquet")
    assert {"is_leaf", "report_type", "决算数"} <= set(table.column_names)
    assert table.num_rows == con.execute("SELECT count(*) FROM z01").fetchall()[0][0]


def test_a_query_gives_exact_amounts(demo):
    answer = query_command(demo, "SELECT income FROM unit_years WHERE unit_code = '500009003'")
    assert all(isinstance(r["income"], Decimal) for r in answer.document["rows"])
    assert "共 2 行" in answer.text


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE facts",
        "SELECT 1; SELECT 2",
        "COPY facts TO '/tmp/x.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT nothing FROM facts",
    ],
)
def test_a_query_only_reads_the_set(demo, sql):
    with pytest.raises(UsageError):
        query_command(demo, sql)


def test_what_is_browsed_is_what_was_published(con, tmp_path):
    path = tmp_path / "copy.sqlite"
    copied = export_sqlite(con, path)
    with sqlite3.connect(path) as copy:
        for table in ("facts", "findings", "unit_years", "z01"):
            (kept,) = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert table in copied
            assert kept == con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


def test_examples_are_one_document(demo):
    assert json.loads(json.dumps(examples().document))[0]["query"].startswith("SELECT")


@pytest.mark.parametrize("form", ["z01", "z05", "f03"])
def test_wide_parquet_holds_the_rows_of_the_view_in_order(demo, con, form) -> None:
    stored = demo.processed / "current" / "parquet" / "wide" / f"{form}.parquet"
    order = "ORDER BY unit_code, unit_name, year, block, row_key"
    rows = con.execute(f"SELECT * FROM {form} {order}").fetchall()
    assert con.execute(f"SELECT * FROM read_parquet('{stored}')").fetchall() == rows
    assert len(rows) > 10


def test_a_wide_answer_is_told_row_after_row() -> None:
    from pipelines.commands.query import MOST_COLUMNS, _table

    columns = [f"column_{n}" for n in range(MOST_COLUMNS + 1)]
    shown = _table(columns, [tuple(range(len(columns)))] * 2).splitlines()
    assert shown[0] == "── 第 1 行" and shown[1].split() == ["column_0", "0"]
    assert len(shown) == 2 * (len(columns) + 1) + 1
