"""The narratives of a run: each read and checked in a limited process, against the tables of its
unit and year.

Runs after ``collect`` (needs facts, sheets, units, files) and before ``reconcile``;
``write_checks`` runs after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipelines.intake.cage import folders_of
from pipelines.intake.refusal import Refused
from pipelines.narrative.case import CheckOutcome, NarrativeResult
from pipelines.narrative.memory import Memory
from pipelines.narrative.owner import Owner, Owners
from pipelines.narrative.tables import UnitFacts, UnitYear
from pipelines.narrative.worker import CheckJob, Head, ReadJob
from pipelines.run.readers import Limits, Progress
from schemas.frames import CHECK_RESULTS, COVERAGE, LEFT_OUT
from schemas.observation import Observation, Place

if TYPE_CHECKING:
    from pipelines.intake.discover import RawFile

WORKER = "pipelines.narrative.worker"
READ, CHECK = f"{WORKER}:read_head", f"{WORKER}:check_document"
RANK = {"fail": 0, "broken": 1, "pass": 2, "not_evaluated": 3}
NO_TABLES = "没有收到该单位该年度的报表"
ALONE = f"{NO_TABLES}，只核对了文字自身"
UNREAD = "说明文字中的数字，没有读懂它说的是什么，未逐项核对"
Outcomes = dict[str, CheckOutcome]


@dataclass(slots=True)
class Narratives:
    """What came of the narratives of a run.

    ``checks``: by unit and year, the outcome of each rule.
    """

    read: int = 0
    reused: int = 0
    quarantined: int = 0
    observations: list[Observation] = field(default_factory=list)
    checks: dict[tuple[str | None, str | None, int], Outcomes] = field(default_factory=dict)


@dataclass(slots=True)
class _Document:
    """A document on its way: what it is, whose, and what became of it.

    ``tables``: unit and year of the forms that were read in it, None where it holds none.
    """

    raw: RawFile
    tables: tuple[str, int] | None = None
    head: Head | None = None
    owner: Owner = field(default_factory=lambda: Owner(None, None))
    status: str = "read"
    reason: str | None = None
    result: NarrativeResult | None = None
    key: str = ""

    @property
    def year(self) -> int | None:
        said = self.head.year if self.head else None
        return self.tables[1] if self.tables else said

    @property
    def place(self) -> UnitYear | None:
        return (self.owner.unit, self.year) if self.owner.unit and self.year else None

    def refuse(self, reason: str) -> None:
        self.status, self.reason = "quarantined", reason

    def ignore(self, reason: str) -> None:
        """Its text is not checked; with tables read in it the file still counts as read."""
        self.status, self.reason = "ignored", reason
        if self.tables and self.raw.type in ("html", "mht"):
            self.reason = f"是报表另存的网页，表格已取数；其中的文字{reason}"
        elif self.tables:
            self.reason = f"表格已取数；文字{reason}"


def check_narratives(
    con: duckdb.DuckDBPyConnection,
    files: Iterable[RawFile],
    limits: Limits,
    cache: Path,
    scratch: Path,
    *,
    year: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Narratives:
    """Reads and checks every narrative that is ready; puts unit, year and status into the table
    ``files``.

    ``cache`` remembers results from run to run, ``scratch`` holds what is read for as long as the
    run lasts. With ``year`` narratives of other years are ignored. Raises OSError where these
    folders cannot be written.
    """
    tables = _with_tables(con)
    documents = [
        _Document(f, tables.get(f.file))
        for f in files
        if f.kind == "narrative" and f.status == "ready" and f.sha256
    ]
    if not documents:
        return Narratives()
    work = _Work(con, limits, Memory(cache), scratch, progress)
    scratch.mkdir(parents=True, exist_ok=True)
    work.read(documents)
    _sort_out(documents, Owners(con), year)
    work.check([d for d in documents if d.status == "read"])
    _update_files(con, documents)
    _list_unread(con, documents)
    _count(con, documents)
    return _gather(con, documents, work.reused)


@dataclass(slots=True)
class _Work:
    """The jobs for the worker processes, and what they need not do again."""

    con: duckdb.DuckDBPyConnection
    limits: Limits
    memory: Memory
    scratch: Path
    progress: Progress
    reused: int = 0

    def read(self, documents: list[_Document]) -> None:
        for document in documents:
            document.head = self.memory.head(document.raw.sha256 or "")
        due = [d for d in documents if d.head is None]
        for document, head in self._run(READ, due, self._read_job, Head):
            document.head = head
            self.memory.keep(document.raw.sha256 or "", head)

    def check(self, documents: list[_Document]) -> None:
        """Checks the documents, but those that were checked before against the same."""
        facts = UnitFacts(self.con, {d.place for d in documents if d.place})
        for document in documents:
            document.key = _key(document, facts)
            if not document.reason and document.place and not facts.has(*document.place):
                document.reason = ALONE
            document.result = self.memory.result(document.raw.sha256 or "", document.key)
        due = [d for d in documents if d.result is None]
        self.reused = len(documents) - len(due)
        for document, result in self._run(
            CHECK, due, lambda d: self._check_job(d, facts), NarrativeResult
        ):
            document.result = result
            assert document.head is not None
            self.memory.keep(document.raw.sha256 or "", document.head, document.key, result)

    def _run(
        self,
        work: str,
        due: list[_Document],
        job_of: Callable[[_Document], ReadJob | CheckJob],
        expected: Any,
    ) -> Iterator[tuple[_Document, Any]]:
        """The documents with their results; those that could not be done are quarantined and left
        out.
        """
        by_file = {d.raw.file: d for d in due}
        limits = self.limits
        jobs = (job_of(d) for d in due)
        results = limits.map(
            work,
            jobs,
            result=expected,
            writes=(str(self.scratch),),
            reads=(*folders_of(d.raw.path for d in due), str(self.scratch)),
        )
        for done, (job, result) in enumerate(results, 1):
            document = by_file[(job if isinstance(job, ReadJob) else job.read).file]
            if isinstance(result, Refused):
                document.refuse(result.reason)
            else:
                yield document, result
            self.progress(done, len(due))

    def _read_job(self, document: _Document) -> ReadJob:
        raw = document.raw
        return ReadJob(
            raw.file, raw.path, raw.type, raw.sha256 or "", self.scratch / f"{raw.sha256}.read"
        )

    def _check_job(self, document: _Document, facts: UnitFacts) -> CheckJob:
        owner = document.owner
        return CheckJob(
            self._read_job(document),
            owner.unit_code,
            owner.unit_name,
            document.year,
            owner.names,
            owner.unit_type,
            facts.rows(owner.unit, document.year),
        )


def _key(document: _Document, facts: UnitFacts) -> str:
    owner = document.owner
    return repr((document.raw.file, owner, document.year, facts.digest(owner.unit, document.year)))


def _with_tables(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int]]:
    """Documents in which forms were read, with the name of the unit and the year these are of."""
    rows = con.execute("""
        SELECT file, unit_name, year FROM files
        WHERE kind = 'narrative' AND unit_name IS NOT NULL AND year IS NOT NULL""").fetchall()
    return {file: (name, int(year)) for file, name, year in rows}


def _sort_out(documents: list[_Document], owners: Owners, year: int | None) -> None:
    """Whose each document is; those that are none of ours, or of another year, are ignored."""
    for document in documents:
        head = document.head
        if head is None or document.status != "read":
            continue
        names = [document.tables[0]] if document.tables else head.unit_names
        document.owner = owners.find(names, document.year)
        if not head.is_narrative:
            document.ignore(head.reason)
        elif year is not None and document.year not in (None, year):
            document.ignore(f"本次只核对 {year} 年度")


def _update_files(con: duckdb.DuckDBPyConnection, documents: list[_Document]) -> None:
    rows = [
        {
            "file": d.raw.file,
            "status": "read" if d.tables and d.status == "ignored" else d.status,
            "reason": d.reason,
            "unit_code": d.owner.unit_code,
            "unit_name": d.owner.unit_name,
            "year": d.year if d.owner.unit else None,
        }
        for d in documents
    ]
    text = [
        pa.field(n, pa.string()) for n in ("file", "status", "reason", "unit_code", "unit_name")
    ]
    con.register(
        "narrative_files",
        pa.Table.from_pylist(rows, pa.schema([*text, pa.field("year", pa.int16())])),
    )
    con.execute("""
        UPDATE files SET status = n.status, reason = n.reason, unit_code = n.unit_code,
            unit_name = n.unit_name, year = n.year
        FROM narrative_files n WHERE files.file = n.file""")
    con.unregister("narrative_files")


def _list_unread(con: duckdb.DuckDBPyConnection, documents: list[_Document]) -> None:
    """Figures that were not understood go to ``left_out``, as numbers of a sheet that became no
    fact do.
    """
    rows = [
        {
            "file": d.raw.file,
            "sheet": section.strip() or "正文",
            "cell": span,
            "raw": words,
            "reason": UNREAD,
        }
        for d in sorted(documents, key=lambda d: d.raw.file)
        if d.status == "read" and d.head
        for section, span, words in d.head.unread
    ]
    if rows:
        con.register("narrative_unread", LEFT_OUT.table(rows))
        con.execute("INSERT INTO left_out SELECT * FROM narrative_unread")
        con.unregister("narrative_unread")


def _count(con: duckdb.DuckDBPyConnection, documents: list[_Document]) -> None:
    """How much of each narrative was understood, into the dataset ``coverage``."""
    rows = [
        {
            "file": d.raw.file,
            "unit_code": d.owner.unit_code,
            "unit_name": d.owner.unit_name,
            "year": d.year,
            "bound": d.head.bound,
            "figures": d.head.figures,
        }
        for d in sorted(documents, key=lambda d: d.raw.file)
        if d.status == "read" and d.head
    ]
    if rows:
        con.register("narrative_coverage", COVERAGE.table(rows))
        con.execute("INSERT INTO coverage SELECT * FROM narrative_coverage")
        con.unregister("narrative_coverage")


def _gather(con: duckdb.DuckDBPyConnection, documents: list[_Document], reused: int) -> Narratives:
    read = [d for d in documents if d.status == "read" and d.result]
    quarantined = sum(d.status == "quarantined" for d in documents)
    found = Narratives(len(read), reused, quarantined)
    registered = bool(con.execute("SELECT count(*) FROM units").fetchall()[0][0])
    for document in sorted(documents, key=lambda d: d.raw.file):
        found.observations += _noted(document, registered)
        if document.result is not None:
            found.observations += document.result.observations
            _add_checks(found, document)
    return found


def _noted(document: _Document, registered: bool) -> list[Observation]:
    """What is to be said of the file itself."""
    file, owner = document.raw.file, document.owner
    places = (Place("subject", file),)
    if document.status == "quarantined":
        return [
            Observation("S-FILE", file, f"{file} 已隔离，未核对：{document.reason}", places=places)
        ]
    if document.status != "read":
        return []
    if document.place is None:
        lacking = "、".join(
            w for w, v in (("单位名称", owner.unit), ("年度", document.year)) if not v
        )
        message = (
            f"{file} 中认不出{lacking}，只核对了文字自身，没有与报表核对。"
            "请在标题中写明单位全称和年度。"
        )
        return [
            Observation(
                "S-NARRATIVE",
                file,
                message,
                "review",
                owner.unit_code,
                owner.unit_name,
                document.year,
                None,
                places,
            )
        ]
    if registered and owner.unit_code is None:
        name = owner.unit_name or ""
        message = (
            f"“{name}”不在单位名册中，说明文字已按其中所写名称单独处理。请补登名册，"
            "或把它登记为某单位的别名。"
        )
        return [
            Observation("S-UNIT", name, message, "review", None, name, document.year, None, places)
        ]
    return []


def _add_checks(found: Narratives, document: _Document) -> None:
    """Of several narratives of a unit and year a failure wins, and the instances add up."""
    owner, year = document.owner, document.year
    if document.place is None or year is None or document.result is None:
        return
    merged = found.checks.setdefault((owner.unit_code, owner.unit_name, year), {})
    for check in document.result.checks:
        other = merged.get(check.rule_id)
        merged[check.rule_id] = _both(other, check) if other else check


def _both(one: CheckOutcome, other: CheckOutcome) -> CheckOutcome:
    worse = min(one, other, key=lambda c: RANK[c.outcome])
    return replace(
        worse, instances=one.instances + other.instances, failed=one.failed + other.failed
    )


def write_checks(
    con: duckdb.DuckDBPyConnection, narratives: Narratives, rules: Iterable[str]
) -> None:
    """Puts the outcomes of the narratives into ``check_results``; ``rules``: the ids of every rule.

    A unit and year of which there is nothing but a narrative gets a row for every other rule too:
    not evaluated.
    """
    known = list(rules)
    rows = [
        _row(rule, place, check.outcome, check.reason, check.instances, check.failed)
        for place, checks in narratives.checks.items()
        for rule, check in checks.items()
        if rule in known
    ]
    for place in _without_results(con, narratives):
        rows += [
            _row(r, place, "not_evaluated", NO_TABLES, 0, 0)
            for r in known
            if r not in narratives.checks[place]
        ]
    if not rows:
        return
    con.register("narrative_results", CHECK_RESULTS.table(rows))
    con.execute("""
        DELETE FROM check_results USING narrative_results n
        WHERE check_results.rule_id = n.rule_id AND check_results.year = n.year
          AND coalesce(check_results.unit_code, check_results.unit_name) =
              coalesce(n.unit_code, n.unit_name)""")
    con.execute("INSERT INTO check_results SELECT * FROM narrative_results")
    con.unregister("narrative_results")


def _row(
    rule: str,
    place: tuple[str | None, str | None, int],
    outcome: str,
    reason: str,
    instances: int,
    failed: int,
) -> dict:
    code, name, year = place
    return {
        "rule_id": rule,
        "unit_code": code,
        "unit_name": name,
        "year": year,
        "outcome": outcome,
        "reason": reason or None,
        "instances": instances,
        "failed": failed,
    }


def _without_results(
    con: duckdb.DuckDBPyConnection, narratives: Narratives
) -> list[tuple[str | None, str | None, int]]:
    have = set(
        con.execute(
            "SELECT DISTINCT coalesce(unit_code, unit_name), year FROM check_results"
        ).fetchall()
    )
    return [p for p in narratives.checks if (p[0] or p[1], p[2]) not in have]
