"""A copy of a file that shares its blocks where the file system can, and is a file of its own
everywhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path

import pytest

from pipelines.publish.clone import FICLONE, copy_file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "before"
    path.write_bytes(bytes(range(256)) * 5_000)
    path.chmod(0o444)
    return path


def test_what_is_written_into_the_copy_does_not_reach_the_source(source: Path) -> None:
    whole, target = source.read_bytes(), source.with_name("after")
    copy_file(source, target)
    assert target.read_bytes() == whole and not target.samefile(source)
    with target.open("r+b") as made:
        made.write(b"other")
    assert source.read_bytes() == whole and os.stat(source).st_nlink == 1


def test_a_file_that_is_there_already_is_not_written_into(source: Path) -> None:
    target = source.with_name("after")
    os.link(source, target)
    with pytest.raises(FileExistsError):
        copy_file(source, target)
    assert source.stat().st_size == 1_280_000


def test_where_blocks_can_be_shared_nothing_is_copied(source: Path, monkeypatch) -> None:
    """The file system is a stand-in: it says that it did what it was asked for."""
    asked = []

    def ioctl(target: int, request: int, held: int) -> int:
        asked.append((os.fstat(target).st_ino, request, os.fstat(held).st_ino))
        return 0

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    monkeypatch.setattr(shutil, "copyfile", None)
    target = source.with_name("after")
    copy_file(source, target)
    assert asked == [(target.stat().st_ino, FICLONE, source.stat().st_ino)]


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY])
def test_where_they_cannot_the_bytes_are_copied(source: Path, monkeypatch, code: int) -> None:
    monkeypatch.setattr(fcntl, "ioctl", lambda *_: _fail(code))
    copy_file(source, source.with_name("after"))
    assert source.with_name("after").read_bytes() == source.read_bytes()


def test_a_full_disk_is_told(source: Path, monkeypatch) -> None:
    monkeypatch.setattr(fcntl, "ioctl", lambda *_: _fail(errno.ENOSPC))
    with pytest.raises(OSError, match="space"):
        copy_file(source, source.with_name("after"))


def _fail(code: int) -> None:
    raise OSError(code, os.strerror(code))
