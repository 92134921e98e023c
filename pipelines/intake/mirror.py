"""An inbox at an fsspec address, mirrored to a folder of this machine before it is looked at.

Only what is new or changed is fetched (by size, time of modification and the server's mark), what
was removed is removed, and a file has its name only when it is whole. What cannot be a file here
under its own name is reported and not fetched; what nobody would open stands there without content.
What does not belong here: what the files are (``discover.py``).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from pipelines.addresses import THREADS, Folder, Listed, Unreachable
from pipelines.intake import pathnames
from pipelines.intake.kinds import claims
from pipelines.intake.limits import LIMITS
from pipelines.intake.rawfile import RawFile

STATE = ".mirrored.json"  # beside the folder: what its files were at the address
ASIDE = ".fetching"  # beside the folder
LONGEST = 255  # bytes of a name on nearly every file system
LONGEST_PATH = 3000  # of 4096 bytes, with the folder before it
# s3fs takes what follows ?versionId= in a key for a version of another object.
GONE = "列出之后取不到（刚被移走，或键中有“?versionId=”），本次略过；下次运行再取。"
MOVING = "对象正在被改写，本次略过；下次运行会读取。"
DENIED = "没有读取该对象的权限（{why}），未读取；请给运行账户读权限。"

Mark = tuple[int, int, str]


@dataclass(slots=True)
class Mirrored:
    """What came of it: files fetched, kept, removed; ``left``: objects that were not."""

    fetched: int = 0
    kept: int = 0
    removed: int = 0
    left: list[RawFile] = field(default_factory=list)


def mirror(source: Folder, target: Path) -> Mirrored:
    """Makes ``target`` as the folder at the address is.

    Raises Unreachable where not all of it could be had (what is there then is whole, but of two
    times), FileNotFoundError where there is no such folder.
    """
    made = Mirrored()
    wanted = _wanted(source.listed(), made)
    known = _known(target)
    target.mkdir(parents=True, exist_ok=True)
    made.removed = _remove_others(target, wanted)
    due = [one for one in wanted.values() if not _same(target, one, known.get(one.name))]
    made.kept = len(wanted) - len(due)
    known = {name: mark for name, mark in known.items() if name in wanted}
    try:
        for one in _fetched(source, target, due, made):
            known[one.name] = _mark(one)
            made.fetched += 1
    finally:
        _keep(target, known)
    return made


def _wanted(listed: list[Listed], made: Mirrored) -> dict[str, Listed]:
    """What can be a file here under its own name; the rest is reported."""
    plain = [one for one in listed if not (one.name.endswith("/") and not one.size)]
    folders = {str(above) for one in plain for above in PurePosixPath(one.name).parents}
    found = {}
    for one in plain:
        why = _odd(one.name) or ("与另一对象的文件夹同名" if one.name in folders else "")
        if why:
            reason = f"对象的键{why}，不能作为文件名，未读取；请改名后重新放入。"
            made.left.append(_refused(one, reason))
        else:
            found[one.name] = one
    return found


def _odd(name: str) -> str:
    """Why a key cannot be a path below a folder (Chinese); empty where it can."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "中有空的、“.”或“..”一级"
    if "\0" in name:
        return "中有空字符"
    whole = name.encode("utf-8", "surrogatepass")
    if len(whole) > LONGEST_PATH or any(len(p) > LONGEST for p in whole.split(b"/")):
        return f"过长（一级最多 {LONGEST} 字节）"
    return ""


def _refused(one: Listed, reason: str) -> RawFile:
    shown, notes = pathnames.shown(one.name)
    kind = claims(PurePosixPath(one.name).suffix.lower())
    path = Path("/nonexistent")  # never opened: it is quarantined
    return RawFile(
        path, shown, kind, "", one.size, one.mtime_ns, None, "quarantined", reason, notes
    )


def _waiting(one: Listed, reason: str) -> RawFile:
    return replace(_refused(one, reason), status="waiting")


def _same(target: Path, one: Listed, before: Mark | None) -> bool:
    """Whether the file is here as it is there; never where the server says neither when it was
    changed nor gives a mark.
    """
    if not (one.mtime_ns or one.mark):
        return False
    try:
        here = os.lstat(target / one.name)
    except OSError:
        return False
    return before == _mark(one) and (here.st_size, here.st_mtime_ns) == (one.size, one.mtime_ns)


def _mark(one: Listed) -> Mark:
    return one.size, one.mtime_ns, one.mark


def _remove_others(target: Path, wanted: dict[str, Listed]) -> int:
    """Takes away files that are no longer at the address, and folders that are empty."""
    shutil.rmtree(target.with_name(target.name + ASIDE), ignore_errors=True)
    removed = 0
    for folder, names, files in os.walk(target, topdown=False):
        here = Path(folder)
        for name in (*files, *(n for n in names if (here / n).is_symlink())):
            if (here / name).relative_to(target).as_posix() not in wanted:
                (here / name).unlink()
                removed += 1
        if here != target:
            with suppress(OSError):  # one that is not empty stays
                here.rmdir()
    return removed


def _fetched(source: Folder, target: Path, due: list[Listed], made: Mirrored) -> Iterator[Listed]:
    """The files as they have come; what has not is reported."""
    aside = target.with_name(target.name + ASIDE)
    aside.mkdir(mode=0o700, exist_ok=True)

    def fetch(one: Listed) -> Listed | RawFile:
        try:
            whole = _fetch(source, target, aside / secrets.token_hex(8), one)
        except FileNotFoundError:
            return _waiting(one, GONE)
        except Unreachable as error:
            if isinstance(error.__cause__, PermissionError):
                return _refused(one, DENIED.format(why=error))
            raise
        return one if whole else _waiting(one, MOVING)

    threads = ThreadPoolExecutor(THREADS)
    try:
        for one, came in zip(due, threads.map(fetch, due), strict=True):
            if isinstance(came, Listed):
                yield one
                continue
            (target / one.name).unlink(missing_ok=True)
            made.left.append(came)
    finally:
        threads.shutdown(cancel_futures=True)
        shutil.rmtree(aside, ignore_errors=True)


def _fetch(source: Folder, target: Path, aside: Path, one: Listed) -> bool:
    """One file, whole, under its own name and time; False where it is another one by now."""
    if pathnames.passed_over(PurePosixPath(one.name).name) or one.size > LIMITS.file_bytes:
        aside.touch()
        os.truncate(aside, one.size)  # nobody opens it: it need only be there
    else:
        source.fetch(one.name, aside)
        if aside.stat().st_size != one.size:
            return False
    os.utime(aside, ns=(one.mtime_ns, one.mtime_ns))
    path = target / one.name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(aside, path)
    return True


def _known(target: Path) -> dict[str, Mark]:
    with suppress(OSError, ValueError, TypeError, AttributeError):
        kept = json.loads(target.with_name(target.name + STATE).read_text("utf-8"))
        return {name: (size, mtime, mark) for name, (size, mtime, mark) in kept.items()}
    return {}


def _keep(target: Path, known: dict[str, Mark]) -> None:
    state = target.with_name(target.name + STATE)
    aside = state.with_name(f"{state.name}.tmp")
    aside.write_text(json.dumps(known), "utf-8")
    os.replace(aside, state)
