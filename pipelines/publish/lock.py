"""One run at a time: an exclusive lock in the processed folder that names its owner.

The lock is the operating system's, so it falls away with its owner, however that ends; the note
beside it (``.run.lock.json``) only tells people who holds it and since when.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import Aborted, Busy

NAME = ".run.lock"


@dataclass(frozen=True)
class Owner:
    """Who holds the lock: process, machine, start (UTC, ISO)."""

    pid: int
    host: str
    started_at: str
    command: str = ""

    @property
    def age_seconds(self) -> int:
        started = datetime.fromisoformat(self.started_at)
        return max(0, int((datetime.now(UTC) - started).total_seconds()))

    @property
    def alive(self) -> bool | None:
        """Whether the process is there; None where it runs on another machine."""
        if self.host != socket.gethostname():
            return None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def words(self) -> str:
        return f"进程 {self.pid}（{self.host}），{age_words(self.age_seconds)}前开始"


def age_words(seconds: int) -> str:
    """90 → ``1 分 30 秒``."""
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分 {seconds % 60} 秒"
    if seconds < 86400:
        return f"{seconds // 3600} 小时 {seconds % 3600 // 60} 分"
    return f"{seconds // 86400} 天 {seconds % 86400 // 3600} 小时"


def owner(processed: Path) -> Owner | None:
    """The owner noted beside the lock (who may have ended), or None."""
    with suppress(OSError, ValueError, TypeError):
        return Owner(**json.loads(_note(processed).read_text(encoding="utf-8")))
    return None


def is_held(processed: Path) -> bool:
    """Whether a run is under way."""
    if not (processed / NAME).exists():
        return False
    lock = FileLock(processed / NAME)
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


@contextmanager
def exclusive(processed: Path) -> Iterator[Owner | None]:
    """Hold the lock; yields the dead owner whose run was taken over, or None.

    Raises Busy, naming the owner and the age of its run, when another run is under way.
    """
    lock = _acquire(processed)
    dead = owner(processed)
    _drop_in_children(lock)
    try:
        _note(processed).write_text(json.dumps(asdict(_me()), ensure_ascii=False), encoding="utf-8")
        yield dead
    finally:
        _note(processed).unlink(missing_ok=True)
        lock.release()


def _acquire(processed: Path) -> FileLock:
    try:
        processed.mkdir(parents=True, exist_ok=True)
        lock = FileLock(processed / NAME)
        lock.acquire(timeout=0)
    except Timeout as error:
        held = owner(processed)
        who = held.words() if held else "所有者未知"
        raise Busy(
            f"另一次运行正在进行：{who}。请等它结束后再试，或用 caijue status 查看。"
        ) from error
    except OSError as error:
        raise Aborted(
            f"不能在 {processed} 中写入：{error.strerror or error}。请检查文件夹和权限，或用"
            " --processed 另指一处。"
        ) from error
    return lock


def _me() -> Owner:
    return Owner(
        os.getpid(),
        socket.gethostname(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        "caijue run",
    )


def _note(processed: Path) -> Path:
    return processed / f"{NAME}.json"


_HELD: list[FileLock] = []


def _drop_in_children(lock: FileLock) -> None:
    """A forked worker must not keep the lock of a killed parent alive."""
    if not _HELD and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_held)
    _HELD[:] = [lock]


def _close_held() -> None:
    for lock in _HELD:
        descriptor = getattr(getattr(lock, "_context", None), "lock_file_fd", None)
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)
            lock._context.lock_file_fd = None
    _HELD.clear()
