"""Jobs in worker processes where a job that dies, hangs or eats memory costs only itself.

The parent has no threads and shares no locks with its workers: each worker has a pipe of its own,
holds one job at a time, and is replaced when it dies. Workers are forked from a fork server that
has already imported the work, never from the caller, whose threads and open files they must not
inherit; the fork server itself comes of the caller where that has no threads (``stem.py``).
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import sys
import time
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, TypeVar, get_type_hints

from pipelines.intake import stem
from pipelines.intake.confine import STATUS, Cage, serve
from pipelines.intake.refusal import Refused
from pipelines.intake.wire import WrongAnswer, unpack

__all__ = ["map_files", "preload", "preloaded", "prepare", "returned"]

Job = TypeVar("Job")
_log = logging.getLogger(__name__)
_JOBS_PER_WORKER = 1_000  # what little libraries leak stays little
_MOST_BYTES = 1 << 30  # the longest text there may be, several times over
WRONG = "读取进程的回答不合规定，未读取；请把该文件交给系统维护人员。"
_preloaded: set[str] = set()
_START_TRIES = 3  # a machine short of memory for a moment


@dataclass(slots=True, eq=False)
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    job: Any = None
    deadline: float = 0.0
    busy: bool = False
    jobs: int = 0


def map_files(
    work: Callable[..., Any] | str,
    jobs: Iterable[Job],
    *,
    workers: int,
    memory_mb: int,
    timeout_s: float,
    result: Any = None,
    writes: Iterable[str] | None = None,
    reads: Iterable[str] | None = None,
) -> Generator[tuple[Job, Any], None, None]:
    """Yields ``(job, result)`` as jobs finish; ``result`` is a :class:`Refused` where the job
    failed.

    ``work`` is a function of an importable module, or its name as ``"package.module:function"``,
    which spares the caller the import. A job that is a tuple is passed as the arguments, anything
    else as the one argument. ``memory_mb``: what a worker may take beyond what it holds when idle.
    ``timeout_s``: seconds for each job. Jobs are drawn only when a worker is free. Closing the
    generator (or Ctrl-C) ends the workers.

    ``result``: the type of a result, which is read against it (``wire.py``); what ``work`` says it
    returns, where that is left out. ``writes``, ``reads``: the folders below which a worker may
    write and read (``cage.py``), where the kernel can see to it; None: anywhere.
    """
    expected = returned(work) if result is None else result
    cage = Cage(*(None if f is None else tuple(f) for f in (writes, reads)))
    pool = _Pool(work, max(1, workers), memory_mb, timeout_s, expected, cage)
    waiting = iter(jobs)
    try:
        while True:
            yield from pool.feed(waiting)
            if not pool.busy:
                return
            yield from pool.collect()
    finally:
        pool.close()


def returned(work: Callable[..., Any] | str) -> Any:
    """What the work says it returns; plain JSON where it does not."""
    return Any if isinstance(work, str) else get_type_hints(work).get("return", Any)


def preload(*modules: str) -> None:
    """Modules that the work of later ``map_files`` lives in: the fork server imports them once when
    it starts, where every worker would have to.
    """
    _preloaded.update(modules)


def preloaded() -> tuple[str, ...]:
    """The modules that were named so far."""
    return tuple(sorted(_preloaded))


def prepare(module: str) -> None:
    """Starts the fork server, which imports the module that the work lives in.

    Called early, while the caller has no threads yet, the server shares what the caller has
    imported; else it imports in the background, and the first ``map_files`` finds it ready.
    """
    from multiprocessing import forkserver

    _context(module)
    if not stem.grow(_imports(module)):
        with _without_main(module):
            forkserver.ensure_running()


def _imports(module: str) -> list[str]:
    return ["pipelines.intake.confine", module, *sorted(_preloaded)]


def _context(module: str) -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_imports(module))
    return context


@contextlib.contextmanager
def _without_main(module: str) -> Iterator[None]:
    """Keeps new processes from importing the caller's script again: they need the work's module
    only.
    """
    main = sys.modules.get("__main__")
    if module == "__main__" or main is None:
        yield
        return
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _Pool:
    """The workers of one ``map_files``."""

    def __init__(
        self,
        work: Callable[..., Any] | str,
        size: int,
        memory_mb: int,
        timeout_s: float,
        expected: Any,
        cage: Cage,
    ) -> None:
        self.work = work
        self.module = work.partition(":")[0] if isinstance(work, str) else work.__module__
        self.size = size
        self.memory_mb = memory_mb
        self.timeout_s = timeout_s
        self.expected = expected
        self.cage = cage
        self.context = _context(self.module)
        self.workers: list[_Worker] = []

    @property
    def busy(self) -> list[_Worker]:
        return [w for w in self.workers if w.busy]

    def feed(self, jobs: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
        """A job for every free worker; starts workers only while there are jobs for them."""
        while len(self.busy) < self.size:
            try:
                job = next(jobs)
            except StopIteration:
                return
            try:
                self._hand_out(job)
            except (TypeError, AttributeError, ValueError) as error:
                raise TypeError(f"a job must be picklable: {job!r}") from error
            except OSError as error:
                yield (
                    job,
                    Refused("无法启动读取进程，未读取；请检查系统的进程数与内存。", repr(error)),
                )

    def _hand_out(self, job: Any) -> None:
        for attempt in range(1, _START_TRIES + 1):
            worker = next((w for w in self.workers if not w.busy), None) or self._start()
            try:
                worker.pipe.send((self.work, job))
            except OSError:
                self._discard(worker)
                if attempt == _START_TRIES:
                    raise
                continue
            worker.job, worker.busy, worker.jobs = job, True, worker.jobs + 1
            worker.deadline = time.monotonic() + self.timeout_s
            return

    def _start(self) -> _Worker:
        stem.grow(_imports(self.module))
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=serve,
            args=(theirs, self.memory_mb, self.timeout_s, self.cage),
            daemon=True,
            name="caijue-reader",
        )
        try:
            with _without_main(self.module):
                process.start()
        finally:
            theirs.close()
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def collect(self) -> Iterator[tuple[Any, Any]]:
        """Waits for the next answer, death or deadline, and yields what it settles."""
        busy = self.busy
        until = min(w.deadline for w in busy) - time.monotonic()
        ready = set(wait([w.pipe for w in busy], timeout=max(0.0, until)))
        now = time.monotonic()
        for worker in busy:
            if worker.pipe in ready:
                yield worker.job, self._receive(worker)
            elif now >= worker.deadline:
                self._discard(worker)
                yield (
                    worker.job,
                    Refused(
                        f"读取超时（超过 {self.timeout_s:g} 秒），已中止；请检查文件是否异常庞大。"
                    ),
                )

    def _receive(self, worker: _Worker) -> Any:
        try:
            answer = worker.pipe.recv_bytes(_MOST_BYTES)
            status, message = answer[:1], answer[1:]
            expected = self.expected if status == STATUS["done"] else tuple[str, str]
            value = unpack(message, expected)
        except (EOFError, OSError):
            return self._died(worker)
        except WrongAnswer as error:
            self._discard(worker)
            return Refused(WRONG, str(error))
        worker.busy = False
        if status == STATUS["memory"] or worker.jobs >= _JOBS_PER_WORKER:
            self._discard(worker, gently=True)
        if status == STATUS["done"]:
            return value
        reason, detail = value
        _log.info("refused %s: %s %s", worker.job, reason, detail)
        return Refused(reason, detail)

    def _died(self, worker: _Worker) -> Refused:
        worker.process.join(5)
        code = worker.process.exitcode
        self._discard(worker)
        detail = f"worker exit code {code}"
        _log.info("%s while reading %s", detail, worker.job)
        return Refused(_death(code), detail)

    def _discard(self, worker: _Worker, gently: bool = False) -> None:
        worker.busy = False
        if worker in self.workers:
            self.workers.remove(worker)
        worker.pipe.close()
        if gently:
            worker.process.join(1)
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join(5)

    def close(self) -> None:
        """Idle workers end by themselves when their pipe closes; the others are killed."""
        workers, self.workers = self.workers, []
        for worker in workers:
            worker.pipe.close()
            if worker.busy:
                worker.process.kill()
        for worker in workers:
            worker.process.join(2)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join(5)


def _death(code: int | None) -> str:
    if code == -signal.SIGALRM:
        return "读取超时，已中止；请检查文件是否异常庞大。"
    # A reader that gets no more memory aborts, or stops itself by a trap or a wrong instruction.
    if code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL):
        return (
            "读取进程异常退出，多因文件需要的内存过多；"
            "请删去多余的内容（工作表、行列、页）后重新提交。"
        )
    return "读取进程异常退出，文件可能已损坏；请打开检查，另存一份后重新提交。"
