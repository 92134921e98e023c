"""Many runs in one process, as a schedule keeps them; writes the memory held after each, in KiB, as
a JSON list.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.run import fakes
from tests.run.conftest import lent_fork_server


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 10


def main(home: Path, runs: int, told: Path) -> None:
    lent_fork_server()
    fakes.install()
    from pipelines.config import Config
    from pipelines.run.steps import run_direct

    config = Config(
        raw=home / "data" / "raw",
        processed=home / "processed",
        reports=home / "reports",
        workers=1,
        keep_runs=2,
        keep_days=0,
    )
    held = []
    for number in range(runs):
        (home / "data" / "raw" / "坏.xlsx").write_bytes(
            b"PK\3\4%d" % number
        )  # something new every night
        result = run_direct(config)
        assert result.published
        held.append(resident())
    told.write_text(json.dumps(held), encoding="utf-8")
