"""The fork server as a fork of the caller, while the caller is still alone.

A fork server that starts as a program of its own imports anew what its caller has imported already.
Forked from the caller it has all of that, on pages they share. That is only safe while the caller
has no other threads (whoever holds a lock in one would hold it in the child for ever), so anybody
else gets the usual fork server (``grow`` gives False). Of what the caller has open nothing is left
in the child but the three standard streams.

What does not belong here: which workers there are and what they do (``pool.py``).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import connection, forkserver, resource_tracker, util
from pathlib import Path
from typing import Any

__all__ = ["grow", "share"]

# Threads of the memory allocator, which looks after them itself when the process forks.
ALLOCATORS = ("jemalloc",)
STANDARD = (0, 1, 2)
_shared: dict[str, None] = {}


def share(*modules: str) -> None:
    """Modules that the caller will need as well as its workers: imported before the fork, in the
    order in which they were named.
    """
    _shared.update(dict.fromkeys(modules))


def grow(preload: Iterable[str]) -> bool:
    """Makes a fork of this process its fork server, which imports ``preload`` with the first work;
    False, and nothing done, where there is a server already or this process is not alone.
    """
    server: Any = forkserver._forkserver  # type: ignore[attr-defined]
    if server._forkserver_pid is not None or not _alone():
        return False
    for name in _shared:
        importlib.import_module(name)
    if not _alone():  # a library that starts threads when it is imported
        return False
    address, alive, pid = _forked([*preload])
    server._forkserver_address = address
    server._forkserver_alive_fd = alive
    server._forkserver_pid = pid
    _without_tracker()
    return True


def _without_tracker() -> None:
    """What multiprocessing tells its tracker leads nowhere. That is a program of its own, to remove
    semaphores and shared memory after processes that died; readers have neither.
    """
    tracker: Any = resource_tracker._resource_tracker
    if tracker._fd is None:
        tracker._fd = os.open(os.devnull, os.O_WRONLY)


def _alone() -> bool:
    """Whether no other thread runs in this process; False where that cannot be known."""
    if threading.active_count() > 1:
        return False
    try:
        tasks = [t for t in Path("/proc/self/task").iterdir() if t.name != str(os.getpid())]
        names = [(task / "comm").read_text() for task in tasks]
    except OSError:
        return False
    return all(name.startswith(ALLOCATORS) for name in names)


def _forked(preload: list[str]) -> tuple[str, int, int]:
    """The child's address, the pipe that says how long it is wanted, and its number."""
    with socket.socket(socket.AF_UNIX) as listener:
        address = connection.arbitrary_address("AF_UNIX")  # type: ignore[attr-defined]
        listener.bind(address)
        if not util.is_abstract_socket_namespace(address):  # type: ignore[attr-defined]
            os.chmod(address, 0o600)
        listener.listen()
        wanted, alive = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):
                stream.flush()  # or the child has it to write as well
        pid = os.fork()
        if pid == 0:
            _serve(listener.fileno(), wanted, preload)
        os.close(wanted)
    return address, alive, pid


def _serve(listener: int, wanted: int, preload: list[str]) -> None:
    """The child: let go, wait for work, be a fork server. Never returns."""
    try:
        atexit._clear()
        gc.freeze()  # what is shared is not looked through, which would copy it
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _let_go({*STANDARD, listener, wanted})
        ready, _, _ = select.select([listener, wanted], [], [])
        if listener in ready:
            forkserver.main(listener, wanted, preload)
    finally:
        os._exit(0)


def _let_go(keep: set[int]) -> None:
    """Everything else that is open leads nowhere. The numbers stay taken: objects of the caller
    still have them, and would close or write what came by the same number.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in keep and number != nowhere:
            with suppress(OSError):  # the one that listed them is closed by now
                os.fstat(number)
                os.dup2(nowhere, number, inheritable=False)
