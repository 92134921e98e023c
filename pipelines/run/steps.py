"""The stages in their order, as plain functions over a :class:`RunContext`; ``flow.py`` wraps the
same ones.

No Prefect here, and no printing: what there is to say goes to the log and to ``on_progress``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipelines import log
from pipelines.config import Config
from pipelines.errors import Aborted, Empty, is_disk_full
from pipelines.publish import history
from pipelines.run.context import Progress, RunContext, no_progress, open_run
from pipelines.run.result import RunResult, checks_of, count, findings_of, result_of, summarise

if TYPE_CHECKING:
    from pipelines.intake.discover import RawFile
    from pipelines.run.readers import Reading
    from schemas.explanations import Explanation
    from schemas.observation import Observation

Boundary = Callable[[str], None]
CANDIDATES = ("workbook", "narrative")


@dataclass(frozen=True)
class Step:
    """A stage of the run: ``key`` for programs, ``title`` for people; one ``after`` publishing
    cannot fail the run.

    ``again`` does it on a night with nothing new, by taking over what is published.
    """

    key: str
    title: str
    work: Callable[[RunContext], str]
    after: bool = False
    again: Callable[[RunContext], str] | None = None


def discover_files(context: RunContext) -> str:
    """intake: what lies in the raw folder. Raises Empty where none of it is ours."""
    from pipelines.intake.discover import discover
    from pipelines.intake.office import with_converted

    context.files = with_converted(discover(context.config.raw), context.place.cache)
    _require_readable(context)
    ours = [
        f
        for f in context.files
        if (f.kind in CANDIDATES and f.status == "ready") or f.status == "quarantined"
    ]
    if not ours:
        waiting = sum(f.status == "waiting" for f in context.files)
        why = f"只有 {waiting} 个还在复制中的文件" if waiting else "没有报表文件"
        raise Empty(
            f"收件文件夹 {context.config.raw} 中{why}，没有可核对的内容，未发布任何数据。"
            "请放入报表后再运行。"
        )
    return f"发现 {len(context.files)} 个文件，其中 {len(ours)} 个待核对"


def _require_readable(context: RunContext) -> None:
    """The raw folder itself must be readable: one that cannot be listed is not an empty one."""
    for file in context.files:
        if file.file == "." and file.status == "quarantined":
            raise Empty(
                f"收件文件夹 {context.config.raw} {file.reason.rstrip('。')}。未发布任何数据。"
            )


def read_workbooks(context: RunContext) -> str:
    """extract: every workbook not read before, in worker processes."""
    from pipelines.organisation import extraction_version
    from pipelines.run.readers import limits_of, read_files

    def progress(done: int, total: int) -> None:
        context.progress("读取工作簿", done, total)

    version = extraction_version(context.config)
    context.reading = read_files(
        context.files, context.place.cache, version, limits_of(context.config), progress
    )
    _compare(context)
    read = len(context.reading.extractions)
    return (
        f"读取 {read} 个工作簿（{context.reading.reused} 个未变，沿用），隔离"
        f" {len(context.reading.refused)} 个"
    )


def _compare(context: RunContext) -> None:
    """Whether tonight's inputs are those of the published set, which can then be taken over."""
    from pipelines.publish.takeover import standing
    from pipelines.run.inputs import inputs_digest

    explained, _ = context.explained = explanations_of(context.files, context.reading)
    today = today_in(context.config)
    context.inputs = inputs_digest(context.config, context.files, context.reading, explained, today)
    context.standing = standing(context.previous, context.inputs)


def take_over_facts(context: RunContext) -> str:
    """collect, on a night with nothing new."""
    from pipelines.publish.takeover import link_datasets

    assert context.previous
    link_datasets(context.con, context.previous, context.building)
    return f"没有新内容，沿用已发布的 {count(context, 'SELECT count(*) FROM facts')} 个事实"


def take_over_checks(context: RunContext) -> str:
    """narrative and reconcile, on a night with nothing new."""
    return "沿用已发布的结果"


def take_over_findings(context: RunContext) -> str:
    """settle, on a night with nothing new: every finding persists."""
    from pipelines.publish.takeover import renew_findings

    assert context.previous
    renew_findings(context.con, context.previous, context.run_id)
    return _findings_said(context)


