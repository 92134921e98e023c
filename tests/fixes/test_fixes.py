"""What to mend first: where it lies, whose it is, and how it is said to each reader."""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.database import open_database
from pipelines.fixes import Change, Fix, advice, line, todo
from pipelines.fixes.fix import in_order
from pipelines.fixes.read import read_fixes
from pipelines.fixes.words import follow_words


def change(**more) -> Change:
    values = {
        "unit": "001",
        "unit_name": "甲馆",
        "year": 2023,
        "file": "a.xlsx",
        "sheet": "Z01 总表",
        "cell": "E35",
        "number": "财决01表",
        "now": Decimal("19714.55"),
        "should": Decimal("17714.55"),
    }
    return Change(**values | more)


def fix(*changes: Change, **more) -> Fix:
    values = {
        "cause": "c",
        "severity": "error",
        "unit": "001",
        "unit_name": "甲馆",
        "year": 2023,
        "rule_id": "Y-01",
        "rule_title": "年初数",
        "finding_id": "f1",
        "said": "年初数不符",
        "settles": 12,
    }
    made = Fix(**values | more)
    for one in changes:
        made.own[one.key] = (*made.own.get(one.key, ()), one)
    made.lead = changes[0].key if changes else None
    return made


def test_a_line_says_unit_table_cell_and_amounts():
    said = line(fix(change()))
    assert said == "甲馆 2023 财决01表 E35：19,714.55 → 17,714.55（涉及 12 个问题）"


def test_each_unit_is_told_of_its_own_cell_and_others_of_the_file():
    parent = change(unit="00", unit_name="甲局", file="b.xlsx", now=Decimal(94), should=Decimal(92))
    found = fix(change(), parent)
    own = "本单位 2023 财决01表 E35：现为 19,714.55，应为 17,714.55"
    assert advice(found, ("001", 2023)) == own
    assert advice(found, ("00", 2023)) == "本单位 2023 财决01表 E35：现为 94.00，应为 92.00"
    assert "另一份文件：a.xlsx" in advice(found, ("999", 2023))
    assert follow_words(found) == "甲局 2023 财决01表 E35：94.00 → 92.00"


def test_cells_that_move_together_are_one_step():
    other = change(sheet="Z02", cell="E12", number="财决02表")
    third = change(sheet="Z02", cell="E13", number="财决02表")
    said = todo(fix(change(), other, third))
    assert said == "财决01表 E35、财决02表 E12、E13（共 3 格）：各减 2,000.00"


def test_amounts_are_those_of_the_sheet():
    said = todo(fix(change(money_unit="万元")))
    assert said == "财决01表 E35：1.971455 万元 → 1.771455 万元"


def test_without_a_cell_the_finding_speaks():
    assert todo(fix(place="财决07表 D13")) == "财决07表 D13 年初数不符"
    assert advice(fix(), ("001", 2023)) == ""


def test_what_settles_most_errors_comes_first():
    few, many = fix(cause="a", errors=1, settles=9), fix(cause="b", errors=3, settles=3)
    review = fix(cause="c", severity="review", settles=99)
    assert [f.cause for f in in_order([review, few, many])] == ["b", "a", "c"]


def test_what_follows_from_a_larger_slip_points_at_it() -> None:
    scale = fix(
        rule_id="S-SCALE", rule_title="金额单位疑误", said="请核对金额单位：财决04表疑为万元"
    )
    assert advice(scale, (scale.unit, scale.year)) == "由“金额单位疑误”引起，先改那一处"
    assert "请核对金额单位" in advice(scale, ("999", 2023))


def test_of_two_that_settle_as_much_the_one_about_more_money_comes_first():
    words = fix(cause="a", rule_id="N-16", gap=None, settles=1)
    small = fix(cause="b", rule_id="N-10", gap=Decimal("0.30"), settles=1)
    large = fix(cause="c", rule_id="N-10", gap=Decimal("6889500.00"), settles=1)
    several = fix(cause="d", rule_id="N-16", gap=None, settles=2)
    assert [f.cause for f in in_order([words, small, large, several])] == ["d", "c", "b", "a"]


def test_titles_set_letter_by_letter_are_said_in_one_word(published_demo):
    database = published_demo / "processed" / "current" / "caijue.duckdb"
    with open_database(database, read_only=True) as con:
        labels = [c.label for f in read_fixes(con) for own in f.own.values() for c in own]
    assert any("·收入/" in label for label in labels)  # printed 收 入
    assert not [label for label in labels if re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", label)]
