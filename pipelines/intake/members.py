"""Zip archives in the inbox, opened to a depth of one: their members are files like the others.

A member is addressed by a path that goes on behind the archive's (``…/包.zip/内.xlsx``). Nothing is
unpacked to disk: whoever reads such a path gets the bytes of the member out of the archive.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.intake import pathnames as names
from pipelines.intake.archive import ENCRYPTED, Package, printable
from pipelines.intake.kinds import LOCKED
from pipelines.intake.limits import MEGABYTE, Limits
from pipelines.intake.refusal import Refused
from pipelines.shown import escaped

NESTED = "是压缩包中的压缩包，不再解开；请解压后把其中的文件放入收件文件夹。"
TOO_LONG = "在压缩包中的路径或文件名过长，无法读取；请缩短文件夹和文件的名称后重新压缩。"
# Bytes of a path within an archive and of one name in it: a system takes 4,096 for the whole path,
# the inbox's own included, and 255 for a name.
LONGEST_PATH, LONGEST_NAME = 3_000, 255
# A department hands in some dozen files; a province's archive of all its departments some thousand.
MOST_MEMBERS = 2_000
MOST_BYTES = 300 * MEGABYTE  # read in one go, in the process that lists the inbox
RATIO_FROM = 4 * MEGABYTE  # smaller members may be as empty as they like
_UNICODE_PATH = 0x7075  # the extra field in which Info-ZIP writes a name in UTF-8
_UTF8_FLAG = 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """``name``: as it is shown, ``/`` between folders; ``notes``: on how its name was decoded."""

    name: str
    notes: tuple[str, ...]
    entry: zipfile.ZipInfo


class Archive:
    """An archive held in memory, judged before anything is unpacked. Raises Refused."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        bounds = replace(
            limits,
            entries=min(limits.entries, MOST_MEMBERS),
            total_bytes=min(limits.total_bytes, MOST_BYTES),
            part_bytes=min(limits.part_bytes, limits.file_bytes),
            unread_ratio_from_bytes=min(limits.unread_ratio_from_bytes, RATIO_FROM),
        )
        try:
            self.package = Package(data, bounds)
        except Refused as refused:
            reason = LOCKED if refused.reason == ENCRYPTED else refused.reason
            raise Refused(reason, refused.detail) from refused
        self.members = list(self._members())

    def _members(self) -> Iterator[Member]:
        taken: set[str] = set()
        for entry in self.package.entries.values():
            if _is_special(entry):
                raise Refused(
                    f"压缩包内的“{printable(entry.filename)}”是链接或特殊文件，未解压；"
                    "请核对文件来源，放入文件本身。"
                )
            if entry.is_dir():
                continue
            said, notes = names.decoded(_name_bytes(entry))
            name = escaped(said.replace("\\", "/"))
            parts = name.split("/")
            if ".." in parts or not parts[0] or not parts[-1]:
                raise Refused(
                    f"压缩包内含有越出自身目录的路径“{printable(name)}”，未解压；请核对文件来源。"
                )
            if name in taken:
                raise Refused(
                    f"压缩包内有两个同名文件“{printable(name)}”，内容无法确定；请重新压缩。"
                )
            taken.add(name)
            yield Member(name, notes, entry)

    def read(self, member: Member) -> bytes:
        """The member, inflated no further than it says. Raises Refused."""
        return self.package.content(member.entry)


def refuse_long(member: Member) -> None:
    """Raises Refused where no system has a path as long as a member's."""
    parts = member.name.encode("utf-8", "surrogateescape").split(b"/")
    if sum(map(len, parts)) + len(parts) > LONGEST_PATH or max(map(len, parts)) > LONGEST_NAME:
        raise Refused(TOO_LONG)


def _is_special(entry: zipfile.ZipInfo) -> bool:
    """A link, a device and the like; an entry may also say nothing of its type."""
    mode = entry.external_attr >> 16
    return bool(stat.S_IFMT(mode)) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _name_bytes(entry: zipfile.ZipInfo) -> bytes:
    """A name as it is stored: marked as UTF-8, or in whatever the sender's machine spoke."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename.encode("utf-8", "surrogateescape")
    told = _unicode_path(entry.extra)
    return told if told is not None else entry.orig_filename.encode("cp437", "replace")


def _unicode_path(extra: bytes) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and length > 5:
            return extra[at + 9 : at + 4 + length]
        at += 4 + length
    return None


def member_bytes(path: Path, limit: int, limits: Limits) -> bytes | None:
    """The bytes of the member that a path behind an archive's names; None where there is none.

    Raises Refused, and OSError where the archive cannot be read.
    """
    from pipelines.intake.stable import read_stable

    archive = next((p for p in path.parents if p.is_file()), None)
    if archive is None:
        return None
    data, _ = read_stable(archive, limit=limit)
    opened = Archive(data, limits)
    wanted = path.relative_to(archive).as_posix()
    found = next((m for m in opened.members if m.name == wanted), None)
    return opened.read(found) if found else None
