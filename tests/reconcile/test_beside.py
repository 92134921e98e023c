"""Cases that are reconciled beside each other say what each says alone: the lever of these tests,
and a property of the rules (no unit's outcome depends on units that are no kin of it).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.reconcile import reconcile
from schemas.observation import Observation, Place
from tests.reconcile.beside import SHOWN, told_beside
from tests.reconcile.worlds import Case, sample
from tests.shipped import shipped_book

pytestmark = pytest.mark.long


def published() -> Case:
    """A department with published tables, one amount of which is wrong."""
    case, _ = sample(3, 1, seed=7, published="balanced")
    fact = next(f for f in case.rows["facts"] if f["form"] == "G05" and len(f["row_key"]) == 5)
    fact["amount"] += Decimal(30_000)
    return case


def years() -> Case:
    """A department over two years, one unit of which is a 分 off."""
    case, _ = sample(3, 2, seed=7)
    case.rows["facts"][100]["amount"] += Decimal("0.01")
    return case


def observed() -> Case:
    """A unit without a code, of which another stage has seen something."""
    case = Case().add({("Z04", "", "201", "基本支出"): 1}, code=None, name="甲局")
    place = Place("subject", "甲局/2023.xlsx", "Z04", "D5")
    seen = Observation("IN-HIER-02", "Z04[201]", "缺", "error", None, "甲局", 2023, None, (place,))
    case.observations.append(seen)
    return case


@pytest.fixture(scope="module")
def both() -> list[tuple]:
    """What is said of each case beside the others, and alone."""
    made = (published, years, observed)
    alone = []
    for case in (one() for one in made):
        con = case.load()
        reconcile(con, shipped_book(), case.observations)
        alone.append(con)
    return list(zip(told_beside([one() for one in made]), alone, strict=True))


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("table", [*SHOWN, "rules"])
def test_beside_others_a_case_says_what_it_says_alone(both, table, number):
    together, alone = both[number]
    causes = " EXCLUDE (cause)" if table == "raw_findings" else ""
    query = f"SELECT *{causes} FROM {table} ORDER BY ALL"
    rows = alone.execute(query).fetchall()
    assert together.execute(query).fetchall() == rows
    assert rows or number == 2


@pytest.mark.parametrize("number", range(3))
def test_what_shares_a_cause_alone_shares_it_beside_others(both, number):
    query = "SELECT list_sort(list(finding_id)) FROM raw_findings GROUP BY cause ORDER BY ALL"
    together, alone = both[number]
    assert together.execute(query).fetchall() == alone.execute(query).fetchall()
