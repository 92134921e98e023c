"""The notation, and where a mistake is reported."""

from fractions import Fraction

import pytest

from schemas.notation import FormulaError, pattern
from schemas.parsing import parse
from schemas.rulebook import load_rulebook

WRONG = [
    ("Z05[行, 科目] = ", 1, 14, "公式到此中断"),
    ("Z05[行 科目] = 0", 1, 7, "科"),
    ("Z05[行, 科目]\n  == Z05_1[行, 科目]", 2, 4, "="),
    ("Z05[行, 科目] = 5", 1, 14, "常数只能是 0"),
    ("Z05[款.类, 科目] = 0", 1, 5, "不是上下级科目"),
    ("Z05[行, 科目] > 1 ⇔ Z05[行, 合计] > 0", 1, 14, "1"),
    ("Z05[行, 科目] = Σ", 1, 15, "公式到此中断"),
]


@pytest.mark.parametrize(("text", "line", "column", "problem"), WRONG)
def test_a_mistake_is_reported_at_its_place(text, line, column, problem):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert problem in error.problem
    assert str(error).startswith(f"第 {line} 行第 {column} 列")


def test_what_was_expected_is_said_in_words():
    with pytest.raises(FormulaError, match=r"此处应为：.*表号"):
        parse("Z05[行, 科目] = ")


def test_terms_carry_side_sign_and_coefficient():
    formula = parse(
        "Z01[收入/总计, 决算数] - Z02[合计, 本年收入] <= 1.2 * 上年.Z01[收入/总计, 决算数] ±"
        " CS01_1[合计, 其他]"
    )
    found = [(t.side, t.coef, t.cell.scope, t.cell.form) for t in formula.terms]
    assert found == [
        ("left", 1, "", "Z01"),
        ("left", -1, "", "Z02"),
        ("right", Fraction(6, 5), "上年", "Z01"),
        ("slack", 1, "", "CS01_1"),
    ]
    assert formula.cmp == "<="


def test_full_width_signs_are_understood():
    assert (
        parse("Z01[收入/总计，决算数] ＝ Z01[支出/总计，决算数] － Z02[合计，本年收入]").cmp == "="
    )


def test_words_bind_instances_and_sums_do_not():
    assert parse("Z05[行, 合计] = Σ Z05[行, 经类]").binding == ("行",)
    assert parse("Z04[类, 列] = Σ Z04[类.款, 列]").binding == ("类", "列")
    assert (
        parse(
            "Z01[支出/本年支出合计, 决算数] = Σ(Z01[支出功能分类/类, 决算数] + Z03[类, 其他收入])"
        ).binding
        == ()
    )


def test_patterns_match_whole_keys():
    formula = parse("Z04[类.款, 预算/{甲, 乙}] = 0", {"预算": "年初预算数|决算数"})
    cell = next(formula.cells)
    assert pattern(cell.row, formula.words).fullmatch("20103")["类"] == "201"
    assert not pattern(cell.row, formula.words).fullmatch("2010301")
    assert pattern(cell.col, formula.words).fullmatch("决算数/乙")["预算"] == "决算数"
    assert not pattern(cell.col, formula.words).fullmatch("决算数/丙")


def test_what_a_selector_names_is_what_its_pattern_matches() -> None:
    """Of every formula of the book; a word names nothing by itself."""
    named = worded = 0
    for check in load_rulebook().checks:
        for cell in check.formula.cells:
            for selector in (cell.row, cell.col):
                if selector.named is None:
                    worded += 1
                    assert selector.words
                    continue
                named += 1
                near = {k + tail for k in selector.named for tail in ("", "/", "x", "0")}
                matches = pattern(selector, check.formula.words).fullmatch
                assert {k for k in near if matches(k)} == {*selector.named}
    assert named > 1000 and worded > 100


def test_several_names_are_one_key_each() -> None:
    cell = next(parse("Z01[收入/{甲, 乙}, 决算数] = 0").cells)
    assert cell.row.named == ("收入/甲", "收入/乙") and cell.row.literal is None
    assert cell.col.named == ("决算数",) and cell.col.literal == "决算数"
