"""What a finding says: subject, message, both sides' cells, suspects, cause.

The units of all these tests are reconciled beside each other (``beside.py``).
"""

from decimal import Decimal

from tests.reconcile.beside import beside
from tests.reconcile.worlds import Case

CODES = ("合计", "201", "20103", "2010301")
ECON = ("合计", "302", "30201")


def consistent():
    """One item of 100 元 in Z05 and Z05_1, with all its totals."""
    facts = {(f, "", r, c): 100_00 for f in ("Z05", "Z05_1") for r in CODES for c in ECON}
    facts |= {("Z05_2", "", r, c): None for r in CODES for c in ECON}
    facts |= {("Z04", "", r, c): 100_00 for r in CODES for c in ("本年支出合计", "基本支出")}
    return facts


def one(facts, **kw):
    return Case().add(facts, **kw)


def rows(con, query, *values):
    return con.execute(query, list(values)).fetchall()


@beside
def test_a_consistent_unit_has_no_finding():
    assert rows((yield one(consistent())), "SELECT * FROM raw_findings") == []


@beside
def test_one_fen_is_found_at_its_cell():
    facts = consistent() | {("Z05_1", "", "2010301", "30201"): 100_01}
    con = yield one(facts)
    found = rows(con, "SELECT rule_id, subject, difference FROM raw_findings ORDER BY ALL")
    assert found == [
        ("IN-HIER-01", "Z05_1[20103,30201]", Decimal("-0.01")),
        ("IN-Z05-01", "Z05_1[2010301,302]", Decimal("-0.01")),
        ("X-08", "Z05[2010301,30201]", Decimal("-0.01")),
    ]
    suspects = rows(
        con,
        "SELECT DISTINCT sheet, cell, amount, suggested FROM raw_cells WHERE role = 'suspect' AND"
        " rank = 1",
    )
    assert suspects == [("Z05_1", "F8", Decimal("100.01"), Decimal("100.00"))]
    assert len(rows(con, "SELECT DISTINCT cause FROM raw_findings")) == 1


@beside
def test_the_message_names_both_sides_in_words():
    con = yield one(
        {
            ("Z03", "", "合计", "本年收入合计"): 1_234_567_89,
            ("Z01", "收入", "本年收入合计", "决算数"): 1_234_567_00,
        }
    )
    query = "SELECT message, detail FROM raw_findings WHERE rule_id = 'X-01'"
    message, detail = rows(con, query)[0]
    assert message == (
        "请核对财决03表 D5“合计·本年收入合计” 1,234,567.89，应等于 财决01表 D5“本年收入合计” "
        "1,234,567.00，多 0.89"
    )
    assert detail == (
        "财决03表本年收入合计与财决01表不符：财决03表《收入决算表》“合计·本年收入合计” "
        "1,234,567.89 ≠ 财决01表《收入支出决算总表》“收入/本年收入合计·决算数” "
        "1,234,567.00，相差 0.89"
    )


@beside
def test_a_sum_names_the_largest_of_its_parts_and_how_many():
    facts = {("Z01", ["支出", "本年支出合计"][0], "本年支出合计", "决算数"): 1}
    facts |= {("Z01", "支出功能分类", str(c), "决算数"): c for c in range(201, 209)}
    con = yield one(facts)
    query = "SELECT message, detail FROM raw_findings WHERE rule_id = 'IN-Z01-05'"
    message, detail = rows(con, query)[0]
    assert message.endswith(" 等 8 格 合计 16.36，少 16.35") and len(message) <= 80
    assert (
        "合计 16.36（" in detail
        and "等 8 项" in detail
        and "208" in detail
        and "“支出功能分类/201·" not in detail
    )


@beside
def test_an_empty_total_has_its_address():
    facts = {
        ("Z03", "", "合计", "本年收入合计"): None,
        ("Z01", "收入", "本年收入合计", "决算数"): 500,
    }
    con = yield one(facts)
    cells = rows(
        con,
        """SELECT role, sheet, cell, amount FROM raw_cells JOIN raw_findings USING (finding_id)
        WHERE rule_id = 'X-01' AND role <> 'suspect' ORDER BY ALL""",
    )
    assert cells == [("left", "Z03", "D5", None), ("right", "Z01", "D5", Decimal("5.00"))]
    assert "空白" in rows(con, "SELECT message FROM raw_findings WHERE rule_id = 'X-01'")[0][0]


@beside
def test_two_independent_faults_have_a_suspect_each():
    facts = consistent() | {
        ("Z05_1", "", "2010301", "30201"): 100_01,
        ("Z04", "", "201", "基本支出"): 90_00,
    }
    con = yield one(facts)
    chosen = rows(
        con,
        "SELECT DISTINCT rank, sheet, suggested FROM raw_cells WHERE role = 'suspect' AND rank <= 2"
        " ORDER BY 1",
    )
    assert {(s, v) for _, s, v in chosen} == {
        ("Z05_1", Decimal("100.00")),
        ("Z04", Decimal("100.00")),
    }
    assert len(rows(con, "SELECT DISTINCT cause FROM raw_findings")) == 2


@beside
def test_a_wrong_total_does_not_accuse_its_parts():
    con = yield one(consistent() | {("Z05", "", "合计", "302"): 100_50})
    assert rows(
        con,
        "SELECT DISTINCT sheet, cell, suggested FROM raw_cells WHERE role = 'suspect' AND rank = 1",
    ) == [("Z05", "E5", Decimal("100.00"))]


@beside
def test_identity_does_not_depend_on_amounts():
    ids = []
    for amount in (100_01, 250_00):
        con = yield one(consistent() | {("Z05_1", "", "2010301", "30201"): amount})
        ids.append(rows(con, "SELECT finding_id, cause FROM raw_findings ORDER BY 1"))
    assert ids[0] == ids[1]


