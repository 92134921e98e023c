"""Tables that certainly add up are told in arrays; the others are looked through figure by figure.
Both come to the same.
"""

from __future__ import annotations

import random

import pytest
from deliver_model import facts_of

from pipelines.public import sums
from pipelines.public.figures import Figures, Published, published
from pipelines.public.grown import Grown, reached
from pipelines.public.keys import TOTAL
from pipelines.public.uneven import uneven_forms


def one_by_one(data: Published) -> set[str]:
    return {form for form in data.tables() if list(sums._broken_sums(data, form))}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("errors", [0, 12])
def test_tables_that_do_not_add_up_are_known(seed, errors):
    data = published(facts_of(seed, seed % 2 == 0, errors))
    found = one_by_one(data)
    assert uneven_forms(data.figures()) == found
    assert found if errors else not found


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_one_digit_more_or_less_or_a_blank_is_known(seed):
    """The figures of every table in turn; a figure that is part of nothing and has no parts may
    change.
    """
    whole, chance, found = published(facts_of(seed, seed % 2 == 0)), random.Random(seed), 0
    for key in chance.sample(sorted(whole.exact), 60):
        for change in (1, -1, None):
            exact, printed = dict(whole.exact), dict(whole.printed)
            if change is None:
                del exact[key], printed[key]
            else:
                printed[key] += change
            data = Published(exact, printed)
            wrong = one_by_one(data)
            assert wrong <= uneven_forms(data.figures()) <= {key[0]}, (key, change)
            found += bool(wrong)
    assert found > 100


def test_a_total_without_any_part_is_known():
    figures = {("G01", "收入", "本年收入合计", "金额"): 100, ("G01", "收入", "总计", "金额"): 100}
    assert uneven_forms(Published(figures, figures).figures()) == {"G01"}
    assert uneven_forms(Published().figures()) == set()


def test_the_nearest_code_that_is_there_is_the_whole():
    """Without 20103, 2010301 counts into 201; with it, into 20103 alone."""

    def table(**rows: int) -> Figures:
        found = {("G09", "", TOTAL if r == "T" else r[1:], TOTAL): n for r, n in rows.items()}
        return Published(found, found).figures()

    assert uneven_forms(table(T=5, c201=5, c2010301=5)) == set()
    assert uneven_forms(table(T=5, c201=5, c20103=5, c2010301=5)) == set()
    assert uneven_forms(table(T=5, c201=5, c20103=4, c2010301=5)) == {"G09"}
    assert uneven_forms(table(T=5, c201=5, c2010301=4)) == {"G09"}


def test_rows_read_between_additions_stay_where_they_were():
    grown, rows = Grown(2), []
    for number in range(3_000):
        rows.append([number, -number])
        grown.add(*rows[-1])
        if number % 700 == 0:
            assert grown.rows.tolist() == rows
    assert len(grown) == 3_000 and grown.rows.tolist() == rows
    assert reached(grown.rows[[5, 1], 0], grown.rows[[2, 3], 0]).tolist() == [5, 6, 1, 2, 3]
