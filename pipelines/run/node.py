"""What a node of a cluster does of a run: one batch of jobs, in the worker processes of that
machine, each job within the same limits as on one machine.

Knows nothing of Dask or Prefect, and holds nothing between batches. What a job cannot do here comes
back as refused; the publishing node then does it itself, so that a node's own troubles (a full
disk, a lost mount) never quarantine a file.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import platform
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pipelines.intake import wire
from pipelines.intake.pool import map_files, preload
from pipelines.intake.refusal import Refused

LOOK_AGAIN_S = 5.0  # a network file system may show a new file some seconds late
API_S = 5.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What must be so on a node.

    ``program``: the digest of code, forms, rules and libraries; ``extraction``: that of the own
    ``forms``; ``shown``: files (and their sizes) that the publishing node sees; ``writable``: a
    folder to write to; ``api``: Prefect's address. ``readers``: processes to read with, 0 for a
    share of the node's cores. ``store``: the address by which files travel, where nothing is shared
    (``visit.py``); ``probe``: the SHA-256 of a file there, ``own``: own forms there as folder,
    name, SHA-256.
    """

    program: str
    extraction: str
    forms: tuple[str, ...]
    shown: tuple[tuple[str, int], ...]
    writable: str
    api: str
    readers: int
    store: str = ""
    probe: str = ""
    own: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some jobs (pickled one by one) for ``work``, with the limits of ``map_files``.

    ``lease``: a file; once it is gone nobody waits for the batch any more. ``given``: path and
    SHA-256 of the files at the store that the jobs read.
    """

    terms: Terms
    work: Callable[..., Any] | str
    jobs: tuple[bytes, ...]
    lease: str
    limits: dict[str, Any]
    preload: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Answer:
    """What became of a batch: by number of the job its result as a message (``wire.py``), None for
    one that was refused. ``declined``: why nothing was done at all (Chinese). ``archive``: where at
    the store all files lie that were made, ``digest`` its SHA-256, ``made`` their paths by number
    of the job.
    """

    node: str
    declined: str = ""
    seconds: float = 0.0
    results: dict[int, bytes | None] = field(default_factory=dict)
    archive: str = ""
    digest: str = ""
    made: dict[int, tuple[str, ...]] = field(default_factory=dict)


def do_batch(packed: bytes) -> bytes:
    """A batch; bytes in and out, which nobody on the way looks into."""
    batch = pickle.loads(packed)
    answer = Answer(name())
    answer.declined = unfit(batch.terms) or _do(batch, answer)
    return pickle.dumps(answer)


class Astray(Exception):
    """Files get no further between here and the publishing node; ``str`` says why (Chinese)."""


def _do(batch: Batch, answer: Answer) -> str:
    """Fills the answer; gives why nothing came of it (Chinese), else an empty text."""
    begun = time.monotonic()
    try:
        with _place(batch) as place:
            answer.results.update(_done(batch, place))
            place.hand_over(answer)
    except Astray as error:
        answer.results.clear()
        return str(error)
    answer.seconds = time.monotonic() - begun
    return ""


class Place(Protocol):
    """Where the jobs of a batch find what they read and put what they make."""

    def waited_for(self) -> bool: ...
    def unpack(self, number: int) -> Any:
        """A job; None for one that cannot be done here."""

    def limits(self) -> dict[str, Any]: ...
    def told(self, message: bytes) -> bytes: ...
    def hand_over(self, answer: Answer) -> None: ...


@dataclass(frozen=True, slots=True)
class Shared:
    """The folders of the publishing node, which this one sees too."""

    batch: Batch

    def waited_for(self) -> bool:
        return os.path.exists(self.batch.lease)

    def unpack(self, number: int) -> Any:
        return pickle.loads(self.batch.jobs[number])

    def limits(self) -> dict[str, Any]:
        return self.batch.limits

    def told(self, message: bytes) -> bytes:
        return message

    def hand_over(self, answer: Answer) -> None: ...


@contextmanager
def _place(batch: Batch) -> Iterator[Place]:
    if not batch.terms.store:
        yield Shared(batch)
        return
    from pipelines.run.visit import visit

    with visit(batch, own_folder()) as place:
        yield place


def _done(batch: Batch, place: Place) -> Iterator[tuple[int, bytes | None]]:
    preload(*batch.preload)
    numbers: dict[int, int] = {}

    def wanted() -> Iterator[Any]:
        for number in range(len(batch.jobs)):
            if not place.waited_for():
                return
            made = place.unpack(number)
            if made is not None:
                numbers[id(made)] = number
                yield made

    readers = readers_here(batch.terms)
    for job, result in map_files(batch.work, wanted(), workers=readers, **place.limits()):
        # the job is held here until its number is taken: no other can have its id
        refused = isinstance(result, Refused) or getattr(result, "of_machine", False)
        yield numbers.pop(id(job)), None if refused else place.told(wire.pack(result))


def readers_here(terms: Terms) -> int:
    """Processes to read with: a node that does several batches at once shares its cores."""
    return terms.readers or max(1, len(os.sched_getaffinity(0)) // _batches_at_once())


def _batches_at_once() -> int:
    worker = _worker()
    return int(worker.state.nthreads) if worker else 1


def name() -> str:
    """How the cluster calls this node: the address of its worker, else the machine's name."""
    worker = _worker()
    return str(worker.address) if worker else socket.gethostname()


