"""Files that stand for others: equal content is processed once, and of registers the one nearest
the top counts.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.intake import pathnames as names
from pipelines.intake.rawfile import RawFile


def one_each(files: list[RawFile]) -> list[RawFile]:
    """Of several registers or ``explanations.yml`` the one nearest the top counts."""
    for kind, title in (("register", "单位名册"), ("explanations", "审核说明")):
        found = [f for f in files if f.kind == kind and _counts(f)]
        if len(found) > 1:
            chosen = min(found, key=lambda f: (f.file.count("/"), f.file))
            reason = f"{title}已取自“{chosen.file}”，同名的其他文件不用。"
            others = {f.file for f in found if f is not chosen}
            files = [
                replace(f, status="ignored", reason=reason) if f.file in others else f
                for f in files
            ]
    return files


def _counts(file: RawFile) -> bool:
    return file.status == "ready" and not names.downloaded(file.path.name)


def once(files: list[RawFile]) -> list[RawFile]:
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
