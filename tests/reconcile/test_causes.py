"""One wrong amount does not read as forty problems."""

import duckdb
import pyarrow as pa

from pipelines.reconcile.causes import follow_sheets, share_causes
from schemas.frames import UNITS


def causes(rows, units=()):
    con = duckdb.connect()
    names = ["finding_id", "cause", "unit_code", "unit_name", "year", "difference"]
    table = pa.table({n: [r[i] for r in rows] for i, n in enumerate(names)})
    con.register("given", table)
    con.execute(
        "CREATE TEMP TABLE rec_all AS SELECT * REPLACE (difference::DECIMAL(18,2) AS difference)"
        " FROM given"
    )
    con.register(
        "register",
        UNITS.table([{"unit_code": c, "unit_name": c, "parent_code": p} for c, p in units]),
    )
    con.execute("CREATE TABLE units AS SELECT * FROM register")
    share_causes(con)
    return dict(con.execute("SELECT finding_id, cause FROM rec_all").fetchall())


def test_same_difference_in_a_department_and_year_is_one_cause():
    rows = [
        ("a", "a", "001", "甲", 2023, "1000.00"),
        ("b", "b", "001", "甲", 2023, "-1000.00"),
        ("c", "c", "00101", "乙", 2023, "1000.00"),
        ("d", "d", "001", "甲", 2022, "1000.00"),
        ("e", "e", "002", "丙", 2023, "1000.00"),
        ("f", "f", "001", "甲", 2023, "1000.01"),
    ]
    found = causes(rows, [("001", None), ("00101", "001"), ("002", None)])
    assert found["a"] == found["b"] == found["c"]
    assert len({found[x] for x in "adef"}) == 4


def test_causes_already_shared_are_joined_and_small_differences_left_apart():
    rows = [
        ("a", "x", None, "甲", 2023, "50.00"),
        ("b", "x", None, "甲", 2023, "70.00"),
        ("c", "c", None, "甲", 2023, "70.00"),
        ("d", "d", None, "甲", 2023, "0.01"),
        ("e", "e", None, "甲", 2023, "0.01"),
        ("f", "f", None, "甲", 2023, None),
    ]
    found = causes(rows)
    assert found["a"] == found["b"] == found["c"]
    assert found["d"] != found["e"] and found["f"] == "f"


def structural(rows, cells=()):
    """Causes after what follows from a sheet was given its cause: rows of (id, rule, subject)."""
    con = duckdb.connect()
    names = ("finding_id", "rule_id", "subject")
    listed = {n: [r[i] for r in rows] for i, n in enumerate(names)}
    more = {"cause": listed["finding_id"], "unit_name": ["甲"] * len(rows)}
    con.register("given", pa.table(listed | more | {"year": [2023] * len(rows)}))
    con.execute("CREATE TEMP TABLE rec_all AS SELECT * FROM given")
    columns = ("finding_id", "file", "sheet", "cell", "role", "rank")
    con.execute(f"CREATE TEMP TABLE rec_all_cells ({', '.join(f'{c} VARCHAR' for c in columns)})")
    for cell in cells:
        told = [*cell, *[None] * (len(columns) - len(cell))]
        con.execute("INSERT INTO rec_all_cells VALUES (?, ?, ?, ?, ?, ?)", told)
    follow_sheets(con)
    return dict(con.execute("SELECT finding_id, cause FROM rec_all").fetchall())


def test_what_follows_from_a_whole_sheet_has_its_cause():
    rows = [
        ("scale", "S-SCALE", "Z04"),
        ("digits", "S-PRECISION", "Z04[合计,基本支出]@E9"),
        ("others", "S-PRECISION", "Z03[合计,本年收入合计]@D9"),
        ("foreign", "S-FOREIGN", "Z05@支出"),
        ("missing", "S-MISSING", "Z05"),
        ("apart", "S-MISSING", "Z05_1"),
    ]
    sheets = [("scale", "a.xlsx", "4"), ("digits", "a.xlsx", "4"), ("others", "a.xlsx", "3")]
    found = structural(rows, sheets)
    assert found["digits"] == "scale" and found["missing"] == "foreign"
    assert found["others"] == "others" and found["apart"] == "apart"


def test_amounts_with_too_many_digits_are_one_problem_a_sheet():
    rows = [(n, "S-PRECISION", f"F03[{n},统计数]@H{n}") for n in "123"]
    rows.append(("4", "S-PRECISION", "Z03[合计,其他收入]@D4"))
    sheets = [(n, "a.xlsx", "F03") for n in "123"] + [("4", "a.xlsx", "Z03")]
    found = structural(rows, sheets)
    assert found == {"1": "1", "2": "1", "3": "1", "4": "4"}


def test_an_amount_with_too_many_digits_that_is_suspected_anyway_is_no_second_problem():
    rows = [
        ("sum", "G-01", "Z04[合计,基本支出]"),
        ("digits", "S-PRECISION", "Z04[合计,基本支出]@E9"),
        ("others", "S-PRECISION", "Z04[合计,项目支出]@F9"),
    ]
    cells = [
        ("sum", "a.xlsx", "4", "E9", "suspect", "1"),
        ("sum", "a.xlsx", "4", "F9", "suspect", "2"),
        ("digits", "a.xlsx", "4", "E9"),
        ("others", "a.xlsx", "4", "F9"),
    ]
    found = structural(rows, cells)
    assert found == {"sum": "sum", "digits": "sum", "others": "others"}


def test_a_row_that_stands_twice_is_one_problem():
    rows = [
        ("row", "S-ROW", "Z04[2010399]"),
        ("twice", "IN-HIER-03", "Z04[2010399]"),
        ("other", "IN-HIER-03", "Z04[2010301]"),
    ]
    assert structural(rows) == {"row": "row", "twice": "row", "other": "other"}


def test_formulas_that_were_not_calculated_are_one_problem_a_workbook():
    rows = [(n, "S-UNCACHED", f"Z0{n}[合计,基本支出]@E9") for n in "345"]
    sheets = [("3", "a.xlsx", "Z03"), ("4", "a.xlsx", "Z04"), ("5", "b.xlsx", "Z05")]
    assert structural(rows, sheets) == {"3": "3", "4": "3", "5": "5"}
