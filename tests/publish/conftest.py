"""The demo, published once in this process for the tests of what analysts and clerks receive."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import Config

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of a published run over the demo."""
    from pipelines.run.steps import run_direct

    home = tmp_path_factory.mktemp("published")
    config = Config(
        raw=ROOT / "data" / "raw", processed=home / "processed", reports=home / "reports", workers=2
    )
    run_direct(config)
    return config
