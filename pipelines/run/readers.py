"""Reading the files of a run: each once, in worker processes, kept by content so that unchanged
ones are not read again.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import log
from pipelines.extract.seen import beside
from pipelines.intake.kinds import DOCUMENT_TYPES
from pipelines.intake.share import Limits, Progress
from pipelines.tables.opened import SUFFIX, name_of

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

WORK = "pipelines.reading.worker:extract_file"
READY = "pipelines.extract.ready"
FIRST = "schemas.ready"
DOCUMENT_WORKERS = (
    "pipelines.narrative.worker",
    "pipelines.narrative.ready",
    "pipelines.performance.worker",
)
DOCUMENT_STAGES = ("pipelines.narrative.stage.checking", "pipelines.performance.stage")
PRIVATE = ".reading-"


@dataclass
class Reading:
    """What became of the workbooks: extraction by file, reason by refused file, and how many were
    not read again.
    """

    extractions: dict[str, Path] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    reused: int = 0


def preload_for(files: Sequence[RawFile], *later: str) -> None:
    """Tells the pool of workers what files of these types need, and ``later`` stages besides."""
    from pipelines.intake.pool import preload
    from pipelines.intake.stem import share
    from pipelines.reading.workbooks import READERS as SHEETS
    from pipelines.tables.read import READERS as TEXTS

    readers = SHEETS | TEXTS
    ready = [f for f in files if f.status == "ready"]
    named = {readers[f.type].partition(":")[0] for f in ready if f.type in readers}
    preload(READY, *later, *named)
    share(FIRST)
    if any(f.kind == "narrative" or f.type in DOCUMENT_TYPES for f in ready):
        preload(*DOCUMENT_WORKERS)
        share(*DOCUMENT_STAGES)  # what these know, the workers know too


def start_readers(*shared: str) -> None:
    """The fork server of the readers, now; ``shared``: modules that it needs and the caller too."""
    from pipelines.intake.pool import prepare
    from pipelines.intake.stem import share

    share(*shared)
    prepare(WORK.partition(":")[0])


def cache_key(sha256: str, version: str) -> str:
    """The name of an extraction: content and the version of forms and extraction."""
    return f"{sha256}-{version}.arrow"


def read_files(
    files: Iterable[RawFile],
    cache: Path,
    version: str,
    limits: Limits,
    progress: Progress,
    opened: Path | None = None,
) -> Reading:
    """Extract every ready workbook and document that the cache does not hold; the same content
    once, whatever its names. Documents as they were opened are kept in the folder ``opened``, if
    anywhere, for the stages that follow.
    """
    cache.mkdir(parents=True, exist_ok=True)
    wanted = _by_content(files)
    targets = {sha: cache / cache_key(sha, version) for sha in wanted}
    missing = [sha for sha, target in targets.items() if not _usable(target)]
    reading = Reading(reused=len(wanted) - len(missing))
    items = [(sha, wanted[sha][0]) for sha in missing]
    reasons = _extract(items, targets, limits, progress, opened)
    for sha, same in wanted.items():
        for item in same:
            if sha in reasons:
                reading.refused[item.file] = reasons[sha]
            else:
                reading.extractions[item.file] = targets[sha]
    return reading


def _by_content(files: Iterable[RawFile]) -> dict[str, list[RawFile]]:
    """The ready workbooks and documents, those with the same content together."""
    wanted: dict[str, list[RawFile]] = {}
    for item in files:
        ours = item.kind == "workbook" or item.type in DOCUMENT_TYPES
        if ours and item.status == "ready" and item.sha256:
            wanted.setdefault(item.sha256, []).append(item)
    return wanted


def _usable(target: Path) -> bool:
    """Whether an extraction is there; using it makes it young again."""
    try:
        if target.stat().st_size == 0:
            return False
        os.utime(target)
    except OSError:
        return False
    with suppress(OSError):  # only a workbook with explanations in it has this file
        os.utime(beside(target))
    return True


def _extract(
    items: list[tuple[str, RawFile]],
    targets: dict[str, Path],
    limits: Limits,
    progress: Progress,
    opened: Path | None,
) -> dict[str, str]:
    """Read the files; gives the reason (Chinese) by content hash of each that was refused.

    A disk that takes no more is no fault of the file: that is an OSError.
    """
    progress(0, len(items))
    if not items:
        return {}
    from pipelines.errors import mentions_full_disk
    from pipelines.intake.cage import folders_of
    from pipelines.intake.refusal import Refused

    private = _private_folder(next(iter(targets.values())).parent)
    largest_first = sorted(items, key=lambda i: -i[1].size)
    jobs = {
        (f.path, f.type, private / targets[sha].name, limits.folders, sha): sha
        for sha, f in largest_first
    }
    reasons: dict[str, str] = {}
    results = limits.map(
        WORK,
        list(jobs),
        result=dict[str, Any],
        writes=(str(private),),
        reads=(*folders_of(f.path for _, f in items), *limits.folders),
    )
    names = {sha: f.file for sha, f in items}
    for done, (job, result) in enumerate(results, 1):
        sha = jobs[job]
        _note(names[sha], result)
        if isinstance(result, Refused):
            if mentions_full_disk(result.detail):
                raise OSError(ENOSPC, result.detail)
            reasons[sha] = result.reason
        else:
            _move(private / targets[sha].name, targets[sha])
            _move_opened(private / targets[sha].name, opened and opened / name_of(sha))
        progress(done, len(items))
    shutil.rmtree(private, ignore_errors=True)
    return reasons


def _private_folder(cache: Path) -> Path:
    """Where the workers of this run write, and nowhere else; what dead runs left goes."""
    for left in cache.glob(f"{PRIVATE}*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=PRIVATE, dir=cache))


def _move(made: Path, target: Path) -> None:
    """An extraction, and what else was seen in the file, to the place where they are kept."""
    os.replace(made, target)
    if beside(made).is_file() and not beside(made).is_symlink():
        os.replace(beside(made), beside(target))
    else:
        beside(target).unlink(missing_ok=True)


def _move_opened(made: Path, target: Path | None) -> None:
    """A document as it was opened, where there is one and anybody wants it."""
    kept = made.with_name(made.name + SUFFIX)
    if target is None or not kept.is_file() or kept.is_symlink():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(kept, target)


def _note(file: str, result: Any) -> None:
    """One line a file in the log file: seconds and facts, or why it was refused (with the details
    for the maintainer).
    """
    if isinstance(result, Exception):
        refused = {
            "reason": getattr(result, "reason", str(result)),
            "detail": getattr(result, "detail", ""),
        }
        log.say(f"隔离 {file}", logging.DEBUG, file=file, **refused)
    else:
        log.say(
            f"读取 {file}",
            logging.DEBUG,
            file=file,
            seconds=result["seconds"],
            facts=result["facts"],
        )
