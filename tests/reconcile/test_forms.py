"""Missing forms, missing years, missing subordinates: never a pass, always a reason.

Most units of these tests are reconciled beside each other (``beside.py``); what is about the whole
world is reconciled by itself (``run``).
"""

import pytest

from pipelines.reconcile import reconcile
from tests.reconcile.beside import BOOK, beside
from tests.reconcile.worlds import Case, only

X08 = {("Z05", "", "合计", "合计"): 500, ("Z05_1", "", "合计", "合计"): 500}
INCOME = ("Z01", "收入", "年初结转和结余", "决算数")
CLOSING = ("Z01", "支出", "年末结转和结余", "决算数")


def results(con, rule, unit="1", year=2023):
    query = (
        "SELECT outcome, coalesce(reason, '') FROM check_results WHERE rule_id = ? AND unit_code ="
        " ? AND year = ?"
    )
    return con.execute(query, [rule, unit, year]).fetchall()[0]


def run(case):
    con = case.load()
    reconcile(con, BOOK)
    return con


@beside
def test_a_required_form_that_is_missing():
    assert results((yield Case().add(X08)), "X-08") == ("not_evaluated", "缺少Z05_2")


@beside
def test_the_form_for_operations_is_needed_only_where_there_are_any():
    whole = X08 | {("Z05_2", "", "合计", "合计"): None}
    spent = whole | {("Z04", "", "合计", "经营支出"): 5}
    none, some = yield [Case().add(whole), Case().add(spent)]
    assert results(none, "X-08")[0] == "pass"
    assert results(some, "X-08") == ("not_evaluated", "缺少Z05_3")


@beside
def test_a_fund_table_is_needed_only_where_the_fund_shows():
    base = {("Z08", "", "合计", "合计"): 500, ("Z05", "", "合计", "合计"): 500}
    shown = base | {("Z01_1", "收入", "政府性基金预算财政拨款", "决算数"): 1}
    without, with_fund = yield [Case().add(base), Case().add(shown)]
    assert results(without, "X-25")[0] == "pass"
    assert results(with_fund, "X-25") == ("not_evaluated", "缺少Z10")


@beside
def test_what_submissions_list_as_missing_is_missing():
    case = (
        Case()
        .unit("1", missing="Z10,Z12")
        .add({("Z08", "", "合计", "合计"): 500, ("Z05", "", "合计", "合计"): 500})
    )
    assert results((yield case), "X-25")[0] == "not_evaluated"


@beside
def test_forms_that_are_not_ours_to_ask_for():
    con = yield (Case().add({("Z01", "收入", "本年收入合计", "决算数"): 5}))
    assert results(con, "X-05")[0] == "not_evaluated"
    assert results(con, "P-01")[0] == "not_evaluated"
    assert results(con, "IN-Z11-01") == ("not_evaluated", "不涉及：没有报送有关表格")


@beside
def test_an_unreadable_sheet_is_a_missing_form():
    case = Case().add(X08 | {("Z05_2", "", "合计", "合计"): 1})
    for sheet in case.rows["sheets"]:
        sheet["status"] = "unreadable" if sheet["form"] == "Z05_2" else "read"
    assert results((yield case), "X-08") == ("not_evaluated", "缺少Z05_2")


def test_every_rule_has_an_outcome_for_every_unit_and_year():
    con = run(
        Case()
        .unit("1", missing="")
        .unit("2", missing="")
        .add(X08, code="1")
        .add(X08, code=None, name="名册外单位")
    )
    rows = con.execute(
        "SELECT unit_name, count(DISTINCT rule_id), count(*) FROM check_results GROUP BY 1 ORDER"
        " BY 1"
    ).fetchall()
    assert rows == [(n, len(BOOK.rules), len(BOOK.rules)) for n in ("1", "2", "名册外单位")]
    assert results(con, "IN-Z01-01", "2")[0] == "not_evaluated"


@beside
def test_last_year_absent_and_present():
    both = Case().add({INCOME: 5}).add({CLOSING: 4}, year=2022)
    absent, present = yield [Case().add({INCOME: 5}), both]
    assert results(absent, "Y-01") == ("not_evaluated", "上年数据缺失")
    assert results(present, "Y-01")[0] == "fail"


def test_last_year_from_an_earlier_set():
    con = Case().add({INCOME: 5}).load()
    old = Case().add({CLOSING: 5}, year=2022).load()
    con.register("given", old.sql("SELECT * FROM facts").to_arrow_table())
    con.execute("CREATE TABLE prior_facts AS SELECT * FROM given")
    reconcile(con, only("Y-01"))
    assert results(con, "Y-01")[0] == "pass"
    assert con.execute("SELECT DISTINCT year FROM check_results").fetchall() == [(2023,)]


def test_only_the_years_asked_for():
    con = Case().add({INCOME: 5}).add({CLOSING: 4}, year=2022).load()
    reconcile(con, only("Y-01"), years={2023})
    assert con.execute("SELECT DISTINCT year FROM check_results").fetchall() == [(2023,)]
    assert results(con, "Y-01")[0] == "fail"


@beside
def test_an_absent_adjustment_table_counts_as_nothing():
    adjusted = {INCOME: 5, ("CS01_1", "", "合计", "变动项目和金额/小计"): 1}
    case = Case().add(adjusted).add({CLOSING: 4}, year=2022)
    assert results((yield case), "Y-01")[0] == "pass"


def department(children, parent, **units):
    case = Case().unit("1", report="汇总")
    for code, facts in children.items():
        case.unit(code, parent="1", **units.get(code, {}))
        if facts is not None:
            case.add(facts, code=code)
    return case.add(parent, code="1")


CELL = ("Z05", "", "2010301", "30201")


