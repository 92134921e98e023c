"""Published tables: detail that is left out, one wrong figure among balanced ones, figures as they
are printed. The sets of all these tests are reconciled beside each other (``beside.py``).
"""

from decimal import Decimal

import pytest

from tests.reconcile.beside import beside
from tests.reconcile.worlds import Case, sample


def made(published="balanced", units=3, seed=7):
    case, _ = sample(units, 1, seed=seed, published=published)
    return case, case.rows["units"][-1]["unit_code"]


def without(case, code, form, gone, *, lines):
    """Takes the facts of the rows out of a unit's form, and their lines with them where asked."""
    for table in ("facts", "lines") if lines else ("facts",):
        case.rows[table] = [
            r
            for r in case.rows[table]
            if not (r["form"] == form and r["unit_code"] == code and gone(r["row_key"]))
        ]


def cells(con, role, form):
    query = "SELECT cell FROM raw_cells WHERE role = ? AND sheet = ? ORDER BY cell"
    return [r[0] for r in con.execute(query, [role, form]).fetchall()]


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("form", ["G05", "G08"])
@beside
def test_a_table_with_its_total_alone_is_found_and_its_cells_named(form, lines):
    case, code = made()
    without(case, code, form, lambda row: row[0] == "3" or "经费" in row, lines=lines)
    con = yield case
    found = con.execute("SELECT rule_id, severity, unit_code FROM raw_findings").fetchall()
    assert ("P-12", "error", code) in found and {f[2] for f in found} == {code}
    named = cells(con, "right", form)
    assert len(named) > (0 if lines else 20)


@pytest.mark.parametrize("published", ["naive", "balanced"])
@pytest.mark.parametrize("digits", [3, 5])
@beside
def test_a_table_that_lists_one_level_only_is_no_error(published, digits):
    case, code = made(published)
    without(case, code, "G05", lambda row: len(row) == digits, lines=True)
    con = yield case
    assert con.execute("SELECT rule_id, message FROM raw_findings").fetchall() == []


@beside
def test_where_only_one_level_is_listed_a_wrong_figure_is_still_found():
    case, code = made()
    without(case, code, "G05", lambda row: len(row) == 3, lines=True)
    fact = next(
        f
        for f in case.rows["facts"]
        if f["form"] == "G05" and f["unit_code"] == code and len(f["row_key"]) == 5
    )
    fact["amount"] += Decimal(30_000)
    con = yield case
    found = con.execute("SELECT rule_id FROM raw_findings").fetchall()
    assert ("P-10",) in found


def without_columns(case, form, digits):
    """Takes the columns of one level of the economic classification out of a form, of all units."""
    for table in ("facts", "layouts"):
        case.rows[table] = [
            r
            for r in case.rows[table]
            if not (r["form"] == form and r["col_key"][0] == "3" and len(r["col_key"]) == digits)
        ]


def listed_across(case, code):
    """公开05 as some print it: a line for each function, a column for each 经济分类.

    The unit has one budget only.
    """
    name = case.rows["units"][-1]["unit_name"]
    without(case, code, "G05", lambda row: True, lines=True)
    for table in ("sheets", "layouts"):
        case.rows[table] = [
            r
            for r in case.rows[table]
            if not (r["form"] == "G05" and (table == "layouts" or r["unit_code"] == code))
        ]
    mine = [f for f in case.rows["facts"] if f["unit_code"] == code]
    assert not any(f["form"] in ("Z10", "Z12") for f in mine)
    wide = {
        ("G05", "", f["row_key"], f["col_key"]): int(f["amount"] * 100)
        for f in mine
        if f["form"] == "G07"
    }
    case.add(wide, code=code, name=name, decimals={"G05": -2})


@pytest.mark.parametrize("published", ["naive", "balanced"])
@pytest.mark.parametrize("digits", [3, 5])
@beside
def test_a_table_that_lists_one_level_of_columns_only_is_no_error(published, digits):
    case, _ = made(published)
    without_columns(case, "G07", digits)
    con = yield case
    assert con.execute("SELECT rule_id, message FROM raw_findings").fetchall() == []


@pytest.mark.parametrize("digits", [0, 3, 5])
@beside
def test_a_table_listed_across_may_leave_a_level_out_too(digits):
    case, code = made(seed=7)
    listed_across(case, code)
    without_columns(case, "G05", digits)
    con = yield case
    query = "SELECT unit_code, rule_id, message FROM raw_findings WHERE unit_code = ?"
    assert con.execute(query, [code]).fetchall() == []


