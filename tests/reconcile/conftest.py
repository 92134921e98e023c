"""The tests marked ``beside``, of all modules, reconciled before the first of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reconcile.beside import SideBySide


@pytest.fixture(scope="session")
def _beside(request: pytest.FixtureRequest) -> SideBySide:
    items = [i for i in request.session.items if isinstance(i, pytest.Function)]
    return SideBySide(i for i in items if hasattr(i.function, "first_half"))


@pytest.fixture
def side_by_side(request: pytest.FixtureRequest, _beside: SideBySide) -> Callable[[], None]:
    """Runs the second half of the test that asks."""
    return lambda: _beside.finish(request.node.nodeid)
