"""``caijue status``: the last run, what is published, what is wrong, how old it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipelines.commands import SEVERITY, Answer
from pipelines.commands.published import place_of
from pipelines.config import Config
from pipelines.errors import EXIT_ABORTED, EXIT_CLEAN, EXIT_ERRORS
from pipelines.publish import history, lock
from pipelines.publish.lock import age_words
from pipelines.publish.opened import open_set, rows


def status_command(config: Config) -> Answer:
    """Exit code 0 or 1 as the published set has open errors; 3 where nothing is published."""
    place = place_of(config)
    entries = history.read(config.processed)
    held = lock.owner(config.processed) if lock.is_held(config.processed) else None
    folder = place.published()
    document: dict[str, Any] = {
        "published": None,
        "last_run": _entry(entries[-1]) if entries else None,
        "running": (
            {"pid": held.pid, "host": held.host, "age_seconds": held.age_seconds} if held else None
        ),
        "runs": len(place.run_ids()),
    }
    lines = [f"正在运行：{held.words()}"] if held else []
    if folder is None:
        reason = f"{config.processed} 中还没有发布过的数据。请先运行 caijue run。"
        document = {"error": reason, "exit_code": EXIT_ABORTED} | document
        return Answer(document, "\n".join([*lines, reason]), EXIT_ABORTED)
    with open_set(folder) as con:
        document["published"] = _published(con, folder.name)
    return Answer(document, "\n".join([*lines, *_words(document)]), _code(document))


def _code(document: dict[str, Any]) -> int:
    return EXIT_ERRORS if document["published"]["findings"]["error"] else EXIT_CLEAN


def _entry(entry: history.Entry) -> dict[str, Any]:
    return {
        "run_id": entry.run_id,
        "started_at": entry.started_at,
        "finished_at": entry.finished_at or None,
        "verdict": entry.verdict,
        "published": entry.published,
        "reason": entry.reason,
    }


def _published(con: Any, run_id: str) -> dict[str, Any]:
    run = rows(con, "SELECT * FROM runs WHERE run_id = ?", [run_id])
    found = rows(
        con, "SELECT severity, count(*) AS n FROM findings WHERE status = 'open' GROUP BY 1"
    )
    worst = rows(
        con,
        "SELECT coalesce(unit_name, unit_code, '（未知单位）') AS unit, year, count(*) AS errors"
        " FROM findings WHERE status = 'open' AND severity = 'error' GROUP BY ALL ORDER BY errors"
        " DESC, unit, year LIMIT 10",
    )
    states = rows(con, "SELECT status, count(*) AS n FROM submissions GROUP BY 1")
    finished = run[0]["finished_at"] if run else None
    return {
        "run_id": run_id,
        "finished_at": finished.isoformat() if finished else None,
        "age_seconds": int((datetime.now(UTC) - finished).total_seconds()) if finished else None,
        "verdict": run[0]["verdict"] if run else "",
        "units": run[0]["units"] if run else 0,
        "findings": {"error": 0, "review": 0, "hint": 0} | {f["severity"]: f["n"] for f in found},
        "submissions": (
            {"complete": 0, "incomplete": 0, "missing": 0} | {s["status"]: s["n"] for s in states}
        ),
        "worst": worst,
    }


def _words(document: dict[str, Any]) -> list[str]:
    shown, last = document["published"], document["last_run"]
    age = f"，{age_words(shown['age_seconds'])}前" if shown["age_seconds"] is not None else ""
    counts = "，".join(f"{SEVERITY[k]} {n}" for k, n in shown["findings"].items())
    sent = shown["submissions"]
    lines = [
        f"已发布：{shown['run_id']}（{shown['verdict']}{age}）",
        f"未说明的问题：{counts}",
        f"报送：齐全 {sent['complete']}，缺表 {sent['incomplete']}，未报 {sent['missing']}",
    ]
    lines += [f"  {w['unit']} {w['year'] or ''}：错误 {w['errors']} 个" for w in shown["worst"]]
    if last and last["run_id"] != shown["run_id"]:
        lines.append(
            f"最近一次运行 {last['run_id']}"
            f" 没有发布（{last['verdict']}）：{last['reason'] or '没有留下原因'}"
        )
    lines.append(f"保留的运行：{document['runs']} 次")
    return lines