@beside
def test_a_wrong_figure_under_columns_of_one_level_is_still_found():
    case, code = made()
    without_columns(case, "G07", 3)
    fact = next(
        f
        for f in case.rows["facts"]
        if f["form"] == "G07" and f["unit_code"] == code and len(f["col_key"]) == 5
    )
    fact["amount"] += Decimal(30_000)
    con = yield case
    assert fact["cell"] in cells(con, "left", "G07")


@beside
def test_one_lost_column_of_a_table_that_has_the_others_is_an_error():
    case, _ = made()
    for table in ("facts", "layouts"):
        case.rows[table] = [
            r for r in case.rows[table] if not (r["form"] == "G07" and r["col_key"] == "301")
        ]
    con = yield case
    found = con.execute("SELECT rule_id FROM raw_findings").fetchall()
    assert ("P-10",) in found


@beside
def test_columns_of_detail_all_empty():
    case = Case().add(
        {
            ("Z08", "", "合计", "合计"): 10,
            ("Z08", "", "合计", "301"): 10,
            ("Z08", "", "201", "合计"): 10,
            ("G07", "", "合计", "合计"): 10,
            ("G07", "", "201", "合计"): 10,
            ("G07", "", "201", "301"): None,
            ("G07", "", "合计", "301"): None,
        }
    )
    con = yield case
    assert con.execute("SELECT subject FROM raw_findings WHERE rule_id = 'P-12'").fetchall() == [
        ("Z08[合计,经类]#2",)
    ]
    assert (
        cells(con, "right", "G07")
        and "没有数"
        in con.execute("SELECT message FROM raw_findings WHERE rule_id = 'P-12'").fetchall()[0][0]
    )


def planted(mode, change, units=6, seed=3):
    """One published figure of every unit changed; the case, and (unit, fact, its true amount)."""
    case, _ = sample(units, 1, seed=seed, published=mode)
    by_unit = {}
    for fact in sorted(
        case.rows["facts"],
        key=lambda f: (f["unit_code"], f["form"], f["row_key"], f["col_key"], f["block"]),
    ):
        if fact["form"][0] == "G" and fact["form"] != "G13":
            by_unit.setdefault(fact["unit_code"], []).append(fact)
    changed = []
    for number, (code, facts) in enumerate(by_unit.items()):
        fact = facts[number * 37 % len(facts)]
        changed.append((code, fact, fact["amount"]))
        fact["amount"] = change(fact["amount"])
    return case, changed


@pytest.mark.parametrize("mode", ["naive", "balanced"])
@beside
def test_one_wrong_figure_is_the_first_suspect_and_accuses_no_neighbour(mode):
    case, changed = planted(mode, lambda amount: amount + Decimal(50_000))
    con = yield case
    exact = 0
    for code, fact, true in changed:
        found = con.execute(
            "SELECT finding_id FROM raw_findings WHERE unit_code = ?", [code]
        ).fetchall()
        query = (
            "SELECT finding_id FROM raw_cells WHERE role <> 'suspect' AND file = ? AND sheet = ?"
            " AND cell = ?"
        )
        about = con.execute(query, [fact["file"], fact["sheet"], fact["cell"]]).fetchall()
        assert found and set(found) <= set(about), fact
        query = (
            "SELECT sheet, cell, suggested FROM raw_cells WHERE role = 'suspect' AND file = ? AND"
            " rank = 1"
        )
        [(sheet, cell, suggested), *_others] = con.execute(query, [fact["file"]]).fetchall()
        assert (sheet, cell) == (fact["sheet"], fact["cell"]) and abs(suggested - true) <= 100
        exact += suggested == true
    assert exact >= len(changed) - 1


@beside
def test_one_last_digit_is_told_from_what_balancing_moved():
    case, changed = planted("balanced", lambda amount: amount + Decimal(100), units=12)
    con = yield case
    query = (
        "SELECT count(DISTINCT finding_id) FROM raw_cells WHERE role = 'suspect' AND rank = 1 AND"
        " file = ? AND sheet = ? AND cell = ?"
    )
    first = [
        con.execute(query, [f["file"], f["sheet"], f["cell"]]).fetchall()[0][0] > 0
        for _, f, _ in changed
    ]
    assert sum(first) >= len(first) * 4 // 5
    apart = con.execute(
        "SELECT unit_code FROM raw_findings GROUP BY unit_code HAVING count(DISTINCT cause) > 1"
    ).fetchall()
    assert len(apart) <= 1


