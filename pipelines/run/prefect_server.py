"""A Prefect server for the length of one run, on this machine only, which ends when the run ends,
however it ends.

Run as a program (``python -m pipelines.run.prefect_server PORT PARENT``) it is that server; nothing
here imports Prefect into the run itself.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
APP = "prefect.server.api.server:create_app"


def start(log_file: Path, *, schedules: bool = False) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server without waiting for it; gives the process and ``host:port``.

    ``schedules``: it also keeps those.
    """
    port = _free_port()
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.run.prefect_server", str(port), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=_environment(schedules),
        )
    return process, f"{HOST}:{port}"


def _environment(schedules: bool) -> dict[str, str]:
    package_root = str(Path(__file__).resolve().parents[2])
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PREFECT_UI_ENABLED": "0",
        "PREFECT_SERVER_UI_ENABLED": "0",
        "PREFECT__SERVER_EPHEMERAL": "" if schedules else "1",
        "PREFECT__SERVER_FINAL": "1",
    }


def wait_until_ready(process: subprocess.Popen[bytes], address: str, patience_s: float) -> None:
    """Return once the server answers. Raises RuntimeError when it ended or took too long."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"Prefect 服务启动后即退出（{process.returncode}）")
        if _healthy(address):
            return
        time.sleep(0.1)
    raise RuntimeError(f"Prefect 服务在 {patience_s:.0f} 秒内没有应答")


def _healthy(address: str) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("GET", "/api/health")
        healthy = connection.getresponse().status == 200
        connection.close()
        return healthy
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server that :func:`start` started."""
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _die_with(parent: int) -> None:
    """Have the system end this process when its parent ends, where it can (Linux)."""
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(0)


def main() -> None:
    """Serve until terminated."""
    port, parent = int(sys.argv[1]), int(sys.argv[2])
    _die_with(parent)
    import uvicorn

    uvicorn.run(APP, factory=True, host=HOST, port=port, log_level="error", lifespan="on")


if __name__ == "__main__":
    main()
