"""What holds for every test: the slow ones run only when asked for (``-m slow``), and generated
examples are the same every time.

``HYPOTHESIS_PROFILE=exploring`` draws new examples; the deep forms under ``-m slow`` always do.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from pipelines.intake.pool import preload
from pipelines.run.readers import DOCUMENT_WORKERS, WORK

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless a marker expression or the test's own name asks for them."""
    if config.option.markexpr or any("::" in str(a) for a in config.args):
        return
    slow = [i for i in items if i.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [i for i in items if not i.get_closest_marker("slow")]


@pytest.fixture(scope="session", autouse=True)
def _workers() -> None:
    """The fork server of this process imports once what the workers of all tests need."""
    texts = ("pipelines.collect.registertext", "schemas.explanations")
    preload(WORK.partition(":")[0], *DOCUMENT_WORKERS, *texts, "pipelines.deliver.work")
