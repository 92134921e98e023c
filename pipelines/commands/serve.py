"""``caijue serve``: the nightly schedule, kept by Prefect on this machine or on the server that is
configured.
"""

from __future__ import annotations

from pipelines.config import Config
from pipelines.errors import UsageError


def check_cron(cron: str, timezone: str) -> str:
    """The next start in words. Raises UsageError for a schedule that cannot be understood."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cronsim import CronSim, CronSimError

    try:
        following = next(CronSim(cron, datetime.now(ZoneInfo(timezone))))
    except (CronSimError, StopIteration) as error:
        raise UsageError(
            f'看不懂时间表 {cron!r}。写五段：分 时 日 月 星期，如 "0 2 * * *"（每天 2 点）。'
        ) from error
    return following.strftime("%Y-%m-%d %H:%M")


def serve_command(config: Config, cron: str) -> None:
    """Serve until interrupted."""
    from pipelines.run.nightly import serve

    serve(config, cron)
