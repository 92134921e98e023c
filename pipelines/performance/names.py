"""Names of projects and indicators made comparable, and matched between tables.

What does not belong here: what a match means (``checks/``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.performance.words import flat

CODE = re.compile(r"^(\d{8}[0-9A-Z]{6,16})\s*[-—－_]\s*(.+)$")
TITLE_TAIL = re.compile(
    r"(?:（?20\d\d年度?）?)?(?:部门预算)?(?:项目)?(?:支出)?(?:绩效目标自评表|绩效自评表|支出自评表|自评表|绩效目标申报表|绩效目标表)(?:（.*）)?$"
)
TAILS = (
    "项目绩效目标自评表", "绩效自评表", "预算项目", "专项经费", "专项资金", "项目经费",
    "项目", "经费", "费用", "费", "预算", "资金",
)  # fmt: skip
SHORTEST = 2  # a name of one character says nothing
# Below this, two names of five to ten characters differ in more than a slip of the pen
# (specification §a.5).
SIMILAR = 0.6


def printed_project(text: str) -> tuple[str, str]:
    """(code, name) of a project as printed: ``51092324T000010263357-名称``."""
    plain = flat(text)
    found = CODE.match(plain)
    return (found[1], found[2]) if found else ("", plain)


def titled_project(title: str) -> str:
    """The project that a table's title names; empty where it names none."""
    plain = flat(title)
    found = TITLE_TAIL.search(plain)
    name = plain[: found.start()] if found else ""
    name = re.sub(r"^(?:附[件表]\d*[：.、]?|\d+[.、])", "", name)
    return "" if name in ("", "部门预算", "项目支出", "项目") else name


@lru_cache(maxsize=4096)
def project_key(name: str) -> str:
    """A project's name without the words that come and go: 体检费预算 and 体检费用 are
    both 体检.
    """
    key = flat(name).replace("、", "，")
    shortened = True
    while shortened:
        shortened = False
        for tail in TAILS:
            if key.endswith(tail) and len(key) - len(tail) >= SHORTEST:
                key, shortened = key[: -len(tail)], True
                break
    return key


@lru_cache(maxsize=4096)
def indicator_key(name: str) -> str:
    """An indicator's name without signs and the words 指标, 数."""
    return re.sub(r"[，。、；：（）()“”\"'《》\-—·]", "", flat(name)).removesuffix("指标")


def similarity(one: str, other: str) -> float:
    """1 − edit distance / longer length."""
    longest = max(len(one), len(other))
    return 1.0 if longest == 0 else 1 - _distance(one, other) / longest


def _distance(one: str, other: str) -> int:
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


@dataclass(frozen=True, slots=True)
class Match:
    """Two things that are the same; ``how``: code, name, key, inside, value or similar."""

    left: Any
    right: Any
    how: str


def match(
    left: Sequence[Any],
    right: Sequence[Any],
    tests: Sequence[tuple[str, Callable[[Any, Any], bool]]],
) -> list[Match]:
    """Pairs, test by test, each thing once; a test that fits several counts only where it is unique
    on both sides.
    """
    found: list[Match] = []
    lefts, rights = list(left), list(right)
    for how, test in tests:
        pairs = [(a, b) for a in lefts for b in rights if test(a, b)]
        firsts, seconds = Counter(id(a) for a, _ in pairs), Counter(id(b) for _, b in pairs)
        for a, b in pairs:
            if firsts[id(a)] == seconds[id(b)] == 1:
                found.append(Match(a, b, how))
                lefts = [x for x in lefts if x is not a]
                rights = [y for y in rights if y is not b]
    return found


def contains(one: str, other: str) -> bool:
    """Whether one name stands whole in the other (at least two characters)."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and short in long
