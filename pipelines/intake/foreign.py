"""What is kept in a form that is not read: known by its first bytes, or by its parts.

What does not belong here: what becomes of such a file (``kinds.py``).
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

ARCHIVES = (
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"BZh", "bzip2 压缩包"),
    (b"\xfd7zXZ", "xz 压缩包"),
    (b"MSCF", "CAB 压缩包"),
)
_MAGIC = (
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
)
_TAR_AT, _TAR = 257, b"ustar"  # where a tar archive has its mark


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A workbook or document (``kind``) that may be ours, in a form nobody reads here; ``advice``:
    what to hand in instead.
    """

    kind: str
    title: str
    advice: str


_SHEETS = "请在原来的程序中另存为 .xlsx 后重新提交"
_WORDS = "请在原来的程序中另存为 .docx 后重新提交"
OFD = Unreadable(
    "narrative",
    "OFD 版式文件",
    "请提交原来的 Word、Excel 文件，或转换为文字可选的 PDF 后重新提交",
)
NUMBERS = Unreadable("workbook", "苹果 Numbers、Pages 的文件", "请导出为 .xlsx 或 .docx 后重新提交")
_FLAT = re.compile(rb"<office:document[\s>]")
_UOF = re.compile(rb"<uof:UOF[\s>]|<UOF[\s>]", re.I)
_STARTS = (
    (re.compile(rb"ID;P"), Unreadable("workbook", "SYLK 格式（.slk）的表格", _SHEETS)),
    (re.compile(rb"TABLE\r?\n0,1"), Unreadable("workbook", "DIF 格式（.dif）的表格", _SHEETS)),
)
# dBase: the version, then year, month and day of its last change.
_DBASE = re.compile(rb"[\x03\x30\x31\x83\x8b\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f]")
_LOOKED_AT = 4096  # bytes: the root of an XML file stands within


def archive_title(data: bytes) -> str:
    """Which archive, other than a zip, the bytes are; empty where they are none."""
    if data[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return "tar 压缩包"
    return next((title for magic, title in ARCHIVES if data.startswith(magic)), "")


def other_title(data: bytes) -> str:
    """Which picture or program the bytes are; empty where they are none."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP 图片"
    for magic, title in _MAGIC:
        if data.startswith(magic) and not (magic == b"BM" and b"\0" not in data[:64]):
            return title
    return ""


def unreadable_package(names: Set[str]) -> Unreadable | None:
    """Of a package, by its parts (in lower case)."""
    if "ofd.xml" in names:
        return OFD
    if any(name.startswith("index/") and name.endswith(".iwa") for name in names):
        return NUMBERS
    return _UNIFORM if "uof.xml" in names else None


_UNIFORM = Unreadable("workbook", "标文通（UOF）格式的文件", "请另存为 .xlsx 或 .docx 后重新提交")


def unreadable(data: bytes, suffix: str) -> Unreadable | None:
    """Of bytes, by how they begin."""
    start = data[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, found in _STARTS:
        if mark.match(start):
            return found
    if start.startswith(b"<?xml") and _FLAT.search(start):
        kind, advice = ("workbook", _SHEETS) if b"spreadsheet" in start else ("narrative", _WORDS)
        return Unreadable(kind, "单个 XML 的 OpenDocument 文件", advice)
    if start.startswith(b"<?xml") and _UOF.search(start):
        return _UNIFORM
    if suffix == ".dbf" and _DBASE.match(data):
        return Unreadable("workbook", "dBase 格式（.dbf）的表格", _SHEETS)
    return None
