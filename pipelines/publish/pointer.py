"""The one pointer: ``<processed>/current``, swapped by renaming a link over it;
``<reports>/current`` leads through it.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from pipelines.errors import Aborted, UsageError
from pipelines.publish.place import BUILDING, Place

READ_ONLY = 0o444


def sync(path: Path) -> None:
    """Have the system write a file or a folder's entries to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (9, 22, 95):
            raise
    finally:
        os.close(descriptor)


def finish(building: Path, run_id: str) -> Path:
    """Give an audited set its own name: from here on it is complete, and read-only."""
    for folder, _, names in os.walk(building, topdown=False):
        of_reports = "reports" in Path(folder).relative_to(building).parts
        for path in (os.path.join(folder, name) for name in names):
            mode = os.lstat(path).st_mode
            if not stat.S_ISREG(mode):
                continue
            if stat.S_IMODE(mode) != READ_ONLY:  # those taken over are so already
                os.chmod(path, READ_ONLY)
            if not of_reports:
                sync(Path(path))
        sync(Path(folder))
    final = building.parent / run_id
    os.rename(building, final)
    sync(final.parent)
    return final


def swap(place: Place, run_id: str) -> None:
    """Publish a complete set. Readers see the whole old one or the whole new one.

    Raises Aborted where links cannot be made, or where something that is no link stands in the way.
    """
    place.reports.mkdir(parents=True, exist_ok=True)
    through = os.path.relpath(
        place.processed.resolve() / "current" / "reports", place.reports.resolve()
    )
    _link(Path(through), place.reports / "current")
    _link(Path("runs") / run_id, place.current)


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    if link.exists() and not link.is_symlink():
        raise Aborted(f"{link} 已经存在，而且不是本程序建立的链接。请移走或改名后再运行。")
    aside = link.with_name(f".{link.name}.new")
    try:
        aside.unlink(missing_ok=True)
        os.symlink(target, aside, target_is_directory=True)
        os.replace(aside, link)
    except OSError as error:
        raise Aborted(
            f"不能在 {link.parent} 中建立链接：{error.strerror or error}。"
            "请换到支持链接的文件系统。"
        ) from error
    sync(link.parent)


def check_targets(place: Place) -> None:
    """Before any work: links can be made where ``current`` is to be, nothing else stands there, and
    the reports folder is of this set. Raises Aborted, and UsageError for the last.
    """
    for link in (place.current, place.reports / "current"):
        if link.exists() and not link.is_symlink():
            raise Aborted(f"{link} 已经存在，而且不是本程序建立的链接。请移走或改名后再运行。")
    _of_this_set(place)
    for folder in (place.processed, place.reports):
        _try_link(folder)


def _of_this_set(place: Place) -> None:
    """Two data folders must not take turns in one reports folder: each would hide the other's."""
    link = place.reports / "current"
    if not link.is_symlink():
        return
    leads_to = Path(os.path.normpath(link.parent.resolve() / os.readlink(link)))
    other = leads_to.parent.parent
    if other.resolve() != place.processed.resolve() and (other / "current").exists():
        raise UsageError(
            f"报告文件夹 {place.reports} 已由另一个数据文件夹 {other} 使用。"
            f"每个数据文件夹请各用一个报告文件夹；数据文件夹已经改换的，先删除链接 {link}。"
        )


def _try_link(folder: Path) -> None:
    """Makes a link and takes it away again."""
    trial = folder / f".link-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.unlink(missing_ok=True)
        os.symlink("x", trial)
        trial.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return  # a full disk is told where it stops the work
        raise Aborted(
            f"不能在 {folder} 中建立链接：{error.strerror or error}，无法发布，本次没有开始。"
            "请换到支持链接、可以写入的文件系统。"
        ) from error


def sweep(place: Place, *, unpublished: set[str]) -> list[str]:
    """Remove what dead runs left behind; call it under the lock only. Returns the ids of those
    runs.

    That is: sets being built, and complete sets that the ledger knows as ``unpublished``.
    """
    current = place.published()
    gone = {f"{r}{BUILDING}" for r in unpublished} | unpublished - (
        {current.name} if current else set()
    )
    left = []
    for folder in sorted(place.runs.iterdir()) if place.runs.is_dir() else []:
        if folder.name in gone or folder.name.endswith(BUILDING):
            left.append(folder.name.removesuffix(BUILDING))
            remove(folder)
    for stray in (
        *place.cache.glob("*.tmp*"),
        place.processed / ".current.new",
        place.reports / ".current.new",
    ):
        stray.unlink(missing_ok=True)
    return left


def remove(folder: Path) -> None:
    """Remove a folder of ours, read-only parts and all."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
        return
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)
