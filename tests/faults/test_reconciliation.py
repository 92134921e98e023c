"""Faults 51–66: reconciliation.

What cannot be compared is never a pass, and rounding is never an error. Units that need no register
are looked at together; so are all rules of one's own (``own_rules``), all explanations
(``explained``) and what departments under one register show (``registered``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.sample.published import PUBLISHED, published_tables
from pipelines.sample.register import register_text
from pipelines.sample.style import Style
from tests.faults.desk import Desk, Draft, Seen, look_at
from tests.faults.together import Half, together, together_each, view

HEAD, OWN, BELOW = "500001", "500001001", "500001002"
FURTHER = 1000  # departments that no other test has


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


@together
def test_52_a_blank_addend_counts_as_nothing_and_is_named(desk: Desk) -> Half:
    draft = desk.draft()
    facts = [f for f in draft.sheets["Z04"].facts if len(f.row_key) == 5 and f.amount]
    both = {f.row_key for f in facts if f.col_key == "基本支出"}
    fact = next(f for f in facts if f.row_key in both and f.col_key == "项目支出")
    blank = draft.put("Z04", (fact.row, fact.column), None)
    seen = yield draft
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


def printed_tables(desk: Desk, balanced: bool) -> Draft:
    """Saves the unit's tables, and gives those it publishes, in 万元."""
    draft = desk.draft()
    draft.save(desk.raw)
    tables = published_tables(draft.submission.tables, balanced=balanced)
    shown = replace(draft.submission, tables=tables, present=PUBLISHED, labels={})
    return Draft(shown, Style(unit="万元", codes="single"), decimals=2)


@together_each(False, True)
def test_53_54_rounding_and_balancing_of_published_tables_are_no_errors(
    desk: Desk, value: bool
) -> Half:
    printed_tables(desk, balanced=value).save(desk.raw, "公开.xlsx")
    seen = yield None
    assert seen.rules == set()


@together_each(False, True)
def test_53_54_what_neither_explains_is_found(desk: Desk, value: bool) -> Half:
    pages = printed_tables(desk, balanced=value)
    fact = next(
        f for f in pages.sheets["G03"].facts if f.row_key == "合计" and f.col_key == "基本支出"
    )
    cell = pages.put(
        "G03", (fact.row, fact.column), round((fact.amount or 0) / 1_000_000 + 0.03, 2)
    )
    pages.save(desk.raw, "公开.xlsx")
    seen = yield None
    assert cell in seen.cells("P-01")


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


WITHOUT_ONE, CLEAN, TWICE, RENAMED, ALIASED = range(5)  # departments under one register


@dataclass
class Registered:
    """Departments looked at together, what was seen of all; the head's cell that was raised."""

    desks: dict[int, Desk]
    seen: Seen
    raised: str

    def of(self, number: int) -> Seen:
        return view(self.seen, self.desks[number])

    def name(self, number: int) -> str:
        return self.desks[number].sample.units[0].name


NEW_NAME = "云岭县财政金融局"


def _under_another_name(desk: Desk, name: str) -> None:
    """The year before under the old name, this year's tables under the new one."""
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    for form in draft.sheets:
        draft.put(form, draft.find(form, f"编制单位：{draft.name}"), f"编制单位：{name}")
    draft.save(desk.raw)


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Registered:
    raw = tmp_path_factory.mktemp("registered")
    sizes = {WITHOUT_ONE: 3, CLEAN: 3, TWICE: 3, RENAMED: 1, ALIASED: 1}
    desks = {n: Desk(raw / str(n), size, index=n) for n, size in sizes.items()}
    heads = {n: desk.sample.units[0] for n, desk in desks.items()}
    units = [u for n, desk in desks.items() if n != ALIASED for u in desk.sample.units]
    text = register_text(units).replace(f",{heads[RENAMED].name},", ",另起名称的局,")
    code, old = heads[ALIASED].code, heads[ALIASED].name
    Desk(raw).register(f"{text}{code},{NEW_NAME},,行政单位,,{old},2020,\n")
    _under_another_name(desks[ALIASED], NEW_NAME)
    desks[WITHOUT_ONE].all_but(BELOW, years=(2023,))
    for number in (CLEAN, RENAMED):
        desks[number].all_but(years=(2023,))
    desks[TWICE].all_but(heads[TWICE].code, years=(2023,))
    draft = desks[TWICE].draft(unit=heads[TWICE].code)
    total = Decimal(draft.amount("Z01", "一般公共预算财政拨款收入", "决算数")) / 100
    raised = draft.set("Z01", "一般公共预算财政拨款收入", "决算数", float(total + 1000))
    draft.save(desks[TWICE].raw)
    return Registered(desks, look_at(raw), raised)


