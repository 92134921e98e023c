"""Blank, dash, zero, absent row, absent column, absent form: what each means to a rule.

The units of all these tests are reconciled beside each other (``beside.py``).
"""

import pytest

from tests.reconcile.beside import beside
from tests.reconcile.worlds import Case

SUM = "IN-Z05-03"  # Z01 人员经费 = Z05_1 301 + 303


def outcome(con, rule: str, year: int = 2023) -> tuple:
    query = (
        "SELECT outcome, reason, instances, failed FROM check_results WHERE rule_id = ? AND year ="
        " ? AND unit_code = '1'"
    )
    return con.execute(query, [rule, year]).fetchall()[0]


def staff(total, first, second, *, absent=()):
    facts = {("Z01", "支出性质", "人员经费", "决算数"): total}
    facts |= {
        ("Z05_1", "", "合计", c): v for c, v in (("301", first), ("303", second)) if c not in absent
    }
    facts[("Z05_1", "", "201", "302")] = None
    return Case().add(facts)


@pytest.mark.parametrize(
    ("total", "first", "second", "absent", "expected"),
    [
        (10000, 6000, 4000, (), "pass"),
        (10000, 10000, None, (), "pass"),
        (10000, 10000, "dash", (), "pass"),
        (10000, None, None, (), "not_evaluated"),
        (10000, "dash", None, (), "not_evaluated"),
        (0, None, None, (), "not_evaluated"),
        (None, 6000, 4000, (), "fail"),
        ("dash", 6000, 4000, (), "fail"),
        (None, 0, 0, (), "pass"),
        (None, None, None, (), "not_evaluated"),
        (10000, None, None, ("303",), "fail"),
        (10000, None, None, ("301", "303"), "fail"),
        (10000, 10000, None, ("303",), "pass"),
        ("error", 6000, 4000, (), "not_evaluated"),
        (10000, "uncached", 4000, (), "not_evaluated"),
        (10000, 6000, "text", (), "not_evaluated"),
    ],
)
@beside
def test_addends_and_totals(total, first, second, absent, expected):
    assert outcome((yield staff(total, first, second, absent=absent)), SUM)[0] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (5, 5, "pass"),
        (5, None, "fail"),
        (None, 5, "fail"),
        (None, None, "not_evaluated"),
        (0, None, "pass"),
        ("dash", 5, "fail"),
    ],
)
@beside
def test_one_cell_against_another(left, right, expected):
    facts = {
        ("Z03", "", "合计", "本年收入合计"): left,
        ("Z01", "收入", "本年收入合计", "决算数"): right,
    }
    assert outcome((yield Case().add(facts)), "X-01")[0] == expected


@beside
def test_a_tree_is_checked_only_where_there_are_children():
    facts = {("Z04", "", k, "本年支出合计"): 500 for k in ("合计", "201")}
    assert outcome((yield Case().add(facts)), "IN-HIER-01")[0::2] == ("pass", 1)


@beside
def test_total_without_any_class_row_fails():
    case = Case().add({("Z04", "", "合计", "本年支出合计"): 500})
    assert outcome((yield case), "IN-HIER-01")[0] == "fail"


@beside
def test_total_over_blank_class_rows_is_not_evaluated():
    facts = {("Z04", "", "合计", "本年支出合计"): 500, ("Z04", "", "201", "本年支出合计"): None}
    assert outcome((yield Case().add(facts)), "IN-HIER-01")[0] == "not_evaluated"


@beside
def test_a_blank_class_over_its_items_fails():
    facts = {("Z04", "", "201", "本年支出合计"): None, ("Z04", "", "20103", "本年支出合计"): 500}
    assert outcome((yield Case().add(facts)), "IN-HIER-01")[0::3] == ("fail", 1)


