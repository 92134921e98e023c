"""A run of the command line through Prefect, and without it where Prefect does not work."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines import log
from pipelines.config import Config
from pipelines.run.context import RunContext, hand_over, open_run
from pipelines.run.look import Progress, no_progress
from pipelines.run.prefect_server import start, stop, wait_until_ready
from pipelines.run.result import RunResult
from pipelines.run.steps import Boundary, run_steps

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",  # of Prefect itself; what a run says goes to its server
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
    "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "INFO",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}
LOCAL = "127.0.0.1,localhost"
PATIENCE_S = 180.0  # a first start makes Prefect's own database, on a slow disk too


def prepare(processed: Path) -> None:
    """Set what Prefect reads when it is imported: silent, offline, its state below the processed
    folder.
    """
    for key, value in QUIET.items():
        os.environ.setdefault(key, value)
    os.environ.setdefault("PREFECT_HOME", str(processed / ".prefect"))
    for key in ("NO_PROXY", "no_proxy"):
        if LOCAL not in os.environ.get(key, ""):
            os.environ[key] = ",".join(filter(None, [os.environ.get(key), LOCAL]))


@contextmanager
def prefect_api(log_file: Path, *, schedules: bool = False) -> Iterator[None]:
    """The user's Prefect server where one is configured, else one on this machine while this lasts.

    Prefect is imported while that one starts. Raises RuntimeError where it does not answer.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    process, address = start(log_file, schedules=schedules)
    os.environ["PREFECT_API_URL"] = f"http://{address}/api"
    try:
        import pipelines.run.flow  # noqa: F401

        wait_until_ready(process, address, PATIENCE_S)
        with _told(os.environ["PREFECT_API_URL"]):
            yield
    finally:
        del os.environ["PREFECT_API_URL"]
        stop(process)


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Have Prefect, imported perhaps long ago with other settings, use the address."""
    from pipelines.run.flow import prefect_address

    with prefect_address(address):
        yield


def run_flow(
    config: Config, on_progress: Progress = no_progress, boundary: Boundary | None = None
) -> RunResult:
    """A whole run as a Prefect flow; where Prefect fails, the remaining stages run without it, with
    a warning.

    Raises pipelines.errors.Stop where nothing was published.
    """
    with open_run(config, on_progress) as context:
        try:
            _through_prefect(context, boundary)
        except Exception as error:
            if context.error is not None:
                raise context.error from error
            log.detail("Prefect")
            first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            log.say(f"Prefect 不可用（{first}），改为直接运行，结果不受影响。", logging.WARNING)
        return run_steps(context, boundary)


def _through_prefect(context: RunContext, boundary: Boundary | None) -> None:
    prepare(context.config.processed)
    context.progress("启动 Prefect", 0, 0)
    with prefect_api(context.place.logs / "prefect.log"):
        from pipelines.run.flow import nightly

        with hand_over(context, boundary):
            config = context.config
            raw, processed, reports = map(str, (config.raw, config.processed, config.reports))
            nightly(
                raw=raw,
                processed=processed,
                reports=reports,
                year=config.year,
                accept_loss=config.max_loss >= 1,  # what --accept-loss sets
            )


def serve(config: Config, cron: str) -> None:
    """Keep the nightly schedule until interrupted."""
    warnings.filterwarnings(
        "ignore", message="coroutine 'Runner", category=RuntimeWarning
    )  # when it is stopped
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"):
        os.environ.setdefault(name, "WARNING")  # a flow that cannot start must be seen
    prepare(config.processed)
    with prefect_api(config.processed / "logs" / "prefect.log", schedules=True):
        from pipelines.run.flow import serve as keep_schedule

        keep_schedule(config, cron)