def collect_facts(context: RunContext) -> str:
    """collect and validate: all extractions and the register become the datasets.

    An extraction kept from an earlier night that cannot be read (after a power failure, say) is
    made again, once.
    """
    try:
        return _collect(context)
    except Exception as error:
        if not context.reading.reused or is_disk_full(error):
            raise
        log.detail("归集")
        log.say("保存的读取结果不能用，重新读取全部工作簿。", 30)
    context.start_again()
    read_workbooks(context)
    return _collect(context)


def _collect(context: RunContext) -> str:
    from pipelines.collect import collect
    from pipelines.collect.suspicions import unit_suspicions
    from pipelines.organisation import form_library
    from pipelines.publish.audit import count_numbers
    from pipelines.publish.carry import carry_prior_facts

    config, reading = context.config, context.reading
    forms = form_library(config)
    found = collect(
        context.con,
        context.files,
        reading.extractions,
        reading.refused,
        config.raw,
        year=config.year,
        parquet=context.building / "parquet",
        forms=forms,
    )
    carried = carry_prior_facts(context.con, context.previous)
    scales = unit_suspicions(context.con, forms)
    context.observations = [*found, *count_numbers(context.con), *scales]
    facts = count(context, "SELECT count(*) FROM facts")
    return f"归集 {facts} 个事实" + (f"，沿用以前发布的上年事实 {carried} 个" if carried else "")


def hold_loss(context: RunContext) -> str:
    """publish: a set that would lose too much of the published one is held.

    Raises Held with what is gone and how to accept it.
    """
    from pipelines.errors import Held
    from pipelines.publish.loss import loss_of, loss_words

    config = context.config
    loss = loss_of(context.con, context.previous, context.files, config.year)
    if loss.share > config.max_loss:
        raise Held(loss_words(loss, context.files, config.max_loss))
    return f"比已发布的少 {len(loss.units)} 份报送、{loss.facts} 个事实"


def check_texts(context: RunContext) -> str:
    """narrative: every 决算公开说明 against itself and against the tables of its unit and year.

    Raises Empty where the run is over one year and nothing of that year, tables or text, is there.
    """
    said = _check_texts(context)
    said += _check_performance(context)
    _require_year(context)
    return said


def _require_year(context: RunContext) -> None:
    """A year of which nothing was submitted is as an empty folder: it must not replace what is
    published.
    """
    year = context.config.year
    if year is None:
        return
    wanted = (
        f"SELECT count(*) FILTER (year = {int(year)}), count(*) FROM files WHERE status = 'read'"
        " AND year IS NOT NULL"
    )
    of_year, read = context.con.execute(wanted).fetchall()[0]
    refused = count(context, "SELECT count(*) FROM files WHERE status = 'quarantined'")
    if of_year or (not read and refused):
        return
    more = f"（另有 {refused} 个文件被隔离，年度不明或未读）" if refused else ""
    raise Empty(
        f"收件文件夹 {context.config.raw} 中没有 {year} 年度的报送{more}，没有可核对的内容，"
        "未发布任何数据。"
        "请核对年度，或放入该年度的报表后再运行。"
    )


def _check_texts(context: RunContext) -> str:
    if not any(f.kind == "narrative" and f.status == "ready" for f in context.files):
        return "没有说明文字"
    from pipelines.narrative.severities import as_ruled
    from pipelines.narrative.stage import check_narratives
    from pipelines.organisation import rulebook
    from pipelines.run.readers import limits_of

    def progress(done: int, total: int) -> None:
        context.progress("核对说明文字", done, total)

    config = context.config
    found = context.narratives = check_narratives(
        context.con,
        context.files,
        limits_of(config),
        context.place.cache,
        context.work / "narratives",
        year=config.year,
        progress=progress,
    )
    book = context.book = context.book or rulebook(config)
    found.observations = as_ruled(found.observations, book.rules)
    context.observations.extend(found.observations)
    return (
        f"核对 {found.read} 份说明文字（{found.reused} 份未变，沿用），隔离 {found.quarantined} 份"
    )


def _may_hold_performance(context: RunContext) -> bool:
    """Whether any file can hold performance tables: a document, what a person says, a workbook
    without other tables.
    """
    named = ("performance.yml", "performance.yaml")
    for file in context.files:
        document = file.kind == "narrative" and file.status == "ready"
        if document or file.file.rsplit("/", 1)[-1] in named:
            return True
    ignored = (
        "SELECT count(*) FROM files WHERE kind = 'workbook' AND status = 'ignored' AND sha256 IS"
        " NOT NULL"
    )
    return count(context, ignored) > 0


