"""A published database of a few made-up units, shared by the tests of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from deliver_model import small_model


@pytest.fixture(scope="session")
def small_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model().write(tmp_path_factory.mktemp("db") / "caijue.duckdb")