def test_57_a_missing_subordinate_stops_the_roll_up_and_is_named(registered: Registered) -> None:
    outcome, reason = registered.seen.outcome("G-01", "云岭县财政局")
    assert outcome == "not_evaluated" and "云岭县国库支付中心" in reason
    assert not registered.of(WITHOUT_ONE).findings("G-")


def test_58_internal_transfers_that_are_counted_twice(registered: Registered) -> None:
    clean = registered.of(CLEAN)
    assert clean.outcome("G-01", registered.name(CLEAN))[0] == "pass" and clean.rules == set()
    assert registered.raised in registered.of(TWICE).cells("G-01")


def test_62_a_unit_that_was_renamed_goes_by_its_alias(registered: Registered) -> None:
    seen = registered.of(ALIASED)
    code = registered.desks[ALIASED].sample.units[0].code
    assert {(f["unit_code"], f["unit_name"]) for f in seen.facts} == {(code, NEW_NAME)}
    assert {f["year"] for f in seen.facts} == {2022, 2023}
    outcome, _ = registered.seen.outcome("Y-01", NEW_NAME)
    assert outcome == "pass" and seen.rules == set()


def test_62_a_unit_that_was_renamed_without_an_alias_is_asked_about(
    registered: Registered,
) -> None:
    found = registered.seen.one("S-UNIT")
    assert found["severity"] == "review" and registered.name(RENAMED) in found["message"]


@together
def test_59_without_the_year_before_nothing_is_said_about_it(desk: Desk) -> Half:
    seen = yield desk.draft()
    outcome, reason = seen.outcome("Y-01")
    assert outcome == "not_evaluated" and "上年" in reason


def carrying(desk: Desk) -> Draft:
    """The year before of a unit that carries something over, which not every one does."""
    for desk.index in itertools.count(FURTHER):
        before = desk.draft(2022)
        if any(f.row_key == "年末结转和结余" and f.amount for f in before.sheets["Z01"].facts):
            return before
    raise AssertionError("unreachable")


@together
def test_60_the_opening_balance_is_last_years_closing_one(desk: Desk) -> Half:
    carrying(desk).save(desk.raw)
    seen = yield desk.draft()
    assert seen.outcome("Y-01")[0] == "pass"


@together
def test_60_another_opening_balance_is_found(desk: Desk) -> Half:
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    cell = draft.set("Z01", "年初结转和结余", "决算数", 1.0)
    seen = yield draft
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


HEAD_OF_OWN = "family: 表内\nseverity: error\nrules:\n"
OWN_RULE = (
    '- {id: %s, title: 本市规则, message: 不符, basis: 试, kind: query, text: 试, sql: "%s"}\n'
)
BREAKS = "SELECT nothing FROM facts"
REACHES_FOR_FILES = {
    "L-02": "SELECT * FROM read_text('/etc/hostname')",
    "L-03": "COPY facts TO '/tmp/out.csv'",
    "L-04": "ATTACH '/tmp/x.db'",
}
VERY_MANY = (
    "SELECT unit_code, unit_name, year, 'S' || i AS subject, 'm' AS message, file, sheet, cell"
    " FROM (SELECT * FROM facts LIMIT 1), range(%d) r(i)"
)


def under_own_rules(folder: Path, rules: dict[str, str]) -> Seen:
    """A unit looked at with these rules of one's own (id → SQL)."""
    own = folder / "规则"
    own.mkdir()
    text = HEAD_OF_OWN + "".join(OWN_RULE % rule for rule in rules.items())
    (own / "本市.yml").write_text(text, encoding="utf-8")
    desk = Desk(folder / "raw")
    return desk.check(desk.draft(), config=Config(workers=1, rules_folders=(own,)))