def _check_performance(context: RunContext) -> str:
    """performance: the reports, 附件1 and project tables among the files; outcomes join those of
    the narratives.
    """
    if not _may_hold_performance(context):
        return ""
    from pipelines.narrative.severities import as_ruled
    from pipelines.narrative.stage import Narratives
    from pipelines.organisation import rulebook, scheme_folders
    from pipelines.performance.stage import check_performance
    from pipelines.run.readers import limits_of

    config = context.config
    folders = scheme_folders(config)
    found = check_performance(
        context.con, context.files, limits_of(config), year=config.year, schemes=folders
    )
    book = context.book = context.book or rulebook(config)
    found.observations = as_ruled(found.observations, book.rules)
    context.observations.extend(found.observations)
    if not found.read:
        return ""
    context.narratives = context.narratives or Narratives()
    for place, outcomes in found.checks.items():
        context.narratives.checks.setdefault(place, {}).update(outcomes)
    return f"，绩效材料 {found.read} 份"


def check_rules(context: RunContext) -> str:
    """reconcile: every rule over every unit and year."""
    from pipelines.organisation import rulebook
    from pipelines.reconcile import reconcile
    from pipelines.reconcile.held import measure

    context.book = context.book or rulebook(context.config)
    years = {context.config.year} if context.config.year else None
    reconcile(context.con, context.book, context.observations, years)
    if context.book.rules:
        context.held = measure(context.con, context.book.forms).shares
    if context.narratives is not None:
        from pipelines.narrative.stage import write_checks

        write_checks(context.con, context.narratives, context.book.rules)
    counts = checks_of(context)
    return (
        f"核对 {sum(counts.values())} 项，通过 {counts['pass']} 项，不通过 {counts['fail']} 项，"
        f"未执行 {counts['not_evaluated']} 项"
    )


def settle_findings(context: RunContext) -> str:
    """settle: failed instances and observations become findings with identity, status
    and history.
    """
    from pipelines.publish.scope import earlier_findings
    from pipelines.reconcile import settle

    today = today_in(context.config)
    explanations, problems = context.explained or explanations_of(context.files, context.reading)
    context.observations.extend(problems)
    settle(
        context.con,
        context.observations,
        run_id=context.run_id,
        previous=earlier_findings(context.con, context.place, context.previous),
        explanations=explanations,
        today=today,
    )
    return _findings_said(context)


def _findings_said(context: RunContext) -> str:
    counts = findings_of(context)
    return f"错误 {counts['error']} 个，核实 {counts['review']} 个，提示 {counts['hint']} 个"


def today_in(config: Config) -> date:
    """Today where the users are."""
    return datetime.now(ZoneInfo(config.timezone)).date()


def explanations_of(
    files: Iterable[RawFile], reading: Reading | None = None
) -> tuple[list[Explanation], list[Observation]]:
    """The 审核说明 among the files and in lists of ours that were put back, and what is wrong with
    them.
    """
    from pipelines.extract.explained import kept_rows
    from schemas.explanations import explanations_in_rows

    found, problems = [], []
    extractions = reading.extractions if reading else {}
    for item in files:
        if item.kind == "explanations" and item.status == "ready":
            entries, wrong = _said(item)
        elif item.file in extractions:
            rows = kept_rows(extractions[item.file])
            entries, wrong = explanations_in_rows(item.file, item.mtime_ns, rows)
        else:
            continue
        found.extend(entries)
        problems.extend(wrong)
    return found, problems


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


def write_datasets(context: RunContext) -> str:
    """publish: Parquet and the database, built aside."""
    from pipelines.publish.carry import write_runs
    from pipelines.publish.datasets import write_parquet
    from pipelines.publish.performance_facts import add_performance_facts

    def progress(done: int, total: int) -> None:
        context.progress("写出数据集", done, total)

    add_performance_facts(context.con, context.building / "parquet")
    context.summary = summarise(context)
    write_runs(context.con, context.place, context.previous, context.summary)
    if not context.standing:
        from pipelines.organisation import form_library
        from pipelines.publish.analysts import make_analyst_tables

        make_analyst_tables(context.con, form_library(context.config))
    write_parquet(context.con, context.building / "parquet", progress)
    _write_database(context)
    _write_wide(context)
    return f"写出 {len(list((context.building / 'parquet').iterdir()))} 个数据集"


def _write_database(context: RunContext) -> None:
    from pipelines.organisation import form_library
    from pipelines.publish.datasets import database_template, write_database
    from pipelines.publish.takeover import renew_database
    from pipelines.publish.views import extras

    if context.standing and context.previous:
        renew_database(context.con, context.previous, context.database)
        return
    template = database_template(context.place.cache, extras(form_library(context.config)))
    write_database(context.con, template, context.database)


