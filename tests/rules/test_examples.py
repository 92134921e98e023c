"""Every rule carries worked examples, and the engine agrees with each of them."""

import re
from pathlib import Path

import pytest

from pipelines.reconcile import run_examples
from pipelines.reconcile.rule_pages import render_book
from tests.shipped import shipped_book

BOOK = shipped_book()
LISTED = [(rule.id, n) for rule in BOOK.rules.values() for n in range(len(rule.examples))]
IN = """IN-Z01-01 IN-Z01-02 IN-Z01-03 IN-Z01-04 IN-Z01-05 IN-Z01-06 IN-Z01-07 IN-Z01-08 IN-Z01-09
IN-Z01-10 IN-Z01_1-01
IN-Z01_1-02 IN-Z01_1-03 IN-Z01_1-04 IN-Z01_1-05 IN-Z02-01 IN-Z03-01 IN-Z03-02 IN-Z04-01 IN-HIER-01
IN-HIER-02 IN-HIER-03
IN-Z05-01 IN-Z05-02 IN-Z05-03 IN-Z07-01 IN-Z07-02 IN-Z07-03 IN-Z11-01 IN-F03-01 IN-F03-02 IN-F03-03
IN-F03-04 IN-CS01_1-01"""
OTHERS = [f"X-{n:02}" for n in range(1, 35) if n not in (12, 31, 32)]
OTHERS += [
    "Y-01",
    "Y-02",
    "Y-06",
    "Y-07",
    "Y-09",
    "G-01",
    "G-02",
    *(f"P-{n:02}" for n in range(1, 10)),
]


@pytest.fixture(scope="module")
def results():
    """What each example came to."""
    return dict(zip(LISTED, run_examples(BOOK), strict=True))


@pytest.mark.parametrize("example", LISTED, ids=lambda e: f"{e[0]}-{e[1] + 1}")
def test_example(results, example):
    result = results[example]
    assert result.passed, f"{result.expected} expected, {result.actual}: {result.reason}"


@pytest.mark.parametrize(
    "rule", [r for r in BOOK.rules.values() if r.kind == "formula"], ids=lambda r: r.id
)
def test_a_formula_rule_has_a_passing_a_failing_and_a_not_evaluable_example(rule):
    assert {e.expect for e in rule.examples} == {"pass", "fail", "not_evaluated"}


def test_the_catalogue_is_built():
    assert {*IN.split(), *OTHERS} <= set(BOOK.rules)
    assert not [r.id for r in BOOK.rules.values() if r.broken]


def test_every_rule_speaks_to_people():
    for rule in BOOK.rules.values():
        assert re.search("[一-鿿]", rule.title) and (rule.formula or rule.text), rule.id
        assert BOOK.render_rule(rule).startswith(rule.id)


def test_the_rule_book_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == render_book(BOOK), "make docs"
