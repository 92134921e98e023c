"""What an archive holds, each member as if it lay in a folder of the archive's name."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake import pathnames as names
from pipelines.intake.kinds import Kind, claims, classify
from pipelines.intake.limits import Limits
from pipelines.intake.rawfile import RawFile
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable

if TYPE_CHECKING:
    from pipelines.intake.members import Archive, Member


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
    kind = names.reserved_kind(name, data) or classify(data, name, limits)
    if kind.kind == "archive":
        kind = Kind("other", "", "quarantined", NESTED)
    return kind, hashlib.sha256(data).hexdigest()
