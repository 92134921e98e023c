"""One inbox, one Prefect server and one run of this machine alone for all tests of clusters."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.run import prefect_server
from pipelines.run.nightly import QUIET
from tests.dask.support import BIN, ROOT, SILENT, WORKER, ended, published, start
from tests.faults import hostile


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """The demo's inbox with two files that are refused."""
    home = tmp_path_factory.mktemp("dask")
    shutil.copytree(ROOT / "data" / "raw", home / "raw")
    (home / "raw" / "炸弹.xlsx").write_bytes(hostile.bomb())
    (home / "raw" / "半个.xlsx").write_bytes(hostile.formatted_rows(2_000)[:900])
    return home


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def alone(home) -> Path:
    command = [sys.executable, "-c", WATCHED, home / "modules"]
    return published(home, "alone", start(home, "alone", "--direct", command=command))[0]


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
    command = [BIN / "dask", "worker", scheduler, *WORKER]
    made = [subprocess.Popen(command, **SILENT) for _ in "ab"]
    with ended(*made):
        yield made
