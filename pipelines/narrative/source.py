"""A document as text with character offsets: ``.txt``, ``.html`` and ``.docx``.

For ``.txt`` the text is the file's own, decoded; for the others it is the paragraphs and table cells in reading order, one a
line. What does not belong here: sections and meaning.
"""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path
from typing import Any

import docx
from charset_normalizer import from_bytes
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree, html

BLOCKS = frozenset(
    (
        "p",
        "div",
        "br",
        "tr",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "section",
        "article",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "title",
        "header",
        "footer",
        "hr",
        "td",
        "th",
        "caption",
    )
)
IGNORED = frozenset(("script", "style", "noscript", "template", "head", "nav", "select"))
TOO_LARGE = 20_000_000
TOO_LONG = 3_000_000


class NarrativeError(Exception):
    """The file cannot be read as a narrative. ``reason`` is for the person who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_source(path: Path, type: str) -> str:
    """The text of a document. Raises :class:`NarrativeError` with what to do."""
    readers = {"txt": _read_txt, "html": _read_html, "htm": _read_html, "docx": _read_docx}
    if type not in readers:
        raise NarrativeError(
            f"不支持的说明文字格式“{type}”，请另存为 .docx、.txt 或 .html 后重新提交"
        )
    try:
        if path.stat().st_size > TOO_LARGE:
            raise NarrativeError("文件过大，不像决算公开说明；请去掉图片后重新提交")
        text = readers[type](path)
        if len(text) > TOO_LONG:
            raise NarrativeError("文字过长，不像决算公开说明；请检查是否误放了其他文件")
        return text
    except OSError as error:
        raise NarrativeError(
            f"文件打不开（{error.strerror or error}），请检查后重新提交"
        ) from error


def decode(data: bytes) -> str:
    """Bytes as text: BOM, UTF-8, GB18030, then a guess."""
    for bom, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(bom):
            return data.decode(name, errors="replace")
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data).best()
    return str(best) if best else data.decode("gb18030", errors="replace")


def _read_txt(path: Path) -> str:
    data = path.read_bytes()
    if not data.strip():
        raise NarrativeError("空文件，请重新导出后提交")
    if b"\0" in data[:4096] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NarrativeError("不是文本文件（内容为二进制），请检查文件类型后重新提交")
    return decode(data)


def _read_html(path: Path) -> str:
    data = path.read_bytes()
    if not data.strip():
        raise NarrativeError("空文件，请重新导出后提交")
    parser = html.HTMLParser(no_network=True, huge_tree=False, encoding=_html_encoding(data))
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NarrativeError("网页内容无法解析，请另存为 .docx 或 .txt 后重新提交") from error
    parts: list[str] = []
    _collect(tree, parts)
    lines = [" ".join(line.split()) for line in "".join(parts).split("\n")]
    return "\n".join(line for line in lines if line)


def _html_encoding(data: bytes) -> str | None:
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        head = data[:2048].lower()
        return None if b"charset=" in head and b"utf-8" not in head else "gb18030"


def _collect(root: Any, parts: list[str]) -> None:
    """Text of a tree in reading order, a line a block; without recursion, so depth cannot hurt."""
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            parts.append(node.tail or "")
        elif event == "start":
            parts.append("\n" if node.tag in BLOCKS else "")
            parts.append("" if _hidden(node) else (node.text or "").replace("\n", " "))
        else:
            parts.append("\n" if node.tag in BLOCKS else "")
            parent = node.getparent()
            inside = parent is not None and _hidden(parent)
            parts.append("" if inside else (node.tail or "").replace("\n", " "))


def _hidden(node: Any) -> bool:
    return any(n.tag in IGNORED for n in (node, *node.iterancestors()))


def open_docx(path: Path) -> Any:
    """The Word document. Raises :class:`NarrativeError`."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(i.file_size for i in package.infolist()) > 50 * TOO_LARGE // 10:
                raise NarrativeError("文件解压后过大，不像决算公开说明；请另存后重新提交")
        return docx.Document(str(path))
    except NarrativeError:
        raise
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        etree.XMLSyntaxError,
    ) as error:
        raise NarrativeError(
            "Word 文件已损坏、加密或不是 .docx（旧的 .doc 请另存为 .docx），请重新提交"
        ) from error


def docx_paragraphs(document: Any) -> list[Any]:
    """Every paragraph element of the body, those of table cells included, in reading order."""
    found = []
    for element in document.element.body.iter(qn("w:p")):
        ancestors = {a.tag for a in element.iterancestors()}
        if qn("w:txbxContent") not in ancestors and not any(
            str(t).endswith("}Fallback") for t in ancestors
        ):
            found.append(element)
    return found


def paragraph_pieces(element: Any) -> list[tuple[Any, str]]:
    """The text-bearing nodes of a paragraph (text, tab, break) with their text; field codes and deletions left out."""
    pieces = []
    for node in element.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        if _foreign(node, element):
            continue
        if node.tag == qn("w:t"):
            pieces.append((node, node.text or ""))
        elif node.tag == qn("w:noBreakHyphen"):
            pieces.append((node, "-"))
        elif node.getparent().tag == qn("w:r"):
            pieces.append((node, "\t" if node.tag == qn("w:tab") else "\n"))
    return pieces


def _foreign(node: Any, paragraph: Any) -> bool:
    """Whether a node is of another paragraph (a text box) or deleted."""
    for ancestor in node.iterancestors():
        if ancestor is paragraph:
            return False
        if ancestor.tag in (qn("w:txbxContent"), qn("w:del"), qn("w:moveFrom"), qn("w:p")):
            return True
    return False


def _read_docx(path: Path) -> str:
    document = open_docx(path)
    lines = ["".join(text for _, text in paragraph_pieces(p)) for p in docx_paragraphs(document)]
    return "\n".join(lines)
