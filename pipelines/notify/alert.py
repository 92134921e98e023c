"""What to tell people after a night: new errors, resolved ones, missing submissions, an aborted
run, the first good one.

Only a change is worth a message; a night like the one before is silent. What was told is in
``<processed>/notified.json``; what a channel does not take waits in the outbox. Nothing here
changes a verdict.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.notify.mask import masked
from pipelines.notify.outbox import OUTBOX, deliver, write
from pipelines.publish import history
from pipelines.publish.place import RUN_ID, Place

__all__ = ["OUTBOX", "STATE", "masked", "notify_failure", "notify_result", "result_text"]

STATE = "notified.json"
SHOWN = 10  # lines of a message that is read on a telephone


def notify_result(config: Config, place: Place, summary: dict[str, Any]) -> str:
    """After a published run. Returns what was done, in words."""
    if not config.notify_urls:
        return "没有配置通知"
    before = _state(place.processed)
    now = _out_of_scope(before, config.year)
    years = before["years"]
    for cause, (message, found) in _open_errors(place).items():
        now["errors"][cause], now["years"][cause] = (
            message,
            _together(found, years.get(cause), config.year),
        )
    now["missing"] += [m for m in summary["missing"] if m not in now["missing"]]
    text = result_text(summary, before, now, _was_aborted(place, summary["run_id"]))
    said = _send(config, place.processed, text)
    write(place.processed / STATE, now)
    return said


def notify_failure(config: Config, place: Place, reason: str, *, remember: bool = True) -> str:
    """After an aborted run: the reason once, until a run is good again, and whatever has not been
    delivered yet.

    It goes out also where nothing can be written; ``remember=False`` does not even try to.
    """
    if not config.notify_urls:
        return ""
    processed = place.processed if remember and place.processed.is_dir() else None
    before = _state(place.processed)
    same = _lasting(reason)
    known = processed is not None and before["abort"] == same
    said = _send(config, processed, "" if known else f"财决核对中止：{reason}")
    if known:
        return f"与上次相同，没有重复通知；{said}"
    if processed:
        write(processed / STATE, before | {"abort": same})
    return said


def _lasting(reason: str) -> str:
    """The reason without what differs every night: the run's own id."""
    return RUN_ID.sub("", reason)


def result_text(
    summary: dict[str, Any], before: dict[str, Any], now: dict[str, Any], after_abort: bool
) -> str:
    """The message of a run, or '' where nothing changed since the last one told."""
    missing = [m for m in now["missing"] if m not in before["missing"]]
    parts = [
        _list("新增错误", _beyond(now["errors"], before["errors"])),
        _list("已消除的错误", _beyond(before["errors"], now["errors"])),
        _list("新的未报", missing, "份"),
    ]
    if after_abort:
        parts.insert(0, "运行恢复正常。")
    told = [p for p in parts if p]
    return "\n".join([f"财决核对 {summary['run_id']}：{summary['verdict']}", *told]) if told else ""


def _beyond(errors: dict[str, str], others: dict[str, str]) -> list[str]:
    """The messages of the causes that the others do not have."""
    return [message for cause, message in errors.items() if cause not in others]


def _out_of_scope(before: dict[str, Any], year: int | None) -> dict[str, Any]:
    """What a run over one year says nothing about: it stays as it was told.

    Empty after a run over all years.
    """
    kept = [
        c
        for c, years in before["years"].items()
        if year and c in before["errors"] and {*years} - {year}
    ]
    missing = [m for m in before["missing"] if year and not m.endswith(f" {year}")]
    return {
        "errors": {c: before["errors"][c] for c in kept},
        "years": {c: before["years"][c] for c in kept},
        "missing": missing,
        "abort": "",
    }


def _together(found: list[int], before: list[int] | None, year: int | None) -> list[int]:
    """The years of a cause; those out of the run's scope as they were."""
    return sorted({*found, *(y for y in before or [] if year and y != year)})


def _list(title: str, items: list[str], counter: str = "处") -> str:
    if not items:
        return ""
    more = [f"…… 另有 {len(items) - SHOWN} {counter}"] if len(items) > SHOWN else []
    return "\n".join([f"{title} {len(items)} {counter}", *(f"· {i}" for i in items[:SHOWN]), *more])


def _open_errors(place: Place) -> dict[str, tuple[str, list[int]]]:
    """Open errors of the published set by cause: what to mend, one line a cause, with the years
    that it is about.
    """
    from pipelines.fixes import line, read_fixes
    from pipelines.publish.opened import open_set, rows

    folder = place.published()
    if folder is None:
        return {}
    sql = """
        SELECT cause, coalesce(list_sort(list(DISTINCT year) FILTER (year IS NOT NULL)), [])
               AS years
        FROM findings WHERE status = 'open' AND severity = 'error' GROUP BY cause"""
    with open_set(folder) as con:
        years = {r["cause"]: r["years"] for r in rows(con, sql)}
        fixes = [fix for fix in read_fixes(con) if fix.cause in years]
    return {fix.cause: (line(fix), years[fix.cause]) for fix in fixes}


def _was_aborted(place: Place, run_id: str) -> bool:
    earlier = [e for e in history.read(place.processed) if e.run_id != run_id]
    return bool(earlier) and not earlier[-1].published


def _send(config: Config, processed: Path | None, text: str) -> str:
    return deliver(config.notify_urls, processed, masked(text) if config.notify_mask else text)


def _state(processed: Path) -> dict[str, Any]:
    """What was told: errors by cause, the years of each, missing submissions, the reason of an
    abort.
    """
    state: dict[str, Any] = {"errors": {}, "years": {}, "missing": [], "abort": ""}
    with suppress(OSError, ValueError):
        found = json.loads((processed / STATE).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            state |= {k: found[k] for k, v in state.items() if isinstance(found.get(k), type(v))}
    return state