@beside
def test_roll_up():
    below = {"11": {CELL: 3}, "12": {CELL: 4}}
    right, wrong = yield [department(below, {CELL: 7}), department(below, {CELL: 8})]
    assert results(right, "G-01")[0] == "pass"
    assert results(wrong, "G-01")[0] == "fail"
    cells = wrong.execute(
        "SELECT role, file FROM raw_findings JOIN raw_cells USING (finding_id) WHERE rule_id ="
        " 'G-01' AND role <> 'suspect' ORDER BY ALL"
    ).fetchall()
    assert cells == [("left", "1/2023.xlsx"), ("right", "11/2023.xlsx"), ("right", "12/2023.xlsx")]


@beside
def test_roll_up_waits_for_a_missing_subordinate():
    con = yield department({"11": {CELL: 3}, "12": None}, {CELL: 7})
    assert results(con, "G-01") == ("not_evaluated", "下级单位未报送：12")


@beside
def test_roll_up_does_not_wait_for_a_subordinate_that_has_ended():
    con = yield department({"11": {CELL: 7}, "12": None}, {CELL: 7}, **{"12": {"last": 2022}})
    assert results(con, "G-01")[0] == "pass"


@beside
def test_roll_up_counts_a_subordinate_that_submitted_after_its_last_year():
    con = yield department({"11": {CELL: 3}, "12": {CELL: 4}}, {CELL: 7}, **{"12": {"last": 2022}})
    assert results(con, "G-01")[0] == "pass"


@beside
def test_across_years_a_changed_department_is_not_compared():
    case = department({"11": {CELL: 7}, "12": None}, {INCOME: 9}, **{"12": {"last": 2022}})
    con = yield case.add({CLOSING: 20}, code="1", year=2022)
    assert results(con, "Y-01") == ("not_evaluated", "下级单位有增减，与上年不可比")


def transfers(parent):
    child = {
        ("Z01", "收入", "上级补助收入", "决算数"): 50,
        ("Z01", "收入", "本年收入合计", "决算数"): 150,
        ("Z01", "收入", "总计", "决算数"): 150,
    }
    above = {
        ("Z01", "支出性质", "对附属单位补助支出", "决算数"): 50,
        ("Z01", "支出", "本年支出合计", "决算数"): 80,
        ("Z01", "支出", "总计", "决算数"): 80,
    }
    return department({"11": child, "12": above}, parent)


@beside
def test_internal_transfers_are_left_out_alike_on_both_sides():
    left_out = {
        ("Z01", "收入", "本年收入合计", "决算数"): 100,
        ("Z01", "收入", "总计", "决算数"): 100,
        ("Z01", "支出", "本年支出合计", "决算数"): 30,
        ("Z01", "支出", "总计", "决算数"): 30,
    }
    one_side = left_out | {
        ("Z01", "支出性质", "对附属单位补助支出", "决算数"): 50,
        ("Z01", "支出", "本年支出合计", "决算数"): 80,
        ("Z01", "支出", "总计", "决算数"): 80,
    }
    alike, unlike = yield [transfers(left_out), transfers(one_side)]
    assert results(alike, "G-01")[0] == "pass"
    assert results(unlike, "G-01")[0] == "fail"


@beside
def test_more_than_the_subordinates_had_cannot_be_left():
    facts = {
        ("Z01", "收入", "上级补助收入", "决算数"): 60,
        ("Z01", "收入", "本年收入合计", "决算数"): 160,
        ("Z01", "收入", "总计", "决算数"): 160,
        ("Z01", "支出性质", "对附属单位补助支出", "决算数"): 60,
        ("Z01", "支出", "本年支出合计", "决算数"): 90,
        ("Z01", "支出", "总计", "决算数"): 90,
    }
    assert results((yield transfers(facts)), "G-01")[0] == "fail"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("行政单位", "fail"), ("事业单位", "fail"), ("其他", "not_evaluated"), ("", "not_evaluated")],
)
@beside
def test_rules_by_type_of_unit(kind, expected):
    facts = {
        ("F03", "", "机关运行经费", "统计数"): 5,
        ("Z07", "", "合计", "本年支出/基本支出/公用经费"): 6,
    }
    con = yield Case().unit("1", unit_type=kind).add(facts)
    assert results(con, "X-29")[0] == expected


def test_a_unit_without_a_register_stands_alone():
    con = run(Case().add(X08, code=None, name="甲"))
    rows = con.execute("SELECT outcome FROM check_results WHERE rule_id = 'G-01'").fetchall()
    assert rows == [("not_evaluated",)]


def test_nothing_at_all():
    con = run(Case())
    assert con.execute("SELECT count(*) FROM check_results").fetchall() == [(0,)]


@beside
def test_of_published_tables_alone_nothing_follows_for_the_internal_ones():
    """A year of which only the published tables are there: its fund tables are not empty but
    unknown, this year and the next.
    """
    published = {
        ("G10", "", r, c): 500_00
        for r in ("合计", "229", "22960", "2296002")
        for c in ("年末结转和结余", "本年收入")
    }
    case = (
        Case()
        .add(published, year=2022)
        .add({("Z09", "", "2296002", "年初结转和结余/合计"): 500_00}, year=2023)
    )
    con = yield case
    assert (
        con.execute(
            "SELECT rule_id, subject FROM raw_findings WHERE rule_id IN ('P-01', 'Y-02')"
        ).fetchall()
        == []
    )
    rows = con.execute(
        "SELECT rule_id, reason FROM check_results WHERE (rule_id, year) IN (('P-01', 2022),"
        " ('Y-02', 2023))"
    ).fetchall()
    assert all(reason for _, reason in rows) and len(rows) == 2
