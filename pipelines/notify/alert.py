"""What to tell people after a night: new errors, resolved ones, missing submissions, an aborted run, the first good one.

Only a change is worth a message; a night like the one before is silent. What a channel does not take is kept in
``<processed>/outbox.json`` and sent with the next night's. Nothing here changes a verdict.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import log
from pipelines.config import Config
from pipelines.publish import history
from pipelines.publish.place import Place

OUTBOX = "outbox.json"
STATE = "notified.json"
KEPT = 50
SHOWN = 10
AMOUNT = re.compile(r"-?\d[\d,]*\.\d+(?=\s*(?:元|万元)?)")


def notify_result(config: Config, place: Place, summary: dict[str, Any]) -> str:
    """After a published run. Returns what was done, in words."""
    if not config.notify_urls:
        return "没有配置通知"
    before = _state(place.processed)
    text = result_text(place, summary, before, _was_aborted(place, summary["run_id"]))
    now = {"errors": _open_errors(place), "missing": summary["missing"]}
    said = _send(config, place.processed, text)
    _write(place.processed / STATE, now)
    return said


def notify_failure(config: Config, place: Place, reason: str) -> str:
    """After an aborted run; once, until a run is good again."""
    if not config.notify_urls or not place.processed.is_dir():
        return ""
    entries = history.read(place.processed)
    if len(entries) > 1 and not entries[-2].published and entries[-2].reason == reason:
        return "与上次相同，没有重复通知"
    return _send(config, place.processed, f"财决核对中止：{reason}")


def result_text(place: Place, summary: dict[str, Any], before: dict[str, Any], after_abort: bool) -> str:
    """The message of a run, or '' where nothing changed since the last one told."""
    errors = _open_errors(place)
    fresh = [m for i, m in errors.items() if i not in before.get("errors", {})]
    gone = [m for i, m in before.get("errors", {}).items() if i not in errors]
    missing = [m for m in summary["missing"] if m not in before.get("missing", [])]
    parts = [_list("新增错误", fresh), _list("已消除的错误", gone), _list("新的未报", missing)]
    if after_abort:
        parts.insert(0, "运行恢复正常。")
    told = [p for p in parts if p]
    return "\n".join([f"财决核对 {summary['run_id']}：{summary['verdict']}", *told]) if told else ""


def _list(title: str, items: list[str]) -> str:
    if not items:
        return ""
    more = [f"…… 另有 {len(items) - SHOWN} 条"] if len(items) > SHOWN else []
    return "\n".join([f"{title} {len(items)} 条", *(f"· {i}" for i in items[:SHOWN]), *more])


def _open_errors(place: Place) -> dict[str, str]:
    """Open errors of the published set, by cause: one message a cause."""
    from pipelines.commands.published import open_set, rows

    folder = place.published()
    if folder is None:
        return {}
    sql = """
        SELECT cause, any_value(coalesce(unit_name, '') || ' ' || coalesce(year::VARCHAR, '') ORDER BY finding_id) AS who,
               arg_min(message, finding_id) AS message, count(*) AS n
        FROM findings WHERE status = 'open' AND severity = 'error' GROUP BY cause ORDER BY cause"""
    with open_set(folder) as con:
        return {r["cause"]: f"{r['who'].strip()} {r['message']}".strip() + _also(r["n"]) for r in rows(con, sql)}


def _also(number: int) -> str:
    return f"（同一原因共 {number} 条）" if number > 1 else ""


def _was_aborted(place: Place, run_id: str) -> bool:
    earlier = [e for e in history.read(place.processed) if e.run_id != run_id]
    return bool(earlier) and not earlier[-1].published


def masked(text: str) -> str:
    """The text without amounts.

    >>> masked("应为 1,088,395.56 元")
    '应为 *** 元'
    """
    return AMOUNT.sub("***", text)


def _send(config: Config, processed: Path, text: str) -> str:
    """Send the text and whatever was left before; keep what no channel takes."""
    waiting = _outbox(processed)
    if text:
        waiting.append(masked(text) if config.notify_mask else text)
    if not waiting:
        return "没有变化，不通知"
    left = [message for message in waiting if not _deliver(config.notify_urls, message)]
    _write(processed / OUTBOX, [{"at": datetime.now(UTC).isoformat(), "text": t} for t in left[-KEPT:]])
    if left:
        log.say(f"{len(left)} 条通知没有送出，下次运行再送；请检查 CAIJUE_NOTIFY_URLS。", logging.WARNING)
    return f"送出 {len(waiting) - len(left)} 条通知，留待下次 {len(left)} 条"


def _deliver(urls: tuple[str, ...], text: str) -> bool:
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    channels = apprise.Apprise()
    for url in urls:
        channels.add(url)
    try:
        return bool(channels.notify(title="财决", body=text))
    except Exception as error:
        log.say(f"通知没有送出：{type(error).__name__}", logging.WARNING)
        return False


def _state(processed: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads((processed / STATE).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _outbox(processed: Path) -> list[str]:
    with suppress(OSError, ValueError, TypeError, KeyError):
        return [m["text"] for m in json.loads((processed / OUTBOX).read_text(encoding="utf-8"))]
    return []


def _write(path: Path, value: Any) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    aside.replace(path)
