"""Whether a printed name belongs to its code, tolerant of how names are printed and unsure
editions.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from pipelines.extract.text import label_key
from schemas.library import Code, code_list

_TAILS = ("（类）", "（款）", "（项）", "支出", "事务")


@lru_cache(maxsize=16384)
def plain_name(text: str) -> str:
    key = label_key(text)
    for tail in _TAILS:
        key = key.removesuffix(tail) if len(key) > len(tail) + 1 else key
    return (
        key.replace("（", "")
        .replace("）", "")
        .replace("、", "")
        .replace("和", "")
        .replace("与", "")
    )


@lru_cache(maxsize=2)
def _by_name(kind: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in code_list(kind).items.values():
        for name in item.names:
            found.setdefault(plain_name(name), set()).add(item.code)
    return found


@lru_cache(maxsize=65536)
def code_known(kind: str, code: str, year: int) -> bool:
    return code_list(kind).get(code, year) is not None


@lru_cache(maxsize=65536)
def name_fits(kind: str, code: str, label: str) -> bool:
    """True where the label is the code's name, an alias, a shortened or slightly different wording
    of it.

    Where the edition's wording is not sure, only a label that is plainly another item's name is
    refused.
    """
    item = code_list(kind).items.get(code)
    given = plain_name(label)
    if item is None or not given or given.isdigit():
        return True
    return _alike(item, given) or (
        not item.certain
        and code not in _by_name(kind).get(given, {code})
        and given not in _by_name(kind)
    )


def _alike(item: Code, given: str) -> bool:
    for name in map(plain_name, item.names):
        if given == name or (
            len(given) >= 4 and (name.startswith(given) or given.startswith(name))
        ):
            return True
        others = _by_name("functional" if item.code[0] == "2" else "economic")
        if given not in others and SequenceMatcher(None, given, name).ratio() >= 0.75:
            return True
    return False


def expected_name(kind: str, code: str) -> str:
    item = code_list(kind).items.get(code)
    return item.name if item else ""
