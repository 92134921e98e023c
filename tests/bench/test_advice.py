"""Slips larger than a cell in generated departments: each is named first, as one cause, at its
unit.
"""

from __future__ import annotations

import pytest

from bench.advice.__main__ import first_fixes, plant
from bench.advice.sheetwide import makers as sheet_makers
from bench.advice.world import World
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

# One department a kind; what the others do is measured by ``python -m bench.advice --sheets``.
KINDS = ("child_omitted", "last_years_table", "rows_right", "column_signs", "rows_swapped")
KINDS += ("rollup_of_last_year",)
KINDS += ("cells_swapped", "cell_beside", "tables_swapped", "workbook_thousandth", "rows_lost")


@pytest.fixture(scope="module")
def judged():
    world = World.made(31, 2, 76)  # as many departments as kinds, and one
    makers = sheet_makers(world)
    planted = plant(world, {k: makers[k] for k in KINDS}, 5)
    con = world.judged(shipped_book())
    return planted, first_fixes(con), con


def test_every_kind_is_planted(judged):
    assert {p.hypothesis for p in judged[0].values()} == {
        "S-OMITTED",
        "S-LASTYEAR",
        "S-SHIFTED",
        "S-SIGN",
        "S-SWAPPED",
        "S-SCALE",
        "S-ROW",
    }
    assert len({p.kind for p in judged[0].values()}) == len(KINDS)


def test_the_cause_is_named_first_and_alone(judged):
    planted, fixes, _ = judged
    for code, case in planted.items():
        first = fixes[code][0]
        assert first.rule_id == case.hypothesis and first.unit in case.about, case
        assert len(fixes[code]) <= 5, case


def test_what_it_explains_shares_its_cause_and_accuses_no_cell(judged):
    con = judged[2]
    accused = con.execute("""
        SELECT count(*) FROM finding_cells c JOIN findings f USING (finding_id)
        WHERE c.role = 'suspect' AND f.rule_id NOT LIKE 'S-%' AND f.cause IN (
            SELECT cause FROM findings WHERE rule_id LIKE 'S-%')""").fetchall()[0][0]
    assert accused == 0


def test_the_message_counts_what_it_explains(judged):
    con = judged[2]
    rows = con.execute("""
        SELECT s.message, count(*) FROM findings s JOIN findings f
        ON f.cause = s.cause AND f.finding_id <> s.finding_id
        WHERE s.rule_id LIKE 'S-%' GROUP BY ALL""").fetchall()
    assert rows
    for message, number in rows:
        assert f"{number} 个问题" in message


def test_clean_departments_are_not_told_anything(judged):
    planted, fixes, _ = judged
    assert set(fixes) <= set(planted)
