"""Faults 51–66: reconciliation.

What cannot be compared is never a pass, and rounding is never an error.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.sample.published import PUBLISHED, published_tables
from pipelines.sample.register import register_text
from pipelines.sample.style import Style
from tests.faults.desk import Desk, Draft
from tests.faults.together import Half, together

HEAD, OWN, BELOW = "500001", "500001001", "500001002"


@together
def test_51_a_table_that_is_not_there_is_never_a_pass(desk: Desk) -> Half:
    draft = desk.draft()
    draft.drop("Z03")
    seen = yield draft
    for rule in ("X-01", "X-02"):
        outcome, reason = seen.outcome(rule)
        assert outcome == "not_evaluated" and "Z03" in reason, rule


@together
def test_51_a_row_that_only_one_table_has_counts_as_nothing_and_fails(desk: Desk) -> Half:
    draft = desk.draft()
    code = next(f.row_key for f in draft.sheets["Z05"].facts if len(f.row_key) == 7)
    line = draft.find("Z05", code)[0]
    draft.replace("Z05", {at: cell for at, cell in draft.cells("Z05").items() if at[0] != line})
    seen = yield draft
    found = [f for f in seen.findings("X-07") if code in f["subject"]]
    assert len(found) == 1 and found[0]["severity"] == "error"
    assert draft.sheets["Z04"].name in {c["sheet"] for c in found[0]["cells"]}


def test_52_a_blank_addend_counts_as_nothing_and_is_named(desk: Desk) -> None:
    draft = desk.draft()
    fact = next(
        f for f in draft.sheets["Z04"].facts if f.row_key == "20106" and f.col_key == "项目支出"
    )
    blank = draft.put("Z04", (fact.row, fact.column), None)
    seen = desk.check(draft)
    assert blank in seen.cells("IN-Z04-01") and blank in seen.cells("IN-HIER-01")
    first = min(
        (c for f in seen.document["findings"] for c in f["cells"] if c["role"] == "suspect"),
        key=lambda c: c["rank"],
    )
    assert (first["cell"], first["suggested"]) == (blank, Decimal(fact.amount or 0) / 100)


@together
def test_52_a_total_over_nothing_but_blanks_is_not_evaluated(desk: Desk) -> Half:
    draft = desk.draft()
    code = next(f.row_key for f in draft.sheets["Z04"].facts if len(f.row_key) == 7)
    for fact in draft.sheets["Z04"].facts:
        if fact.row_key == code and fact.col_key != "本年支出合计":
            draft.put("Z04", (fact.row, fact.column), "—")
    seen = yield draft
    assert not [f for f in seen.findings("IN-Z04-01") if code in f["subject"]]
    assert seen.findings(severity="error"), "the tables beside it still tell"


@pytest.mark.parametrize("balanced", [False, True])
def test_53_54_rounding_and_balancing_of_published_tables_are_no_errors(
    desk: Desk, balanced: bool
) -> None:
    draft = desk.draft()
    draft.save(desk.raw)
    tables = published_tables(draft.submission.tables, balanced=balanced)
    shown = replace(draft.submission, tables=tables, present=PUBLISHED, labels={})
    pages = Draft(shown, Style(unit="万元", codes="single"), decimals=2)
    pages.save(desk.raw, "公开.xlsx")
    assert desk.check().rules == set()
    fact = next(
        f for f in pages.sheets["G03"].facts if f.row_key == "合计" and f.col_key == "基本支出"
    )
    cell = pages.put(
        "G03", (fact.row, fact.column), round((fact.amount or 0) / 1_000_000 + 0.03, 2)
    )
    pages.save(desk.raw, "公开.xlsx")
    seen = desk.check()
    assert cell in seen.cells("P-01"), "what neither explains is found"


@together
def test_55_a_total_row_is_no_child_of_itself(desk: Desk) -> Half:
    draft = desk.draft(style=Style(total_in_name=True))
    seen = yield draft
    assert seen.rules == set() and seen.outcome("IN-HIER-01")[0] == "pass"
    rows = {f["row_key"] for f in seen.facts if f["form"] == "Z04"}
    assert "合计" in rows and {len(row) for row in rows if row.isdigit()} == {3, 5, 7}


def test_56_a_cycle_among_the_units_is_said_with_its_path(department_desk: Desk) -> None:
    desk = department_desk
    text = register_text(desk.sample.units)
    lines = [
        (
            f"{line.split(',')[0]},{line.split(',')[1]},{BELOW},,,,,"
            if line.startswith(f"{HEAD},")
            else line
        )
        for line in text.splitlines()
    ]
    desk.register("\n".join(lines) + "\n")
    desk.draft(unit=HEAD).save(desk.raw)
    seen = desk.check(desk.draft(unit=BELOW))
    found = seen.one("S-REGISTER")
    assert "成环" in found["message"] and HEAD in found["message"] and BELOW in found["message"]
    assert all(f["unit_code"] is None for f in seen.facts) and seen.facts
    assert seen.outcome("G-01", "云岭县财政局")[0] == "not_evaluated"


def test_56_a_unit_under_two_parents_is_said(department_desk: Desk) -> None:
    desk = department_desk
    desk.register(register_text(desk.sample.units) + f"{BELOW},又一次,{OWN},,,,,\n")
    seen = desk.check(desk.draft(unit=BELOW))
    found = seen.one("S-REGISTER")
    assert BELOW in found["message"] and "重复" in found["message"]


def test_57_a_missing_subordinate_stops_the_roll_up_and_is_named(department_desk: Desk) -> None:
    desk = department_desk
    desk.register()
    desk.all_but(BELOW, years=(2023,))
    seen = desk.check()
    outcome, reason = seen.outcome("G-01", "云岭县财政局")
    assert outcome == "not_evaluated" and "云岭县国库支付中心" in reason
    assert not seen.findings("G-")


def test_58_internal_transfers_that_are_counted_twice(department_desk: Desk) -> None:
    desk = department_desk
    desk.register()
    desk.all_but(HEAD, years=(2023,))
    draft = desk.draft(unit=HEAD)
    clean = desk.check(draft)
    assert clean.outcome("G-01", draft.name)[0] == "pass" and clean.rules == set()
    total = Decimal(draft.amount("Z01", "一般公共预算财政拨款收入", "决算数")) / 100
    cell = draft.set("Z01", "一般公共预算财政拨款收入", "决算数", float(total + 1000))
    seen = desk.check(draft)
    assert cell in seen.cells("G-01")


@together
def test_59_without_the_year_before_nothing_is_said_about_it(desk: Desk) -> Half:
    seen = yield desk.draft()
    outcome, reason = seen.outcome("Y-01")
    assert outcome == "not_evaluated" and "上年" in reason


def test_60_the_opening_balance_is_last_years_closing_one(desk: Desk) -> None:
    desk.draft(2022).save(desk.raw)
    assert desk.check(desk.draft()).outcome("Y-01")[0] == "pass"
    draft = desk.draft()
    cell = draft.set("Z01", "年初结转和结余", "决算数", 1.0)
    seen = desk.check(draft)
    assert cell in seen.cells("Y-01") and seen.findings("Y-01", "error")


@together
def test_61_a_change_from_nothing_is_not_applicable(desk: Desk) -> Half:
    before = desk.draft(2022)
    before.set("Z01", "本年收入合计", "决算数", 0)
    before.save(desk.raw)
    seen = yield desk.draft()
    assert not [
        f for f in seen.findings("Y-07") if f["subject"].startswith("Z01[收入/本年收入合计")
    ]
    assert not [c for c in seen.document["checks"] if c["outcome"] == "broken"]


def test_62_a_unit_that_was_renamed_goes_by_its_alias(desk: Desk) -> None:
    desk.register(
        "unit_code,unit_name,parent_code,unit_type,report_type,aliases,first_year,last_year\n"
        "500001,云岭县财政金融局,,行政单位,,云岭县财政局,2020,\n"
    )
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    for form in draft.sheets:
        draft.put(form, draft.find(form, "编制单位：云岭县财政局"), "编制单位：云岭县财政金融局")
    seen = desk.check(draft)
    assert {(f["unit_code"], f["unit_name"]) for f in seen.facts} == {
        ("500001", "云岭县财政金融局")
    }
    assert seen.outcome("Y-01")[0] == "pass" and seen.rules == set()


def test_62_a_unit_that_was_renamed_without_an_alias_is_asked_about(desk: Desk) -> None:
    desk.register(
        "unit_code,unit_name,parent_code,unit_type,report_type,aliases,first_year,last_year\n"
        "500001,云岭县财政金融局,,行政单位,,,2020,\n"
    )
    seen = desk.check(desk.draft())
    assert (
        seen.one("S-UNIT")["severity"] == "review"
        and "云岭县财政局" in seen.one("S-UNIT")["message"]
    )


OWN_RULE = """family: 表内
severity: error
rules:
- {{id: L-01, title: 本市规则, message: 不符, basis: 试, kind: query, text: 试, sql: "{sql}"}}
"""


def own_rules(tmp_path: Path, sql: str) -> Config:
    folder = tmp_path / "规则"
    folder.mkdir()
    (folder / "本市.yml").write_text(OWN_RULE.format(sql=sql), encoding="utf-8")
    return Config(workers=1, rules_folders=(folder,))


def test_63_a_rule_that_breaks_is_broken_and_the_others_run(desk: Desk, tmp_path: Path) -> None:
    seen = desk.check(desk.draft(), config=own_rules(tmp_path, "SELECT nothing FROM facts"))
    outcome, reason = seen.outcome("L-01")
    assert outcome == "broken" and "出错" in reason
    assert seen.outcome("X-01")[0] == "pass"
    from pipelines.run.result import verdict_of

    assert verdict_of({"error": 0, "review": 0, "hint": 0}, {"broken": 1}) == "需核实"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY facts TO '/tmp/out.csv'",
        "ATTACH '/tmp/x.db'",
    ],
)
def test_63_a_rule_that_reaches_for_files_is_broken(desk: Desk, tmp_path: Path, sql: str) -> None:
    assert desk.check(desk.draft(), config=own_rules(tmp_path, sql)).outcome("L-01")[0] == "broken"


def test_64_a_rule_with_very_many_findings_is_kept_whole(desk: Desk, tmp_path: Path) -> None:
    sql = (
        "SELECT unit_code, unit_name, year, 'S' || i AS subject, 'm' AS message, file, sheet, cell"
        " FROM (SELECT * FROM facts LIMIT 1), range(100000) r(i)"
    )
    seen = desk.check(desk.draft(), config=own_rules(tmp_path, sql))
    assert len(seen.findings("L-01")) == 100_000
    found = next(c for c in seen.document["checks"] if c["rule_id"] == "L-01")
    assert (found["outcome"], found["failed"]) == ("fail", 100_000)


EXPLAIN = """explanations:
- {{rule: IN-Z01-10, unit: 云岭县财政局, year: 2023, pattern: "Z01[*",
   reason: 冲销, by: 王某, until: {until}}}
