"""The workbooks of a few units, as one job: their amounts are read together, every year of a unit once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.deliver import source
from pipelines.deliver.marking.listing import Entry
from pipelines.deliver.published.facts import UnitYear, YearFacts, read_facts
from pipelines.deliver.published.figures import Published, published
from pipelines.deliver.published.sheets import Subject
from pipelines.deliver.published.unit_book import UnitBook, write_unit_book

TREND_YEARS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One workbook of a job."""

    key: UnitYear
    unit_name: str
    target: Path
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class UnitsJob:
    """Workbooks of some units, written from the database ``db``."""

    db: Path
    wanted: tuple[Wanted, ...]
    run_id: str


def write_units(job: UnitsJob) -> list[Path]:
    """Write every workbook of the job; returns their paths."""
    with source.opened(job.db) as con:
        con.execute("SET threads = 1; SET memory_limit = '600MB'")
        facts = read_facts(con, {w.key[0] for w in job.wanted})
    made: dict[UnitYear, Published] = {}
    for wanted in job.wanted:
        unit, year = wanted.key
        years = {y: _published(made, facts, (unit, y)) for y in range(year - TREND_YEARS + 1, year + 1) if (unit, y) in facts}
        years.setdefault(year, Published())
        subject = Subject(wanted.unit_name, year, facts[wanted.key].names if wanted.key in facts else {})
        write_unit_book(UnitBook(wanted.target, subject, years, wanted.entries, job.run_id))
    return [w.target for w in job.wanted]


def _published(made: dict[UnitYear, Published], facts: dict[UnitYear, YearFacts], key: UnitYear) -> Published:
    if key not in made:
        made[key] = published(facts[key].amounts)
    return made[key]
