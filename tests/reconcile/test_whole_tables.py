"""A slip of a whole table, or of several alike, is one cause that names it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import duckdb
import pytest

from schemas.library import forms
from tests.reconcile.beside import beside
from tests.reconcile.worlds import Case, sample

YEAR, UNIT, DEPARTMENT = 2023, "500001001", "500001"
Con = duckdb.DuckDBPyConnection


def department(seed: int, years: int = 1) -> Case:
    """A department with two units. Every test has a ``seed`` of its own: units with the same
    figures are taken for each other.
    """
    case, _ = sample(3, years, seed)
    return case


def causes(con: Con) -> Counter[tuple[str, str]]:
    """Unit and rule of what shares a cause: of the first of it, with how many findings."""
    rows = con.execute("""SELECT coalesce(c.unit_code, f.unit_code), coalesce(c.rule_id, f.rule_id)
        FROM raw_findings f LEFT JOIN raw_findings c ON c.finding_id = f.cause
        WHERE f.severity <> 'hint'""").fetchall()
    return Counter(rows)


def messages(con: Con, rule: str) -> list[str]:
    rows = con.execute("SELECT message FROM raw_findings WHERE rule_id = ?", [rule]).fetchall()
    return [message for (message,) in rows]


COUNTS = {row.key for block in forms()["F03"].blocks for row in block.rows if row.count}


@beside
@pytest.mark.parametrize(("unit", "times"), [(UNIT, "0.0001"), (DEPARTMENT, "10000")])
def test_a_table_with_counts_in_another_money_unit_is_one_cause(unit: str, times: str):
    case = department(5 if times < "1" else 6)
    for fact in case.rows["facts"]:
        money = fact["form"] == "F03" and fact["row_key"] not in COUNTS
        if money and fact["unit_code"] == unit:  # the counts are as they should be
            fact["amount"] = (fact["amount"] * Decimal(times)).quantize(Decimal("0.01"))
    con = yield case
    assert set(causes(con)) == {(unit, "S-SCALE")}
    said = "疑为万元，各数小一万倍" if times < "1" else "疑为元，各数大一万倍"
    assert f"财决附03表{said}" in messages(con, "S-SCALE")[0]


def write_over(case: Case, form: str, *, moved: bool) -> dict[str, Decimal]:
    """The figures of an item of a table written over those of the next, of one 款; ``moved``: only
    there. Returns what the cells of both should hold.
    """
    mine = [r for r in case.rows["facts"] if (r["unit_code"], r["form"]) == (UNIT, form)]
    held: dict[str, list[dict]] = {}
    for fact in mine:
        held.setdefault(fact["row_key"], []).append(fact)
    lines = [r for r in case.rows["lines"] if (r["unit_code"], r["form"]) == (UNIT, form)]
    pairs = pairwise(lines)
    own, over = next(
        (a, b)
        for a, b in pairs
        if all(len(r["row_key"]) == 7 and r["row_key"] in held for r in (a, b))
        and a["row_key"][:5] == b["row_key"][:5]
    )
    both = held[own["row_key"]] + held[over["row_key"]]
    right = {fact["cell"]: fact["amount"] for fact in both}
    written = [
        fact
        | {"row_key": over["row_key"], "row_label": over["row_label"]}
        | {"cell": fact["cell"].replace(str(own["row"]), str(over["row"]))}
        for fact in held[own["row_key"]]
    ]
    gone = both if moved else held[over["row_key"]]
    kept = [fact for fact in case.rows["facts"] if not any(fact is g for g in gone)]
    case.rows["facts"] = kept + written
    now = {fact["cell"]: fact["amount"] for fact in written}
    now |= {} if moved else {fact["cell"]: fact["amount"] for fact in held[own["row_key"]]}
    cells = sorted({*right, *now})
    return {c: right.get(c, Decimal(0)) for c in cells if now.get(c) != right.get(c)}


@beside
@pytest.mark.parametrize(
    ("form", "moved", "seed", "rule"),
    [
        ("Z05", True, 9, "S-SHIFTED"),
        ("Z05", False, 10, "S-ROW"),
        ("Z04", False, 36, "S-ROW"),  # what fails of its own is the sum that both stand in
        ("Z07", False, 32, "S-ROW"),  # the sums along the row hold in the copy
    ],
)
def test_a_row_written_over_the_next_is_one_cause_that_says_what_both_should_hold(
    form: str, moved: bool, seed: int, rule: str
):
    case = department(seed)
    right = write_over(case, form, moved=moved)
    con = yield case
    assert set(causes(con)) == {(UNIT, rule)}
    rows = con.execute("SELECT cell, suggested FROM raw_cells WHERE role = 'suspect'").fetchall()
    assert dict(rows) == right


@beside
@pytest.mark.parametrize(("spoiled", "seed"), [("all", 14), ("two", 26)])
def test_a_column_from_a_draft_is_one_cause_and_two_cells_of_it_are_told_by_themselves(
    spoiled: str, seed: int
):
    case = department(seed)
    column = [
        fact
        for fact in case.rows["facts"]
        if (fact["unit_code"], fact["form"], fact["col_key"]) == (UNIT, "Z05", "合计")
    ]
    items = [fact for fact in column if len(fact["row_key"]) == 7]
    right = {fact["cell"]: fact["amount"] for fact in (column if spoiled == "all" else items[:2])}
    for number, fact in enumerate(column):
        if fact["cell"] in right:
            fact["amount"] = (fact["amount"] * Decimal("1.1") + number).quantize(Decimal("0.01"))
    con = yield case
    rules = {rule for _, rule in causes(con)}
    rows = con.execute("SELECT cell, suggested FROM raw_cells WHERE role = 'suspect'").fetchall()
    assert (rules == {"S-PASTED"}) is (spoiled == "all")
    assert dict(rows) == right if spoiled == "all" else right.items() <= dict(rows).items()


@beside
def test_a_row_from_a_draft_did_not_move_where_the_next_holds_what_it_should():
    case = department(35)
    items = ("201", "20106", "2010601")  # the only 款 of its 类 and its only 项: three rows alike
    rows = [
        [r for r in case.rows["facts"] if place == (r["unit_code"], r["form"], r["row_key"])]
        for place in ((UNIT, "Z05_1", item) for item in items)
    ]
    assert len({tuple((r["col_key"], r["amount"]) for r in row) for row in rows}) == 1
    row = rows[1]
    right = {fact["cell"]: fact["amount"] for fact in row}
    for number, fact in enumerate(row):
        fact["amount"] = (fact["amount"] * Decimal("1.1") + number).quantize(Decimal("0.01"))
    con = yield case
    assert set(causes(con)) == {(UNIT, "S-PASTED")}
    told = con.execute("SELECT cell, suggested FROM raw_cells WHERE role = 'suspect'").fetchall()
    assert dict(told) == right


@beside
@pytest.mark.parametrize(("summed", "seed"), [(True, 58), (False, 60)])
def test_a_row_that_one_table_lacks_is_one_cause_also_where_its_sums_lack_it(
    summed: bool, seed: int
):
    case = department(seed)
    lost = "2080505"
    mine = {
        (fact["row_key"], fact["col_key"]): fact
        for fact in case.rows["facts"]
        if (fact["unit_code"], fact["form"]) == (UNIT, "Z08")
    }
    right = {}
    for (row, column), fact in list(mine.items()):
        for item in ("20805", "208", "合计") if row == lost and summed else ():
            total = mine[item, column]
            right[total["cell"]] = total["amount"]
            total["amount"] -= fact["amount"]
    gone = {id(fact) for (row, _), fact in mine.items() if row == lost}
    case.rows["facts"] = [fact for fact in case.rows["facts"] if id(fact) not in gone]
    where = (UNIT, "Z08", lost)
    lines = case.rows["lines"]
    case.rows["lines"] = [r for r in lines if (r["unit_code"], r["form"], r["row_key"]) != where]
    con = yield case
    assert {cause for cause in causes(con) if cause[1] != "IN-HIER-03"} == {(UNIT, "S-ROW")}
    (message,) = messages(con, "S-ROW")
    assert ("重算其上各级合计" in message) is summed
    told = con.execute("SELECT cell, suggested FROM raw_cells WHERE suggested IS NOT NULL")
    assert dict(told.fetchall()) == right


@beside
def test_a_row_that_stands_twice_did_not_move_down():
    """The last row again below itself: counted once, or said to have moved, as much holds."""
    case = department(63)
    place = (UNIT, "Z08_2")
    last = [r for r in case.rows["lines"] if (r["unit_code"], r["form"]) == place][-1]
    case.rows["lines"].append(last | {"row": last["row"] + 1})
    for fact in [f for f in case.rows["facts"] if (f["unit_code"], f["form"]) == place]:
        if fact["row_key"] == last["row_key"]:
            cell = fact["cell"].replace(str(last["row"]), str(last["row"] + 1))
            case.rows["facts"].append(fact | {"cell": cell})
    con = yield case
    assert set(causes(con)) == {(UNIT, "S-ROW")}
    assert f"重复的 {last['row_key']} 一行" in messages(con, "S-ROW")[0]


@beside
def test_public_figures_moved_to_balance_are_no_errors_beside_a_table_in_the_wrong_money_unit():
    case, _ = sample(3, 1, 81, published="balanced")
    for fact in case.rows["facts"]:
        if fact["form"] == "Z04" and fact["unit_code"] == case.rows["units"][1]["unit_code"]:
            fact["amount"] *= 10_000
    con = yield case
    assert {rule for _, rule in causes(con)} == {"S-SCALE"}
    (message,) = messages(con, "S-SCALE")
    number = con.execute("SELECT count(*) - 1 FROM raw_findings WHERE severity <> 'hint'")
    assert f" {number.fetchall()[0][0]} 个问题消除" in message
