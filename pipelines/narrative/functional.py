"""Functional items as narratives print them (类、款、项 by name): which code is meant, and whether
the names belong together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.narrative.normal import plain
from pipelines.narrative.vocabulary import class_stem
from schemas.library import Code, code_list

CLOSE = 0.6  # a name this like another is that name with a slip (difflib's ratio, 1 is equal)
COMMON = 3  # a name that so many items bear (行政运行) does not tell its code


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a printed triple means. ``code`` is the best reading, or None; ``problem`` is empty
    where the names are right.

    ``sure``: the code list settles it (an error); otherwise it may be the list that is incomplete
    (a review).
    """

    code: str | None
    problem: str = ""
    suggestion: str = ""
    sure: bool = True


def _clean(name: str) -> str:
    return re.sub(r"[、，,\-·]", "", plain(name))


def _variants(item: Code) -> set[str]:
    names = {_clean(n) for n in item.names}
    return names | {re.sub(r"支出$", "", n) for n in names if len(n) > 4}


@cache
def _names() -> dict[str, set[str]]:
    return {code: _variants(item) for code, item in code_list("functional").items.items()}


@cache
def _index() -> dict[int, dict[str, list[str]]]:
    """Codes by printed name, for each level (length of the code)."""
    found: dict[int, dict[str, list[str]]] = {3: {}, 5: {}, 7: {}}
    for code, names in _names().items():
        for name in names | ({class_stem(n) for n in names} if len(code) == 3 else set()):
            found[len(code)].setdefault(name, []).append(code)
    return found


def _lookup(level: int, name: str) -> list[str]:
    table, name = _index()[level], _clean(name)
    keys = [name, re.sub(r"支出$", "", name)]
    if level == 3:
        keys.append(class_stem(name))
    return next((table[k] for k in keys if k in table), [])


def class_code(name: str) -> str | None:
    """The code of a class by its printed name; words before it are ignored (``用于教育支出`` →
    205).
    """
    name = _clean(name)
    for start in range(max(1, len(name) - 1)):
        if codes := _lookup(3, name[start:]):
            return codes[0]
    return None


def kuan_codes(name: str) -> list[str]:
    return _lookup(5, name)


@lru_cache(maxsize=8192)
def _grams(name: str) -> frozenset[str]:
    return frozenset(name[i : i + 2] for i in range(len(name) - 1)) or frozenset((name,))


def similarity(a: str, b: str) -> float:
    """How alike two names are, 0 to 1 (shared pairs of characters)."""
    first, second = _grams(a), _grams(b)
    return 2 * len(first & second) / (len(first) + len(second))


def _score(code: str, kuan: str, item: str, klass: str | None) -> float:
    names = _names()
    same_class = 1.0 if klass and code.startswith(klass) else 0.0
    parts = [(kuan, names.get(code[:5], set())), (item, names[code])]
    rare = 2 / len(found) if code in (found := _lookup(7, item)) else 0.0
    return (
        same_class
        + rare
        + sum(2 * max((similarity(want, n) for n in have), default=0.0) for want, have in parts)
    )


@lru_cache(maxsize=4096)
def _nearest(klass: str | None, kuan: str, item: str) -> tuple[str | None, float]:
    best, top = None, 0.0
    for code in _names():
        if len(code) == 7 and (score := _score(code, kuan, item, klass)) > top:
            best, top = code, score
    return best, top


def describe(code: str) -> str:
    """``一般公共服务支出（类）统计信息事务（款）行政运行（项）``"""
    items = code_list("functional").items
    levels = [(code[:3], "类"), (code[:5], "款"), (code, "项")]
    return "".join(f"{items[c].name}（{level}）" for c, level in levels if c in items)


@lru_cache(maxsize=4096)
def resolve(klass: str, kuan: str, item: str) -> Resolution:
    """The code of a 类/款/项 triple by its names.

    An empty ``klass`` or ``kuan`` (not printed) is not judged; of several codes none is told.
    """
    code3 = class_code(klass) if klass else None
    kuan, item = _clean(kuan), _clean(item)
    if not kuan and (codes := _below(code3, item)):
        return Resolution(codes[0] if len(codes) == 1 else None)
    for code5 in kuan_codes(kuan):
        for code in _lookup(7, item):
            if code.startswith(code5) and (not klass or code3 == code[:3]):
                return Resolution(code)
    return _misfit(klass, code3, kuan, item)


def _below(klass: str | None, item: str) -> list[str]:
    """The 项 of a name below a class, where the 款 is not printed."""
    return [code for code in _lookup(7, item) if klass is None or code.startswith(klass)]


def _misfit(klass: str, code3: str | None, kuan: str, item: str) -> Resolution:
    best, score = _nearest(code3, kuan, item)
    if best is None or score < 2 * CLOSE + 1:
        return Resolution(None, f"科目表中没有“{kuan}（款）{item}（项）”", sure=False)
    kuans, items = kuan_codes(kuan), _lookup(7, item)
    if klass and code3 is None:
        return Resolution(best, f"科目表中没有“{klass}（类）”", describe(best))
    if klass and code3 != best[:3] and (kuans or items):
        return Resolution(
            best,
            f"“{kuan}（款）{item}（项）”不属于“{klass}（类）”",
            describe(best),
            sure=bool(kuans or len(items) == 1),
        )
    return _apart(best, score, kuan, item)


def _apart(best: str, score: float, kuan: str, item: str) -> Resolution:
    """A 款 and an 项 that do not belong together, or one of which there is not."""
    kuans, items = kuan_codes(kuan), _lookup(7, item)
    advice, known = describe(best), code_list("functional").items
    if kuans and items:
        sure = len(items) < COMMON
        return Resolution(best, f"“{kuan}（款）”下没有“{item}（项）”", advice, sure)
    wrong, level = (item, "项") if kuans else (kuan, "款")
    certain = known[best if kuans else best[:5]].certain
    return Resolution(
        best, f"科目表中没有“{wrong}（{level}）”", advice, sure=certain and score > 3.5
    )
