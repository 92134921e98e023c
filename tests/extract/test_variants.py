"""Variants of a clean submission: all is read, nothing found wrong, every number accounted for."""

from __future__ import annotations

import pytest

from pipelines.extract.sheet import read_sheets
from pipelines.extract.workbook import known_forms
from tests.extract import variants

SEEDS = range(15)  # of each family; more with -m slow
MORE = range(15, 150)


def check(published: bool, seed: int) -> None:
    library, recogniser = known_forms(())
    readings = read_sheets(variants.variant(published, seed), recogniser, library)
    found = {
        (r.form.form, f.block, f.row_key, f.col_key): f.fen
        for r in readings
        for f in r.facts
        if f.fen is not None
    }
    assert found == variants.amounts(published)
    assert [f.message for r in readings for f in r.faults] == []
    assert not any(r.left_out or r.assumed for r in readings)
    assert all(r.numbers == r.facts_numbers + r.structural for r in readings)
    assert {r.caption.unit for r in readings} != {None} != {r.caption.year for r in readings}


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_variant_reads_like_the_original(published: bool, seed: int) -> None:
    check(published, seed)


@pytest.mark.slow
@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("seed", MORE)
def test_more_variants_read_like_the_original(published: bool, seed: int) -> None:
    check(published, seed)
