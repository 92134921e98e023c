"""The published demo, for the tests of what analysts and clerks receive."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import Config

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def demo(published_demo: Path) -> Config:
    """The configuration of the published run over the demo."""
    return Config(
        raw=ROOT / "data" / "raw",
        processed=published_demo / "processed",
        reports=published_demo / "reports",
        workers=2,
    )
