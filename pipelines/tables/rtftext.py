"""RTF taken apart: control words and text in order, every text decoded.

What does not belong here: tables and paragraphs (``rtf``). Encodings of fonts are striprtf's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from striprtf.striprtf import charset_map

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)
_SYMBOLS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "emspace": "\u2003",
    "enspace": "\u2002", "qmspace": "\u2005", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”",
}  # fmt: skip
_CHARACTERS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"-": ""}
# Groups that say nothing of the document's text; so do all that begin with \* but those named
# below.
_SILENT_WORDS = """
colortbl stylesheet info pict object objdata fldinst themedata datastore generator listtable
listoverridetable rsidtbl xmlnstbl sn sv bkmkstart bkmkend atnid atnauthor atntime atnicn atnref
atnparent pntext listtext pn shprslt nonesttables upr filetbl revtbl latentstyles ftnsep ftnsepc
aftnsep aftnsepc xe tc txe rxe
"""
_SILENT = frozenset(_SILENT_WORDS.split())
_HEARD = frozenset(("shpinst", "shptxt", "nesttableprops", "annotation", "ud"))
ASIDE = {
    "header": "running", "headerl": "running", "headerr": "running", "headerf": "running",
    "footer": "running", "footerl": "running", "footerr": "running", "footerf": "running",
    "footnote": "note", "annotation": "comment", "shptxt": "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """What holds within braces. ``aside``: kind of the text beside the body; ``deleted``:
    tracked.
    """

    silent: bool = False
    aside: str = ""
    font: str = ""
    skip: int = 1
    deleted: bool = False
    fonts: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A control word with its number, or a text (``word`` empty); ``aside`` as in the group."""

    word: str
    number: int | None
    text: str
    aside: str


class Tokens:
    """The pieces of an RTF file. ``deleted`` counts the deletions that are tracked."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.group = Group()
        self.stack: list[Group] = []
        self.page = "cp1252"
        self.encodings: dict[str, str] = {}
        self.default_font = ""
        self.raw = bytearray()
        self.left = 0  # characters that stand for one that was written as \u
        self.starred = False
        self.deleted = 0

    def __iter__(self) -> Iterator[Piece]:
        at, end = 0, len(self.data)
        while at < end:
            token = TOKEN.match(self.data, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            if token[1] == b"bin":
                at += max(0, int(token[2] or 0))
                continue
            yield from self._take(token)
        yield from self._flush()

    def _take(self, token: re.Match[bytes]) -> Iterator[Piece]:
        word, number, code, symbol, brace, text = token.groups()
        if code is not None:
            self._bytes(bytes.fromhex(code.decode()), 1)
        elif text is not None:
            self._bytes(text, len(text))
        elif word is not None:
            yield from self._word(word.decode(), int(number) if number else None)
        elif brace is not None:
            yield from self._flush()
            self._brace(brace)
        elif symbol is not None:
            yield from self._symbol(symbol)

    def _bytes(self, raw: bytes, length: int) -> None:
        passed = min(self.left, length)
        self.left -= passed
        if not self._quiet:
            self.raw += raw[passed:]

    @property
    def _quiet(self) -> bool:
        return self.group.silent or self.group.deleted or self.group.fonts

    def _flush(self) -> Iterator[Piece]:
        if self.raw:
            encoding = self.encodings.get(self.group.font or self.default_font, self.page)
            text = bytes(self.raw).decode(encoding, "replace")
            self.raw.clear()
            yield Piece("", None, text, self.group.aside)

    def _brace(self, brace: bytes) -> None:
        self.left, self.starred = 0, False
        if brace == b"{":
            self.stack.append(self.group)
        elif self.stack:
            self.group = self.stack.pop()

    def _symbol(self, symbol: bytes) -> Iterator[Piece]:
        if symbol == b"*":
            self.starred = True
            return
        yield from self._flush()
        if symbol in (b"\n", b"\r"):
            yield Piece("par", None, "", self.group.aside)
        elif symbol in _CHARACTERS and not self._quiet:
            yield Piece("", None, _CHARACTERS[symbol], self.group.aside)

    def _word(self, word: str, number: int | None) -> Iterator[Piece]:
        yield from self._flush()
        starred, self.starred = self.starred, False
        if word == "u" and number is not None:
            self.left = self.group.skip
            if not self._quiet:
                yield Piece("", None, chr(number % 0x10000), self.group.aside)
            return
        self.left = 0
        self._state(word, number, starred)
        if self._quiet:
            return
        if word in _SYMBOLS:
            yield Piece("", None, _SYMBOLS[word], self.group.aside)
        else:
            yield Piece(word, number, "", self.group.aside)

    def _state(self, word: str, number: int | None, starred: bool) -> None:
        if word in ("deleted", "plain") and not starred:
            gone = word == "deleted" and number != 0
            self.deleted += gone
            font = self.group.font if gone else ""
            self.group = replace(self.group, deleted=gone, font=font)
        else:
            self.group = _entered(self.group, word, number, starred)
        self._encoding(word, number)

    def _encoding(self, word: str, number: int | None) -> None:
        if word == "fcharset" and number is not None and self.group.font:
            self.encodings[self.group.font] = _known(charset_map.get(number, self.page), self.page)
        elif word == "ansicpg" and number is not None:
            self.page = _known(f"cp{number}", self.page)
        elif word == "deff" and number is not None:
            self.default_font = str(number)


def _known(name: str, otherwise: str) -> str:
    """The codec of a code page; simplified Chinese in its widest form."""
    if name in ("cp936", "cp54936"):
        return "gb18030"
    try:
        "".encode(name)
    except LookupError:
        return otherwise
    return name


def _entered(group: Group, word: str, number: int | None, starred: bool) -> Group:
    """The group as a control word leaves it."""
    if word == "fonttbl":
        return replace(group, fonts=True)
    if word in _SILENT or (starred and word not in _HEARD):
        return replace(group, silent=True)
    if word in ASIDE:
        return replace(group, aside=ASIDE[word])
    if word == "f" and number is not None:
        return replace(group, font=str(number))
    if word == "uc" and number is not None:
        return replace(group, skip=max(0, number))
    return group