@beside
def test_a_dropped_row_counts_as_nothing():
    facts = {
        ("Z05", "", "2010301", "30201"): 100,
        ("Z05_1", "", "2010301", "30201"): 100,
        ("Z05_2", "", "合计", "合计"): None,
    }
    assert outcome((yield Case().add(facts)), "X-08")[0] == "pass"


@beside
def test_error_cells_leave_out_their_own_instances_only():
    facts = {
        ("Z03", "", k, c): v
        for k in ("合计", "201")
        for c, v in (("本年收入合计", 5), ("财政拨款收入", 5))
    }
    facts[("Z03", "", "合计", "财政拨款收入")] = "error"
    assert outcome((yield Case().add(facts)), "IN-Z03-01")[:3] == ("pass", None, 1)


def wide(blank=None):
    """财决08-1表: two items under 302 in one row, with the totals; and the same amounts in
    财决08表.
    """
    row = {"合计": 1000_00, "302": 1000_00, "30201": 600_00, "30202": 400_00}
    facts = {
        ("Z08_1", "", r, c): v for r in ("合计", "201", "20101", "2010101") for c, v in row.items()
    }
    facts |= {
        ("Z08", "", r, c): v for r in ("合计", "201", "20101", "2010101") for c, v in row.items()
    }
    facts |= {("Z08_2", "", r, c): None for r in ("合计", "201", "20101", "2010101") for c in row}
    return Case().add(facts | ({blank: None} if blank else {}))


@beside
def test_a_blanked_part_is_named_and_suspected_though_only_an_open_sum_misses_it():
    con = yield wide(("Z08_1", "", "2010101", "30202"))
    found = con.execute(
        """SELECT DISTINCT c.sheet, c.cell, c.suggested::VARCHAR
                FROM raw_findings f JOIN raw_cells c USING (finding_id)
        WHERE role = 'suspect' AND rank = 1"""
    ).fetchall()
    assert found == [("Z08_1", "G8", "400.00")]


@beside
def test_a_department_is_not_compared_in_a_column_that_some_table_lacks():
    """全年预算数 of 附03表 is not on every layout: absent, it says nothing about the sum."""

    def case(child, parent):
        made = (
            Case()
            .unit("1", report="汇总")
            .unit("2", parent="1", report="单户")
            .unit("3", parent="1", report="单户")
        )
        for code, columns, amount in (
            ("1", parent, 30),
            ("2", child, 10),
            ("3", ("统计数", "全年预算数"), 20),
        ):
            made.add({("F03", "", "公务接待费", c): amount * 100 for c in columns}, code=code)
        return made

    both, one = ("统计数", "全年预算数"), ("统计数",)
    cons = yield [case(child, parent) for child in (both, one) for parent in (both, one)]
    assert [outcome(con, "G-01")[0] for con in cons] == ["pass"] * 4


@beside
def test_a_cell_blanked_in_a_department_is_suspected_there():
    """The subordinate's cell has the same row and column in the same roll-up; the department's own
    is the blank one.
    """
    classes = {"201": 51_37, "208": 30_25, "221": 18_38}
    own = {
        ("Z01", "支出功能分类", c, k): v
        for c, v in classes.items()
        for k in ("年初预算数", "决算数")
    }
    own |= {
        ("Z01", b, r, k): 100_00
        for b, r in (("支出", "本年支出合计"), ("支出性质", "项目支出"))
        for k in ("年初预算数", "决算数")
    }
    case = Case().unit("1", report="汇总").unit("2", parent="1", report="单户")
    case.add(own | {("Z01", "支出功能分类", "208", "年初预算数"): None}, code="1").add(
        own, code="2"
    )
    con = yield case
    found = con.execute(
        """SELECT DISTINCT c.file, c.cell, c.suggested::VARCHAR
                FROM raw_findings f JOIN raw_cells c USING (finding_id)
        WHERE f.unit_code = '1' AND role = 'suspect' AND rank = 1"""
    ).fetchall()
    assert found == [("1/2023.xlsx", "D6", "30.25")]
