"""Wording of performance tables made comparable: header cells, row labels, names.

What does not belong here: numbers (``values.py``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
# A unit or a points note in brackets at the end of a header or label: （万元）, （%）, （25分）,
# (100分).
UNIT_NOTE = re.compile(r"[（(](?:单位[:：])?(?:百?千?万?亿?元|[%％‰]|人民币)+[)）]")
POINTS_NOTE = re.compile(r"[（(]?(?:总?分值?[:：]?)?(\d+(?:\.\d+)?)分[)）]?")
NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[)）]|\d+[、.．](?!\d))"
)
# What a header adds in brackets: the letters of a formula (（A）, （B/A）), its points.
HEADER_NOTE = re.compile(
    r"（(?:[A-Za-z](?:[=÷/×*+\-][A-Za-z\d%]+)*[，,%]*|\d+(?:\.\d+)?分?(?:[*×xX]执行率)?|分)）$"
)
PART_OF = re.compile(r"^其中[:：]?")


@lru_cache(maxsize=16384)
def flat(text: str) -> str:
    """Without spaces and line breaks, full-width letters and signs made plain, brackets round and
    full-width.
    """
    plain = unicodedata.normalize("NFKC", SPACES.sub("", text))
    return plain.replace("(", "（").replace(")", "）").replace(":", "：").replace(",", "，")


@lru_cache(maxsize=16384)
def header(text: str) -> str:
    """A header cell for comparison: flat, without its unit, the letters of a formula and points."""
    return UNIT_NOTE.sub("", HEADER_NOTE.sub("", UNIT_NOTE.sub("", flat(text)))).strip("：、，。*")


@lru_cache(maxsize=16384)
def label(text: str) -> str:
    """A row label for comparison: flat, without numbering, ``其中：``, unit and points."""
    plain = flat(text)
    for pattern in (NUMBERING, PART_OF, NUMBERING):
        plain = pattern.sub("", plain)
    return UNIT_NOTE.sub("", plain).strip("：、，。*—-")


@lru_cache(maxsize=4096)
def caption(text: str) -> tuple[str, str]:
    """A group caption and the points it prints: ``预算编制（25分）`` → (预算编制, 25)."""
    plain = flat(text)
    found = POINTS_NOTE.search(plain)
    if not found:
        return label(plain), ""
    return label(plain[: found.start()] + plain[found.end() :]), found[1]
