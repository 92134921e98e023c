"""Which earlier runs stay: the newest by count, those young enough, and always the published and
the last good one.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.publish.place import Place, run_order
from pipelines.publish.pointer import remove

DAY = 86400
CACHED = (".arrow", ".duckdb", ".json", ".docx", ".performance")


def expired(
    run_ids: list[str], *, keep_runs: int, keep_days: int, protected: set[str], now: datetime
) -> list[str]:
    """The runs to remove: neither among the newest ``keep_runs``, nor younger than ``keep_days``,
    nor protected.
    """
    limit = now - timedelta(days=keep_days)
    older = run_ids[:-keep_runs]
    return [r for r in older if r not in protected and _started(r) < limit]


def _started(run_id: str) -> datetime:
    return datetime.strptime(run_order(run_id)[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def clean(
    place: Place, *, keep_runs: int, keep_days: int, good: set[str], now: datetime | None = None
) -> list[str]:
    """Remove expired runs.

    ``good`` are runs that must stay besides the published one. Returns what went.
    """
    published = place.published()
    if published is None:
        return []
    protected = good | {published.name}
    gone = expired(
        place.run_ids(),
        keep_runs=keep_runs,
        keep_days=keep_days,
        protected=protected,
        now=now or datetime.now(UTC),
    )
    for run_id in gone:
        remove(place.runs / run_id)
    return gone


def clean_cache(cache: Path, *, days: int) -> int:
    """Remove extractions (and empty databases, results of narratives, what was read of performance
    material) unused for ``days``.

    Returns how many.
    """
    limit = time.time() - days * DAY
    if not cache.is_dir():
        return 0
    with os.scandir(cache) as entries:
        kept = [e for e in entries if e.name.endswith(CACHED)]
    stale = [e for e in kept if e.stat().st_mtime < limit]
    for entry in stale:
        Path(entry.path).unlink(missing_ok=True)
    return len(stale)


def clean_logs(logs: Path, *, keep: int) -> None:
    """Keep the newest ``keep`` logs."""
    for path in sorted(logs.glob("*.log"))[:-keep] if logs.is_dir() else []:
        path.unlink(missing_ok=True)
