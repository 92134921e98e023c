"""What a text is: its encoding, and whether it is a page, a web archive, XML, or a table between
tabs or commas.
"""

from __future__ import annotations

import base64
import codecs
import re
from dataclasses import dataclass

from pipelines.intake.delimiter import FEWEST_FIELDS, FEWEST_NAMED, delimiter_of

LOOKED_AT = 65_536  # bytes that say what a text is
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|div|p|h[1-6])[\s>]", re.I)
_EXCEL = re.compile(
    r"urn:schemas-microsoft-com:office:excel|content=.?Excel\.Sheet|^X-Document-Type: Workbook",
    re.I | re.M,
)
_MIME = re.compile(r"^mime-version:", re.I | re.M)
_MULTIPART = re.compile(r"^content-type:\s*(?:multipart/|text/html)", re.I | re.M)
_SOFT_BREAK = re.compile(r"=\r?\n")
_BASE64 = re.compile(
    r"^Content-Transfer-Encoding:\s*base64\s*?\n(?:[\w-]+:.*\n|[ \t].*\n)*\s*?\n"
    r"([A-Za-z0-9+/\s]{64,})",
    re.I | re.M,
)
MOST_CONTROLS = 1 / 50  # of the characters: beyond, the bytes are no text


@dataclass(frozen=True, slots=True)
class Text:
    """``type``: html, mht, xmlsheet, xml or txt; ``title`` says it in Chinese. ``excel``: Excel
    wrote it.

    ``encoding``: utf-8, utf-8-sig, utf-16 or gb18030. ``head``: how it begins.
    """

    type: str
    title: str
    encoding: str
    head: str
    excel: bool = False

    def delimited(self, *, prose: bool) -> bool:
        """Whether its lines are rows of a table. Without ``prose`` it must hold no sentence but
        notes.
        """
        fewest = FEWEST_NAMED if prose else FEWEST_FIELDS
        return delimiter_of(self.head, prose=prose, fewest=fewest) is not None


def text_of(data: bytes) -> Text | None:
    """None where the bytes are no text."""
    encoding = encoding_of(data)
    if encoding is None:
        return None
    head = data[:LOOKED_AT].decode(encoding, "ignore")
    controls = sum(c < " " and c not in "\t\r\n\f" for c in head)
    if controls > len(head) * MOST_CONTROLS:
        return None
    type, title = _type(head.lstrip("\ufeff \t\r\n"), head)
    said = _SOFT_BREAK.sub("", head) + _unwrapped(head) if type == "mht" else head
    excel = bool(_EXCEL.search(said))
    if len(data) > LOOKED_AT:
        head = head.rpartition("\n")[0] or head
    return Text(type, title, encoding, head, excel)


def _unwrapped(head: str) -> str:
    """The beginning of the first part of a web archive that is written in base64."""
    found = _BASE64.search(head)
    if not found:
        return ""
    words = re.sub(r"\s", "", found[1])
    return base64.b64decode(words[: len(words) // 4 * 4]).decode("utf-8", "replace")


def encoding_of(data: bytes) -> str | None:
    """utf-8, utf-8-sig, utf-16 or gb18030; None when it is no text."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data:
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _type(start: str, head: str) -> tuple[str, str]:
    spreadsheet = "schemas-microsoft-com:office:spreadsheet" in head[:8192]
    if spreadsheet and start.startswith("<") and re.search(r"<(?:\w+:)?Workbook\b", head):
        return "xmlsheet", "XML 电子表格 2003"
    if _is_web_archive(start, head[:8192]):
        return "mht", "网页归档（MHTML）"
    if start.startswith("<") and _HTML.search(head[:8192]):
        return "html", "网页（HTML）"
    if start.startswith("<?xml"):
        return "xml", "XML 文件"
    if delimiter_of(head) is not None:
        return "txt", "以逗号或制表符分隔的文本（CSV）"
    return "txt", "纯文本"


def _is_web_archive(start: str, head: str) -> bool:
    if not _MIME.search(head):
        return False
    return start[:5].lower() == "mime-" or bool(_MULTIPART.search(head))
