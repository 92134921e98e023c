"""Writes sets of any size: a register and one workbook (now and then two) per unit and year, in
parallel.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from pipelines.sample.books import books
from pipelines.sample.files import write_book
from pipelines.sample.model import Plan, Unit, UnitYear, department, plan, year_range
from pipelines.sample.paper import Placed
from pipelines.sample.published import published_book
from pipelines.sample.register import write_register
from pipelines.sample.style import Style, random_style

XLS_SHARE = 0.2
INLINE_BELOW = 24  # so few workbooks are written without starting processes

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class WrittenFile:
    """One workbook that was written: ``file`` is its path below the folder; facts by sheet name."""

    file: str
    unit_code: str
    unit_name: str
    year: int
    style: Style
    facts: tuple[tuple[str, Placed], ...] = ()


@dataclass(frozen=True)
class SampleReport:
    """What ``write_samples`` did."""

    directory: Path
    units: tuple[Unit, ...]
    years: tuple[int, ...]
    files: int


@dataclass(frozen=True)
class _Job:
    directory: Path
    plan: Plan
    years: int
    last_year: int
    seed: int
    messy: float
    published: bool


def write_samples(
    directory: Path | str,
    units: int,
    years: int,
    *,
    seed: int = 1,
    messy: float = 0.0,
    published: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    last_year: int = 2023,
) -> SampleReport:
    """Writes ``units`` × ``years`` submissions and ``units.csv`` below ``directory``.

    The amounts hold together whatever ``messy`` (0 to 1) does to the layout; the same arguments
    give the same files. ``published`` adds the 公开01–13 tables of each unit. ``progress`` is told
    (submissions done, of how many). Raises ValueError for years that no form is known for, or fewer
    than one unit.
    """
    directory = Path(directory)
    span = year_range(years, last_year)
    if units < 1 or not 0 <= messy <= 1:
        raise ValueError("单位数须不小于 1，杂乱程度须在 0 与 1 之间。")
    for year in span:
        (directory / str(year)).mkdir(parents=True, exist_ok=True)
    jobs = [_Job(directory, p, years, last_year, seed, messy, published) for p in plan(units, seed)]
    total, done, files = units * years, 0, 0
    register: dict[int, tuple[Unit, ...]] = {}
    for index, made, written in _results(jobs, total, workers):
        register[index] = made
        files += written
        done += len(made) * years
        if progress is not None:
            progress(done, total)
    everyone = tuple(u for index in sorted(register) for u in register[index])
    encoding = (
        Random(f"{seed}/register").choice(("utf-8", "utf-8-sig", "gb18030")) if messy else "utf-8"
    )
    write_register(directory / "units.csv", everyone, encoding)
    return SampleReport(directory, everyone, tuple(span), files)


_Result = tuple[int, tuple[Unit, ...], int]


def _results(jobs: list[_Job], total: int, workers: int | None) -> Iterator[_Result]:
    count = workers if workers is not None else min(os.cpu_count() or 1, len(jobs))
    if count <= 1 or total < INLINE_BELOW:
        yield from map(_write_department, jobs)
        return
    with ProcessPoolExecutor(count, mp_context=_context(), initializer=gc.disable) as pool:
        waiting = iter(jobs)
        running: set[Future[_Result]] = {
            pool.submit(_write_department, j) for j in islice(waiting, 4 * count)
        }
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
                running |= {pool.submit(_write_department, j) for j in islice(waiting, 1)}


def _context() -> multiprocessing.context.BaseContext:
    """Fork is quickest, and safe only while this process has one thread."""
    alone = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("fork" if alone else "spawn")


def _write_department(job: _Job) -> _Result:
    made = department(job.plan, job.years, job.seed, job.last_year)
    files = 0
    for submission in made.submissions:
        rng = Random(f"{job.seed}/{submission.unit.code}/{submission.year}/layout")
        kind = "xls" if rng.random() < XLS_SHARE else "xlsx"
        style = replace(
            random_style(rng, job.messy, kind), drop_optional=_drops_optional(job, submission.year)
        )
        files += len(write_submission(job.directory, submission, style, rng))
        if job.published:
            files += len(
                write_published(
                    job.directory, submission, replace(style, kind="xlsx", two_books=False), rng
                )
            )
    gc.collect()
    return job.plan.index, made.units, files


def _drops_optional(job: _Job, year: int) -> bool:
    """An optional column is there or not for a whole department: its units report with one
    template.
    """
    return Random(f"{job.seed}/{job.plan.index}/{year}/template").random() < job.messy / 2


def write_submission(
    directory: Path, submission: UnitYear, style: Style, rng: Random
) -> list[WrittenFile]:
    """Writes the workbook (or two) of one submission below ``directory``/year and says which fact
    stands where.
    """
    shown = _shown_name(submission, style, rng)
    found = []
    made = books(submission, style, rng, shown)
    for number, book in enumerate(made):
        part = "" if len(made) == 1 else f"_{number + 1}"
        name = f"{submission.unit.code}_{submission.unit.name}{part}.{book.kind}"
        found.append(_write(directory, submission, name, book.sheets, book.kind, style))
    return found


def write_published(
    directory: Path, submission: UnitYear, style: Style, rng: Random
) -> list[WrittenFile]:
    """Writes the 公开 tables of one submission, rounded to 万元 with two decimals."""
    book = published_book(submission, style, rng)
    name = f"{submission.unit.code}_{submission.unit.name}_公开.{book.kind}"
    return [_write(directory, submission, name, book.sheets, book.kind, style)]


def _write(
    directory: Path, submission: UnitYear, name: str, sheets: tuple, kind: str, style: Style
) -> WrittenFile:
    file = f"{submission.year}/{name}"
    path = directory / file
    path.parent.mkdir(parents=True, exist_ok=True)
    write_book(path, sheets, kind)
    facts = tuple((paper.name, fact) for paper in sheets for fact in paper.facts)
    return WrittenFile(
        file, submission.unit.code, submission.unit.name, submission.year, style, facts
    )


def _shown_name(submission: UnitYear, style: Style, rng: Random) -> str:
    """The unit's name as printed: now and then one of its aliases."""
    if style.aliases and submission.unit.aliases and rng.random() < 0.5:
        return rng.choice(submission.unit.aliases)
    return submission.unit.name
