"""Runs over a real cluster: equal to one machine's, whatever becomes of a node.

They need Dask, which has an environment of its own: ``make test-dask``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

distributed = pytest.importorskip("distributed", reason="make test-dask")

from bench.compare import compare  # noqa: E402
from pipelines.config import Config  # noqa: E402
from pipelines.errors import Aborted  # noqa: E402
from pipelines.run import cluster, prefect_server  # noqa: E402
from pipelines.run.nightly import QUIET  # noqa: E402
from tests.faults import hostile  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SILENT: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The demo's inbox with two files that are refused."""
    home = tmp_path_factory.mktemp("dask")
    shutil.copytree(ROOT / "data" / "raw", home / "raw")
    (home / "raw" / "炸弹.xlsx").write_bytes(hostile.bomb())
    (home / "raw" / "半个.xlsx").write_bytes(hostile.formatted_rows(2_000)[:900])
    return home


@pytest.fixture(scope="module")
def api(home) -> Iterator[str]:
    """One Prefect server for all runs: starting one is half of a run's work."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in QUIET.items():
            patch.setenv(key, value)
        patch.setenv("PREFECT_HOME", str(home / "prefect"))
        process, address = prefect_server.start(home / "prefect.log")
    try:
        prefect_server.wait_until_ready(process, address, 180)
        yield f"http://{address}/api"
    finally:
        prefect_server.stop(process)


WATCHED = """
import atexit, pathlib, sys
import pipelines.run.flow
from pipelines.cli import main
note = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: note.write_text("\\n".join(sys.modules)))
main()
"""


def start(
    home: Path, name: str, *arguments: str, command: Any = None, **more: str
) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "CAIJUE_"))}
    at = home / name
    folders = {"--raw": home / "raw", "--processed": at / "p", "--reports": at / "r"}
    return subprocess.Popen(
        [
            *(command or [BIN / "caijue"]),
            "run",
            *(str(x) for item in folders.items() for x in item),
            *arguments,
        ],
        env={**kept, "CAIJUE_WORKERS": "2", **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def published(home: Path, name: str, running: subprocess.Popen[str]) -> tuple[Path, str]:
    _, said = running.communicate(timeout=240)
    assert running.returncode in (0, 1), said[-3000:]
    assert "Prefect 不可用" not in said
    return home / name / "p" / "current", said


@pytest.fixture(scope="module")
def alone(home) -> Path:
    command = [sys.executable, "-c", WATCHED, home / "modules"]
    return published(home, "alone", start(home, "alone", "--direct", command=command))[0]


def test_nothing_of_dask_is_imported_for_one_machine(home, alone):
    imported = {n.partition(".")[0] for n in (home / "modules").read_text("utf-8").splitlines()}
    assert "prefect" in imported and "pandera" in imported
    assert not imported & {"dask", "distributed", "prefect_dask"}


def test_two_workers_of_this_machine_publish_the_same(home, alone, api):
    engine = {"CAIJUE_ENGINE_KIND": "dask", "PREFECT_API_URL": api}
    there, said = published(home, "two", start(home, "two", **engine))
    assert "由 2 个计算节点" in said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)


def assert_same_bytes(one: Path, other: Path) -> None:
    """Parquet byte for byte, but for what says when and by which run it was made."""
    own = ("runs", "findings")
    for path in (one / "parquet").rglob("*.parquet"):
        name = path.relative_to(one)
        if not any(part in own for part in name.parts):
            assert path.read_bytes() == (other / name).read_bytes(), name


@contextmanager
def ended(*processes: subprocess.Popen) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def scheduler() -> Iterator[str]:
    """A scheduler as docs/operations.md starts it: its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    more = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
    with ended(subprocess.Popen([BIN / "dask", "scheduler", *more], **SILENT)):
        yield f"tcp://127.0.0.1:{port}"


@pytest.fixture
def nodes(scheduler) -> Iterator[list[subprocess.Popen]]:
    """Two workers as docs/operations.md starts them."""
    more = [
        "--no-nanny",
        "--nthreads",
        "1",
        "--memory-limit",
        "0",
        "--host",
        "127.0.0.1",
        "--no-dashboard",
    ]
    command = [BIN / "dask", "worker", scheduler, *more]
    made = [subprocess.Popen(command, **SILENT) for _ in "ab"]
    with ended(*made):
        yield made


def kill_one_at_work(address: str, nodes: list[subprocess.Popen], killed: list[str]) -> None:
    """Kills a worker that holds a batch whose result has not gone out: it is stopped, then asked
    about.
    """
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        by_pid = {pid: node for node, pid in client.run(os.getpid).items()}
        until = time.monotonic() + 120
        while time.monotonic() < until and not killed:
            time.sleep(0.02)
            for process in nodes:
                node = by_pid[process.pid]
                if not client.processing([node])[node]:
                    continue
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.2)  # for what was on its way
                if client.processing([node])[node]:
                    process.kill()
                    killed.append(node)
                    return
                process.send_signal(signal.SIGCONT)


def test_a_worker_that_is_killed_changes_nothing(home, alone, api, scheduler, nodes):
    killed: list[str] = []
    killer = Thread(target=kill_one_at_work, args=(scheduler, nodes, killed))
    killer.start()
    engine = {"CAIJUE_ENGINE_KIND": "dask", "CAIJUE_ENGINE_ADDRESS": scheduler}
    engine["PREFECT_API_URL"] = api
    there, said = published(home, "killed", start(home, "killed", **engine))
    killer.join()
    assert killed and re.search(rf"计算节点中途退出：{re.escape(killed[0])}", said), said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)


def refused(home: Path, address: str, **change: str) -> str:
    with (
        cluster._terms(Config(raw=home / "raw", processed=home / "check")) as terms,
        pytest.raises(Aborted) as caught,
    ):
        cluster._check(address, replace(terms, **change))
    return caught.value.reason


def test_a_cluster_that_cannot_be_used_is_refused_with_a_reason(home, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    monkeypatch.setattr(cluster, "NODES_S", 1.0)
    assert "连不上 Dask 调度服务 tcp://127.0.0.1:9" in refused(home, "tcp://127.0.0.1:9")
    monkeypatch.setattr(cluster, "CONNECT_S", 60.0)
    assert f"{scheduler} 在 1 秒内没有计算节点" in refused(home, scheduler)


def test_a_node_that_is_not_fit_is_refused_by_name(nodes, home, scheduler):
    said = refused(home, scheduler, program="another")
    assert f"节点 {scheduler.rpartition(':')[0]}:" in said and "同一版本" in said
    with distributed.LocalCluster(1, dashboard_address=None, host="127.0.0.1") as with_nanny:
        assert "--no-nanny" in refused(home, with_nanny.scheduler_address)
