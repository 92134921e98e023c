"""What became of each file: its row of ``files``, and what people are told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.collect.howmuch import how_much
from pipelines.collect.resolve import FileRef
from pipelines.intake.kinds import DISGUISED
from pipelines.intake.rawfile import RawFile
from schemas.observation import Observation, Place


def file_rows(
    files: Sequence[RawFile],
    refs: list[FileRef],
    refused: Mapping[str, str],
    lists: set[str],
    notes: Mapping[str, tuple[str, ...]],
) -> list[dict]:
    """A row a file. ``lists``: workbooks that are lists of ours with explanations filled in."""
    known = {r.file: r for r in refs}
    rows = []
    for f in files:
        ref = known.get(f.file)
        status, reason = _file_status(f, ref, refused)
        only_list = f.file in lists and status == "ignored"
        if only_list:
            status, reason = "read", None
        rows.append(
            {
                "file": f.file,
                "sha256": f.submitted_sha256 or f.sha256,
                "kind": "explanations" if only_list else f.kind,
                "status": status,
                "reason": reason,
                **_whose(ref),
                # What is converted before it is read is an old Word document.
                "format": "doc" if f.submitted_sha256 else f.type or None,
                **how_much(ref, notes.get(f.file, ())),
            }
        )
    return sorted(rows, key=lambda r: r["file"])


def _whose(ref: FileRef | None) -> dict[str, str | int | None]:
    if ref is None:
        return dict.fromkeys(("unit_code", "unit_name", "year"))
    return {"unit_code": ref.unit_code, "unit_name": ref.unit_name, "year": ref.year}


def _file_status(
    f: RawFile, ref: FileRef | None, refused: Mapping[str, str]
) -> tuple[str, str | None]:
    if f.file in refused:
        return "quarantined", refused[f.file]
    if f.status != "ready":
        return ("quarantined" if f.status == "quarantined" else "ignored"), f.reason or None
    if ref is None or f.kind == "archive":
        return _status_without_tables(f)
    if ref.status == "read" and _is_disguised(f):
        return "read", ref.reason or f"实际是{DISGUISED[f.type]}，已按内容取数。"
    return ref.status, ref.reason


def _status_without_tables(f: RawFile) -> tuple[str, str | None]:
    if f.kind == "archive":
        return "read", f.reason
    if f.kind in ("register", "explanations", "narrative"):
        return "read", None
    return "ignored", f.reason or None


def _is_disguised(f: RawFile) -> bool:
    return "wrong_extension" in f.notes and f.type in DISGUISED


def files_observed(
    files: Sequence[RawFile], refs: list[FileRef], refused: Mapping[str, str]
) -> list[Observation]:
    """Quarantined files are errors; files that wait, links, macros and external links are hints."""
    inside = {r.file: r.notes for r in refs if r.sheets or r.document}
    found: list[Observation] = []
    for f in files:
        found += _not_read(f, refused)
        found += _remarks(f, inside.get(f.file, ()))
        if f.status == "ignored" and "不是普通文件" in f.reason:
            found.append(_hint("S-IGNORED", f, f"{f.file} 略过：{f.reason}"))
    return found


def _not_read(f: RawFile, refused: Mapping[str, str]) -> Iterator[Observation]:
    """That the file was quarantined, or waits for the next run."""
    reason = refused.get(f.file) or (f.reason if f.status == "quarantined" else "")
    if reason:
        what = "已隔离，未取数"
        if "folder" in f.notes:
            what = "是文件夹，读不了，其中的文件一个也没有读"
        message = f"请按原因改正后重报：{f.file} {what}：{reason}"
        yield Observation("S-FILE", f.file, message, places=(Place("subject", f.file),))
    elif f.status == "waiting":
        yield _hint("S-WAIT", f, f"{f.file} 本次略过：{f.reason}")


def _remarks(f: RawFile, inside: Sequence[str]) -> Iterator[Observation]:
    """What the notes of a file, and those made while it was read, say to people."""
    place = (Place("subject", f.file),)
    for note in sorted({*f.notes, *inside}):
        for rule, text, severity in _noted(note):
            yield Observation(rule, f.file, f"{f.file}：{text}", severity, places=place)


def _hint(rule: str, f: RawFile, message: str) -> Observation:
    return Observation(rule, f.file, message, "hint", places=(Place("subject", f.file),))


_NOTES = {
    "macro": ("S-MACRO", "含有宏；只取数值，宏没有运行。建议另存为不含宏的工作簿后重报。", "hint"),
    "external_links": (
        "S-LINKS",
        "引用了其他工作簿；没有读取外部数据，只用表中已存的数值。请断开链接后重报。",
        "hint",
    ),
    "results_unsure": (
        "S-UNCACHED",
        "含有结果为 0 或空白的公式；.xlsb 中无法辨别是没有计算还是结果如此，按 0 或空白读取。"
        "请用 Excel 打开、重新计算并另存为 .xlsx 后核对。",
        "hint",
    ),
    "unread": ("S-UNREAD", "{}。", "review"),
}


def _noted(note: str) -> Iterator[tuple[str, str, str]]:
    """(rule, text, severity) of a note that people are told of."""
    name, _, said = note.partition(":")
    if name in _NOTES:
        rule, text, severity = _NOTES[name]
        yield rule, text.format(said), severity