@beside
def test_subjects_are_unique_within_a_rule():
    facts = consistent()
    for number, key in enumerate(list(facts)):
        facts[key] = number * 17 if facts[key] is not None else None
    con = yield one(facts)
    total, distinct = rows(con, "SELECT count(*), count(DISTINCT finding_id) FROM raw_findings")[0]
    assert total == distinct > 20


@beside
def test_conditions_and_inequalities_have_findings_too():
    facts = {
        ("F03", "", "国内接待费", "统计数"): 10_00,
        ("F03", "", "国内公务接待批次", "统计数"): None,
    }
    con = yield one(facts)
    found = rows(
        con,
        "SELECT subject, severity, message FROM raw_findings WHERE rule_id = 'IN-F03-02' ORDER"
        " BY 1",
    )
    assert [f[:2] for f in found] == [
        ("F03[国内接待费,统计数]", "review"),
        ("F03[国内接待费,统计数]#4", "review"),
    ]
    assert "不相符" in found[0][2]


@beside
def test_empty_public_tables_need_a_note():
    case = Case().add({}, forms=("G10", "G11"), code=None, name="甲")
    case.rows["sheets"][0]["note"] = "没有政府性基金收支，故本表无数据"
    con = yield case
    assert rows(con, "SELECT subject FROM raw_findings WHERE rule_id = 'P-08'") == [
        ("G11[空表说明]",)
    ]
    assert rows(con, "SELECT failed FROM check_results WHERE rule_id = 'P-08'") == [(1,)]


@beside
def test_the_set_of_public_tables_is_thirteen_or_nine():
    nine = ("G01", "G02", "G03", "G04", "G06", "G08", "G10", "G12", "G13")
    sets = {
        nine: "",
        nine[1:]: "公开01表",
        (*nine, "G05"): "公开07表、公开09表、公开11表",
    }
    cons = yield [Case().add({}, forms=forms) for forms in sets]
    for con, lacking in zip(cons, sets.values(), strict=True):
        found = rows(con, "SELECT message FROM raw_findings WHERE rule_id = 'P-09'")
        assert lacking in (found[0][0] if found else "") and bool(found) == bool(lacking)


@beside
def test_counts_are_printed_as_counts():
    facts = {("F03", "", "车辆数合计", "统计数"): 24_00, ("F03", "", "其他用车", "统计数"): 23_00}
    con = yield Case().add(facts)
    (message,) = [
        r[0]
        for r in con.execute(
            "SELECT message FROM raw_findings WHERE rule_id = 'IN-F03-04'"
        ).fetchall()
    ]
    assert (
        "24 辆" in message
        and "23 辆" in message
        and message.endswith("多 1")
        and ".00" not in message
    )


@beside
def test_a_count_that_is_no_whole_number():
    con = yield Case().add({("F03", "", "单价100万元（含）以上设备（不含车辆）", "统计数"): 3_50})
    query = (
        "SELECT f.subject, c.cell FROM raw_findings f JOIN raw_cells c USING (finding_id) WHERE"
        " f.rule_id = 'IN-F03-05'"
    )
    assert con.execute(query).fetchall() == [
        ("F03[单价100万元（含）以上设备（不含车辆）,统计数]", "D5")
    ]


@beside
def test_amounts_are_given_as_their_sheet_prints_them():
    con = yield one(
        {
            ("G01", "收入", "本年收入合计", "金额"): 713_390_000,
            ("Z01", "收入", "本年收入合计", "决算数"): 713_291_245,
        },
        decimals={"G01": -2},
    )
    message, difference = con.execute(
        "SELECT message, difference FROM raw_findings WHERE rule_id = 'P-01'"
    ).fetchall()[0]
    assert message == (
        "请核对公开01表 D5“本年收入合计” 713.39 万元，应等于 财决01表 D5 7,132,912.45 元，"
        "多 987.55 元"
    )
    assert difference == Decimal("987.55")


@beside
def test_a_difference_within_one_unit_is_in_that_unit():
    facts = {
        ("G06", "", "合计", "合计"): 500_000_000,
        ("G06", "", "合计", "基本支出"): 300_000_000,
        ("G06", "", "合计", "项目支出"): 100_000_000,
    }
    con = yield one(facts, decimals={"G06": -2})
    message = con.execute(
        "SELECT message FROM raw_findings WHERE rule_id = 'P-10' AND subject = 'G06[合计,合计]'"
    ).fetchall()[0][0]
    assert message == (
        "请核对公开06表 D5“合计·合计” 500.00 万元，应等于 E5、F5 合计 400.00 万元，多 100.00 万元"
    )


@beside
def test_a_message_shows_the_factors_and_an_inequality_suspects_both_sides():
    facts = consistent() | {
        ("F03", "", "政府采购支出合计", "统计数"): 0,
        ("F03", "", "支出合计", "统计数"): 100,
    }
    con = yield one(facts)
    number, message, detail = con.execute(
        "SELECT finding_id, message, detail FROM raw_findings WHERE rule_id = 'X-33'"
    ).fetchall()[0]
    assert "减 “合计·合计” 100.00 × 0.5" in detail and "超出界限 50.00" in detail
    assert message == (
        "请说明或改正财决附03表 D5“政府采购支出合计” 0.00，"
        "应不小于 财决05表 E5、D5 算得 50.00，少 50.00"
    )
    suspects = con.execute(
        "SELECT sheet, suggested FROM raw_cells WHERE role = 'suspect' AND finding_id = ? ORDER BY"
        " rank",
        [number],
    ).fetchall()
    assert {s for s, _ in suspects} == {"F03", "Z05"} and {a for _, a in suspects} == {None}
