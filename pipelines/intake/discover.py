"""What lies in the raw folder: every file, by its content, without opening what should not be
opened.
"""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.intake import pathnames as names
from pipelines.intake.doubles import once, one_each
from pipelines.intake.inside import with_members
from pipelines.intake.kindmemory import KindMemory
from pipelines.intake.kinds import Kind, claims
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.listing import Seen, entries, unambiguous, unreadable
from pipelines.intake.rawfile import RawFile
from pipelines.intake.refusal import Refused
from pipelines.intake.settling import fresh, waiting
from pipelines.intake.stable import CHANGED, read_stable, too_large

SETTLE_SECONDS = 3.0  # a file younger than this may still be being copied


_MANY = 40  # files from which threads are quicker than their start


_THREADS = 4


_SPECIAL = (
    (stat.S_ISLNK, "链接"),
    (stat.S_ISFIFO, "管道"),
    (stat.S_ISSOCK, "套接字"),
    (stat.S_ISBLK, "设备"),
    (stat.S_ISCHR, "设备"),
)


def discover(
    raw: Path,
    *,
    settle_seconds: float = SETTLE_SECONDS,
    limits: Limits = LIMITS,
    memory: KindMemory | None = None,
) -> list[RawFile]:
    """Every file below ``raw``, sorted by ``file``; empty when ``raw`` is missing. Never writes,
    never follows links. ``memory``: what contents were found to be before.

    A file modified within ``settle_seconds`` that changes while we watch (a third of a second, a
    second where such a file looks broken; once for all) is ``waiting``. Of files with equal content
    the one modified last (then by path) is ``ready``, the others are ``ignored`` with the note
    ``same_as:<file>``.
    """
    raw, known = Path(raw), memory or KindMemory()
    seen = unambiguous(list(entries(raw)))
    before = fresh(seen, settle_seconds)
    if len(seen) > _MANY:
        with ThreadPoolExecutor(_THREADS) as threads:
            files = list(threads.map(lambda one: _look(one, limits, known), seen))
    else:
        files = [_look(one, limits, known) for one in seen]
    files = with_members(waiting(files, before), limits)
    return sorted(once(one_each(files)), key=lambda f: f.file)


def look(path: Path, file: str | None = None, *, limits: Limits = LIMITS) -> RawFile:
    """One file on its own, as ``check`` takes it; ``file`` is how to name it.

    A link given by name is followed.
    """
    path = Path(path)
    shown, notes = names.shown(file if file is not None else path.name)
    try:
        path = path.resolve() if path.is_symlink() else path
        found = os.stat(path)
    except OSError as failed:
        kind = Kind(claims(path.suffix.lower()), "", "quarantined", unreadable(failed))
        return _raw(Seen(path, shown, notes, None), kind, None)
    return _look(Seen(path, shown, notes, found), limits, KindMemory())


def look_inside(path: Path, *, limits: Limits = LIMITS) -> list[RawFile]:
    """One file as ``check`` takes it, and its members where it is an archive."""
    return with_members([look(path, path.name, limits=limits)], limits)


def _look(one: Seen, limits: Limits, known: KindMemory) -> RawFile:
    if one.found is None:
        return _raw(one, _failed(one, one.error), None)
    kind = _by_mode(one) or names.passed_over(one.path.name)
    if kind is not None:
        return _raw(one, kind, None)
    if one.found.st_size > limits.file_bytes:
        return _raw(one, _oversize(one, limits), None)
    try:
        data, digest = read_stable(one.path, limit=limits.file_bytes)
    except Refused as refused:
        return _raw(one, _failed(one, refused.reason), None)
    name = one.path.name
    found = names.reserved_kind(name, data) or known.classify(data, digest, name, limits)
    return _raw(one, found, digest)


def _failed(one: Seen, reason: str) -> Kind:
    """What could not be looked at: gone meanwhile, changing, or closed to us."""
    if not os.path.lexists(one.path):
        return Kind("other", "", "ignored", "查看时文件已被移走或改名，本次略过。")
    if _is_folder(one.path):
        return Kind("other", "", "quarantined", reason, ("folder",))
    status = "waiting" if reason == CHANGED else "quarantined"
    return Kind(claims(one.path.suffix.lower()), "", status, reason)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _by_mode(one: Seen) -> Kind | None:
    assert one.found is not None
    if stat.S_ISREG(one.found.st_mode):
        return None
    if stat.S_ISDIR(one.found.st_mode):
        return Kind("other", "", "ignored", "系统或隐藏文件夹，其中的文件未读取。")
    title = next((t for test, t in _SPECIAL if test(one.found.st_mode)), "特殊文件")
    return Kind("other", "", "ignored", f"是{title}，不是普通文件，未打开；请放入文件本身。")


def _oversize(one: Seen, limits: Limits) -> Kind:
    assert one.found is not None
    kind = claims(one.path.suffix.lower())
    if kind == "other":
        return Kind("other", "", "ignored", "文件过大，且不是报表或说明。")
    return Kind(kind, "", "quarantined", too_large(one.found.st_size, limits.file_bytes))


def _raw(one: Seen, kind: Kind, digest: str | None) -> RawFile:
    size, mtime = (one.found.st_size, one.found.st_mtime_ns) if one.found else (0, 0)
    notes = (*kind.notes, *one.notes)
    return RawFile(
        one.path,
        one.file,
        kind.kind,
        kind.type,
        size,
        mtime,
        digest,
        kind.status,
        kind.reason,
        notes,
    )
