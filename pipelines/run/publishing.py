"""From the findings to the published set: written aside, audited, named, told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines import log
from pipelines.errors import Aborted
from pipelines.publish import history
from pipelines.run.context import RunContext
from pipelines.run.result import summarise

BOOKS = (".xlsx", ".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Written:
    """Datasets written as Parquet."""

    datasets: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """Workbooks and documents for people."""

    books: int


@dataclass(frozen=True, slots=True)
class Audited:
    """A set that may go out; ``repeatable``: the same inputs would make it again."""

    repeatable: bool


@dataclass(frozen=True, slots=True)
class Published:
    """The set that is now the published one."""

    run_id: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Earlier runs that were removed."""

    runs: int


@dataclass(frozen=True, slots=True)
class Told:
    """Whom was told what, in a sentence."""

    said: str


def begin_database(context: RunContext) -> None:
    """publish: where a set is large, its facts are collected into the database that is published,
    built aside, instead of being copied there.
    """
    from pipelines.database import MANY_BYTES
    from pipelines.publish.growing import begin_database as begin

    context.growing = context.size > MANY_BYTES
    if context.growing:
        begin(context.con, context.database)


def write_datasets(context: RunContext) -> Written:
    """publish: Parquet and the database, built aside."""
    from pipelines.database import few_facts, one_thread

    with one_thread(context.con, when=few_facts(context.con)):
        return _write_datasets(context)


def _write_datasets(context: RunContext) -> Written:
    from pipelines.publish.carry import write_runs
    from pipelines.publish.datasets import write_parquet
    from pipelines.publish.performance_facts import add_performance_facts

    add_performance_facts(context.con, context.building / "parquet")
    context.summary = summarise(context)
    write_runs(context.con, context.place, context.previous, context.summary)
    if not context.standing:
        from pipelines.publish.analysts import make_analyst_tables

        make_analyst_tables(context.con, context.look.forms)
    write_parquet(context.con, context.building / "parquet", context.look.tell("写出数据集"))
    _write_database(context)
    _write_wide(context)
    return Written(len(list((context.building / "parquet").iterdir())))


def _write_database(context: RunContext) -> None:
    from pipelines.publish.datasets import database_template, write_database
    from pipelines.publish.growing import complete_database
    from pipelines.publish.takeover import renew_database
    from pipelines.publish.views import extras

    if context.standing and context.previous:
        renew_database(context.con, context.previous, context.database)
        return
    if context.growing:
        complete_database(context.con, extras(context.look.forms), context.building / "parquet")
        return
    template = database_template(context.place.cache, extras(context.look.forms))
    write_database(context.con, template, context.database)


def _write_wide(context: RunContext) -> None:
    from pipelines.publish.wide import link_wide, write_wide

    parquet = context.building / "parquet"
    if context.standing and context.previous:
        link_wide(context.previous, parquet)
    else:
        write_wide(context.con, context.database, parquet, context.look.forms)


def write_reports(context: RunContext) -> Delivered:
    """deliver: workbooks, marked copies, page."""
    from pipelines.database import at_rest

    out = context.building / "reports"
    out.mkdir(exist_ok=True)
    with at_rest(context.con, context.config):
        _deliver(context, out)
    books = sum(name.endswith(BOOKS) for _, _, names in os.walk(out) for name in names)
    return Delivered(books)


def _deliver(context: RunContext, out: Path) -> None:
    from pipelines.database import working_memory
    from pipelines.deliver.deliver import deliver

    config = context.config
    deliver(
        context.database,
        config.inbox,
        out,
        previous=context.previous / "reports" if context.previous else None,
        standing=context.standing is not None,
        workers=config.worker_count,
        memory_mb=working_memory(config),
        crew=context.look.crew,
        run_id=context.run_id,
    )


def audit_set(context: RunContext) -> Audited:
    """publish: nothing goes out that is not whole."""
    from pipelines.publish.audit import audit
    from pipelines.publish.takeover import forget, write_manifest

    try:
        audit(context.con, context.building)
    except Aborted:
        if context.standing and context.previous:
            forget(context.previous)  # so that the next run computes everything again
        raise
    context.close()
    narratives = context.look.texts.narratives
    repeatable = narratives is None or not narratives.quarantined
    write_manifest(
        context.building, context.inputs if repeatable else "", context.summary["versions"]
    )
    return Audited(repeatable)


def publish_set(context: RunContext) -> Published:
    """publish: the set gets its name, and the one pointer is swapped."""
    from pipelines.publish.pointer import finish, swap

    finish(context.building, context.run_id)
    swap(context.place, context.run_id)
    try:
        history.note_end(context.place.processed, _ledger_entry(context))
    except OSError as error:
        log.say(f"已经发布，但运行记录没有写成：{error.strerror}。下次运行会补上。", 30)
    return Published(context.run_id)


def _ledger_entry(context: RunContext) -> history.Entry:
    return history.Entry(
        context.run_id,
        context.started_at.isoformat(timespec="seconds"),
        history.now(),
        context.summary["verdict"],
        True,
        counts=context.summary["findings"],
    )


def clean_old(context: RunContext) -> Cleaned:
    """Retention: earlier runs, extractions and logs that nobody needs any more."""
    from pipelines.publish import retention

    config, place = context.config, context.place
    good = history.last_good(place.processed)
    gone = retention.clean(
        place,
        keep_runs=config.keep_runs,
        keep_days=config.keep_days,
        good={good} if good else set(),
    )
    retention.clean_cache(place.cache, days=config.cache_days)
    retention.clean_logs(place.logs, keep=max(200, config.keep_runs))
    return Cleaned(len(gone))


def tell_people(context: RunContext) -> Told:
    """notify: only what changed."""
    from pipelines.notify import notify_result

    return Told(notify_result(context.config, context.place, context.summary))
