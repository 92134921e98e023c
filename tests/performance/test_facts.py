"""The cells of performance tables in the published ``facts``."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from pipelines.config import Config
from pipelines.sample.performance_pack import UNITS, blocks
from schemas.performance_forms import MEASURES
from tests.performance.support import pack_of


@pytest.fixture(scope="module")
def con(published: Config):
    with duckdb.connect(
        str(published.processed / "current" / "caijue.duckdb"), read_only=True
    ) as opened:
        yield opened


def _one(con, column: str, form: str, row: str, col: str, block: str = "%") -> object:
    sql = f"""SELECT {column} FROM facts
              WHERE unit_name = ? AND form = ? AND row_key = ? AND col_key = ? AND block LIKE ?"""
    found = con.execute(sql, [UNITS["C"], form, row, col, block]).fetchall()
    return found[0][0]


def test_money_is_in_yuan_and_rates_are_points(con) -> None:
    pack = pack_of("C")
    total = (pack.staff + pack.office + pack.project_budget) * 10_000
    assert _one(con, "amount", "JX03", "总计", "调整后预算") == total
    assert _one(con, "decimals", "JX03", "总计", "调整后预算") == -2
    assert _one(con, "measure", "JX03", "总计", "执行率") == "percent"
    assert _one(con, "amount", "JX08", "6月", "实际值") == Decimal("46.20")
    assert _one(con, "amount", "JX13", "目标完成", "得分") == 15
    assert _one(con, "amount", "JX13", "部门预算管理/预算编制", "分值") == 25


def test_every_measure_is_known_and_words_have_no_amount(con) -> None:
    sql = "SELECT DISTINCT measure, amount IS NULL FROM facts WHERE form LIKE 'JX%'"
    found = con.execute(sql).fetchall()
    assert {m for m, _ in found} <= set(MEASURES)
    assert all(empty for m, empty in found if m in ("text", "operator"))


def test_keys_are_unique_and_places_quote_the_text(con) -> None:
    keys = "unit_name, form, block, row_key, col_key"
    twice = con.execute(
        f"SELECT {keys} FROM facts WHERE form LIKE 'JX%' GROUP BY {keys} HAVING count(*) > 1"
    )
    assert twice.fetchall() == []
    assert len(blocks(pack_of("C"))) > 10
    spans = con.execute(
        "SELECT count(*) FROM facts WHERE form LIKE 'JX%' AND cell NOT LIKE '%-%'"
        " AND file NOT LIKE '%.xlsx'"
    )
    assert spans.fetchall()[0][0] == 0


def test_the_other_facts_are_money_or_counts(con) -> None:
    sql = "SELECT DISTINCT measure FROM facts WHERE form NOT LIKE 'JX%'"
    assert {m for (m,) in con.execute(sql).fetchall()} == {"money", "count"}
