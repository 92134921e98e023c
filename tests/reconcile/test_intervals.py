"""A printed number is an interval: 元 to the 分, 万元 within half its last digit, counts
exactly. The units of all these tests are reconciled beside each other (``beside.py``).
"""

import pytest

from tests.reconcile.beside import beside
from tests.reconcile.worlds import Case


def printed(facts, **decimals):
    """One unit; how many decimals of 元 the sheet of a form prints."""
    return Case().add(facts, decimals=decimals)


def failed(con, rule):
    query = "SELECT outcome, failed FROM check_results WHERE rule_id = ?"
    return con.execute(query, [rule]).fetchall()[0]


@pytest.mark.parametrize(
    ("amount", "expected"), [(10_000_00, "pass"), (10_000_01, "fail"), (9_999_99, "fail")]
)
@beside
def test_yuan_to_the_fen(amount, expected):
    facts = {
        ("Z03", "", "合计", "本年收入合计"): 10_000_00,
        ("Z01", "收入", "本年收入合计", "决算数"): amount,
    }
    assert failed((yield printed(facts)), "X-01")[0] == expected


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (12_345_00, "pass"),
        (12_350_00, "pass"),
        (12_350_01, "fail"),
        (12_250_00, "pass"),
        (12_249_99, "fail"),
    ],
)
@beside
def test_wan_with_two_decimals_is_fifty_yuan_either_way(exact, expected):
    facts = {("G06", "", "合计", "合计"): 12_300_00, ("Z07", "", "合计", "本年支出/合计"): exact}
    assert failed((yield printed(facts, G06=-2)), "P-01")[0] == expected


@beside
def test_widths_add_up_over_both_sides():
    facts = {
        ("G06", "", "合计", "合计"): 300_00,
        ("G06", "", "合计", "基本支出"): 100_00,
        ("G06", "", "合计", "项目支出"): 100_00,
    }
    facts |= {
        ("G06", "", "201", c): facts[("G06", "", "合计", c)]
        for c in ("合计", "基本支出", "项目支出")
    }
    wider = facts | {("G06", "", k, "合计"): 400_00 for k in ("合计", "201")}
    within, beyond = yield [printed(facts, G06=-2), printed(wider, G06=-2)]
    assert failed(within, "P-10")[0] == "pass"
    assert failed(beyond, "P-10") == ("fail", 2)


@beside
def test_six_decimals_of_wan_are_exact():
    facts = {
        ("Z03", "", "合计", "本年收入合计"): 10_000_00,
        ("Z01", "收入", "本年收入合计", "决算数"): 10_000_01,
    }
    assert failed((yield printed(facts, Z03=2)), "X-01")[0] == "fail"


@beside
def test_inequalities_use_the_interval_too():
    facts = {("Z08_1", "", "合计", "合计"): 100_01, ("Z05_1", "", "合计", "合计"): 100_00}
    exact, rounded = yield [printed(facts), printed(facts, Z08_1=-2)]
    assert failed(exact, "X-26")[0] == "fail"
    assert failed(rounded, "X-26")[0] == "pass"


@beside
def test_counts_are_exact_in_a_wan_table():
    facts = {("F03", "", "车辆数合计", "统计数"): 300, ("F03", "", "其他用车", "统计数"): 200}
    assert failed((yield printed(facts, F03=-2)), "IN-F03-04")[0] == "fail"


@beside
def test_a_small_amount_that_the_rounded_table_leaves_out():
    facts = {
        ("G06", "", "合计", "合计"): 10_000_00,
        ("Z07", "", "合计", "本年支出/合计"): 10_000_00,
        ("Z07", "", "2010301", "本年支出/合计"): 49_00,
    }
    larger = facts | {("Z07", "", "2010301", "本年支出/合计"): 51_00}
    small, large = yield [printed(facts, G06=-2), printed(larger, G06=-2)]
    assert failed(small, "P-01") == ("pass", 0)
    assert failed(large, "P-01") == ("fail", 1)


@beside
def test_the_largest_amounts_do_not_overflow():
    huge = 999_999_999_999_999_999
    facts = {
        ("Z01", "收入", r, "决算数"): huge
        for r in ("本年收入合计", "事业收入", "其他收入", "经营收入", "上级补助收入")
    }
    facts |= {
        ("Z01", "收入", "本年收入合计", "决算数"): huge,
        ("F03", "", "支出合计", "统计数"): huge,
    }
    con = yield Case().add(facts).add(facts, year=2022)
    rows = con.execute(
        "SELECT message, difference FROM raw_findings WHERE rule_id = 'IN-Z01-01' AND year = 2023"
    ).fetchall()
    assert len(rows) == 1 and "39,999,999,999,999,999.96" in rows[0][0] and rows[0][1] is None
