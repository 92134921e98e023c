"""A copy of a file that shares its blocks on disk where the file system can (XFS, Btrfs): whoever
writes into one of the two leaves the other as it is.
"""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path

FICLONE = 0x40049409  # ioctl_ficlone(2)
# What a file system or a kernel answers that cannot share the blocks of these two files.
UNABLE = frozenset(
    getattr(errno, name)
    for name in ("EOPNOTSUPP", "ENOTTY", "EINVAL", "EXDEV", "ENOSYS", "EPERM", "ETXTBSY")
)


def copy_file(source: Path, target: Path) -> None:
    """``target``, which must not be there yet, becomes a file of its own with the content of
    ``source``. Raises OSError, also where the disk is full.
    """
    with source.open("rb") as held, target.open("xb") as made:
        shared = _share(held.fileno(), made.fileno())
    if not shared:
        shutil.copyfile(source, target)


def _share(source: int, target: int) -> bool:
    """Whether the open file ``target`` now has the blocks of ``source``."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError as error:
        if error.errno in UNABLE:
            return False
        raise
    return True