def _write_wide(context: RunContext) -> None:
    from pipelines.publish.wide import link_wide, write_wide

    parquet = context.building / "parquet"
    if context.standing and context.previous:
        link_wide(context.previous, parquet)
    else:
        write_wide(context.database, parquet)


def write_reports(context: RunContext) -> str:
    """deliver: workbooks, marked copies, page."""
    from pipelines.deliver import deliver

    out = context.building / "reports"
    previous = context.previous / "reports" if context.previous else None
    out.mkdir(exist_ok=True)
    deliver(
        context.database,
        context.config.raw,
        out,
        previous=previous,
        workers=context.config.worker_count,
        run_id=context.run_id,
    )
    books = sum(1 for p in out.rglob("*") if p.suffix in (".xlsx", ".docx", ".pdf"))
    return f"写出 {books} 个工作簿和文档，以及网页"


def audit_set(context: RunContext) -> str:
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
    repeatable = context.narratives is None or not context.narratives.quarantined
    write_manifest(
        context.building, context.inputs if repeatable else "", context.summary["versions"]
    )
    return "审计通过"


def publish_set(context: RunContext) -> str:
    """publish: the set gets its name, and the one pointer is swapped."""
    from pipelines.publish.pointer import finish, swap

    finish(context.building, context.run_id)
    swap(context.place, context.run_id)
    try:
        history.note_end(context.place.processed, _ledger_entry(context))
    except OSError as error:
        log.say(f"已经发布，但运行记录没有写成：{error.strerror}。下次运行会补上。", 30)
    return f"已发布 {context.run_id}"


def clean_old(context: RunContext) -> str:
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
    return f"清理 {len(gone)} 次旧运行"


def tell_people(context: RunContext) -> str:
    """notify: only what changed."""
    from pipelines.notify import notify_result

    return notify_result(context.config, context.place, context.summary)


STEPS = (
    Step("discover", "发现文件", discover_files),
    Step("extract", "读取工作簿", read_workbooks),
    Step("collect", "归集事实", collect_facts, again=take_over_facts),
    Step("hold", "比对已发布的数据", hold_loss, again=take_over_checks),
    Step("narrative", "核对说明文字", check_texts, again=take_over_checks),
    Step("reconcile", "核对规则", check_rules, again=take_over_checks),
    Step("settle", "整理问题", settle_findings, again=take_over_findings),
    Step("write", "写出数据集", write_datasets),
    Step("deliver", "生成报告", write_reports),
    Step("audit", "发布前审计", audit_set),
    Step("publish", "发布", publish_set),
    Step("retain", "清理", clean_old, after=True),
    Step("notify", "通知", tell_people, after=True),
)


def run_step(context: RunContext, step: Step) -> str:
    """One stage: progress, log line, and a note that it is done.

    An error is kept in ``context.error``.
    """
    started = time.monotonic()
    context.progress(step.title, 0, 0)
    try:
        said = (step.again if context.standing and step.again else step.work)(context)
    except Exception as error:
        if not step.after:
            context.error = error
            raise
        log.detail(step.title)
        log.say(f"{step.title}没有完成：{error}。不影响已发布的数据。", 30)
        said = "没有完成"
    context.done.add(step.key)
    seconds = round(time.monotonic() - started, 2)
    log.say(
        f"{step.title}：{said}（{seconds} 秒）",
        stage=step.key,
        seconds=seconds,
        run_id=context.run_id,
    )
    return said


def run_steps(context: RunContext, boundary: Boundary | None = None) -> RunResult:
    """Every stage not yet done, in order; ``boundary`` is called after each."""
    for step in STEPS:
        if step.key not in context.done:
            run_step(context, step)
            if boundary:
                boundary(step.key)
    return result_of(context)


def run_direct(
    config: Config, on_progress: Progress = no_progress, boundary: Boundary | None = None
) -> RunResult:
    """A whole run without Prefect. Raises pipelines.errors.Stop where nothing was published."""
    with open_run(config, on_progress) as context:
        return run_steps(context, boundary)


def _ledger_entry(context: RunContext) -> history.Entry:
    return history.Entry(
        context.run_id,
        context.started_at.isoformat(timespec="seconds"),
        history.now(),
        context.summary["verdict"],
        True,
        counts=context.summary["findings"],
    )
