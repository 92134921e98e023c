"""The flow under Prefect's own test harness, in a process of its own; prints what Prefect knows of
it as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from tests.run import fakes


def _logs(client) -> list[str]:
    """What the runs said; the lines arrive a moment after they were written."""
    from prefect.client.schemas.filters import LogFilter

    deadline = time.monotonic() + 20
    while not (lines := client.read_logs(LogFilter(), limit=200)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)
    return [entry.message for entry in lines]


def _served(home: Path) -> dict:
    """The schedules there are while ``serve`` keeps them, and after it was interrupted."""
    from prefect.client.orchestration import get_client

    from pipelines.run import flow

    told: dict[str, list[str]] = {}

    def names() -> list[str]:
        with get_client(sync_client=True) as client:
            found = client.read_deployments()
        return [f"{d.name} {[s.schedule.cron for s in d.schedules]}" for d in found]

    def interrupted(name: str, *, schedule, parameters, **_) -> None:
        flow.nightly.to_deployment(name=name, schedule=schedule, parameters=parameters).apply()
        told["kept"] = names()
        raise KeyboardInterrupt

    flow.nightly.serve = interrupted
    folders = {name: home / name for name in ("raw", "processed", "reports")}
    with suppress(KeyboardInterrupt):
        flow.serve(SimpleNamespace(**folders, year=None, timezone="Asia/Shanghai"), "0 2 * * *")
    return told | {"left": names()}


def _handed_over() -> dict:
    """What is said of the flow, as a schedule hands it to its process."""
    import cloudpickle
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint("pipelines/run/flow.py:nightly")
    assert cloudpickle.dumps(flow)
    return {"name": flow.name, "parameters": sorted(flow.parameters.properties)}


def without_server(home: Path) -> None:
    """The short form: the flow is loaded as a schedule loads it, and nothing is run."""
    from pipelines.run.nightly import prepare

    prepare(home / "prefect")
    sys.stdout.write(json.dumps(_handed_over(), ensure_ascii=False))


def main(home: Path) -> None:
    from pipelines.run.nightly import prepare

    fakes.install()
    prepare(home / "prefect")
    from prefect.client.orchestration import get_client
    from prefect.testing.utilities import prefect_test_harness

    from pipelines.publish import lock
    from pipelines.run.flow import nightly

    def run(raw: str) -> dict:
        folders = {
            "raw": str(home / raw),
            "processed": str(home / "processed"),
            "reports": str(home / "reports"),
        }
        state = nightly(**folders, return_state=True)
        return {"type": state.type.value, "message": state.message}

    _handed_over()
    with prefect_test_harness(server_startup_timeout=180):
        (home / "empty").mkdir()
        told = {"good": run("raw"), "empty": run("empty")}
        with lock.exclusive(home / "processed"):
            told["busy"] = run("raw")
        with get_client(sync_client=True) as client:
            runs = client.read_flow_runs()
            told["runs"] = {
                r.name: [sorted(r.tags), r.parameters, r.state.type.value] for r in runs
            }
            told["logs"] = _logs(client)
            told["tasks"] = sorted({r.name for r in client.read_task_runs()})
            told["artifacts"] = sorted({a.key for a in client.read_artifacts() if a.key})
        told["schedules"] = _served(home)
    sys.stdout.write(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    (without_server if "--without-server" in sys.argv else main)(Path(sys.argv[1]))