@beside
def test_a_wrong_total_is_suspected_before_blank_cells_of_the_internal_tables():
    case, code = made()
    for form in ("Z10", "Z12"):
        case.add(
            {(form, "", "合计", "合计"): None, (form, "", "合计", "301"): None},
            code=code,
            name=case.rows["units"][-1]["unit_name"],
        )
    total = next(
        f
        for f in case.rows["facts"]
        if f["form"] == "G05" and f["unit_code"] == code and f["row_key"] == f["col_key"] == "合计"
    )
    total["amount"] += Decimal(50_000)
    con = yield case
    suspects = con.execute(
        "SELECT DISTINCT sheet, cell, suggested FROM raw_cells WHERE role = 'suspect'"
    ).fetchall()
    assert suspects == [("G05", total["cell"], total["amount"] - 50_000)]
    assert con.execute("SELECT count(DISTINCT cause) FROM raw_findings").fetchall() == [(1,)]


@pytest.mark.parametrize("digits", [2, 3, 5])
@beside
def test_beside_an_unreadable_total_a_balanced_part_is_not_accused(digits):
    case, _ = sample(4, 1, seed=3, published="balanced")
    totals = {}
    for fact in case.rows["facts"]:
        if (
            fact["form"] == "G03"
            and fact["col_key"] == "本年支出合计"
            and len(fact["row_key"]) == digits
        ):
            totals[fact["unit_code"]] = fact
    for fact in totals.values():
        fact |= {"amount": None, "state": "text", "raw": "详见附件"}
    con = yield case
    assert len(totals) >= 3
    assert con.execute("SELECT message FROM raw_findings").fetchall() == []


@beside
def test_beside_an_unreadable_source_a_balanced_part_is_not_accused():
    case, _ = sample(4, 1, seed=3, published="balanced")
    lost = {}
    for fact in case.rows["facts"]:
        if fact["form"] == "Z04" and len(fact["row_key"]) == 3 and fact["col_key"] == "基本支出":
            lost[fact["unit_code"]] = fact
    for fact in lost.values():
        fact |= {"amount": None, "state": "text", "raw": "见附注"}
    con = yield case
    assert len(lost) >= 3
    assert con.execute("SELECT message FROM raw_findings").fetchall() == []


@beside
def test_beside_an_unreadable_total_a_wrong_part_is_still_found():
    case, code = made()
    mine = {
        f["row_key"]: f
        for f in case.rows["facts"]
        if f["form"] == "G03" and f["unit_code"] == code and f["col_key"] == "本年支出合计"
    }
    mine["合计"] |= {"amount": None, "state": "text", "raw": "详见附件"}
    part = next(f for row, f in mine.items() if len(row) == 3)
    part["amount"] += Decimal(200)
    assert part["cell"] in cells((yield case), "left", "G03")


def dropped_line():
    case, code = made()
    row = next(
        f["row_key"]
        for f in case.rows["facts"]
        if f["form"] == "G03" and f["unit_code"] == code and len(f["row_key"]) == 7
    )
    without(case, code, "G03", lambda key: key == row, lines=True)
    for fact in case.rows["facts"]:
        if fact["form"] == "Z04" and fact["row_key"] == row:
            fact["row_label"] = "某项支出"
    return case, row


@beside
def test_a_line_lost_from_a_published_table_accuses_no_cell_that_is_right():
    case, row = dropped_line()
    con = yield case
    assert con.execute(
        "SELECT count(*) FROM raw_cells WHERE role = 'suspect' AND sheet = 'Z04'"
    ).fetchall() == [(0,)]
    messages = [
        m
        for (m,) in con.execute(
            "SELECT message FROM raw_findings WHERE rule_id = 'P-01'"
        ).fetchall()
    ]
    assert messages and all(f"“{row} 某项支出·" in m and "公开表漏列该行" in m for m in messages)
    assert all(m.endswith(" 元") for m in messages)


@beside
def test_of_two_lines_swapped_in_a_published_table_the_published_cells_are_suspected():
    form = "G02"
    case, code = made()
    mine = [
        f
        for f in case.rows["facts"]
        if f["form"] == form and f["unit_code"] == code and len(f["row_key"]) == 7
    ]
    rows = sorted({f["row_key"] for f in mine})
    one, two = next((a, b) for a in rows for b in rows if a < b and a[:5] == b[:5])
    for fact in mine:
        fact["row_key"] = {one: two, two: one}.get(fact["row_key"], fact["row_key"])
    con = yield case
    suspects = con.execute("SELECT DISTINCT sheet FROM raw_cells WHERE role = 'suspect'").fetchall()
    assert suspects == [(form,)]


@beside
def test_an_internal_figure_that_nothing_confirms_is_suspected():
    case = Case().add(
        {
            ("G06", "", "201", "基本支出"): 1_000_000,
            ("Z07", "", "201", "本年支出/基本支出/小计"): 100_000_00,
        }
    )
    con = yield case
    assert ("Z07",) in con.execute(
        "SELECT DISTINCT sheet FROM raw_cells WHERE role = 'suspect'"
    ).fetchall()
