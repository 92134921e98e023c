"""Published tables without internal ones: items that are in the wrong line, rows printed twice,
amounts suggested as they are printed. Each set is consistent but for its one fault.
"""

from __future__ import annotations

import pytest

from tests.reconcile.beside import beside
from tests.reconcile.worlds import sample


def published(seed: int = 7):
    """A unit of which only the published tables are there, in 万元 of two decimals."""
    case, _ = sample(3, 1, seed=seed, published="balanced")
    code = case.rows["units"][-1]["unit_code"]
    for table in ("facts", "lines", "sheets"):
        case.rows[table] = [
            r for r in case.rows[table] if r["form"][0] == "G" and r["unit_code"] == code
        ]
    case.rows["units"] = [u for u in case.rows["units"] if u["unit_code"] == code]
    return case


def of(case, form, *, row=None, column=None, block=None):
    return [
        f
        for f in case.rows["facts"]
        if f["form"] == form
        and (row is None or f["row_key"] == row)
        and (column is None or f["col_key"] == column)
        and (block is None or f["block"] == block)
        and f["amount"]
    ]


def suspects(con):
    query = """SELECT cell, suggested FROM raw_cells WHERE role = 'suspect' ORDER BY rank"""
    return con.execute(query).fetchall()


@beside
def test_published_tables_that_agree_say_nothing():
    con = yield published()
    assert con.execute("SELECT message FROM raw_findings WHERE rule_id <> 'P-09'").fetchall() == []


@pytest.mark.parametrize(("form", "block"), [("G01", "支出功能分类"), ("G04", "支出功能分类")])
@beside
def test_two_classes_swapped_in_the_summary_are_found_and_named(form, block):
    case = published()
    rows = sorted({f["row_key"] for f in of(case, form, block=block)})[:2]
    pairs = [of(case, form, block=block, row=row) for row in rows]
    for one, other in zip(*pairs, strict=False):
        assert one["col_key"] == other["col_key"] and one["amount"] != other["amount"]
        one["amount"], other["amount"] = other["amount"], one["amount"]
    con = yield case
    found = {r for (r,) in con.execute("SELECT rule_id FROM raw_findings").fetchall()}
    assert "P-13" in found - {"P-09"}
    named = {c for (c,) in con.execute("SELECT cell FROM raw_cells").fetchall()}
    assert {f["cell"] for pair in pairs for f in pair} & named


@beside
def test_a_row_printed_twice_is_one_cause():
    case = published()
    leaf = max(
        (f for f in of(case, "G03", column="本年支出合计") if len(f["row_key"]) == 7),
        key=lambda f: f["amount"],
    )
    twice = [dict(f) for f in case.rows["facts"] if f["form"] == "G03"]
    twice = [f | {"cell": f["cell"] + "0"} for f in twice if f["row_key"] == leaf["row_key"]]
    case.rows["facts"] += twice
    con = yield case
    found = con.execute("SELECT rule_id, subject FROM raw_findings").fetchall()
    assert ("S-ROW", f"G03[{leaf['row_key']}]") in found
    assert suspects(con) == []


@beside
def test_amounts_of_a_set_are_as_exact_as_they_are_printed():
    """Two totals in each other's line: both are given back, but for a last digit that balancing
    may have moved.
    """
    case = published()
    moved = [f for f in of(case, "G06", column="合计") if len(f["row_key"]) == 5][:2]
    was = {f["cell"]: f["amount"] for f in moved}
    moved[0]["amount"], moved[1]["amount"] = moved[1]["amount"], moved[0]["amount"]
    con = yield case
    found = dict(suspects(con))
    assert all(abs(found[cell] - amount) <= 100 for cell, amount in was.items())
    assert all(amount % 100 == 0 for amount in found.values() if amount is not None)


@beside
def test_the_one_line_printed_without_its_amount_is_suspected():
    """公开08表 has one column of amounts: a line without any was forgotten there."""
    case = published()
    items = [f for f in of(case, "G08", column="决算数") if len(f["row_key"]) == 5]
    lost = max(items, key=lambda f: f["amount"])
    case.rows["facts"] = [f for f in case.rows["facts"] if f is not lost]
    listed = {f["row_key"] for f in case.rows["facts"] if f["form"] == "G08"} | {lost["row_key"]}
    case.rows["lines"] = [
        r for r in case.rows["lines"] if r["form"] != "G08" or r["row_key"] in listed
    ]
    con = yield case
    first = suspects(con)[0]
    assert first[0] == lost["cell"] and abs(first[1] - lost["amount"]) <= 200
