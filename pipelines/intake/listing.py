"""The entries of the raw folder, each with a name that can be shown and is its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.intake import pathnames as names
from pipelines.intake.stable import os_text


@dataclass(frozen=True, slots=True)
class Seen:
    """A directory entry: ``found`` None and ``error`` set where it could not be looked at."""

    path: Path
    file: str
    notes: tuple[str, ...]
    found: os.stat_result | None
    error: str = ""


def entries(raw: Path) -> Iterator[Seen]:
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
                yield seen_at(raw, folder, None, unreadable(error))
            continue
        for entry in entries:
            path = Path(entry.path)
            try:
                if entry.is_dir(follow_symlinks=False) and not names.passed_over(entry.name):
                    pending.append(path)
                    continue
                yield seen_at(raw, path, entry.stat(follow_symlinks=False))
            except OSError as error:
                yield seen_at(raw, path, None, unreadable(error))


def unreadable(error: OSError) -> str:
    return f"无法读取：{os_text(error)}；请检查文件是否存在以及访问权限。"


def seen_at(raw: Path, path: Path, found: os.stat_result | None, error: str = "") -> Seen:
    shown, notes = names.shown(os.path.relpath(path, raw))
    return Seen(path, shown, notes, found, error)


def unambiguous(seen: list[Seen]) -> list[Seen]:
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
