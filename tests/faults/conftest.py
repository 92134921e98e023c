"""Fixtures of the faults: a desk with generated submissions, and the whole nights of
``tests/run``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.desk import Desk
from tests.faults.together import compared, shared
from tests.run.conftest import first_night, night, samples, settled

__all__ = ["compared", "first_night", "night", "samples", "settled", "shared"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One unit, no register."""
    return Desk(tmp_path / "raw")


@pytest.fixture
def department_desk(tmp_path: Path) -> Desk:
    """A department of three: 汇总, 本级 and a subordinate."""
    return Desk(tmp_path / "raw", 3)
