"""Web pages (HTML): text in reading order, a line a block, with the tables in it.

Depth cannot hurt: the tree is walked without recursion, and where the parser gives up on a page
(libxml2 drops what is nested deeper than 2,048 elements), it is read again with its wrappers taken
out, so that no text is lost in silence.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from lxml import etree, html

from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.gridplace import GridPlace
from pipelines.tables.plain import decode
from pipelines.tables.writer import OpenTable, Writer

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "title", "header", "footer", "hr"))
_PROSE = frozenset(("p", "div", "br", "section", "article", "ul", "ol", "li", "dl", "dt", "dd"))
BLOCKS = _HEADINGS | _PROSE | {"table", "caption", "tr", "td", "th"}
IGNORED = frozenset(("script", "style", "noscript", "template", "head", "nav", "select"))
_WRAPPERS = re.compile(
    r"</?(?:div|span|font|section|article|center|b|i|u|em|strong|a|o:p)\b[^>]*>", re.I
)
_STORED = re.compile(
    r"(?P<open><td\b[^<>]*?\b(?:x:num|sdval)\s*=\s*[\"']?(?P<number>[-+.\deE]+)[\"']?[^<>]*>)"
    r"(?:(?!<td\b|</td).){0,2000}</td>",
    re.I | re.S,
)
_TELLING = re.compile(r"[\w]", re.UNICODE)


def read_web(data: bytes, *, exact: bool = False) -> Document:
    """A web page. ``exact``: cells say the values a spreadsheet program stored (``x:num`` of
    Excel, ``sdval`` of LibreOffice), not what it shows of them.

    Raises :class:`DocumentError`.
    """
    if not data.strip():
        raise DocumentError("空文件，请重新导出后提交")
    text = decoded(data)
    if exact:
        text = _STORED.sub(_as_stored, text)
    document = _read(text)
    lost = _letters(_visible(text)) - _letters(document.text)
    if lost > 0:
        flat = _read(_WRAPPERS.sub(_as_break, text))
        if _letters(flat.text) > _letters(document.text):
            document = flat
            lost = _letters(_visible(text)) - _letters(document.text)
    if lost > 0:
        said = f"网页中有约 {lost} 个字没有读到（网页代码不合规范）；请另存为 .docx 后重新提交"
        document = replace(document, unread=(said,), lost=lost)
    return document


def _as_stored(match: re.Match[str]) -> str:
    """The cell with its stored number for words; what stands in its tags is put aside."""
    return f"{match['open']}{match['number']}</td>"


def _as_break(match: re.Match[str]) -> str:
    """A wrapper that stands for a block leaves a line break behind, any other nothing."""
    return "<br>" if re.match(r"</?(?:div|section|article|center)\b", match[0], re.I) else ""


def decoded(data: bytes) -> str:
    """By BOM, else as UTF-8 where it is that, else as declared, else GB18030."""
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096])
    name = declared[1].decode("ascii", "ignore").lower() if declared else ""
    if name in ("big5", "big5-hkscs", "utf-16", "shift_jis", "windows-1252", "iso-8859-1"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return data.decode(name)
            except (UnicodeDecodeError, LookupError):
                pass
    return decode(data)


def _read(text: str) -> Document:
    parser = html.HTMLParser(no_network=True, huge_tree=True, encoding="utf-8")
    # Characters that XML has no place for would end the text where they stand.
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text)
    clean = re.sub(r"^\s*<\?xml[^>]*\?>", "", clean)
    try:
        tree = html.document_fromstring(clean.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("网页内容无法解析，请另存为 .docx 或 .txt 后重新提交") from error
    page = _Page()
    page.walk(tree)
    return page.writer.document()


class _Page:
    """The walk over a page: the line being put together, and the tables that are open."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.words: list[str] = []
        self.tables: list[tuple[OpenTable, GridPlace]] = []
        self.cells: list[Any] = []
        self.hidden = 0

    def walk(self, root: Any) -> None:
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in ("comment", "pi"):
                self._say(node.tail)
            elif event == "start":
                self._start(node)
            else:
                self._end(node)
        self._break()

    def _start(self, node: Any) -> None:
        if node.tag in BLOCKS:
            self._break()
        if node.tag in IGNORED:
            self.hidden += 1
        elif node.tag == "table":
            self.tables.append((self.writer.open_table(), GridPlace()))
        elif node.tag == "tr" and self.tables:
            self.tables[-1][1].next_row()
        elif node.tag in ("td", "th") and self.tables:
            table, grid = self.tables[-1]
            row, column, rows, columns = grid.place(_span(node, "rowspan"), _span(node, "colspan"))
            self.writer.open_cell(table, row, column, rows, columns)
            self.cells.append(node)
        self._say(node.text)

    def _end(self, node: Any) -> None:
        if node.tag in BLOCKS:
            self._break(_level(node.tag))
        if node.tag in IGNORED:
            self.hidden -= 1
        elif node.tag == "table":
            self.tables.pop()
        elif self.cells and node is self.cells[-1]:
            self.cells.pop()
            self.writer.close_cell()
        self._say(node.tail)

    def _say(self, text: str | None) -> None:
        if text and not self.hidden:
            self.words.append(text)

    def _break(self, level: int = 0) -> None:
        """The line so far ends; spaces and line feeds of the source count as one space, empty lines
        not at all.
        """
        line = " ".join("".join(self.words).split())
        self.words = []
        if line:
            self.writer.line(line, "heading" if level else "paragraph", level)


def _level(tag: str) -> int:
    return int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() else 0


def _span(node: Any, name: str) -> int:
    value = (node.get(name) or "1").strip()
    return int(value) if value.isdigit() and len(value) < 6 else 1


class _Visible(HTMLParser):
    """The text outside tags, taken without a tree: what there is to read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in IGNORED:
            self.hidden.append(tag)
        if tag == "body":
            self.hidden.clear()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            del self.hidden[self.hidden.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _visible(text: str) -> str:
    reader = _Visible()
    with suppress(AssertionError):  # on a declaration that is none; what came before is counted
        reader.feed(text)
        reader.close()
    return "".join(reader.parts)


def _letters(text: str) -> int:
    return len(_TELLING.findall(text))
