"""The workbooks of a few units, as one job: their amounts come with it, every year of a unit is
worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.deliver.marking.listing import Entry
from pipelines.deliver.performance import PerformanceData
from pipelines.deliver.unit.paper import Foot
from pipelines.deliver.unit.public_book import write_public_book
from pipelines.deliver.unit.unit_book import UnitBook, write_unit_book
from pipelines.public.exact import Located
from pipelines.public.facts import PackedFacts, UnitYear
from pipelines.public.figures import Published, published_in_arrays
from pipelines.public.lacking import Lacking
from pipelines.public.wording import Subject
from schemas.library import published_forms

TREND_YEARS = 3  # a trend of two points is a change; more do not fit the page


@dataclass(frozen=True, slots=True)
class Wanted:
    """One workbook of a job, and the public tables alone; ``write_*`` is False for one that was
    taken over.
    """

    key: UnitYear
    unit_name: str
    target: Path
    public: Path
    entries: tuple[Entry, ...]
    performance: PerformanceData | None = None
    write_target: bool = True
    write_public: bool = True


@dataclass(frozen=True, slots=True)
class UnitsJob:
    """Workbooks of some units, and the amounts of these units in every year."""

    wanted: tuple[Wanted, ...]
    facts: PackedFacts
    run_id: str


def write_units(job: UnitsJob) -> list[Path]:
    """Write every workbook of the job; returns their paths."""
    facts = job.facts.located()
    made: dict[UnitYear, Published | None] = {}
    written: list[Path] = []
    for wanted in job.wanted:
        unit, year = wanted.key
        for y in range(year - TREND_YEARS + 1, year + 1):
            if (unit, y) not in made:
                made[unit, y] = _published(facts.get((unit, y)), job.facts.lacking.get((unit, y)))
        years = {
            y: data
            for y in range(year - TREND_YEARS + 1, year + 1)
            if (data := made[unit, y]) is not None
        }
        years.setdefault(year, _nothing())
        subject = Subject(wanted.unit_name, year, job.facts.names.get(wanted.key, {}))
        drawn: list[Foot] = []
        if wanted.write_target:
            book = UnitBook(
                wanted.target, subject, years, wanted.entries, job.run_id, wanted.performance
            )
            drawn = write_unit_book(book)
            written.append(wanted.target)
        if wanted.write_public:
            write_public_book(wanted.public, subject, years[year], drawn)
            written.append(wanted.public)
    return written


def _nothing() -> Published:
    """The public tables of a unit that sent performance material alone: none of them is known."""
    sources = {form for public in published_forms() for form in public.source}
    return Published().lack(Lacking({form: (form,) for form in sources}))


def _published(found: Located | None, lacking: Lacking | None) -> Published | None:
    """The public tables of a year; None where nothing was submitted for it."""
    if found is None and lacking is None:
        return None
    data = published_in_arrays(found) if found is not None else Published()
    return data.lack(lacking) if lacking else data
