"""Wording made comparable, with the way back: every normalised character knows its place in the
text.

Spaces and quotation marks go, marks become full-width, digits half-width, traditional forms
simplified, thousands separators drop out. What does not belong here: any meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipelines.narrative.vocabulary import vocabulary

KEPT = frozenset("…①②③④⑤⑥⑦⑧⑨")  # a circled number is a list marker, not a digit
DROPPED = frozenset("\"“”‘’'「」『』＂＇﹁﹂﹃﹄`´\ufeff\u200b\u200c\u200d\u2060\u00ad")
MARKS = str.maketrans("(),;:?![]【】﹪٪‰－﹣−", "（），；：？！[]【】%%‰---")
GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:，\d{3})+(?![\d])")
FIELD_CODE = re.compile(
    r"(?:HYPERLINK|PAGEREF|TOC|SEQ|REF|MERGEFORMAT)\b(?:\s+(?:\\[a-z*]|\"[^\"]*\"|_\w+|\w+))*", re.I
)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised ``text``; ``places[i]`` is where its i-th character stands in the source."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the source behind ``text[start:end]``."""
        if not self.places:
            return 0, 0
        if start >= end:
            at = self.places[min(start, len(self.places) - 1)]
            return at, at
        return self.places[start], self.places[end - 1] + 1


@lru_cache(maxsize=4096)
def _character(char: str) -> str:
    """The normalised form of one character; empty if it is dropped."""
    if char.isspace() or char in DROPPED or unicodedata.category(char) in ("Cc", "Cf"):
        return ""
    compatible = unicodedata.normalize("NFKC", char)
    if len(compatible) == 1 and char not in KEPT:
        char = compatible
    char = char.translate(MARKS)
    return vocabulary().traditional.get(char, char)


def _without(text: str, places: list[int], spans: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """Text and places without the spans."""
    keep = [True] * len(text)
    for start, end in spans:
        keep[start:end] = [False] * (end - start)
    return "".join(c for c, k in zip(text, keep, strict=True) if k), [
        p for p, k in zip(places, keep, strict=True) if k
    ]


def _separators(text: str) -> list[tuple[int, int]]:
    return [
        (m.start() + i, m.start() + i + 1)
        for m in GROUPED.finditer(text)
        for i, c in enumerate(m[0])
        if c == "，"
    ]


def normalise(source: str, spans: list[tuple[int, int]]) -> Normal:
    """The pieces ``spans`` of the source, joined and normalised. Word field codes are left out."""
    chars, places = [], []
    for start, end in spans:
        hidden = {i for m in FIELD_CODE.finditer(source[start:end]) for i in range(*m.span())}
        for offset, char in enumerate(source[start:end]):
            form = "" if offset in hidden else _character(char)
            if form:
                chars.append(form)
                places.append(start + offset)
    text, kept = _without("".join(chars), places, _separators("".join(chars)))
    return Normal(text, tuple(kept))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Normalised text without the way back: for names and titles."""
    return normalise(text, [(0, len(text))]).text


DIGITS = dict(
    zip(
        "零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖",
        (0, 0, 0, 1, 2, 2, *range(3, 10), *range(1, 10)),
        strict=True,
    )
)
TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
NUMERALS = frozenset((*DIGITS, *TENS, *MYRIADS))


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral (``一百二十``, ``二〇二三``); None where it is none."""
    if not text or any(c not in NUMERALS for c in text):
        return None
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    return _spelled_out(text)


def _spelled_out(text: str) -> int:
    """The value of a numeral with its tens, hundreds and myriads (三千零五十万)."""
    total = section = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in TENS:
            section += (digit or 1) * TENS[char]
            digit = 0
        else:
            total = (total + section + digit) * MYRIADS[char]
            section = digit = 0
    return total + section + digit
