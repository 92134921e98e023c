"""Whole workbooks of two units under each other's name are one cause that names both files; a
carry-over alone in the other's place is not.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.reconcile import reconcile, settle
from tests.reconcile.worlds import Case, sample
from tests.shipped import shipped_book

YEAR = 2023
Told = tuple[str, str, int]  # unit, message, findings that share the cause
NAMED = ("unit_code", "unit_name", "file")


def given(case: Case, table: str, pair: tuple[str, ...], which: Callable[[dict], bool]) -> None:
    """Rows of the units' current workbooks, each in the next one's name."""
    like = {s["unit_code"]: s for s in case.rows["sheets"] if s["year"] == YEAR}
    other = dict(zip(pair, (*pair[1:], pair[0]), strict=True))
    for row in case.rows[table]:
        if row["year"] == YEAR and row["unit_code"] in pair and which(row):
            row |= {name: like[other[row["unit_code"]]][name] for name in NAMED}


def part_of(case: Case, department: str) -> Case:
    """One department of a world."""
    for table, rows in case.rows.items():
        case.rows[table] = [r for r in rows if str(r.get("unit_code")).startswith(department)]
    return case


def judged(case: Case) -> tuple[list[Told], dict[str, int]]:
    """What is told of two workbooks, and by department how many errors and questions have another
    cause.
    """
    con = case.load()
    reconcile(con, shipped_book())
    settle(con, [], run_id="1", previous=None)
    told = con.execute("""
        SELECT f.unit_code, f.message,
            (SELECT count(*) FROM findings g WHERE g.cause = f.cause AND g.rule_id <> 'S-SWAPPED')
        FROM findings f WHERE f.rule_id = 'S-SWAPPED' AND message LIKE '%整册放错%'
        ORDER BY 1""").fetchall()
    left = con.execute("""SELECT unit_code[:6], count(*) FROM findings WHERE severity <> 'hint'
        AND cause NOT IN (SELECT cause FROM findings WHERE rule_id = 'S-SWAPPED')
        GROUP BY ALL""").fetchall()
    return told, dict(left)


# Two units of each of three departments; whether it is certain that this year's workbooks are the
# wrong ones, and how many findings may be left over.
PAIRS = {
    ("500002002", "500002004"): (True, 0),
    ("500003001", "500003002"): (True, 0),  # one carries nothing over
    # what holds only without a correction of the year before is not judged anew
    ("500001001", "500001002"): (False, 1),
}


@pytest.fixture(scope="module")
def three_exchanged() -> tuple[list[Told], dict[str, int]]:
    case, _ = sample(12, 2, 5)
    for pair in PAIRS:
        for table in ("facts", "lines"):
            given(case, table, pair, lambda row: True)
    return judged(case)


@pytest.mark.parametrize("pair", PAIRS)
def test_two_workbooks_taken_for_each_other_are_one_cause(three_exchanged, pair) -> None:
    told, left = three_exchanged
    certain, left_over = PAIRS[pair]
    assert [unit for unit, _, _ in told] == sorted(first for first, _ in PAIRS)
    assert left.get(pair[0][:6], 0) <= left_over
    [(message, number)] = [(message, number) for unit, message, number in told if unit == pair[0]]
    assert all(f"{unit}/{YEAR}.xlsx" in message for unit in pair)
    assert f"对调后 {number} 个问题消除" in message
    assert ("则是上年的两册放错" in message) is not certain


@pytest.mark.long
def test_units_of_two_departments_may_be_taken_for_each_other() -> None:
    case, _ = sample(4, 2, 5)
    pair = ("500001002", "500002")
    for table in ("facts", "lines"):
        given(case, table, pair, lambda row: True)
    told, left = judged(case)
    assert [unit for unit, _, _ in told] == ["500001002"] and left == {}


@pytest.mark.long
def test_the_public_tables_tell_where_no_year_before_does() -> None:
    pair = ("500001001", "500001002")
    case = part_of(sample(4, 1, 5, published="balanced")[0], pair[0][:6])
    for table in ("sheets", "facts", "lines"):
        for row in case.rows[table]:
            if row["form"].startswith("G"):  # the public tables come in a file of their own
                row["file"] = f"{row['unit_code']}/公开.xlsx"
    for table in ("facts", "lines"):
        given(case, table, pair, lambda row: row["form"].startswith("G"))
    told, left = judged(case)
    # figures that were balanced by a last digit are judged by themselves
    assert len(told) == 1 and sum(left.values()) <= 3
    assert "公开.xlsx" in told[0][1] and f"{YEAR}.xlsx" not in told[0][1]


@pytest.mark.long
def test_a_carry_over_in_the_other_units_tables_is_no_exchange() -> None:
    pair = ("500002004", "500002002")
    case = part_of(sample(12, 2, 5)[0], pair[0][:6])

    def carried(row: dict) -> bool:
        return "年初" in row["row_key"] or "年初" in row["col_key"]

    given(case, "facts", pair, carried)
    assert judged(case)[0] == []


@pytest.mark.long
def test_three_workbooks_in_a_ring_are_one_cause_that_says_whose_each_is() -> None:
    ring = ("500002001", "500002002", "500002004")
    case = part_of(sample(12, 2, 5)[0], ring[0][:6])
    names = {s["unit_code"]: s["unit_name"] for s in case.rows["sheets"]}
    for table in ("facts", "lines"):
        given(case, table, ring, lambda row: True)
    ((unit, message, number),), left = judged(case)
    assert unit == ring[0] and left == {} and f"换回后 {number} 个问题消除" in message
    # the rows of each stand in the name of the next
    for owner, holder in zip(ring, (*ring[1:], ring[0]), strict=True):
        assert f"{names[holder]}的一册是{names[owner]}的" in message
