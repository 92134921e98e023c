"""Reading a file that someone may be writing: what is read is one state of the file, or nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from pipelines.intake.refusal import Refused

CHANGED = (
    "读取过程中文件发生了变化（可能仍在复制或保存），本次未读取；请待保存完成后，"
    "下次运行会自动重读。"
)
Stamp = tuple[int, int, int, int]


def stamp(path: Path) -> Stamp:
    """Device, inode, size and modification time (ns): equal stamps, same file state."""
    return _stamp(os.stat(path))


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def read_stable(
    path: Path, *, sha256: str | None = None, limit: int, tries: int = 2
) -> tuple[bytes, str]:
    """The bytes and their SHA-256 (hex), of a file that did not change meanwhile.

    With ``sha256`` the content must still be that one. Never follows a link, never opens a pipe or
    device. Raises Refused: changed in every try, larger than ``limit`` bytes, or not readable (with
    the system's words).
    """
    for _ in range(tries):
        try:
            data, before, after = _read_once(path, limit)
        except NotADirectoryError as error:
            data, before, after = _read_member(path, limit, error)
        except OSError as error:
            raise Refused(
                f"无法读取文件：{os_text(error)}；请检查文件是否存在以及访问权限。", repr(error)
            ) from error
        digest = hashlib.sha256(data).hexdigest()
        if before == after and len(data) == before[2] and sha256 in (None, digest):
            return data, digest
    raise Refused(CHANGED)


def _read_once(path: Path, limit: int) -> tuple[bytes, Stamp, Stamp]:
    descriptor = os.open(
        path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK
    )
    with open(descriptor, "rb") as handle:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused("不是普通文件（管道、设备或文件夹），未读取。")
        if found.st_size > limit:
            raise Refused(too_large(found.st_size, limit))
        data = handle.read(found.st_size + 1)
        return data, _stamp(found), stamp(path)


def _read_member(path: Path, limit: int, error: NotADirectoryError) -> tuple[bytes, Stamp, Stamp]:
    """A file inside an archive: the path goes on behind a file."""
    from pipelines.intake.limits import LIMITS
    from pipelines.intake.members import member_bytes

    try:
        data = member_bytes(path, limit, LIMITS)
    except OSError as failed:
        raise Refused(f"无法读取文件：{os_text(failed)}；请检查压缩包是否存在。") from failed
    if data is None:
        raise Refused(f"无法读取文件：{os_text(error)}；请检查文件是否存在。", repr(error))
    whole = (0, 0, len(data), 0)
    return data, whole, whole


def too_large(size: int, limit: int) -> str:
    return (
        f"文件大小 {size / 1_048_576:,.0f} MB，超过 {limit // 1_048_576:,} MB 的上限，未读取；"
        "请删除图片、附件或多余的工作表后重新提交。"
    )


_OS_TEXT = {
    13: "没有读取权限",
    1: "操作不被允许",
    2: "文件不存在或已被移走",
    5: "磁盘或网络读取错误",
    36: "文件名过长",
    40: "路径中的链接不可跟随",
    116: "网络文件已失效",
}


def os_text(error: OSError) -> str:
    """The cause in Chinese where it is a usual one, with the system's own words."""
    words = error.strerror or str(error)
    known = _OS_TEXT.get(error.errno or 0)
    return f"{known}（{words}）" if known else words
