"""The performance material of a run: read file by file in limited processes, judged unit by unit
and year by year.

Runs after the narratives (needs facts, sheets, units, files) and before ``reconcile``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.intake.cage import folders_of
from pipelines.intake.refusal import Refused
from pipelines.intake.share import Limits
from pipelines.narrative.case import CheckOutcome
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.owner import Owner, Owners
from pipelines.narrative.tables import UnitFacts
from pipelines.performance.case import Case, PerformanceResult
from pipelines.performance.inputs import NAMES, Manual, read_manual
from pipelines.performance.memory import Memory
from pipelines.performance.pack import Pack, merge
from pipelines.performance.scheme_choice import choose_scheme
from pipelines.performance.submitted import Submitted, is_material, notes_of, twice_note
from pipelines.performance.versions import between, leave_out_earlier
from pipelines.performance.worker import PackJob
from pipelines.publish.performance_facts import keep_performance_facts
from pipelines.tables.opened import name_of
from schemas.frames import DATASETS
from schemas.observation import Observation, Place
from schemas.performance_schemes import SCHEMES_DIR, Scheme, SchemeProblem, load_schemes

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

WORK = "pipelines.performance.worker:read_pack"
Key = tuple[str | None, str | None, int]


@dataclass(slots=True)
class Performance:
    """What came of it: observations, outcomes by unit and year, and how many files were read."""

    read: int = 0
    observations: list[Observation] = field(default_factory=list)
    checks: dict[Key, dict[str, CheckOutcome]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)


def check_performance(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[RawFile],
    limits: Limits,
    cache: Path,
    opened: Path,
    mixed: Collection[str] = (),
    *,
    year: int | None = None,
    schemes: Iterable[Path] = (SCHEMES_DIR,),
) -> Performance:
    """Reads and judges the performance material among the files; its files are ``read`` in the
    table ``files``. ``cache`` remembers what was read from run to run, ``opened`` has documents as
    they were opened in this run. ``mixed``: workbooks of other tables that have performance sheets
    too.

    Raises OSError where the cache cannot be written.
    """
    found = Performance()
    known, problems = load_schemes(schemes)
    found.observations += [_bad_scheme(p) for p in problems]
    states = dict(_states(con))
    manual = _manual(con, files, found)
    packs = _read(con, files, _Reader(limits, Memory(cache), opened), states, mixed)
    groups: dict[Key, list[Submitted]] = {}
    for one in packs:
        if year is not None and one.year not in (None, year):
            continue
        _update(con, one)
        found.read += one.is_report
        found.observations += notes_of(one)
        if one.owner.unit and one.year:
            key = (one.owner.unit_code, one.owner.unit_name, one.year)
            groups.setdefault(key, []).append(one)
        else:
            _judge(None, [one], found, manual, known, None)
    facts = UnitFacts(con, {(k[0] or k[1] or "", k[2]) for k in groups})
    for key, members in groups.items():
        _judge(key, members, found, manual, known, _lookup(facts, key))
    _write(con, found)
    return found


def _lookup(facts: UnitFacts, key: Key) -> FactLookup | None:
    """The final accounts of the unit and year, None where none were handed in."""
    rows = facts.rows(key[0] or key[1], key[2])
    return FactLookup(rows.to_pylist(), key[2]) if rows is not None and rows.num_rows else None


def _bad_scheme(problem: SchemeProblem) -> Observation:
    message = f"指标体系文件 {problem.file} 没有采用：{problem.reason}。请改正后重新运行。"
    places = (Place("subject", problem.file),)
    return Observation("S-PERFORMANCE", problem.file, message, "review", places=places)


def _write(con: duckdb.DuckDBPyConnection, found: Performance) -> None:
    """The rows of ``indicators``, ``projects`` and ``scores`` into their tables; those of
    ``facts`` wait.
    """
    for name, rows in found.rows.items():
        con.register("performance_rows", DATASETS[name].table(rows))
        con.execute(f"INSERT INTO {name} SELECT * FROM performance_rows")
        con.unregister("performance_rows")
    if found.facts:
        keep_performance_facts(con, found.facts)


def _states(con: duckdb.DuckDBPyConnection) -> list[tuple[str, tuple]]:
    rows = con.execute(
        "SELECT file, status, unit_code, unit_name, year, reason FROM files"
    ).fetchall()
    return [(r[0], r[1:]) for r in rows]


def _manual(con: duckdb.DuckDBPyConnection, files: Sequence[RawFile], found: Performance) -> Manual:
    whole = Manual()
    for file in files:
        if Path(file.file).name in NAMES:
            one = read_manual(file)
            whole.entries += one.entries
            whole.problems += one.problems
            con.execute(
                "UPDATE files SET kind = 'performance', status = 'read', reason = NULL"
                " WHERE file = ?",
                [file.file],
            )
    found.observations += whole.problems
    return whole


def _read(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[RawFile],
    reader: _Reader,
    states: dict[str, tuple],
    mixed: Collection[str],
) -> list[Submitted]:
    """Documents that are ready, workbooks in which no other table was recognised, and the mixed
    ones, last modified last.
    """
    known = _known_sheets(con)
    due = {f.file: f for f in files if _is_candidate(f, states, mixed)}
    jobs = [reader.job(f, known.get(f.file, frozenset())) for f in due.values()]
    owners = Owners(con)
    found = [
        _file(due[job.file], pack, owners, states)
        for job, pack in reader.packs(jobs)
        if pack is not None and is_material(pack, *states.get(job.file, ("",)))
    ]
    return sorted(found, key=lambda f: (f.raw.mtime_ns, f.raw.file))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads files in limited processes, each once: what was read in an earlier run is remembered,
    and documents are taken as they were ``opened`` in this one.
    """

    limits: Limits
    memory: Memory
    opened: Path

    def job(self, file: RawFile, without: frozenset[str]) -> PackJob:
        sha256 = file.sha256 or ""
        opened = self.opened / name_of(sha256)
        return PackJob(file.file, file.path, file.type, sha256, without, opened)

    def packs(self, jobs: Iterable[PackJob]) -> Iterator[tuple[PackJob, Pack | None]]:
        """What each file holds; files that cannot be read are left out."""
        unknown = []
        for job in jobs:
            try:
                yield job, self.memory.pack(job)
            except KeyError:
                unknown.append(job)
        if not unknown:
            return
        here = [str(self.opened)] if self.opened.is_dir() else []
        results = self.limits.map(
            WORK,
            unknown,
            result=Pack | None,
            writes=(),
            reads=(*folders_of(job.path for job in unknown), *here),
        )
        for job, pack in results:
            if not isinstance(pack, Refused):
                self.memory.keep(job, pack)
                yield job, pack


