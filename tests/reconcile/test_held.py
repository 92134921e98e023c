"""What another table, year or level holds: counted so, published, and what is free has a reason."""

import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.coverage import FREE, HELD, catalogue, coverage, holding
from pipelines.reconcile.held import measure
from schemas.free_cells import free_cells, why_free
from tests.reconcile.worlds import Case, sample
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

BOOK = shipped_book()


def internal():
    keys = [k for k in catalogue(BOOK.forms) if BOOK.forms[k[0]].family == "财决"]
    return {one.key: holding(one) for one in coverage(BOOK, keys)}


def test_every_free_cell_has_a_reason_and_every_reason_a_cell():
    kinds = internal()
    free = {key for key, kind in kinds.items() if kind == FREE}
    assert {key for key in free if not why_free(key)} == set()
    assert len(free) < 0.15 * len(kinds)
    for entry in free_cells():
        assert any(key in entry for key in free), entry


def test_a_sum_of_the_own_table_holds_nothing():
    kinds = internal()
    assert kinds["Z04", "", "2010101", "基本支出"] == HELD
    assert kinds["Z02", "", "2010101", "结余分配/提取专用结余"] == FREE
    assert kinds["Z03", "", "2010101", "其他收入"] == FREE


def test_the_share_goes_by_what_was_evaluated():
    case, _ = sample(4, 1, seed=5)
    con = case.load()
    reconcile(con, BOOK)
    whole = measure(con, BOOK.forms).shares
    assert 0.85 < whole["cells"] < 1 and 0.7 < whole["amount"] < 1
    con.execute("DELETE FROM check_results WHERE rule_id LIKE 'X-%'")
    assert measure(con, BOOK.forms).shares["cells"] < 0.6 * whole["cells"]


def test_without_another_table_nothing_is_held():
    facts = {("Z04", "", "合计", "本年支出合计"): 10, ("Z04", "", "合计", "基本支出"): 10}
    con = Case().add(facts).load()
    reconcile(con, BOOK)
    held = measure(con, BOOK.forms)
    assert (held.cells, held.held_cells, held.amount) == (2, 0, 0.2)
    empty = Case().add({}, forms=["Z04"]).load()
    reconcile(empty, BOOK)
    assert measure(empty, BOOK.forms).shares == {"cells": 1.0, "amount": 1.0}