@pytest.fixture(scope="module")
def own_rules(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Rules that break beside one that finds ten thousand."""
    rules = {"L-01": BREAKS, **REACHES_FOR_FILES, "L-05": VERY_MANY % 10_000}
    return under_own_rules(tmp_path_factory.mktemp("own"), rules)


def test_63_a_rule_that_breaks_is_broken_and_the_others_run(own_rules: Seen) -> None:
    outcome, reason = own_rules.outcome("L-01")
    assert outcome == "broken" and "出错" in reason
    assert own_rules.outcome("X-01")[0] == "pass"
    from pipelines.run.result import verdict_of

    assert verdict_of({"error": 0, "review": 0, "hint": 0}, {"broken": 1}) == "需核实"


@pytest.mark.parametrize("rule", REACHES_FOR_FILES)
def test_63_a_rule_that_reaches_for_files_is_broken(own_rules: Seen, rule: str) -> None:
    assert own_rules.outcome(rule)[0] == "broken"


def kept_whole(seen: Seen, number: int) -> bool:
    found = next(c for c in seen.document["checks"] if c["rule_id"] == "L-05")
    told = len(seen.findings("L-05"))
    return (told, found["outcome"], found["failed"]) == (number, "fail", number)


def test_64_a_rule_with_very_many_findings_is_kept_whole(own_rules: Seen) -> None:
    assert kept_whole(own_rules, 10_000)


@pytest.mark.slow
def test_64_a_hundred_thousand_findings_are_kept_whole(tmp_path: Path) -> None:
    assert kept_whole(under_own_rules(tmp_path, {"L-05": VERY_MANY % 100_000}), 100_000)


HOLDS, EXPIRED, UNMATCHED, CORRECTED = 0, 7, 1, 9  # departments; all but 1 have 其他收入
EXPLAIN = """- {{rule: IN-Z01-10, unit: {unit}, year: 2023, pattern: "Z01[*", reason: 冲销,
   by: 王某, until: {until}}}
"""
CORRECTION = """- {{rule: X-01, unit: {unit}, subject: x, reason: 更正, by: 王某,
   until: 2099-12-31, expect: 1, value: 2}}
"""


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, dict[int, Desk]]:
    """Four units with an explanation each, looked at together: one that holds, one that has
    expired, one that matches nothing, and one with a correction beside it.
    """
    raw = tmp_path_factory.mktemp("explained")
    units = (HOLDS, EXPIRED, UNMATCHED, CORRECTED)
    desks = {number: Desk(raw / str(number), index=number) for number in units}
    text = "explanations:\n"
    for number, desk in desks.items():
        draft = desk.draft()
        until = "2020-12-31" if number == EXPIRED else "2099-12-31"
        text += EXPLAIN.format(unit=draft.name, until=until)
        if number in (HOLDS, EXPIRED):
            for row in ("其他收入", "本年收入合计"):
                amount = draft.amount("Z01", row, "年初预算数")
                draft.set("Z01", row, "年初预算数", (amount - 200_000_000_00) / 100)
        if number == CORRECTED:
            text += CORRECTION.format(unit=draft.name)
            draft.set("Z01", "其他收入", "决算数", -5.0)
        draft.save(desk.raw)
    Desk(raw).explain(text)
    return look_at(raw), desks


def negative(explained: tuple[Seen, dict[int, Desk]], number: int) -> set[str]:
    """The states of a negative amount of a unit."""
    seen, desks = explained
    return {f["status"] for f in view(seen, desks[number]).findings("IN-Z01-10")}


def about(seen: Seen, rule: str, desk: Desk) -> list[dict]:
    """Findings of the file of explanations that name the unit."""
    unit = desk.sample.units[0].name
    return [f for f in seen.findings(rule) if unit in f["message"]]


def test_65_an_explanation_holds_until_its_day(explained: tuple) -> None:
    seen, desks = explained
    assert negative(explained, HOLDS) == {"explained"}
    assert not about(seen, "S-", desks[HOLDS])


def test_65_an_explanation_that_has_expired_is_a_finding(explained: tuple) -> None:
    seen, desks = explained
    assert negative(explained, EXPIRED) == {"open"}
    (found,) = seen.findings("S-EXPIRED")
    assert found["status"] == "open" and desks[EXPIRED].sample.units[0].name in found["message"]


def test_65_an_explanation_that_matches_nothing_is_a_finding(explained: tuple) -> None:
    seen, desks = explained
    found = seen.one("S-UNUSED")
    assert "IN-Z01-10" in found["message"] and found["severity"] == "review"
    assert desks[UNMATCHED].sample.units[0].name in found["message"]


def test_66_a_correction_is_refused_amounts_stay_as_submitted(explained: tuple) -> None:
    """Nothing corrects an amount here: an entry that wants to (``expect``, ``value``) is refused,
    the others hold.
    """
    seen, desks = explained
    found = seen.one("S-EXPLAIN")
    assert (
        found["severity"] == "error"
        and "expect" in found["message"]
        and "第 5 条" in found["message"]
    )
    own = view(seen, desks[CORRECTED])
    fact = own.fact("Z01", "其他收入", "决算数")
    assert fact["amount"] == Decimal("-5.00")
    assert negative(explained, CORRECTED) == {"explained"}
    assert fact["cell"] in own.cells("IN-Z01-10")
