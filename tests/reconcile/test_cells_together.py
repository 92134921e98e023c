"""An amount that was left out of every table that should hold it: all the blank cells have to be
filled together, one alone would contradict the others.
"""

from __future__ import annotations

import duckdb
import pytest

from bench.advice.world import World, place_of
from pipelines.reconcile.advice import sets
from pipelines.reconcile.advice.blank_cells import take_blank_cells_back
from schemas.message_words import message_words
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

SUSPECTS = """
    SELECT DISTINCT sheet || '!' || cell, amount, suggested, "set" FROM finding_cells
    WHERE role = 'suspect'"""


@pytest.fixture(scope="module")
def forgotten():
    """A world of one department, the cells left blank, and the amount."""
    world = World.made(12, 2, 3)
    code, department = min(world.departments.items())
    unit = max(department.units(2023))
    leaves = [f for f in department.of(unit, 2023, "Z05_1").values() if len(f["col_key"]) == 5]
    chosen = max(leaves, key=lambda f: (f["col_key"], f["row_key"]))
    cells = [
        f
        for f in department.of(unit, 2023).values()
        if (f["row_key"], f["col_key"]) == (chosen["row_key"], chosen["col_key"])
    ]
    for fact in cells:
        department.set(place_of(fact), None)
    world.departments = {code: department}
    return world, {f"{f['sheet']}!{f['cell']}" for f in cells}, chosen["amount"]


def test_blank_cells_are_a_set(forgotten):
    world, cells, amount = forgotten
    found = world.judged(shipped_book()).execute(SUSPECTS).fetchall()
    assert len(cells) > 2 and {row[0] for row in found} == cells
    assert {row[1:3] for row in found} == {(None, amount)}
    assert len({row[3] for row in found}) == 1 and found[0][3] is not None


def test_where_too_much_hangs_together_the_message_says_so(forgotten, monkeypatch):
    monkeypatch.setattr(sets, "MOST_ROWS", 0)
    con = forgotten[0].judged(shipped_book())
    said = [m for (m,) in con.execute("SELECT message FROM findings").fetchall()]
    assert any(m.endswith(message_words().unsolved) for m in said)
    assert not con.execute(f'SELECT * FROM ({SUSPECTS}) WHERE "set" IS NOT NULL').fetchall()


def test_what_a_slice_was_given_to_fill_is_taken_back():
    con = duckdb.connect()
    con.execute("""
        CREATE TEMP TABLE rec_new_keys AS
            SELECT 'Z04' AS form, '' AS block, '201' AS row_key, '合计' AS col_key;
        CREATE TEMP TABLE rec_keys AS
            FROM rec_new_keys UNION ALL SELECT 'Z04', '', '202', '合计';
        CREATE TEMP TABLE rec_terms AS
            SELECT xor(hash(form, block, row_key, col_key), scope::UBIGINT) AS key, scope
            FROM rec_keys, range(4) r(scope)""")
    take_blank_cells_back(con)
    assert con.execute("SELECT row_key FROM rec_keys").fetchall() == [("202",)]
    assert con.execute("SELECT count(*) FROM rec_terms").fetchall() == [(4,)]