def own_folder() -> Path:
    """Where this node keeps what travels: below the worker's ``--local-directory``."""
    worker = _worker()
    return Path(worker.local_directory if worker else tempfile.gettempdir()) / "caijue"


def _worker() -> Any:
    """The worker of Dask that this runs in; None where it runs in none."""
    distributed = sys.modules.get("distributed")
    with suppress(ValueError, AttributeError):
        return distributed.get_worker()  # type: ignore[union-attr]
    return None


def unfit(terms: Terms) -> str:
    """Why this node cannot take part (Chinese); empty where it can."""
    return next((why for look in _LOOKS if (why := look(terms))), "")


def _daemon(_: Terms) -> str:
    if multiprocessing.current_process().daemon:
        return "不能启动读取进程；请在启动 dask worker 时加 --no-nanny"
    return ""


def _program(terms: Terms) -> str:
    from pipelines.run.inputs import program

    if program() != terms.program:
        return (
            f"程序、规则或所用的库与发布节点不同（这里是 {where()}，Python"
            f" {platform.python_version()}）；请装同一版本后重启 dask worker"
        )
    return ""


def where() -> str:
    """Version and place of the program that runs here."""
    from importlib.metadata import version

    return f"caijue {version('caijue')}，{Path(__file__).parents[2]}"


def _folders(terms: Terms) -> str:
    if terms.store:
        from pipelines.run.visit import unreached

        return unreached(terms, own_folder())
    missing = [path for path, size in terms.shown if not _shows(path, size)]
    if missing:
        return f"看不到 {missing[0]}；收件和数据文件夹要在各节点上以同一路径共用"
    trial = Path(terms.writable) / f".node-{secrets.token_hex(8)}"
    try:
        trial.touch()
        trial.unlink()
    except OSError as error:
        return f"不能写 {terms.writable}（{error.strerror}）；请检查挂载和权限"
    return ""


def _shows(path: str, size: int) -> bool:
    until = time.monotonic() + LOOK_AGAIN_S
    while True:
        with suppress(OSError):
            if os.stat(path).st_size == size:
                return True
        if time.monotonic() > until:
            return False
        time.sleep(0.2)


def _own_forms(terms: Terms) -> str:
    if terms.own:  # they come with the batch
        return ""
    from pipelines.organisation import extraction_version_of

    if extraction_version_of(map(Path, terms.forms)) != terms.extraction:
        return "自定义表格（forms_folders）与发布节点不同；请共用同一文件夹"
    return ""


def _prefect(terms: Terms) -> str:
    import urllib.request
    from http.client import HTTPException
    from urllib.error import HTTPError

    try:
        with urllib.request.urlopen(f"{terms.api.rstrip('/')}/health", timeout=API_S):
            return ""
    except HTTPError:  # it answers, if only that it wants a password
        return ""
    except (OSError, ValueError, HTTPException):
        return f"连不上 Prefect 服务 {terms.api}；请设各节点都能访问的 PREFECT_API_URL"


_LOOKS: tuple[Callable[[Terms], str], ...] = (_daemon, _program, _folders, _own_forms, _prefect)
