"""The nightly run as a Prefect flow: the stages of ``steps.py``, one task each. The only importer
of Prefect.

Findings are data: the flow fails only when the run was aborted. ``nightly.py`` runs it from the
command line and sees to the surroundings; deployments (``prefect.yaml``, ``caijue serve``) start it
with the folders as parameters.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow, get_client, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled, Completed, Failed, State

from pipelines import log
from pipelines.config import Config, load_config
from pipelines.errors import Busy, Stop
from pipelines.fixes import Fix, line, read_fixes, todo
from pipelines.fixes.words import SEVERITY
from pipelines.run.context import RunContext, handed_over, open_run
from pipelines.run.engine import crew_of_run
from pipelines.run.result import RunResult, result_of
from pipelines.run.steps import STEPS, Boundary, Step, run_step

DEPLOYMENT = "caijue"
RETRIES = {"discover": 2, "extract": 1}
SEND_S = 10  # seconds for the last log lines and events to reach the server
SHOWN = 500  # rows of an artifact: Prefect's page draws no more at ease
FIXES_SHOWN = 20  # a screen
OUTPUTS = {
    "database": "数据库",
    "parquet": "数据集",
    "summary": "汇总表",
    "page": "网页",
    "units": "单位工作簿",
    "marked": "标注件",
    "public": "公开表",
    "log": "日志",
}


@flow(
    name="caijue-nightly",
    flow_run_name=lambda: f"财决核对 {date.today()}",
    validate_parameters=True,
    persist_result=False,
)
def nightly(
    raw: str | None = None,
    processed: str | None = None,
    reports: str | None = None,
    year: int | None = None,
    accept_loss: bool = False,
) -> State[Any]:
    """部门决算夜间核对：发现文件、读取、归集、核对、发布、生成报告。

    Parameters are those of ``caijue run``; what is left out comes from the settings.
    """
    context, boundary = handed_over()
    if context is not None:
        return run_tasks(context, boundary)
    max_loss = 1.0 if accept_loss else None
    config, _ = load_config(
        raw=raw, processed=processed, reports=reports, year=year, max_loss=max_loss
    )
    log.to_console(config.log_format)
    try:
        with open_run(config) as context:
            return run_tasks(context, None)
    except Busy as busy:
        return Cancelled(message=busy.reason)
    except Stop as stop:
        return Failed(message=stop.reason)


def run_tasks(context: RunContext, boundary: Boundary | None) -> State[Any]:
    """Every stage as a task, in this thread and in order, then the artifacts."""
    with lines_to_prefect(), crew_of_run(context):
        return _run_tasks(context, boundary)


def _run_tasks(context: RunContext, boundary: Boundary | None) -> State[Any]:
    for step in STEPS:
        if step.key not in context.done:
            as_task(context, step)(return_state=True).result(raise_on_failure=context.error is None)
            if context.error is not None:
                raise context.error
            if boundary:
                boundary(step.key)
    result = result_of(context)
    _artifacts(context, result)
    _name_run(context, result)
    return Completed(message=result.message)


class _ToPrefect(logging.Handler):
    """Lines of the log to the run in Prefect: to the task under way, else to the flow."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            get_run_logger().log(record.levelno, record.getMessage())
        except Exception:  # a line that Prefect does not take is in the log file all the same
            self.handleError(record)


@contextmanager
def lines_to_prefect() -> Iterator[None]:
    """While this lasts, what the log says (without details) is to be read in Prefect too."""
    handler = _ToPrefect(logging.INFO)
    log.LOGGER.addHandler(handler)
    try:
        yield
    finally:
        log.LOGGER.removeHandler(handler)


def _name_run(context: RunContext, result: RunResult) -> None:
    """The run is named by date and verdict, and tagged. A failure is only worth a line."""
    here = FlowRunContext.get()
    if here is None or here.flow_run is None:
        return
    day = context.started_at.astimezone(ZoneInfo(context.config.timezone)).date()
    tags = {*here.flow_run.tags, "财决", result.verdict}
    if context.config.year:
        tags.add(str(context.config.year))
    try:
        with get_client(sync_client=True) as client:
            name = f"{day} {result.verdict}"
            client.update_flow_run(here.flow_run.id, name=name, tags=sorted(tags))
    except Exception as error:
        log.detail("Prefect name")
        log.say(
            f"Prefect 中的运行没有改名（{type(error).__name__}），不影响结果。", logging.WARNING
        )


def as_task(context: RunContext, step: Step) -> Any:
    """The task of a stage.

    The context stays in the closure: it is nothing for Prefect to store or to hash.
    """

    def work() -> str | State[Any]:
        context.error = None
        try:
            return run_step(context, step)
        except Stop as stop:  # a reason for people: no traceback goes with it
            return Failed(message=stop.reason)

    def worth_it(_task: Any, _run: Any, _state: Any) -> bool:
        return not isinstance(context.error, Stop)

    made = task(
        name=f"{step.key} {step.title}",
        task_run_name=step.title,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES.get(step.key, 0),
        retry_delay_seconds=2,
        retry_condition_fn=worth_it,
    )
    return made(work)


