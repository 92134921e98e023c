"""Inside a worker: what the process may use, and the loop that takes jobs until its pipe closes."""

from __future__ import annotations

import ctypes
import logging
import os
import pkgutil
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

from pipelines.intake.cage import tighten
from pipelines.intake.refusal import Refused
from pipelines.intake.wire import pack

OUT_OF_MEMORY = "读取时占用内存过多，已中止；请删去多余的内容（工作表、行列、页）后重新提交。"
UNEXPECTED = "读取时出现意外错误（{name}），未读取；请把该文件交给系统维护人员。"
_SPARE_BYTES = 2 << 30  # address space that libraries reserve and never touch
_GRACE_SECONDS = 30  # the parent kills first; this is for a worker whose parent died
_PR_SET_PDEATHSIG = 1
# There is a worker for every core: threads of numpy's own would only wait for each other. Read when
# numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
Answer = tuple[str, Any]


# An answer begins with what it is: a result, a refusal, or one that took the memory with it.
STATUS = {"done": b"D", "refused": b"R", "memory": b"M"}


@dataclass(frozen=True, slots=True)
class Cage:
    """The folders below which a worker may write and read; None: anywhere."""

    writes: tuple[str, ...] | None = None
    reads: tuple[str, ...] | None = None


def serve(pipe: Connection, memory_mb: int, timeout_s: float, cage: Cage) -> None:
    """Takes ``(work, job)`` from the pipe and answers each, within limits, until the other end
    closes.
    """
    confine(memory_mb)
    tighten(cage.writes, cage.reads)
    while True:
        try:
            work, job = pipe.recv()
        except (EOFError, OSError):
            return
        # A parent that was killed cannot stop a worker that hangs: the alarm does.
        signal.setitimer(signal.ITIMER_REAL, timeout_s + _GRACE_SECONDS)
        answer = _answer(work, job)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not _send(pipe, answer):
            return
        if answer[0] == "memory":
            return


def confine(memory_mb: int) -> None:
    """Bounds memory beyond what the process holds now, forbids core dumps, silences output, steps
    back in priority.
    """
    extra = memory_mb << 20
    _bound(resource.RLIMIT_DATA, _status_bytes("VmData") + extra)
    _bound(resource.RLIMIT_AS, _status_bytes("VmSize") + extra + _SPARE_BYTES)
    _bound(resource.RLIMIT_CORE, 0)
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(5)
    # A reader that aborts writes a stack dump; results go through the pipe only.
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    os.close(null)


def _die_with_parent() -> None:
    """When the fork server goes (it goes with the run), so does this worker; the alarm remains
    where that is unknown.

    The fork server stays while anyone holds its pipe, and every worker is born with a copy: it is
    let go here.
    """
    pipe = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
    if pipe is not None:
        os.close(pipe)
        forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _bound(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(kind, (value, hard))
    except (ValueError, OSError) as error:
        logging.getLogger(__name__).warning("limit %s not set: %s", kind, error)


def _status_bytes(key: str) -> int:
    """A memory figure of this process (kB in /proc); 0 where the system has none."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as handle:
            for line in handle:
                if line.startswith(f"{key}:"):
                    return int(line.split()[1]) << 10
    except OSError:
        return 0
    return 0


def _send(pipe: Connection, answer: Answer) -> bool:
    """False when nobody listens any more.

    A result that cannot be sent is an error of the work, not of the pool.
    """
    status, value = answer
    try:
        message = pack(value)
    except (TypeError, AttributeError, ValueError, RecursionError) as error:
        status = "refused"
        message = pack((UNEXPECTED.format(name=type(error).__name__), repr(error)[:1000]))
    try:
        pipe.send_bytes(STATUS[status] + message)
    except OSError:
        return False
    return True


def _answer(work: Callable[..., Any] | str, job: Any) -> Answer:
    try:
        call = pkgutil.resolve_name(work) if isinstance(work, str) else work
        return "done", call(*job) if isinstance(job, tuple) else call(job)
    except Refused as refused:
        return "refused", (refused.reason, refused.detail)
    except MemoryError:
        return "memory", (OUT_OF_MEMORY, "MemoryError")
    except (
        Exception
    ) as error:  # the boundary: whatever a file makes a reader do costs that file only
        return "refused", (UNEXPECTED.format(name=type(error).__name__), _detail(error))


def _detail(error: Exception) -> str:
    kind, value, trace = type(error), error, sys.exc_info()[2]
    return "".join(traceback.format_exception(kind, value, trace))[-4000:]
