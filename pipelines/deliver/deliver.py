"""One call that writes everything finance receives, below one folder."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from pipelines.deliver import source
from pipelines.deliver.filenames import UnitYear, remove_parts
from pipelines.deliver.marking.mark import Marked, MarkJob
from pipelines.deliver.marking.narrative import NarrativeJob
from pipelines.deliver.marking.pdfjob import PdfJob
from pipelines.deliver.page.write import write_page
from pipelines.deliver.performance import PerformanceData, read_performance
from pipelines.deliver.plan import Target, entries_of, mark_jobs, narrative_jobs, targets
from pipelines.deliver.reuse import Ledger, fingerprint
from pipelines.deliver.summary import Summary, read_summary, write_summary
from pipelines.deliver.unit.job import TREND_YEARS, UnitsJob, Wanted
from pipelines.deliver.work import Job, run_jobs
from pipelines.intake.crew import Crew
from pipelines.public.facts import FactReader, fact_digests

UNITS_IN_A_JOB = 6  # fewer leave workers waiting for jobs, more leave one working at the end


def deliver(
    db: Path,
    raw: Path,
    out: Path,
    *,
    only: set[str] | None = None,
    previous: Path | None = None,
    standing: bool = False,
    workers: int = 2,
    memory_mb: int = 0,
    crew: Crew | None = None,
    run_id: str,
) -> dict[str, Any]:
    """Write the summary, ``units/``, ``public/``, ``marked/`` and the page below ``out``.

    ``db`` is the published database, ``raw`` the submitted files. ``only``: units (code, or name
    without one) whose workbooks are written; None is all. ``previous``: the reports folder of the
    run before, from which unchanged workbooks are taken over; ``standing``: it was made from the
    same, so that all of them are, and what they show is not worked out. ``memory_mb``: what reading
    ``db`` may take, 0 where no other database is open. ``crew``: who writes the workbooks of units,
    None for ``workers`` of this machine. Returns the paths written: ``summary``, ``page``,
    ``units``, ``public``, ``marked``, and ``notes`` (Chinese: what could not be handed back, and
    why). Raises OSError where ``out`` cannot be written.
    """
    for folder in ("units", "public", "marked"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    earlier = previous.resolve().parent if previous else None
    writing = _Writing(out, Ledger.read(previous), Ledger(out), standing)
    with source.opened(db, memory_mb) as con:
        summary = read_summary(con, run_id, earlier)
        chosen = [t for t in targets(summary, con) if only is None or t.key[0] in only]
        performance = read_performance(con)
        digests = cache(lambda: fact_digests(con))
        writing.plan_units(_wanted(summary, chosen, out, performance), digests)
        for job in mark_jobs(summary, chosen, con, raw, out, run_id):
            sources = [(s.file, s.sha256) for s in job.sources]
            writing.plan_mark(job, (job.heading, sources, job.entries))
        for text in narrative_jobs(summary, con, raw, out, only):
            writing.plan_text(text)
        jobs = chain(writing.due, writing.unit_jobs(con, run_id))
        for finished in run_jobs(jobs, workers, crew):
            writing.done(*finished)
    remove_parts(out)
    _refer(summary, chosen, writing, out)
    write_summary(out / "summary.xlsx", summary, run_id)
    with source.opened(db, memory_mb) as con:
        page = write_page(out, summary, con, performance)
    writing.ledger.save()
    paths = {"summary": out / "summary.xlsx", "page": page, **writing.written()}
    return paths | {"notes": summary.notes}


def _wanted(
    summary: Summary,
    chosen: list[Target],
    out: Path,
    performance: Mapping[UnitYear, PerformanceData],
) -> list[Wanted]:
    entries = entries_of(summary)
    return [
        Wanted(
            t.key,
            t.unit_name,
            out / "units" / f"{t.stem}.xlsx",
            out / "public" / f"公开表_{t.stem}.xlsx",
            tuple(entries.get(t.key, ())),
            performance.get(t.key),
            # Public tables are made from the final accounts, not from performance material alone.
            write_public=t.accounts,
        )
        for t in chosen
    ]


Digests = Callable[[], Mapping[UnitYear, str]]  # of amounts, asked for where they are needed


def _shown(one: Wanted, facts: Digests) -> str:
    """The digest of all that a unit's own workbook shows."""
    unit, year = one.key
    years = [facts().get((unit, y), "") for y in range(year - TREND_YEARS + 1, year + 1)]
    return fingerprint(one.key, one.unit_name, years, one.entries, one.performance)


def _printed(one: Wanted, facts: Digests) -> str:
    """The digest of all that its public tables show."""
    return fingerprint("public", one.key, one.unit_name, facts().get(one.key, ""))


