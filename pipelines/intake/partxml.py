"""One XML part brought to a plain form: UTF-8, no prefix on the main namespace, no comments, no
CDATA, no DTD.

The reader skips what it does not expect without a word, so a part that is legal but unusual is
rewritten first, and one that is dangerous or cut short is refused.
"""

from __future__ import annotations

import codecs
import re

from pipelines.intake.refusal import Refused
from pipelines.intake.xmltext import escape

DOCTYPE = (
    "文件内含有 DTD 或实体声明（可能是恶意构造的文件），未读取；"
    "请用 Excel 另存为 .xlsx 后重新提交。"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.S)
_ROOT_PREFIX = re.compile(
    rb"<([A-Za-z_][\w.-]*):(?:worksheet|sst|styleSheet|workbook|chartsheet|dialogsheet)\b"
)


def plain(xml: bytes, name: str) -> bytes:
    """The part in plain form.

    ``name`` is for the message. Raises Refused for DTDs and unreadable encodings.
    """
    xml = _utf8(xml, name)
    if b"!" in xml and b"<!" in xml:
        xml = _without_markup(xml)
    prefix = _ROOT_PREFIX.search(xml[:4096])
    return _without_prefix(xml, prefix[1]) if prefix else xml


def _utf8(xml: bytes, name: str) -> bytes:
    for bom, encoding in _BOMS:
        if xml.startswith(bom):
            return xml[len(bom) :] if encoding == "utf-8" else _recode(xml, encoding, name)
    declared = _ENCODING.match(xml[:200].lstrip())
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        return _recode(xml, declared[1].decode("ascii", "replace"), name)
    return xml


def _recode(xml: bytes, encoding: str, name: str) -> bytes:
    try:
        text = xml.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise Refused(
            f"部件 {name} 的文字编码 {encoding} 无法识别；请用 Excel 另存为 .xlsx 后重新提交。"
        ) from error
    return _DECLARATION.sub(b"", text.encode())


def _without_markup(xml: bytes) -> bytes:
    bare = _CDATA.sub(
        lambda m: escape(m[1].decode("utf-8", "replace")).encode(), _COMMENT.sub(b"", xml)
    )
    if b"<!" in bare:
        raise Refused(DOCTYPE)
    return bare


def _without_prefix(xml: bytes, prefix: bytes) -> bytes:
    return xml.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
