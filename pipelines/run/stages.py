"""The stages that look at files, in their order: the one list that ``run`` and ``check`` share.

A stage takes a :class:`~pipelines.run.look.Look`, does its work and returns what it made; later
stages find that in the look. What does not belong here: Prefect, publishing, and words for people
(``steps.py`` says them).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pipelines.run.look import Checked, Collected, Explained, Look, Settled, Texts, counts

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile
    from pipelines.narrative.stage.documents import Narratives
    from pipelines.run.readers import Reading
    from schemas.explanations import Explanation
    from schemas.observation import Observation

Made = TypeVar("Made")
OUTCOMES = ("pass", "fail", "not_evaluated", "broken")
SEVERITIES = ("error", "review", "hint")
BY_OUTCOME = "SELECT outcome, count(*) FROM check_results GROUP BY 1"
BY_SEVERITY = "SELECT severity, count(*) FROM findings WHERE status = 'open' GROUP BY 1"


@dataclass(frozen=True)
class Stage(Generic[Made]):
    """``key`` for programs, ``title`` for people; ``work`` gives what the stage made."""

    key: str
    title: str
    work: Callable[[Look], Made]


def read_workbooks(look: Look) -> Reading:
    """extract: every workbook not read before, in worker processes; and the 审核说明."""
    from pipelines.organisation import extraction_version
    from pipelines.run.readers import read_files

    version = extraction_version(look.config)
    told = look.tell("读取工作簿")
    folders = look.folders
    look.reading = read_files(look.files, folders.cache, version, look.limits, told, folders.opened)
    look.explained = explanations_of(look.files, look.reading)
    return look.reading


def explanations_of(files: Iterable[RawFile], reading: Reading) -> Explained:
    """The 审核说明 among the files and in lists of ours that were put back, and what is wrong."""
    from pipelines.extract.seen import kept_rows
    from schemas.explanations import explanations_in_rows

    explained = Explained()
    for item in files:
        if item.kind == "explanations" and item.status == "ready":
            entries, wrong = _said(item)
        elif item.file in reading.extractions:
            rows = kept_rows(reading.extractions[item.file])
            entries, wrong = explanations_in_rows(item.file, item.mtime_ns, rows)
        else:
            continue
        explained.entries.extend(entries)
        explained.problems.extend(wrong)
    return explained


def _said(file: RawFile) -> tuple[list[Explanation], list[Observation]]:
    """What a file of explanations says; one that is not read within the limits is a problem."""
    from pipelines.intake.refusal import Refused
    from pipelines.intake.texts import read_text_confined
    from schemas.explanations import Said, not_used

    try:
        said = Said.model_validate_json(read_text_confined("schemas.explanations:said_in", file))
    except Refused as refused:
        return [], [not_used(file.file, f"没有读成（{refused.reason.rstrip('。')}）")]
    return said.entries, said.problems


def collect_facts(look: Look, *, facts_there: bool = False) -> Collected:
    """collect and validate: all extractions and the register become the datasets.
    ``facts_there``: an empty table ``facts`` is there already.
    """
    from pipelines.collect import collect
    from pipelines.collect.suspicions import unit_suspicions
    from pipelines.publish.audit import count_numbers

    assert look.reading is not None
    con, forms = look.con, look.forms
    seen = collect(
        con,
        look.files,
        look.reading.extractions,
        look.reading.refused,
        look.folders.raw,
        year=look.config.year,
        parquet=look.folders.parquet,
        forms=forms,
        thorough=look.thorough,
        facts_there=facts_there,
    )
    carried = look.earlier.carry(con)
    counted = count_numbers(con) if look.thorough else []
    seen = [*seen, *counted, *unit_suspicions(con, forms)]
    look.collected = Collected(look.counted("SELECT count(*) FROM facts"), carried, seen)
    return look.collected


def check_texts(look: Look) -> Texts:
    """narrative and performance: every document against itself and the tables of its unit."""
    narratives = _narratives(look)
    seen = list(narratives.observations) if narratives else []
    reports = 0
    mixed = _beside_others(look)
    if mixed or _may_hold_performance(look):
        from pipelines.narrative.stage.documents import Narratives
        from pipelines.organisation import scheme_folders
        from pipelines.performance.stage import check_performance

        folders, year = scheme_folders(look.config), look.config.year
        found = check_performance(
            look.con,
            look.files,
            look.limits,
            look.folders.cache,
            look.folders.opened,
            mixed,
            year=year,
            schemes=folders,
        )
        seen += found.observations
        reports = found.read
        if found.read or found.checks:
            narratives = narratives or Narratives()
            for place, outcomes in found.checks.items():
                narratives.checks.setdefault(place, {}).update(outcomes)
    shutil.rmtree(look.folders.opened, ignore_errors=True)  # nobody reads them after this
    look.texts = Texts(narratives, reports, seen)
    return look.texts


def _narratives(look: Look) -> Narratives | None:
    if not any(f.kind == "narrative" and f.status == "ready" for f in look.files):
        return None
    from pipelines.narrative.stage.checking import check_narratives

    return check_narratives(
        look.con,
        look.files,
        look.limits,
        look.folders.cache,
        look.folders.opened,
        year=look.config.year,
        progress=look.tell("核对说明文字"),
    )


def _may_hold_performance(look: Look) -> bool:
    """Whether any file by itself can hold performance tables: a document, what a person says, a
    workbook without other tables.
    """
    named = ("performance.yml", "performance.yaml")
    for file in look.files:
        document = file.kind == "narrative" and file.status == "ready"
        if document or file.file.rsplit("/", 1)[-1] in named:
            return True
    ignored = (
        "SELECT count(*) FROM files WHERE kind = 'workbook' AND status = 'ignored'"
        " AND sha256 IS NOT NULL"
    )
    return look.counted(ignored) > 0


def _beside_others(look: Look) -> frozenset[str]:
    """The workbooks of other tables that have sheets of performance tables too."""
    from pipelines.extract.seen import kept_performance

    assert look.reading is not None
    extractions = look.reading.extractions.items()
    return frozenset(file for file, extraction in extractions if kept_performance(extraction))


def check_rules(look: Look) -> Checked:
    """reconcile: every rule over every unit and year."""
    from pipelines.reconcile import reconcile
    from pipelines.reconcile.held import measure

    years = {look.config.year} if look.config.year else None
    reconcile(look.con, look.book, look.observations, years)
    if look.book.rules:
        look.held = measure(look.con, look.book.forms).shares
    if look.texts.narratives is not None:
        from pipelines.narrative.stage.outcomes import write_checks

        write_checks(look.con, look.texts.narratives, look.book.rules)
    return Checked(counts(look, OUTCOMES, BY_OUTCOME))


def settle_findings(look: Look) -> Settled:
    """settle: failed instances and observations become findings with identity and history."""
    from pipelines.reconcile import settle

    settle(
        look.con,
        look.observations,
        run_id=look.run_id,
        previous=look.earlier.findings(look.con),
        explanations=look.explained.entries,
        today=look.today,
        rules=look.book.rules,
        year=look.config.year,
    )
    return Settled(counts(look, SEVERITIES, BY_SEVERITY))


EXTRACT = Stage("extract", "读取工作簿", read_workbooks)
COLLECT = Stage("collect", "归集事实", collect_facts)
NARRATIVE = Stage("narrative", "核对说明文字", check_texts)
RECONCILE = Stage("reconcile", "核对规则", check_rules)
SETTLE = Stage("settle", "整理问题", settle_findings)
STAGES: tuple[Stage, ...] = (EXTRACT, COLLECT, NARRATIVE, RECONCILE, SETTLE)
