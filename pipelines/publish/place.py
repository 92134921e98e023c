"""Where things lie below the processed folder, and the names of runs.

<processed>/current -> runs/<run_id>     the one pointer
<processed>/runs/<run_id>/               a complete set: caijue.duckdb, parquet/, reports/
<processed>/runs/<run_id>.building/      a set being built; of a dead run when no run is under way
<processed>/cache/                       extractions by content
<processed>/inbox/                       the mirror of an inbox at an address
<processed>/logs/                        one log a run
<reports>/current -> <processed>/current/reports
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import Aborted

DATABASE = "caijue.duckdb"
BUILDING = ".building"
RUN_ID = re.compile(r"(\d{8}T\d{6}Z)-(\d{2,})")


@dataclass(frozen=True)
class Place:
    """The folders of one processed and one reports folder."""

    processed: Path
    reports: Path

    @property
    def runs(self) -> Path:
        return self.processed / "runs"

    @property
    def cache(self) -> Path:
        return self.processed / "cache"

    @property
    def logs(self) -> Path:
        return self.processed / "logs"

    @property
    def current(self) -> Path:
        return self.processed / "current"

    def published(self) -> Path | None:
        """The folder of the published set, or None before the first."""
        try:
            target = self.current.resolve(strict=True)
        except OSError:
            return None
        return target if (target / DATABASE).is_file() else None

    def run_ids(self) -> list[str]:
        """The complete sets at hand, oldest first."""
        if not self.runs.is_dir():
            return []
        return sorted(
            (p.name for p in self.runs.iterdir() if RUN_ID.fullmatch(p.name)), key=run_order
        )

    def run(self, run_id: str) -> Path:
        """The folder of a complete set. Raises Aborted when it is not there."""
        folder = self.runs / run_id
        if not RUN_ID.fullmatch(run_id) or not (folder / DATABASE).is_file():
            known = "、".join(self.run_ids()[-5:]) or "没有"
            raise Aborted(f"找不到运行 {run_id} 的数据。现存的运行（最近几次）：{known}。")
        return folder


def run_order(run_id: str) -> tuple[str, int]:
    """Sort key of a run id."""
    found = RUN_ID.fullmatch(run_id)
    return (found[1], int(found[2])) if found else ("", 0)


def next_run_id(taken: list[str], now: datetime | None = None) -> str:
    """UTC start and a sequence, always after every id taken, even where the clock was set back.

    >>> next_run_id(["20260101T000000Z-01"], datetime(2026, 1, 1, tzinfo=UTC))
    '20260101T000000Z-02'
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    last_stamp, last_number = max((run_order(t) for t in taken), default=("", 0))
    if stamp > last_stamp:
        return f"{stamp}-01"
    return f"{last_stamp}-{last_number + 1:02d}"
