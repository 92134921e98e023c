"""Wide columns by economic classification: the code or name over a column, within the class that
stands over or before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pipelines.extract.words import word
from schemas.library import code_list

Stack = tuple[str, ...]
SUM_WORDS = ("小计", "合计", "计")
_CODE = re.compile(r"^(\d{5}|\d{3})(?!\d)")


@lru_cache(maxsize=1)
def economic_names() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    classes: dict[str, str] = {}
    items: dict[tuple[str, str], str] = {}
    for code in code_list("economic").items.values():
        for name in code.names:
            if len(code.code) == 3:
                classes[word(name)] = code.code
            else:
                items[(code.code[:3], word(name))] = code.code
    shared = {
        "对个人和家庭的补助支出": "303",
        "债务利息支出": "307",
        "其他资本性支出": "310",
        "对企业补助支出": "312",
        "对企事业单位的补助": "312",
        "对企事业单位的补助（基本建设）": "311",
    }
    return shared | classes, items


def economic_keys(stacks: Mapping[int, tuple[Stack, ...]]) -> dict[int, str]:
    """Wide columns by economic code, printed or told by name within the class that stands over or
    before it.
    """
    found: dict[int, str] = {}
    current = ""
    for column, variants in stacks.items():
        key, current = _economic_key(variants[0], current)
        if key:
            found[column] = key
    return found


def _without_code(text: str) -> str:
    return word(_CODE.sub("", text).strip("-_ ") or text)


def _class_above(words: list[str], current: str, classes: dict) -> str:
    """The class (类) that a column's own words name; empty where they name none."""
    for name in words:
        if name in classes and (len(words) > 1 or name not in _leaves(current)):
            return classes[name]
    return ""


def _lowest_code(stack: Stack) -> str:
    """The code printed lowest over a column; empty where none is."""
    codes = [m.group(1) for w in stack if (m := _CODE.match(w))]
    return codes[-1] if codes else ""


@lru_cache(maxsize=8192)  # a hundred columns, each in a writing or two, behind some classes
def _economic_key(stack: Stack, current: str) -> tuple[str | None, str]:
    """The key of a column and the class that goes on to its right; ``current`` is that of the
    column to its left.
    """
    classes, items = economic_names()
    code = _lowest_code(stack)
    words = [_without_code(w) for w in stack]
    above = _class_above(words, current, classes)
    if code:
        return code, code[:3]
    leaf = words[-1] if words else ""
    if leaf in (*SUM_WORDS, "总计"):
        return _economic_sum(leaf, above, current, len(words))
    context = above or current
    names_itself = bool(above) and len(words) == 1
    if (context, leaf) in items and not names_itself:
        return items[context, leaf], context
    return above or None, context


def _economic_sum(leaf: str, above: str, current: str, depth: int) -> tuple[str | None, str]:
    """A 合计 or 小计 column: of the class it stands under, else of the whole row."""
    if above:
        return above, above
    if not current or (depth == 1 and leaf != "小计"):
        return "合计", ""
    return (current, current) if depth > 1 else (None, current)


@lru_cache(maxsize=64)
def _leaves(current: str) -> frozenset[str]:
    """The names of a class's items."""
    return frozenset(name for klass, name in economic_names()[1] if klass == current)
