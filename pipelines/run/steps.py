"""The steps of a run, as plain functions over a :class:`RunContext`; ``flow.py`` wraps them too.

The stages that look at files are those of ``stages.py``, which ``check`` runs too. No Prefect here,
and no printing: what there is to say goes to the log and to ``on_progress``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipelines import log
from pipelines.config import Config
from pipelines.errors import is_disk_full
from pipelines.run import again, inbox, publishing, said, stages
from pipelines.run.context import RunContext, open_run
from pipelines.run.look import Collected, Progress, Texts, no_progress
from pipelines.run.readers import Reading
from pipelines.run.result import RunResult, result_of
from pipelines.run.stages import Stage

Boundary = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """``make`` gives what the step made, ``say`` the sentence about it."""

    make: Callable[[RunContext], Any]
    say: Callable[[Any], str]


@dataclass(frozen=True)
class Step:
    """A step of the run: ``key`` for programs, ``title`` for people; one ``after`` publishing
    cannot fail the run.

    ``again`` does it on a night with nothing new, by taking over what is published.
    """

    key: str
    title: str
    work: Work
    after: bool = False
    again: Work | None = None


def _looked(stage: Stage, say: Callable[[Any], str], over: Work) -> Step:
    """A stage that ``check`` runs too, as a step of the run."""
    return Step(stage.key, stage.title, Work(lambda c: stage.work(c.look), say), again=over)


def read_workbooks(context: RunContext) -> Reading:
    """extract; then it is known whether anything is new."""
    reading = stages.read_workbooks(context.look)
    again.compare(context)
    return reading


def collect_facts(context: RunContext) -> Collected:
    """collect. An extraction kept from an earlier night that cannot be read (after a power failure,
    say) is made again, once.
    """
    publishing.begin_database(context)
    try:
        return stages.collect_facts(context.look, facts_there=context.growing)
    except Exception as error:
        kept = context.look.reading is not None and context.look.reading.reused
        if not kept or is_disk_full(error):
            raise
        log.detail("归集")
        log.say("保存的读取结果不能用，重新读取全部文件。", 30)
    context.start_again()
    read_workbooks(context)
    publishing.begin_database(context)
    return stages.collect_facts(context.look, facts_there=context.growing)


def check_texts(context: RunContext) -> Texts:
    """narrative. Raises Empty where the run is over one year and nothing of that year, tables or
    text, is there.
    """
    made = stages.check_texts(context.look)
    inbox.require_year(context)
    return made


FACTS_AGAIN = Work(again.take_over_facts, said.facts_taken_over)
TEXTS_AGAIN = Work(again.take_over_texts, said.taken_over)
CHECKS_AGAIN = Work(again.take_over_checks, said.taken_over)
FINDINGS_AGAIN = Work(again.take_over_findings, said.settled)

LOOKED = (
    Step("extract", stages.EXTRACT.title, Work(read_workbooks, said.read)),
    replace(
        _looked(stages.COLLECT, said.collected, FACTS_AGAIN),
        work=Work(collect_facts, said.collected),
    ),
    replace(_looked(stages.NARRATIVE, said.texts, TEXTS_AGAIN), work=Work(check_texts, said.texts)),
    Step("hold", "比对已发布的数据", Work(inbox.hold_loss, said.lost), again=TEXTS_AGAIN),
    _looked(stages.RECONCILE, said.checked, CHECKS_AGAIN),
    _looked(stages.SETTLE, said.settled, FINDINGS_AGAIN),
)
STEPS = (
    Step("discover", "发现文件", Work(inbox.discover_files, said.discovered)),
    *LOOKED,
    Step("write", "写出数据集", Work(publishing.write_datasets, said.written)),
    Step("deliver", "生成报告", Work(publishing.write_reports, said.delivered)),
    Step("audit", "发布前审计", Work(publishing.audit_set, said.audited)),
    Step("publish", "发布", Work(publishing.publish_set, said.published)),
    Step("retain", "清理", Work(publishing.clean_old, said.cleaned), after=True),
    Step("notify", "通知", Work(publishing.tell_people, said.told), after=True),
)


def run_step(context: RunContext, step: Step) -> str:
    """One stage: progress, log line, and a note that it is done.

    An error is kept in ``context.error``.
    """
    started = time.monotonic()
    context.progress(step.title, 0, 0)
    try:
        work = step.again if context.standing and step.again else step.work
        sentence = work.say(work.make(context))
    except Exception as error:
        if not step.after:
            context.error = error
            raise
        log.detail(step.title)
        log.say(f"{step.title}没有完成：{error}。不影响已发布的数据。", 30)
        sentence = "没有完成"
    context.done.add(step.key)
    seconds = round(time.monotonic() - started, 2)
    log.say(
        f"{step.title}：{sentence}（{seconds} 秒）",
        stage=step.key,
        seconds=seconds,
        run_id=context.run_id,
    )
    return sentence


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
        if config.engine.kind != "local":
            log.say("--direct 只用本机，不用设置 engine 中的集群。")
        return run_steps(context, boundary)