def _artifacts(context: RunContext, result: RunResult) -> None:
    """What to see of a run in Prefect. A failure here is only worth a line."""
    try:
        fixes = fixes_of(context)
        verdict = verdict_text(result, fixes)
        create_markdown_artifact(verdict, key="caijue-verdict", description="结论")
        create_table_artifact(
            [fix_row(n, f) for n, f in enumerate(fixes[:SHOWN], 1)],
            key="caijue-fixes",
            description="先改这几处",
        )
        create_table_artifact(
            findings_by_rule(context), key="caijue-findings", description="各规则未说明的问题"
        )
        missing = [{"报送": m} for m in result.missing[:SHOWN]]
        create_table_artifact(missing, key="caijue-missing", description="未收到的报送")
    except Exception as error:
        log.detail("Prefect artifacts")
        log.say(f"没有写成 Prefect 附件（{type(error).__name__}），不影响结果。", logging.WARNING)


@contextmanager
def prefect_address(address: str) -> Iterator[None]:
    """A context in which Prefect, imported perhaps with other settings, uses the server at
    ``address``. What waits to be sent is sent before it ends: at exit the server is gone, and the
    process would wait for it.
    """
    with temporary_settings({PREFECT_API_URL: address}):
        try:
            yield
        finally:
            APILogWorker.drain_all(timeout=SEND_S)
            EventsWorker.drain_all(timeout=SEND_S)


def verdict_text(result: RunResult, fixes: Sequence[Fix] = ()) -> str:
    """The verdict of a run in Markdown: what to mend first, and links to what was published."""
    shown = fixes[:FIXES_SHOWN]
    lines = [f"{n}. {line(fix)}" for n, fix in enumerate(shown, 1)]
    more = [f"…… 共 {len(fixes)} 处，见汇总表《先改这几处》"] if len(fixes) > len(shown) else []
    first = ["## 先改这几处", *lines, *more, ""] if lines else []
    outputs = [f"- {OUTPUTS.get(k, k)}：[{p}]({_address(p)})" for k, p in result.outputs.items()]
    said = [f"# {result.verdict}", "", f"运行 {result.run_id}", "", result.message, ""]
    return "\n".join([*said, *first, "## 文件", *outputs, ""])


def _address(path: str) -> str:
    return Path(path).absolute().as_uri()


def fixes_of(context: RunContext) -> list[Fix]:
    """What to mend first, from the set just published."""
    from pipelines.database import open_database

    database = context.place.runs / context.run_id / "caijue.duckdb"
    with open_database(database, read_only=True) as con:
        return read_fixes(con)


def fix_row(number: int, fix: Fix) -> dict[str, Any]:
    """A line of the table of causes."""
    return {
        "次序": number,
        "级别": SEVERITY.get(fix.severity, fix.severity),
        "单位": fix.unit_name,
        "年度": fix.year,
        "怎么改": todo(fix),
        "涉及问题（个）": fix.settles,
        "规则": f"{fix.rule_id} {fix.rule_title}",
        "问题编号": fix.finding_id,
    }


def findings_by_rule(context: RunContext) -> list[dict[str, Any]]:
    """Open findings by rule, most first; read from the set just published."""
    from pipelines.database import open_database

    sql = f"""
        SELECT rule_id AS 规则, severity AS 级别, count(*) AS 问题数,
               count(DISTINCT (unit_name, year)) AS 报送数
        FROM findings WHERE status = 'open' GROUP BY ALL ORDER BY 问题数 DESC, 规则 LIMIT {SHOWN}"""
    database = context.place.runs / context.run_id / "caijue.duckdb"
    with open_database(database, read_only=True) as con:
        return con.sql(sql).to_arrow_table().to_pylist()


def serve(config: Config, cron: str) -> None:
    """Keep the schedule until interrupted: one run at a time, times in the zone of the settings."""
    folders = {
        "raw": str(config.raw),
        "processed": str(config.processed),
        "reports": str(config.reports),
    }
    try:
        nightly.serve(
            name=DEPLOYMENT,
            parameters=folders | {"year": config.year},
            schedule=Cron(cron, timezone=config.timezone),
            tags=["财决"],
            limit=1,
            pause_on_shutdown=False,
            print_starting_message=False,
        )
    finally:
        _withdraw()


def _withdraw() -> None:
    """Take the deployment, and with it the schedule, away: nobody is there to run it."""
    try:
        with get_client(sync_client=True) as client:
            made = client.read_deployment_by_name(f"{nightly.name}/{DEPLOYMENT}")
            client.delete_deployment(made.id)
    except Exception as error:
        log.detail("Prefect deployment")
        log.say(f"Prefect 中的时间表没有撤下（{type(error).__name__}）。", logging.WARNING)
