"""The queries that the bench compares with say the same as the engine where nothing is rounded,
left out or conditional.
"""

from __future__ import annotations

import duckdb
import pytest

from bench.plainsql import rule_sql
from pipelines.publish.datasets import table_sql
from schemas.frames import DATASETS
from tests.shipped import shipped_book

BOOK = shipped_book()
FORMULA_RULES = [r for r in BOOK.rules.values() if r.kind == "formula"]


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        for dataset in ("facts", "units"):
            con.execute(table_sql(DATASETS[dataset]))
        cells = [
            ("Z03", "", "合计", "本年收入合计", 90),
            ("Z01", "收入", "本年收入合计", "决算数", 100),
        ]
        cells += [
            ("Z04", "", "201", "本年支出合计", 50),
            ("Z04", "", "20101", "本年支出合计", 30),
            ("Z04", "", "20102", "本年支出合计", 20),
        ]
        con.executemany(
            """INSERT INTO facts (unit_code, unit_name, year, form, block, row_key, col_key, amount,
                                  row_label, col_label, decimals, state, file, sheet, cell)
               SELECT 'u', '某局', 2023, ?, ?, ?, ?, ?, '', '', 2, 'number', 'f', 's', 'A1'""",
            cells,
        )
        yield con


@pytest.mark.parametrize("rule", FORMULA_RULES, ids=lambda r: r.id)
def test_every_formula_rule_has_a_query(con, rule):
    con.execute(rule_sql(rule, BOOK.checks, BOOK.forms)).fetchall()


def test_it_finds_what_does_not_agree(con):
    found = con.execute(rule_sql(BOOK.rules["X-01"], BOOK.checks, BOOK.forms)).fetchall()
    assert any(abs(row[4]) == 10 for row in found)
    tree = con.execute(rule_sql(BOOK.rules["IN-HIER-01"], BOOK.checks, BOOK.forms)).fetchall()
    assert not any(row[3].startswith("201|") for row in tree)
