"""Plain text: bytes to characters.

The text is the file's own, so that a span of it is a span of the file.
"""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from pipelines.tables.document import Document, Line
from pipelines.tables.failure import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4096  # bytes in which a zero says that a file is no text


def decode(data: bytes) -> str:
    """Bytes as text: BOM, UTF-8, GB18030, then a guess."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace")
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data).best()
    return str(best) if best else data.decode("gb18030", errors="replace")


def read_plain(data: bytes) -> Document:
    """A text file. Raises :class:`DocumentError`."""
    if not data.strip():
        raise DocumentError("空文件，请重新导出后提交")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in data[:_LOOKED_AT] and not wide:
        raise DocumentError("不是文本文件（内容为二进制），请检查文件类型后重新提交")
    text = decode(data)
    lines, start = [], 0
    for raw in text.splitlines(keepends=True):
        lines.append(Line(start, start + len(raw.rstrip("\r\n"))))
        start += len(raw)
    return Document(text, tuple(lines))