def _known_sheets(con: duckdb.DuckDBPyConnection) -> Mapping[str, frozenset[str]]:
    """The sheets of each workbook that were recognised as tables of others."""
    found: dict[str, set[str]] = defaultdict(set)
    for file, sheet in con.execute("SELECT DISTINCT file, sheet FROM sheets").fetchall():
        found[file].add(sheet)
    return {file: frozenset(sheets) for file, sheets in found.items()}


def _is_candidate(file: RawFile, states: dict[str, tuple], mixed: Collection[str]) -> bool:
    if file.status != "ready" or not file.sha256:
        return False
    status = states.get(file.file, ("",))[0]
    if file.kind == "workbook":
        return status == "ignored" or (status == "read" and file.file in mixed)
    return file.kind == "narrative" and status != "quarantined"


def _file(raw: RawFile, pack: Pack, owners: Owners, states: dict[str, tuple]) -> Submitted:
    status, code, name, known_year, _ = states.get(raw.file, ("", None, None, None, None))
    if status == "read" and (code or name or not pack.tables):
        return Submitted(raw, pack, Owner(code, name), known_year or pack.year, "narrative")
    owner = owners.find(pack.units, pack.year)
    return Submitted(raw, pack, owner, pack.year, "performance")


def _update(con: duckdb.DuckDBPyConnection, one: Submitted) -> None:
    if one.kind == "narrative":
        return
    owner = one.owner
    con.execute(
        "UPDATE files SET kind = 'performance', status = 'read', reason = NULL, unit_code = ?,"
        " unit_name = ?, year = ? WHERE file = ?",
        [owner.unit_code, owner.unit_name, one.year if owner.unit else None, one.raw.file],
    )


def _judge(
    key: Key | None,
    members: list[Submitted],
    found: Performance,
    manual: Manual,
    schemes: Mapping[str, Scheme],
    facts: FactLookup | None,
) -> None:
    owner = members[-1].owner
    twice = [t for m in members for t in leave_out_earlier(m.pack)]
    twice += between(m.pack for m in members)
    pack = merge(m.pack for m in members)
    found.observations += [twice_note(t, members[-1], pack) for t in twice]
    names = (owner.unit_code or "", owner.unit_name or "", *owner.names)
    year = key[2] if key else pack.year
    given = manual.of(names, year)
    scheme = choose_scheme(pack, schemes, given.get("scheme"))
    case = Case(pack, facts, owner.unit_code, owner.unit_name, year, given, scheme)
    _checked(case)
    result = case.result()
    found.observations += result.observations
    if key is not None:
        found.checks[key] = _outcomes(pack, result)
        _add_rows(found, key, case)


def _checked(case: Case) -> None:
    """The checks are loaded with the first material: most documents that are read hold none."""
    from pipelines.performance.checks import run

    run(case)


def _outcomes(pack: Pack, result: PerformanceResult) -> dict[str, CheckOutcome]:
    """By rule; of a text without forms those rules alone that it gives something to judge."""
    return {c.rule_id: c for c in result.checks if pack.tables or c.instances}


def _add_rows(found: Performance, key: Key, case: Case) -> None:
    """What was computed of a unit, and the facts of its forms."""
    if not case.pack.tables:
        return
    from pipelines.performance.datasets import rows_of
    from pipelines.performance.facts import fact_rows

    for name, rows in rows_of(case).items():
        found.rows.setdefault(name, []).extend(rows)
    who = {"unit_code": key[0], "unit_name": key[1], "year": key[2]}
    found.facts += [who | row for row in fact_rows(case.pack)]
