"""One call that writes everything finance receives, below one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.deliver import source
from pipelines.deliver.marking.mark import Marked, MarkJob
from pipelines.deliver.names import UnitYear
from pipelines.deliver.page.write import write_page
from pipelines.deliver.plan import Target, mark_jobs, targets
from pipelines.deliver.reuse import Ledger, fingerprint
from pipelines.deliver.summary import Summary, read_summary, write_summary
from pipelines.deliver.work import run_jobs


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
    """Write ``summary.xlsx``, ``units/``, ``marked/`` and ``index.html`` below ``out``.

    ``db`` is the published database, ``raw`` the submitted files. ``only``: units (code, or name without one) whose
    workbooks are written; None is all. ``previous``: the reports folder of the run before, from which unchanged
    workbooks are taken over. Returns the paths written: ``summary``, ``page``, ``units``, ``marked``, and ``notes``
    (Chinese: what could not be handed back, and why). Raises OSError where ``out`` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    earlier = previous.resolve().parent / "caijue.duckdb" if previous else None
    before, ledger = Ledger.read(previous), Ledger(out)
    with source.opened(db) as con:
        summary = read_summary(con, run_id, earlier)
        chosen = [t for t in targets(summary, con) if only is None or t.key[0] in only]
        jobs = mark_jobs(summary, chosen, con, raw, out, run_id)
    marked = _write_marked(jobs, before, ledger, out, workers)
    _refer(summary, chosen, marked, out)
    write_summary(out / "summary.xlsx", summary, run_id)
    with source.opened(db) as con:
        page = write_page(out, summary, con)
    ledger.save()
    return {
        "summary": out / "summary.xlsx",
        "page": page,
        "marked": sorted(m.target for m in marked if m.written),
        "notes": summary.notes,
    }


def _write_marked(jobs: list[MarkJob], before: Ledger, ledger: Ledger, out: Path, workers: int) -> list[Marked]:
    """The marked copies: taken over where nothing changed, written where something did."""
    done: list[Marked] = []
    due: dict[Path, tuple[MarkJob, str]] = {}
    for job in jobs:
        name = job.target.relative_to(out).as_posix()
        digest = fingerprint(job.heading, [(s.file, s.sha256) for s in job.sources], job.entries)
        entry = before.take(name, digest, out)
        if entry is None:
            due[job.target] = (job, digest)
        else:
            ledger.entries[name] = entry
            sheets = {(file, sheet): shown for file, sheet, shown in entry.get("sheets", [])}
            done.append(Marked(job.target, sheets, list(entry.get("trouble", [])), True))
    for job, result in run_jobs([job for job, _ in due.values()], workers):
        done.append(result)
        if result.written:
            placed = [[*key, shown] for key, shown in sorted(result.sheets.items())]
            name = job.target.relative_to(out).as_posix()
            ledger.note(name, due[job.target][1], sheets=placed, trouble=result.trouble)
    return done


def _refer(summary: Summary, chosen: list[Target], marked: list[Marked], out: Path) -> None:
    """Tell the summary which files there are, and under which name each submitted sheet stands in them."""
    keys = {out / "marked" / f"{t.stem}.xlsx": t.key for t in chosen}
    written = {keys[m.target]: m for m in marked if m.written}
    summary.marked_at = {key: f"marked/{m.target.name}" for key, m in written.items()}
    summary.notes += [f"标注件：{t}" for m in marked for t in m.trouble]

    def sheet_at(key: UnitYear, file: str, sheet: str) -> str:
        return written[key].sheets.get((file, sheet), "")

    summary.sheet_at = sheet_at
