"""One published set for all tests of this folder: a unit with its 财决 tables, three packs,
the layouts A, B and C, and two packs with a wrong answer each.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import Config, load_config
from pipelines.run.steps import run_direct
from pipelines.sample.performance_pack import write_packs
from pipelines.sample.writing import write_samples
from tests.performance.support import FAULTY, PROJECTS, SEED, as_sheets, as_word, faulty


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings under which it was published."""
    home = tmp_path_factory.mktemp("performance")
    write_samples(home / "raw", 1, 1, seed=5, workers=1)
    write_packs(home / "raw" / "绩效", SEED, PROJECTS)
    for maker, name in ((as_word, "报告.docx"), (as_sheets, "附表.xlsx")):
        maker(faulty(FAULTY[name]), home / "raw" / "绩效" / name)
    config, _ = load_config(
        raw=home / "raw", processed=home / "processed", reports=home / "reports"
    )
    run_direct(config)
    return config


@pytest.fixture(scope="session")
def plain_unit(published: Config) -> str:
    """The code of the unit of which there are only 财决 tables."""
    register = (published.raw / "units.csv").read_text(encoding="utf-8").splitlines()
    return register[1].partition(",")[0]


def current(config: Config) -> Path:
    return config.processed / "current"
