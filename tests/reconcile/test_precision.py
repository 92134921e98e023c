"""A figure with more digits, pasted into a table that is printed to 0.01 万元, does not make the
other figures exact.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb
import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.precision import note_precision
from schemas.library import forms
from tests.reconcile.worlds import Case, sample
from tests.shipped import shipped_book

USUAL, FINEST = -2, 2  # decimals in 元


def pasted(rows: list[dict], form: str, number: int) -> list[dict]:
    """The first figures of a table with six decimals, as they are in the source; gives all of its
    figures. As the reader has it, the whole table then has them.
    """
    of_form = [r for r in rows if r["form"] == form and r["amount"]]
    for fact in of_form[:number]:
        fact["amount"] += Decimal("12.34")
    for row in (r for r in rows if r["form"] == form):
        row["decimals"] = FINEST
    return of_form


def loaded(change: Callable[[Case], None]) -> duckdb.DuckDBPyConnection:
    case, _ = sample(1, 1, 5, published="naive")
    change(case)
    for sheet in case.rows["sheets"]:
        of = [f["decimals"] for f in case.rows["facts"] if f["form"] == sheet["form"]]
        sheet["decimals"] = max(of, default=sheet["decimals"])
    return case.load()


def test_only_what_was_pasted_is_doubted() -> None:
    found: list[dict] = []
    con = loaded(lambda case: found.extend(pasted(case.rows["facts"], "G05", 1)))
    reconcile(con, shipped_book())
    assert len(found) > 10  # rounded figures, none of which equals its source to the 分
    assert con.execute("SELECT subject FROM raw_findings WHERE severity = 'error'").fetchall() == []
    told = con.execute("SELECT DISTINCT decimals FROM facts WHERE form = 'G05'").fetchall()
    assert told == [(FINEST,)]  # what is published stays as the table has it


def test_a_figure_beyond_rounding_is_found_beside_it() -> None:
    found: list[dict] = []

    def change(case: Case) -> None:
        found.extend(pasted(case.rows["facts"], "G05", 1))
        found[1]["amount"] += 300

    con = loaded(change)
    reconcile(con, shipped_book())
    cells = con.execute("SELECT DISTINCT cell FROM raw_cells WHERE sheet = 'G05'").fetchall()
    assert (found[1]["cell"],) in cells


@pytest.mark.parametrize(("number", "coarse"), [(0, False), (1, True), (9, False)])
def test_many_figures_with_more_digits_are_how_the_table_is_printed(number, coarse) -> None:
    con = loaded(lambda case: pasted(case.rows["facts"], "G05", number))
    assert note_precision(con, forms()) is coarse
    named = con.execute("SELECT form, decimals FROM rec_coarse").fetchall()
    assert named == ([("G05", USUAL)] if coarse else [])
