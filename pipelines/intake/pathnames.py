"""Names in the raw folder: which are passed over unopened, and how an undecodable one is shown."""

from __future__ import annotations

import os
import re

from pipelines.intake.kinds import Kind
from pipelines.shown import escaped

_PARTIAL = (
    ".tmp",
    ".part",
    ".partial",
    ".crdownload",
    ".filepart",
    ".download",
    ".!qb",
    ".opdownload",
    ".uploading",
)
_SYSTEM = {
    "thumbs.db",
    "desktop.ini",
    "ehthumbs.db",
    "icon\r",
    "__macosx",
    "$recycle.bin",
    "system volume information",
}
_NOTES = {".md", ".markdown", ".rst", ".log", ".lnk", ".url", ".webloc", ".ini", ".gitkeep"}
_README = re.compile(r"^(readme|license|changelog)(\.txt|\.html?)?$", re.I)
_RESERVED = {
    "units.csv": "register",
    "explanations.yml": "explanations",
    "explanations.yaml": "explanations",
}


def passed_over(name: str) -> Kind | None:
    """Why a file of that name is not opened; None when it is."""
    low = name.casefold()
    if low.startswith(("~$", ".~lock.", ".~")) or (low.startswith("~") and low.endswith(".tmp")):
        return Kind(
            "other",
            "",
            "ignored",
            "Office 打开文件时留下的锁定文件，不含数据；请关闭正在编辑的工作簿。",
        )
    if low.endswith(_PARTIAL):
        return Kind(
            "other",
            "",
            "ignored",
            "尚未传完的临时文件，本次略过；传完并改为正式名称后，下次运行会读取。",
        )
    if low.startswith(".") or low in _SYSTEM:
        return Kind("other", "", "ignored", "系统或隐藏文件，不是报表或说明。")
    if os.path.splitext(low)[1] in _NOTES or _README.match(low):
        return Kind("other", "", "ignored", "备注文件，不是报表或说明。")
    return None


_DOWNLOADED = re.compile(r"^审核说明.*\.ya?ml$", re.I)


def reserved(name: str) -> str | None:
    """``register`` or ``explanations`` for the files known by their name.

    Besides the one ``explanations.yml`` there may be any number of ``审核说明….yml``, as the page
    gives them out.
    """
    return _RESERVED.get(name.casefold()) or ("explanations" if downloaded(name) else None)


def downloaded(name: str) -> bool:
    """Whether a file is one of those explanations of which all count."""
    return bool(_DOWNLOADED.match(name))


def shown(path: str) -> tuple[str, tuple[str, ...]]:
    """A relative path as text that can be stored and printed, and notes on how it was decoded."""
    name, notes = shown_bytes(os.fsencode(path))
    return name.replace(os.sep, "/"), notes


def shown_bytes(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """A name's bytes as text that shows, and notes on how they were decoded."""
    name, notes = decoded(raw)
    return escaped(name), notes


def decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """A name's bytes as text: UTF-8, else GB18030, else with its odd bytes written as ``\\xNN``."""
    for encoding, notes in (("utf-8", ()), ("gb18030", ("name_encoding:gb18030",))):
        try:
            return raw.decode(encoding), notes
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace"), ("name_encoding:unknown",)


def reserved_kind(name: str, data: bytes) -> Kind | None:
    """A register or explanations, by their name."""
    kind = reserved(name)
    if kind is None:
        return None
    type = "csv" if kind == "register" else "yaml"
    if not data.strip():
        return Kind(
            kind, type, "quarantined", "文件为空，没有内容；请补全后重新放入，或删除该文件。"
        )
    return Kind(kind, type)