"""


def negative(desk: Desk, until: date) -> set[tuple[str, str]]:
    """Rules and status of what there is to say of a negative amount that was explained
    until then.
    """
    draft = desk.draft()
    for row in ("其他收入", "本年收入合计"):
        amount = draft.amount("Z01", row, "年初预算数")
        draft.set("Z01", row, "年初预算数", (amount - 200_000_000_00) / 100)
    desk.explain(EXPLAIN.format(until=until.isoformat()))
    seen = desk.check(draft)
    return {
        (f["rule_id"], f["status"])
        for f in seen.document["findings"]
        if f["rule_id"][:2] in ("S-", "IN")
    } & {
        ("IN-Z01-10", "open"),
        ("IN-Z01-10", "explained"),
        ("S-EXPIRED", "open"),
        ("S-UNUSED", "open"),
    }


def test_65_an_explanation_holds_until_its_day(desk: Desk) -> None:
    assert negative(desk, date(2099, 12, 31)) == {("IN-Z01-10", "explained")}


def test_65_an_explanation_that_has_expired_is_a_finding(desk: Desk) -> None:
    assert negative(desk, date(2020, 12, 31)) == {("IN-Z01-10", "open"), ("S-EXPIRED", "open")}


def test_65_an_explanation_that_matches_nothing_is_a_finding(desk: Desk) -> None:
    desk.explain(EXPLAIN.format(until="2099-12-31"))
    found = desk.check(desk.draft()).one("S-UNUSED")
    assert "IN-Z01-10" in found["message"] and found["severity"] == "review"


def test_66_a_correction_is_refused_amounts_stay_as_submitted(desk: Desk) -> None:
    """Nothing corrects an amount here: an entry that wants to (``expect``, ``value``) is refused,
    the others hold.
    """
    desk.explain(
        EXPLAIN.format(until="2099-12-31")
        + "- {rule: X-01, unit: 云岭县财政局, subject: x, reason: 更正, by: 王某, until:"
        " 2099-12-31, expect: 1, value: 2}\n"
    )
    draft = desk.draft()
    cell = draft.set("Z01", "其他收入", "决算数", -5.0)
    seen = desk.check(draft)
    found = seen.one("S-EXPLAIN")
    assert (
        found["severity"] == "error"
        and "expect" in found["message"]
        and "第 2 条" in found["message"]
    )
    assert seen.fact("Z01", "其他收入", "决算数")["amount"] == Decimal("-5.00")
    assert {f["status"] for f in seen.findings("IN-Z01-10")} == {
        "explained"
    } and cell in seen.cells("IN-Z01-10")
