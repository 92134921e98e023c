"""A sum through which two wrong amounts run accuses these two, and none of the cells beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.reconcile.beside import beside
from tests.reconcile.test_whole_tables import UNIT, department
from tests.reconcile.worlds import sample

Cells = dict[str, Decimal]


def larger(facts: list[dict], times: int) -> Cells:
    """Makes the amounts so many times larger; by cell what they were."""
    right = {fact["cell"]: fact["amount"] for fact in facts}
    for fact in facts:
        fact["amount"] *= times
    return right


@beside
@pytest.mark.parametrize(("column", "seed"), [("one", 53), ("all", 54)])
def test_two_wrong_amounts_of_a_row_accuse_no_third(column: str, seed: int):
    """An item and the sum it stands in, each ten times too large; or a whole column of items and
    one such sum.
    """
    case = department(seed)
    mine = [f for f in case.rows["facts"] if (f["unit_code"], f["form"]) == (UNIT, "Z05")]
    item = next(f["col_key"] for f in mine if f["col_key"][:3] == "302" and f["col_key"] != "302")
    items = [f for f in mine if f["col_key"] == item]
    lowest = max(items, key=lambda f: (len(f["row_key"]), f["row_key"]))
    chosen = items if column == "all" else [lowest]
    total = next(f for f in mine if f["row_key"] == lowest["row_key"] and f["col_key"] == "302")
    right = larger(chosen, 10) | larger([total], 7)
    con = yield case
    rows = con.execute("SELECT cell, suggested FROM raw_cells WHERE role = 'suspect'").fetchall()
    assert dict(rows) == right


@beside
def test_a_public_figure_moved_to_balance_beside_a_wrong_cell_accuses_that_cell_alone():
    """The public figure of the item differs by its last digit as well, as the sums of the public
    table want it: once the cell is right nothing is left to tell.
    """
    case, _ = sample(8, 1, 71, published="balanced")
    facts = {(f["unit_code"], f["form"], f["row_key"], f["col_key"]): f for f in case.rows["facts"]}
    own, public = "本年支出/合计", "合计"
    source = next(
        f
        for (unit, form, item, column), f in facts.items()
        if (form, column) == ("Z07", own)
        and len(item) == 7
        and (printed := facts.get((unit, "G06", item, public)))
        and abs(printed["amount"] - round(f["amount"] / 100) * 100) == 100
    )
    right = source["amount"]
    source["amount"] += 52_000
    con = yield case
    rows = con.execute("SELECT file, cell, suggested FROM raw_cells WHERE role = 'suspect'")
    assert set(rows.fetchall()) == {(source["file"], source["cell"], right)}
    printed = facts[source["unit_code"], "G06", source["row_key"], public]
    about = con.execute(
        "SELECT rule_id FROM raw_findings f JOIN raw_cells c USING (finding_id)"
        " WHERE c.file = ? AND c.sheet = 'G06' AND c.cell = ?",
        [printed["file"], printed["cell"]],
    ).fetchall()
    assert ("P-01",) in about
