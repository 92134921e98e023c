"""What lies in the raw folder: every file, by its content, without opening what should not be
opened.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake import pathnames as names
from pipelines.intake.kinds import Kind, claims, classify
from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import CHANGED, os_text, read_stable, stamp, too_large

if TYPE_CHECKING:
    from pipelines.intake.members import Archive, Member

__all__ = ["RawFile", "discover", "look", "look_inside"]

SETTLE_SECONDS = 3.0  # a file younger than this may still be being copied
_WATCH_SECONDS = 0.3  # looked at twice, this far apart
_WATCH_BROKEN_SECONDS = 1.0  # a broken end is more often a copy under way: watched longer
_MANY = 40  # files from which threads are quicker than their start
_THREADS = 4
_SPECIAL = (
    (stat.S_ISLNK, "链接"),
    (stat.S_ISFIFO, "管道"),
    (stat.S_ISSOCK, "套接字"),
    (stat.S_ISBLK, "设备"),
    (stat.S_ISCHR, "设备"),
)


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of the raw folder.

    ``file``: its path below that folder, always printable text; ``path``: where to open it.
    ``kind``: workbook, narrative, register, explanations, archive, other. ``type``: one of
    ``kinds.SHEET_TYPES``, docx, odt, rtf, doc, txt, html, mht, zip, yaml or "". ``status``: ready,
    quarantined, ignored, waiting. ``reason``: Chinese, empty when ready. ``notes``: macro,
    wrong_extension, ``same_as:<file>``, ``encoding:<name>``, ``name_encoding:<name>``,
    ``folder`` (one that could not be listed).
    ``submitted_sha256``: of the submitted file, where ``path`` is what it was converted into.
    """

    path: Path
    file: str
    kind: str
    type: str
    size: int
    mtime_ns: int
    sha256: str | None
    status: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    submitted_sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A directory entry: ``found`` None and ``error`` set where it could not be looked at."""

    path: Path
    file: str
    notes: tuple[str, ...]
    found: os.stat_result | None
    error: str = ""


def discover(
    raw: Path, *, settle_seconds: float = SETTLE_SECONDS, limits: Limits = LIMITS
) -> list[RawFile]:
    """Every file below ``raw``, sorted by ``file``; empty when ``raw`` is missing. Never writes,
    never follows links.

    A file modified within ``settle_seconds`` that changes while we watch (a third of a second, a
    second where such a file looks broken; once for all) is ``waiting``. Of files with equal content
    the one modified last (then by path) is ``ready``, the others are ``ignored`` with the note
    ``same_as:<file>``.
    """
    raw = Path(raw)
    seen = _unambiguous(list(_entries(raw)))
    before = _fresh(seen, settle_seconds)
    if len(seen) > _MANY:
        with ThreadPoolExecutor(_THREADS) as threads:
            files = list(threads.map(lambda one: _look(one, limits), seen))
    else:
        files = [_look(one, limits) for one in seen]
    files = with_members(_waiting(files, before), limits)
    return sorted(_once(_one_each(files)), key=lambda f: f.file)


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
        kind = Kind(claims(path.suffix.lower()), "", "quarantined", _unreadable(failed))
        return _raw(_Seen(path, shown, notes, None), kind, None)
    return _look(_Seen(path, shown, notes, found), limits)


def look_inside(path: Path, *, limits: Limits = LIMITS) -> list[RawFile]:
    """One file as ``check`` takes it, and its members where it is an archive."""
    return with_members([look(path, path.name, limits=limits)], limits)


def with_members(files: list[RawFile], limits: Limits) -> list[RawFile]:
    """The files, each archive followed by what is in it."""
    found = []
    for file in files:
        opened = file.kind == "archive" and file.status == "ready"
        found += _opened(file, limits) if opened else [file]
    return found


def _opened(file: RawFile, limits: Limits) -> list[RawFile]:
    """An archive and its members; one that cannot be opened is quarantined."""
    from pipelines.intake.members import Archive

    try:
        data, _ = read_stable(file.path, sha256=file.sha256, limit=limits.file_bytes)
        archive = Archive(data, limits)
        members = [_member(file, archive, member, limits) for member in archive.members]
    except Refused as refused:
        return [replace(file, status="quarantined", reason=refused.reason)]
    if not members:
        return [replace(file, status="ignored", reason="压缩包，其中没有文件。")]
    reason = f"压缩包，其中 {len(members)} 个文件逐个列出"
    return [replace(file, reason=reason), *members]


def _member(file: RawFile, archive: Archive, member: Member, limits: Limits) -> RawFile:
    """A file of an archive, as if it lay in a folder of that name; its age is that of the
    archive.
    """
    folders = member.name.split("/")
    kind = next(filter(None, map(names.passed_over, folders)), None)
    digest = None
    if kind is None:
        kind, digest = _member_kind(archive, member, folders[-1], limits)
    return RawFile(
        file.path / member.name,
        f"{file.file}/{member.name}",
        kind.kind,
        kind.type,
        member.entry.file_size,
        file.mtime_ns,
        digest,
        kind.status,
        kind.reason,
        (*kind.notes, *member.notes),
    )


def _member_kind(
    archive: Archive, member: Member, name: str, limits: Limits
) -> tuple[Kind, str | None]:
    """What a member is, and the hash of its bytes; a damaged one costs only itself."""
    from pipelines.intake.members import NESTED, refuse_long

    try:
        refuse_long(member)
        data = archive.read(member)
    except Refused as refused:
        suffix = Path(name).suffix.lower()
        return Kind(claims(suffix), "", "quarantined", refused.reason), None
    kind = _reserved(name, data) or classify(data, name, limits)
    if kind.kind == "archive":
        kind = Kind("other", "", "quarantined", NESTED)
    return kind, hashlib.sha256(data).hexdigest()


def _entries(raw: Path) -> Iterator[_Seen]:
    """Everything below ``raw`` that is not a plain folder; folders that cannot be listed are
    reported themselves.
    """
    pending = [Path(raw)]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda e: e.name)
        except OSError as error:
            if folder != raw or folder.exists():
                yield _seen(raw, folder, None, _unreadable(error))
            continue
        for entry in entries:
            path = Path(entry.path)
            try:
                if entry.is_dir(follow_symlinks=False) and not names.passed_over(entry.name):
                    pending.append(path)
                    continue
                yield _seen(raw, path, entry.stat(follow_symlinks=False))
            except OSError as error:
                yield _seen(raw, path, None, _unreadable(error))


def _unreadable(error: OSError) -> str:
    return f"无法读取：{os_text(error)}；请检查文件是否存在以及访问权限。"


def _seen(raw: Path, path: Path, found: os.stat_result | None, error: str = "") -> _Seen:
    shown, notes = names.shown(os.path.relpath(path, raw))
    return _Seen(path, shown, notes, found, error)


def _unambiguous(seen: list[_Seen]) -> list[_Seen]:
    """Two names that print alike get a number, so that ``file`` stays a key."""
    taken: set[str] = set()
    result = []
    for one in sorted(seen, key=lambda s: (s.notes, os.fsencode(s.path))):
        name, number = one.file, 1
        while name in taken:
            number += 1
            name = f"{one.file}~{number}"
        taken.add(name)
        result.append(replace(one, file=name))
    return result


def _look(one: _Seen, limits: Limits) -> RawFile:
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
    return _raw(one, _by_content(one, data, limits), digest)


def _failed(one: _Seen, reason: str) -> Kind:
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


def _by_mode(one: _Seen) -> Kind | None:
    assert one.found is not None
    if stat.S_ISREG(one.found.st_mode):
        return None
    if stat.S_ISDIR(one.found.st_mode):
        return Kind("other", "", "ignored", "系统或隐藏文件夹，其中的文件未读取。")
    title = next((t for test, t in _SPECIAL if test(one.found.st_mode)), "特殊文件")
    return Kind("other", "", "ignored", f"是{title}，不是普通文件，未打开；请放入文件本身。")


def _oversize(one: _Seen, limits: Limits) -> Kind:
    assert one.found is not None
    kind = claims(one.path.suffix.lower())
    if kind == "other":
        return Kind("other", "", "ignored", "文件过大，且不是报表或说明。")
    return Kind(kind, "", "quarantined", too_large(one.found.st_size, limits.file_bytes))


def _by_content(one: _Seen, data: bytes, limits: Limits) -> Kind:
    return _reserved(one.path.name, data) or classify(data, one.path.name, limits)


def _reserved(name: str, data: bytes) -> Kind | None:
    """A register or explanations, by their name."""
    kind = names.reserved(name)
    if kind is None:
        return None
    type = "csv" if kind == "register" else "yaml"
    if not data.strip():
        return Kind(
            kind, type, "quarantined", "文件为空，没有内容；请补全后重新放入，或删除该文件。"
        )
    return Kind(kind, type)


def _raw(one: _Seen, kind: Kind, digest: str | None) -> RawFile:
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


def _fresh(seen: list[_Seen], settle_seconds: float) -> dict[str, tuple[Path, tuple[int, ...]]]:
    """The regular files modified a moment ago, with their stamps."""
    now = time.time()
    fresh: dict[str, tuple[Path, tuple[int, ...]]] = {}
    for one in seen:
        if (
            one.found
            and stat.S_ISREG(one.found.st_mode)
            and abs(now - one.found.st_mtime) < settle_seconds
        ):
            fresh[one.file] = (one.path, (one.found.st_size, one.found.st_mtime_ns))
    return fresh


def _waiting(
    files: list[RawFile], before: dict[str, tuple[Path, tuple[int, ...]]]
) -> list[RawFile]:
    """Those that changed since they were first seen wait for the next run."""
    watched = [f for f in files if f.file in before and f.status in ("ready", "quarantined")]
    if not watched:
        return files
    broken = any(f.status == "quarantined" for f in watched)
    time.sleep(_WATCH_BROKEN_SECONDS if broken else _WATCH_SECONDS)
    moving = {f.file for f in watched if _changed(*before[f.file])}
    return [_held(f) if f.file in moving else f for f in files]


def _held(file: RawFile) -> RawFile:
    reason = "文件正在复制或保存，本次略过；下次运行会读取。"
    return replace(file, status="waiting", reason=reason, sha256=None)


def _changed(path: Path, before: tuple[int, ...]) -> bool:
    try:
        return stamp(path)[2:] != before
    except OSError:
        return True


def _one_each(files: list[RawFile]) -> list[RawFile]:
    """Of several registers or ``explanations.yml`` the one nearest the top counts."""
    for kind, title in (("register", "单位名册"), ("explanations", "审核说明")):
        found = [
            f
            for f in files
            if f.kind == kind and f.status == "ready" and not names.downloaded(f.path.name)
        ]
        if len(found) > 1:
            chosen = min(found, key=lambda f: (f.file.count("/"), f.file))
            reason = f"{title}已取自“{chosen.file}”，同名的其他文件不用。"
            others = {f.file for f in found if f is not chosen}
            files = [
                replace(f, status="ignored", reason=reason) if f.file in others else f
                for f in files
            ]
    return files


def _once(files: list[RawFile]) -> list[RawFile]:
    """Equal content is processed once: the file modified last, then by path, stands for all."""
    newest: dict[tuple[str, str | None], RawFile] = {}
    for file in files:
        key = (file.kind, file.sha256)
        if _countable(file) and (key not in newest or _later(file, newest[key])):
            newest[key] = file
    return [_twin(f, newest.get((f.kind, f.sha256))) for f in files]


def _countable(file: RawFile) -> bool:
    return (
        file.status == "ready"
        and file.sha256 is not None
        and file.kind in ("workbook", "narrative")
    )


def _later(one: RawFile, other: RawFile) -> bool:
    return (one.mtime_ns, one.file) > (other.mtime_ns, other.file)


def _twin(file: RawFile, chosen: RawFile | None) -> RawFile:
    if chosen is None or chosen is file or not _countable(file):
        return file
    reason = f"与“{chosen.file}”内容完全相同，只处理一次。"
    return replace(
        file, status="ignored", reason=reason, notes=(*file.notes, f"same_as:{chosen.file}")
    )


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file of any size, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as handle:
        while piece := handle.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
