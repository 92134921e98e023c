"""Files being looked at, by ``run`` or by ``check``: where things are, and what each stage made.

What does not belong here: what the stages do (``stages.py``), and publishing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines.config import Config

if TYPE_CHECKING:
    import duckdb
    import pyarrow

    from pipelines.intake.crew import Crew
    from pipelines.intake.rawfile import RawFile
    from pipelines.intake.share import Limits
    from pipelines.narrative.stage.documents import Narratives
    from pipelines.run.readers import Reading
    from schemas.explanations import Explanation
    from schemas.library import Form
    from schemas.observation import Observation
    from schemas.rulebook import Rulebook

Progress = Callable[[str, int, int], None]


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The 审核说明 among the files, and what is wrong with them."""

    entries: list[Explanation] = field(default_factory=list)
    problems: list[Observation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of the extractions: rows of ``facts``, rows carried over, what was seen."""

    facts: int
    carried: int
    observations: list[Observation]


@dataclass(frozen=True, slots=True)
class Texts:
    """What became of the narratives and of the performance material (``reports`` of them)."""

    narratives: Narratives | None = None
    reports: int = 0
    observations: list[Observation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checked:
    """Check results by outcome (pass, fail, not_evaluated, broken)."""

    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Settled:
    """Open findings by severity."""

    findings: dict[str, int]


@dataclass(frozen=True)
class Folders:
    """``raw``: what files are named from; ``cache``: kept extractions; ``scratch``: gone at the
    end; ``parquet``: where facts are written too, if they are to be.
    """

    raw: Path
    cache: Path
    scratch: Path
    parquet: Path | None

    @property
    def opened(self) -> Path:
        """Where documents lie as they were opened, for the stages that read them again."""
        return self.scratch / "opened"


@dataclass(frozen=True)
class Earlier:
    """What comes from the published set: ``carry`` fills ``prior_facts`` and gives the rows,
    ``findings`` gives those published last, or None.
    """

    carry: Callable[[duckdb.DuckDBPyConnection], int]
    findings: Callable[[duckdb.DuckDBPyConnection], pyarrow.Table | None]


@dataclass
class Look:
    """One look at files. ``connect`` gives the connection whose tables are the datasets.

    ``thorough``: every batch is validated and every number counted anew, as before publishing.
    ``crew``: who reads, None for the worker processes of this machine.
    ``aside``: rules about the inbox as a whole, which files given one by one cannot break.
    """

    config: Config
    run_id: str
    folders: Folders
    connect: Callable[[], duckdb.DuckDBPyConnection]
    earlier: Earlier
    progress: Progress = no_progress
    thorough: bool = True
    aside: tuple[str, ...] = ()
    files: list[RawFile] = field(default_factory=list)
    reading: Reading | None = None
    explained: Explained = field(default_factory=Explained)
    collected: Collected | None = None
    texts: Texts = field(default_factory=Texts)
    held: dict[str, float] | None = None
    crew: Crew | None = None
    _book: Rulebook | None = None

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        return self.connect()

    @property
    def book(self) -> Rulebook:
        """The rule book, loaded when it is first asked for."""
        from pipelines.organisation import rulebook

        self._book = self._book or rulebook(self.config)
        return self._book

    @property
    def forms(self) -> dict[str, Form]:
        from pipelines.organisation import form_library

        return form_library(self.config)

    @property
    def limits(self) -> Limits:
        from pipelines.intake.share import limits_of

        return replace(limits_of(self.config), crew=self.crew)

    @property
    def today(self) -> date:
        """Today where the users are."""
        return datetime.now(ZoneInfo(self.config.timezone)).date()

    @property
    def observations(self) -> list[Observation]:
        """All that was seen so far, without what is left aside."""
        collected = self.collected.observations if self.collected else []
        seen = [*collected, *self.texts.observations, *self.explained.problems]
        return [o for o in seen if o.rule_id not in self.aside]

    def counted(self, sql: str) -> int:
        return int(self.con.execute(sql).fetchall()[0][0] or 0)

    def tell(self, title: str) -> Callable[[int, int], None]:
        """Progress of one stage: how many are done, of how many."""

        def told(done: int, total: int) -> None:
            self.progress(title, done, total)

        return told


def counts(look: Look, known: tuple[str, ...], sql: str) -> dict[str, Any]:
    """Rows of (key, number) as a dict that has every known key."""
    return dict.fromkeys(known, 0) | dict(look.con.execute(sql).fetchall())
