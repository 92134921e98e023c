"""Files that may still be being copied: what changes while we watch waits for the next run."""

from __future__ import annotations

import stat
import time
from dataclasses import replace
from pathlib import Path

from pipelines.intake.listing import Seen
from pipelines.intake.rawfile import RawFile
from pipelines.intake.stable import stamp

_WATCH_SECONDS = 0.3  # looked at twice, this far apart


_WATCH_BROKEN_SECONDS = 1.0  # a broken end is more often a copy under way: watched longer


def fresh(seen: list[Seen], settle_seconds: float) -> dict[str, tuple[Path, tuple[int, ...]]]:
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


def waiting(files: list[RawFile], before: dict[str, tuple[Path, tuple[int, ...]]]) -> list[RawFile]:
    """Those that changed since they were first seen wait for the next run."""
    watched = [f for f in files if f.file in before and f.status in ("ready", "quarantined")]
    if not watched:
        return files
    time.sleep(_watch_for(watched))
    moving = {f.file for f in watched if _changed(*before[f.file])}
    return [_held(f) if f.file in moving else f for f in files]


def _watch_for(watched: list[RawFile]) -> float:
    """Seconds: longer where a file cannot be read yet."""
    broken = any(f.status == "quarantined" for f in watched)
    return _WATCH_BROKEN_SECONDS if broken else _WATCH_SECONDS


def _held(file: RawFile) -> RawFile:
    reason = "文件正在复制或保存，本次略过；下次运行会读取。"
    return replace(file, status="waiting", reason=reason, sha256=None)


def _changed(path: Path, before: tuple[int, ...]) -> bool:
    try:
        return stamp(path)[2:] != before
    except OSError:
        return True
