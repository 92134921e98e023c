"""What a unit and year holds, looked up many cells at a time: as a dict would tell one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reconcile.hypotheses.holding import EMPTY, NOTHING, Amount, Holding
from pipelines.reconcile.hypotheses.wishes import Wishes

KEYS = st.integers(0, 2**64 - 1) | st.integers(0, 5)
AMOUNTS = st.builds(Amount, st.integers(-(10**14), 10**14), st.integers(0, 5_000), st.just(1))


@given(st.dictionaries(KEYS, AMOUNTS, max_size=12), st.lists(KEYS, max_size=12))
def test_many_cells_are_what_each_of_them_is(cells, others):
    held = Holding.of(np.array(list(cells), np.uint64), np.array(list(cells.values())))
    asked = [*others, *cells]
    keys = np.array(asked, np.uint64).reshape(1, -1)
    told = [cells.get(key, EMPTY) for key in asked]
    assert held.has(keys)[0].tolist() == [key in cells for key in asked]
    assert held.amounts(keys)[0].tolist() == [amount.amt for amount in told]
    assert [Amount(*row) for row in held.at(keys)[0].tolist()] == told
    assert {**held} == cells and len(held) == len(cells)


def test_nothing_is_held_by_one_that_sent_nothing_in():
    keys = np.arange(3, dtype=np.uint64)
    assert not NOTHING.has(keys).any() and not NOTHING.amounts(keys).any()


@given(st.dictionaries(KEYS, st.sets(st.integers(), min_size=1), max_size=5), st.lists(KEYS))
def test_places_of_wishes_are_those_of_their_keys(by_key, others):
    sheet = np.array([[*others, *by_key]], np.uint64).reshape(1, -1)
    expected = [((0, n), by_key[k]) for n, k in enumerate([*others, *by_key]) if k in by_key]
    assert list(Wishes(by_key).places(sheet)) == expected
