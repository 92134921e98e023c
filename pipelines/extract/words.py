"""The word that a head or the label of a fixed row stands for, whichever way it is written.

What does not belong here: the keys of facts, which keep what is printed (``text.label_key``).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipelines.extract.text import label_key, squash
from schemas.words import clerk_columns, clerk_rows, other_words, owner_columns

# 2023年度决算数, 本年预算数: the year that the table is of; 上年 is another one.
_THIS_YEAR = re.compile(r"^(?:20\d{2}年度?|本年度?)(?=预算|决算)")
_TAIL = re.compile(r"（\d{1,2}）$|=.*$")  # numbers and formulas behind a head


@cache
def _others() -> dict[str, str]:
    return {squash(other): squash(word) for other, word in other_words().items()}


@lru_cache(maxsize=16384)
def word(text: str) -> str:
    """The word of a text: ``2023年决算数（万元）`` is ``决算数``."""
    key = label_key(text)
    key = _THIS_YEAR.sub("", _TAIL.sub("", key)) or key
    return _others().get(key, key)


@lru_cache(maxsize=16384)
def is_clerks(head: str) -> bool:
    """Whether a head (its path joined by ``/``) is of a column that people add for themselves."""
    return label_key(head.rsplit("/", 1)[-1]) in clerk_columns()


@lru_cache(maxsize=16384)
def is_owner(head: str) -> bool:
    """Whether a head is of a column that says whose row it is, or of which year."""
    return label_key(head) in owner_columns()


@lru_cache(maxsize=16384)
def is_clerks_row(label: str) -> bool:
    """Whether a row is no item: it carries the sums of a page to the next (``过次页``, ``承前页``)
    or checks those above it.
    """
    return label_key(label).strip("（）—-…：") in clerk_rows()
