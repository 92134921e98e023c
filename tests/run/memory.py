"""Many runs in one process, as a schedule keeps them; prints the memory held after each, in KiB, as
a JSON list.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.run import fakes


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 10


def main(home: Path, runs: int) -> None:
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
    sys.stdout.write(json.dumps(held))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