@dataclass(slots=True)
class _Writing:
    """What is to be written and what has been: unchanged files are taken over at once, the others
    become jobs.
    """

    out: Path
    before: Ledger
    ledger: Ledger
    standing: bool = False
    units: list[Path] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    due: list[Job] = field(default_factory=list)
    due_units: list[tuple[Wanted, ...]] = field(default_factory=list)
    digests: dict[Path, str] = field(default_factory=dict)
    texts: list[NarrativeJob | PdfJob] = field(default_factory=list)

    def plan_units(self, wanted: Iterable[Wanted], facts: Digests) -> None:
        """The unit workbooks, a few units to a job."""
        waiting: dict[str, list[Wanted]] = {}
        for one in wanted:
            due = replace(
                one,
                write_target=not self._taken(one.target, partial(_shown, one, facts)),
                write_public=one.write_public
                and not self._taken(one.public, partial(_printed, one, facts)),
            )
            if due.write_target or due.write_public:
                waiting.setdefault(one.key[0], []).append(due)
        groups = list(waiting.values())
        for start in range(0, len(groups), UNITS_IN_A_JOB):
            self.due_units.append(
                tuple(w for group in groups[start : start + UNITS_IN_A_JOB] for w in group)
            )

    def _taken(self, target: Path, digest: Callable[[], str]) -> bool:
        """Whether a workbook could be taken over; else it is noted under its digest, to
        be written.
        """
        if self._take(target, digest) is None:
            self.digests[target] = digest()
            return False
        self.units.append(target)
        return True

    def unit_jobs(self, con: duckdb.DuckDBPyConnection, run_id: str) -> Iterator[UnitsJob]:
        """The jobs of the unit workbooks, with their amounts; made as workers become free."""
        units = [list(dict.fromkeys(w.key[0] for w in wanted)) for wanted in self.due_units]
        if units:
            for wanted, facts in zip(self.due_units, FactReader(con).packed(units), strict=True):
                yield UnitsJob(wanted, facts, run_id)

    def plan_mark(self, job: MarkJob | NarrativeJob | PdfJob, content: tuple[object, ...]) -> None:
        """A marked copy; ``content`` is all that it depends on."""
        entry = self._take(job.target, lambda: fingerprint(*content))
        if entry is None:
            self.digests[job.target] = fingerprint(*content)
            self.due.append(job)
            return
        sheets = {(file, sheet): shown for file, sheet, shown in entry.get("sheets", [])}
        self.marked.append(Marked(job.target, sheets, list(entry.get("trouble", [])), True))

    def plan_text(self, text: NarrativeJob | PdfJob) -> None:
        """The marked copy of a document."""
        self.texts.append(text)
        said = text.observations if isinstance(text, NarrativeJob) else text.entries
        self.plan_mark(text, (text.source.file, text.source.sha256, said))

    def written(self) -> dict[str, list[Path]]:
        """The workbooks and marked copies, sorted, by the folder they are in."""
        folders = {
            name: sorted(path for path in self.units if path.parent.name == name)
            for name in ("units", "public")
        }
        return folders | {"marked": sorted(m.target for m in self.marked if m.written)}

    def _take(self, target: Path, digest: Callable[[], str]) -> dict[str, Any] | None:
        name = target.relative_to(self.out).as_posix()
        entry = self.before.take(name, None if self.standing else digest(), self.out)
        if entry is not None:
            self.ledger.entries[name] = entry
        return entry

    def done(self, job: Job, result: Marked | list[Path]) -> None:
        if isinstance(result, Marked):
            self.marked.append(result)
            if result.written:
                placed = [[*key, shown] for key, shown in sorted(result.sheets.items())]
                self._note(result.target, sheets=placed, trouble=result.trouble)
            return
        for target in result:
            self.units.append(target)
            self._note(target)

    def _note(self, target: Path, **more: Any) -> None:
        self.ledger.note(target.relative_to(self.out).as_posix(), self.digests[target], **more)


def _refer(summary: Summary, chosen: list[Target], writing: _Writing, out: Path) -> None:
    """Tell the summary which files there are, and under which name each submitted sheet stands in
    them.
    """
    marked = {m.target: m for m in writing.marked if m.written}
    names = {t.key: f"{t.stem}.xlsx" for t in chosen}
    units_at = _there(names, out / "units", set(writing.units))
    marked_at = _there(names, out / "marked", marked)
    summary.units_at = {key: f"units/{path.name}" for key, path in units_at.items()}
    summary.marked_at = {key: f"marked/{path.name}" for key, path in marked_at.items()}
    summary.texts_at = {
        job.source.file: f"marked/{job.target.name}"
        for job in writing.texts
        if job.target in marked
    }
    summary.notes += [
        f"标注件：{t}" for m in sorted(writing.marked, key=lambda m: m.target) for t in m.trouble
    ]

    def sheet_at(key: UnitYear, file: str, sheet: str) -> str:
        return marked[marked_at[key]].sheets.get((file, sheet), "")

    summary.sheet_at = sheet_at


def _there(
    names: Mapping[UnitYear, str], folder: Path, written: Container[Path]
) -> dict[UnitYear, Path]:
    """The files of a folder that were written, by unit and year."""
    return {key: folder / name for key, name in names.items() if folder / name in written}
