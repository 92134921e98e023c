"""The generated sets satisfy every rule that concerns tables, checked by an independent reading of
them.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from pipelines.sample import facts_of, generate
from schemas.library import code_list

from .equations import department_failures, failures, year_failures


@pytest.fixture(scope="module")
def sample():
    return generate(16, 3, seed=7)


@pytest.mark.long
def test_every_submission_holds_in_itself(sample):
    for s in sample.submissions:
        assert (
            failures(
                facts_of(s), unit_type=s.unit.unit_type, rolled_up=s.unit.report_type == "汇总"
            )
            == []
        ), s.unit.name


def test_years_follow_each_other(sample):
    by_key = {(s.unit.code, s.year): facts_of(s) for s in sample.submissions}
    followed = 0
    for (code, year), facts in by_key.items():
        if (code, year - 1) in by_key:
            assert year_failures(facts, by_key[code, year - 1]) == [], (code, year)
            followed += 1
    assert followed == 2 * len(sample.units)


def test_departments_are_the_sum_of_their_units(sample):
    children = defaultdict(list)
    for s in sample.submissions:
        children[s.unit.parent_code, s.year].append(facts_of(s))
    heads = [s for s in sample.submissions if s.unit.report_type == "汇总"]
    assert heads
    for head in heads:
        assert department_failures(facts_of(head), children[head.unit.code, head.year]) == [], (
            head.unit.name
        )


def test_the_register_has_exactly_the_units_asked_for():
    for count in (1, 2, 3, 17):
        made = generate(count, 1)
        assert len(made.units) == len(made.submissions) == count
        assert len({u.code for u in made.units}) == len({u.name for u in made.units}) == count


def test_a_set_has_what_real_ones_have(sample):
    seen = defaultdict(int)
    for s in sample.submissions:
        for form, table in s.tables.items():
            seen[form] += bool(table)
    assert all(seen[form] for form in ("Z05_3", "Z09", "Z10", "Z10_2", "CS01_1")), dict(seen)
    assert seen["Z09"] < seen["Z07"] / 2
    z04 = [k for s in sample.submissions for k in facts_of(s) if k[0] == "Z04"]
    assert {"上缴上级支出", "对附属单位补助支出", "经营支出"} <= {k[3] for k in z04}


@pytest.mark.parametrize("last_year", [2018, 2019, 2020, 2025])
def test_codes_are_valid_in_every_year(last_year):
    for s in generate(30, 1, seed=3, last_year=last_year).submissions:
        for form, _, row, _ in facts_of(s):
            if row.isdigit() and form not in ("Z01", "Z01_1"):
                assert code_list("functional").get(row, s.year), row
    with pytest.raises(ValueError, match="年度须在"):
        generate(1, 1, last_year=2030)


def test_same_seed_same_set_and_other_seed_another():
    first, again, other = generate(8, 2, seed=5), generate(8, 2, seed=5), generate(8, 2, seed=6)
    assert [facts_of(s) for s in first.submissions] == [facts_of(s) for s in again.submissions]
    assert [facts_of(s) for s in first.submissions] != [facts_of(s) for s in other.submissions]
