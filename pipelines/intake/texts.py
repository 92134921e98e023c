"""Texts that people submit beside their tables, read in a confined worker: whatever a register,
explanations or ``performance.yml`` make a reader do costs that file only.

Results come back as bytes (Arrow or JSON) that the caller checks against a schema. The bytes read
are those that were discovered: one that was changed or replaced meanwhile is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.intake.cage import folders_of
from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

# 8 MB of right explanations take some ten seconds on a busy machine, a million units some five.
SECONDS = 120
MEMORY_MB = 2048
TEXT_BYTES = 200 << 20


def read_text_confined(work: str, file: RawFile) -> bytes:
    """What ``work`` makes of the file: "package.module:function" of bytes, name, time of change.

    Raises Refused where it cannot be read within the limits, or is no longer the file discovered.
    """
    job = (work, str(file.path), file.file, file.mtime_ns, file.sha256 or "")
    results = map_files(
        apply,
        [job],
        workers=1,
        memory_mb=MEMORY_MB,
        timeout_s=SECONDS,
        writes=(),
        reads=folders_of([file.path]),
    )
    for _, result in results:
        if isinstance(result, Refused):
            raise result
        if isinstance(result, bytes):
            return result
    raise Refused("没有读成，请重新保存后再放入。")


def apply(work: str, path: str, file: str, mtime_ns: int, sha256: str) -> bytes:
    """In the worker: the bytes discovered, given to ``work``."""
    import pkgutil

    data, _ = read_stable(Path(path), sha256=sha256, limit=TEXT_BYTES)
    made = pkgutil.resolve_name(work)(data, file, mtime_ns)
    return bytes(made)
