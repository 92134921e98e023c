"""Runs of the command and workers beside it, as the tests of clusters start and end them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SILENT: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
WORKER = [
    "--no-nanny",
    "--nthreads",
    "1",
    "--memory-limit",
    "0",
    "--host",
    "127.0.0.1",
    "--no-dashboard",
]


def start(
    home: Path, name: str, *arguments: str, command: Any = None, raw: str = "", **more: str
) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "CAIJUE_"))}
    at = home / name
    folders = {"--raw": raw or home / "raw", "--processed": at / "p", "--reports": at / "r"}
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


def assert_same_bytes(one: Path, other: Path) -> None:
    """Parquet byte for byte, but for what says when and by which run it was made."""
    own = ("runs", "findings")
    for path in (one / "parquet").rglob("*.parquet"):
        name = path.relative_to(one)
        if not any(part in own for part in name.parts):
            assert path.read_bytes() == (other / name).read_bytes(), name


@contextmanager
def ended(*processes: subprocess.Popen) -> Iterator[tuple[subprocess.Popen, ...]]:
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def kill_one_at_work(address: str, nodes: list[subprocess.Popen], killed: list[str]) -> None:
    """Kills a worker that holds a batch whose result has not gone out: it is stopped, then asked
    about.
    """
    import distributed

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
