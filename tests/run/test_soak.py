"""Nights over a changing inbox, disturbed in every way: the set at the end is that of one
undisturbed run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run.soak import soak

pytestmark = pytest.mark.long


def test_a_few_nights(tmp_path: Path) -> None:
    done = soak(tmp_path / "home", 3, seed=11)
    assert done.published >= 3


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_fifty_nights(tmp_path: Path) -> None:
    done = soak(tmp_path / "home", 50, seed=2024)
    assert done.published >= 30 and done.killed >= 15, done.told
