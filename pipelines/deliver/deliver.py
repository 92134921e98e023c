"""One call that writes everything finance receives, below one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.deliver import source
from pipelines.deliver.summary import read_summary, write_summary


def deliver(
    db: Path,
    raw: Path,
    out: Path,
    *,
    only: set[str] | None = None,
    previous: Path | None = None,
    workers: int = 2,
    run_id: str,
) -> dict[str, Any]:
    """Write ``summary.xlsx`` below ``out`` from the published database; returns the paths written."""
    out.mkdir(parents=True, exist_ok=True)
    earlier = previous.parent / "caijue.duckdb" if previous else None
    with source.opened(db) as con:
        summary = read_summary(con, run_id, earlier)
    path = out / "summary.xlsx"
    write_summary(path, summary, run_id)
    return {"summary": path}
