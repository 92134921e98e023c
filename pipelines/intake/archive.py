"""A zip package read with suspicion: its directory is judged before anything is unpacked, its parts
while they are.

Parts are inflated by zlib directly, bounded by the size the directory declares and checked against
its CRC, so that a part which lies about its size is caught before it fills the memory.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused

DAMAGED = "压缩包结构不完整，文件可能在传输中被截断或损坏；请重新导出并完整上传。"
ENCRYPTED = "工作簿已加密（设有打开密码），无法读取；请取消密码后重新提交。"
_END = b"PK\x05\x06"
_UNREADABLE = (
    zipfile.BadZipFile,
    ValueError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    IndexError,
    OverflowError,
    KeyError,
    RuntimeError,
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DRIVE = re.compile(r"^[A-Za-z]:")


class Package:
    """The parts of a zip held in memory, by name (``/`` between folders)."""

    def __init__(self, data: bytes, limits: Limits = LIMITS) -> None:
        self.data = data
        self.limits = limits
        self.entries = {i.filename.replace("\\", "/"): i for i in _directory(data, limits)}
        self._folded = {name.casefold(): name for name in self.entries}

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def find(self, name: str) -> str | None:
        """The part's name as it is spelled in the package, whatever the case asked for."""
        return name if name in self.entries else self._folded.get(name.casefold())

    def read(self, name: str) -> bytes:
        """The part, inflated.

        Raises Refused when it is missing, damaged, or larger than it says.
        """
        found = self.find(name)
        if found is None:
            raise Refused(f"工作簿缺少部件 {name}，文件已损坏；请重新导出。")
        return _inflate(self.data, self.entries[found])

    def content(self, entry: zipfile.ZipInfo) -> bytes:
        """The bytes of one of ``entries``. Raises Refused where it is damaged or larger than it
        says.
        """
        return _inflate(self.data, entry)


def _directory(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """The central directory, judged: count, names, encryption, sizes and ratios."""
    end = data.rfind(_END)
    if end < 0 or len(data) < end + 22:
        raise Refused(DAMAGED)
    size = struct.unpack_from("<I", data, end + 12)[0]
    if size != 0xFFFFFFFF and size > limits.directory_bytes:
        raise Refused("压缩包内的条目过多，疑似压缩炸弹，未解压；请核对文件来源。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except _UNREADABLE as error:
        raise Refused(DAMAGED, repr(error)) from error
    _judge(entries, limits)
    return entries


def _judge(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Refused(
            f"压缩包内有 {len(entries)} 个条目，超过 {limits.entries} 个的上限，未解压；"
            "请核对文件来源。"
        )
    seen: set[str] = set()
    for entry in entries:
        _judge_name(entry.filename, seen)
        _judge_size(entry, limits)
    total = sum(e.file_size for e in entries)
    if total > limits.total_bytes:
        raise Refused(
            f"解压后共 {total // 1_048_576:,} MB，"
            f"超过 {limits.total_bytes // 1_048_576:,} MB 的上限，"
            "疑似压缩炸弹，未解压；请核对文件来源。"
        )


def _judge_name(name: str, seen: set[str]) -> None:
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or _DRIVE.match(name) or "\x00" in name:
        raise Refused(
            f"压缩包内含有越出自身目录的路径“{printable(name)}”，未解压；请核对文件来源。"
        )
    folded = "/".join(parts).casefold()
    if folded in seen:
        raise Refused(f"压缩包内有两个同名部件“{printable(name)}”，内容无法确定；请重新导出。")
    seen.add(folded)


def _judge_size(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 0x1:
        raise Refused(ENCRYPTED)
    read = entry.filename.lower().endswith((".xml", ".rels"))
    large = entry.file_size > (limits.ratio_from_bytes if read else limits.unread_ratio_from_bytes)
    if entry.file_size > limits.part_bytes or (
        large and entry.file_size > limits.ratio * max(entry.compress_size, 1)
    ):
        raise Refused(
            f"部件“{printable(entry.filename)}”解压后为 {entry.file_size // 1_048_576:,} MB，"
            "与压缩前大小相差悬殊，疑似压缩炸弹，未解压；请核对文件来源。"
        )


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    start = _start(data, entry)
    packed = data[start : start + entry.compress_size]
    if entry.compress_type not in _METHODS:
        raise Refused(
            f"部件“{printable(entry.filename)}”的压缩方法不受支持；"
            "请用 Excel 另存为 .xlsx 后重新提交。"
        )
    try:
        part = packed if entry.compress_type == zipfile.ZIP_STORED else _deflated(packed, entry)
    except zlib.error as error:
        raise Refused(DAMAGED, repr(error)) from error
    if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise Refused(DAMAGED, f"{entry.filename}: size or CRC differs from the directory")
    return part


def _deflated(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    inflater = zlib.decompressobj(-15)
    part = inflater.decompress(packed, entry.file_size + 1)
    if not inflater.eof and len(part) <= entry.file_size:
        raise zlib.error("incomplete stream")
    return part


def _start(data: bytes, entry: zipfile.ZipInfo) -> int:
    """Where the part's bytes begin, past its local header."""
    at = entry.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or len(data) < at + 30:
        raise Refused(DAMAGED, f"{entry.filename}: no local header")
    name, extra = struct.unpack_from("<HH", data, at + 26)
    return at + 30 + name + extra


def printable(name: str, width: int = 80) -> str:
    """A name from a file, safe to show: control characters and lone surrogates replaced, cut at
    ``width``.
    """
    shown = "".join(c if c.isprintable() else "�" for c in name)
    return shown if len(shown) <= width else shown[:width] + "…"
