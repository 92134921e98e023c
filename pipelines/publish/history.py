"""The ledger of runs: one line when a run starts and one when it ends, so that a run that vanished
is known too.

``<processed>/history.jsonl``; lines are only added. A run without an end was killed.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

NAME = "history.jsonl"
KILLED = "被中断"
ABORTED = "中止"


@dataclass(frozen=True)
class Entry:
    """A run as the ledger knows it; times are UTC, ISO; ``finished_at`` is empty for a
    killed run.
    """

    run_id: str
    started_at: str
    finished_at: str = ""
    verdict: str = KILLED
    published: bool = False
    reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def note_start(processed: Path, run_id: str, started_at: datetime) -> None:
    """Add the line that a run has begun."""
    _append(processed, Entry(run_id, started_at.isoformat(timespec="seconds")))


def note_end(processed: Path, entry: Entry) -> None:
    """Add the line that a run has ended."""
    _append(processed, entry)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _append(processed: Path, entry: Entry) -> None:
    """Add a line; one that was cut short before it is ended first."""
    line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
    with (processed / NAME).open("a+b") as handle:
        if handle.tell():
            handle.seek(-1, 2)
            line = line if handle.read(1) == b"\n" else "\n" + line
        handle.write(line.encode())


def read(processed: Path) -> list[Entry]:
    """Every run, oldest first, each with its last line; broken lines (a write cut short) are passed
    over.
    """
    found: dict[str, Entry] = {}
    with suppress(OSError):
        for line in (processed / NAME).read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError):
                entry = _sound(Entry(**json.loads(line)))
                found[entry.run_id] = entry
    return list(found.values())


def _sound(entry: Entry) -> Entry:
    """The entry with every field of its type; a start that is no time is taken from the run id.

    Raises ValueError.
    """
    if not isinstance(entry.run_id, str):
        raise ValueError("run_id")
    started = _time(entry.started_at) or _time(entry.run_id.partition("-")[0])
    if not started:
        raise ValueError("started_at")
    return replace(
        entry,
        started_at=started,
        finished_at=_time(entry.finished_at),
        verdict=str(entry.verdict),
        reason=str(entry.reason),
        published=entry.published is True,
        counts=entry.counts if isinstance(entry.counts, dict) else {},
    )


def _time(text: object) -> str:
    """A time as it is written here, or '' for anything else."""
    try:
        return (
            datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="seconds")
            if isinstance(text, str)
            else ""
        )
    except (ValueError, OverflowError):
        return ""


def unpublished(processed: Path) -> set[str]:
    """The runs that began and never published."""
    return {e.run_id for e in read(processed) if not e.published}


def last_good(processed: Path) -> str | None:
    """The last run published without an open error, or None."""
    good = [e.run_id for e in read(processed) if e.published and not e.counts.get("error")]
    return good[-1] if good else None


def heal(processed: Path, published: str | None) -> None:
    """Note the published run as published, where a run was killed just after the pointer was
    swapped.
    """
    for entry in read(processed):
        if entry.run_id == published and not entry.published:
            _append(
                processed, replace(entry, published=True, finished_at=entry.finished_at or now())
            )
