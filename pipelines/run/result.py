"""What a run came to: its counts, its verdict in a word and in a sentence, and where its outputs
are.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipelines.errors import EXIT_ABORTED, EXIT_CLEAN, EXIT_ERRORS
from pipelines.publish import history
from pipelines.run.context import RunContext


@dataclass(frozen=True)
class RunResult:
    """What a run came to; ``document()`` is what ``run --json`` prints."""

    run_id: str | None
    verdict: str
    exit_code: int
    units: int = 0
    files: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=lambda: {"error": 0, "review": 0, "hint": 0})
    checks: dict[str, int] = field(default_factory=dict)
    published: bool = False
    outputs: dict[str, str] = field(default_factory=dict)
    message: str = ""
    changes: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    held: dict[str, float] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        return asdict(self)


def failed_result(reason: str, code: int = EXIT_ABORTED, run_id: str | None = None) -> RunResult:
    """The result of a run that published nothing."""
    files = {"read": 0, "quarantined": 0, "ignored": 0}
    checks = {"pass": 0, "fail": 0, "not_evaluated": 0, "broken": 0}
    return RunResult(run_id, history.ABORTED, code, files=files, checks=checks, message=reason)


def count(context: RunContext, sql: str) -> int:
    return int(context.con.execute(sql).fetchall()[0][0] or 0)


def findings_of(context: RunContext) -> dict[str, int]:
    """Open findings by severity."""
    rows = context.con.execute(
        "SELECT severity, count(*) FROM findings WHERE status = 'open' GROUP BY 1"
    ).fetchall()
    return {"error": 0, "review": 0, "hint": 0} | dict(rows)


def checks_of(context: RunContext) -> dict[str, int]:
    """Check results by outcome."""
    rows = context.con.execute("SELECT outcome, count(*) FROM check_results GROUP BY 1").fetchall()
    return {"pass": 0, "fail": 0, "not_evaluated": 0, "broken": 0} | dict(rows)


def verdict_of(findings: dict[str, int], checks: dict[str, int]) -> str:
    """The verdict in a word: 有错误 while there is an open error, 需核实 for open reviews, else
    通过.
    """
    if findings["error"]:
        return "有错误"
    return "需核实" if findings["review"] or checks["broken"] else "通过"


def summarise(context: RunContext) -> dict[str, Any]:
    """The counts of the run, by the names of the ``runs`` dataset and of ``run --json``."""
    files = dict(context.con.execute("SELECT status, count(*) FROM files GROUP BY 1").fetchall())
    findings, checks = findings_of(context), checks_of(context)
    changes = dict(
        context.con.execute("SELECT change, count(*) FROM findings GROUP BY 1").fetchall()
    )
    missing = (
        "SELECT coalesce(unit_name, unit_code) || ' ' || year FROM submissions WHERE status ="
        " 'missing' ORDER BY ALL"
    )
    return {
        "run_id": context.run_id,
        "started_at": context.started_at,
        "finished_at": datetime.now(UTC),
        "verdict": verdict_of(findings, checks),
        "units": count(context, "SELECT count(*) FROM submissions WHERE status <> 'missing'"),
        "files": {"read": 0, "quarantined": 0, "ignored": 0} | files,
        "findings": findings,
        "checks": checks,
        "changes": {"new": 0, "persisting": 0} | changes,
        "missing": [r[0] for r in context.con.execute(missing).fetchall()],
        "versions": versions(context),
        "held": held_of(context),
    }


def held_of(context: RunContext) -> dict[str, float]:
    """The share of cells and of amounts that another table or level holds (0 to 1).

    On a night with nothing new it is that of the published set. Empty where it is not known.
    """
    if context.look.held is not None:
        return context.look.held
    if not context.standing or not context.previous:
        return {}
    from pipelines.publish.carry import held_before

    return held_before(context.con, context.previous)


def versions(context: RunContext) -> dict[str, str]:
    """What the run was made with: program, extraction, rules; and the year, where it was over one
    year only.
    """
    from importlib.metadata import PackageNotFoundError, version

    from pipelines.extract import VERSION

    if context.standing:
        return context.standing.versions
    try:
        program = version("caijue")
    except PackageNotFoundError:
        program = "源码"
    made = {
        "caijue": program,
        "extract": VERSION,
        "rules": context.look.book.version,
    }
    return made | ({"year": str(context.config.year)} if context.config.year else {})


def result_of(context: RunContext) -> RunResult:
    """The result of a run whose stages are done."""
    summary = context.summary
    errors = summary["findings"]["error"]
    return RunResult(
        context.run_id,
        summary["verdict"],
        EXIT_ERRORS if errors else EXIT_CLEAN,
        summary["units"],
        summary["files"],
        summary["findings"],
        summary["checks"],
        True,
        outputs_of(context),
        message_of(summary),
        summary["changes"],
        summary["missing"],
        summary["held"],
    )


def outputs_of(context: RunContext) -> dict[str, str]:
    """Where the published set is, by kind."""
    current, reports = context.place.current, context.place.reports / "current"
    return {
        "database": str(current / "caijue.duckdb"),
        "parquet": str(current / "parquet"),
        "summary": str(reports / "summary.xlsx"),
        "page": str(reports / "index.html"),
        "units": str(reports / "units"),
        "public": str(reports / "public"),
        "marked": str(reports / "marked"),
        "log": str(context.log_file),
    }


def message_of(summary: dict[str, Any]) -> str:
    """The verdict in a sentence."""
    found, checks = summary["findings"], summary["checks"]
    words = [f"错误 {found['error']} 个、核实 {found['review']} 个、提示 {found['hint']} 个"]
    if summary["missing"]:
        words.append(f"{len(summary['missing'])} 份报送未收到")
    if summary["files"]["quarantined"]:
        words.append(f"{summary['files']['quarantined']} 个文件被隔离")
    if checks["broken"]:
        words.append(f"{checks['broken']} 项检查因规则故障没有做成")
    return f"{summary['verdict']}：{'，'.join(words)}"
