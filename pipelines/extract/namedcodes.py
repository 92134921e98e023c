"""The codes of items that a table names without their codes (教育支出, below it 普通教育): by the
classification, from the item above.

What does not belong here: codes that are printed (``rows.py``).
"""

from __future__ import annotations

from functools import cache

from pipelines.extract.reading import Item, TableReading
from pipelines.extract.rows import Line
from pipelines.extract.text import label_key
from schemas.library import code_list

LEVELS = (3, 5, 7)  # digits of a 类, a 款 and a 项
_TAILS = ("（类）", "（款）", "（项）")
Codes = dict[tuple[int, str, int], str]


@cache
def _by_name(classification: str) -> dict[str, tuple[str, ...]]:
    """The codes of every name, in order."""
    found: dict[str, list[str]] = {}
    for code, item in code_list(classification).items.items():
        for name in {label_key(n) for n in (item.name, *item.aliases)}:
            found.setdefault(name, []).append(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def name_codes(table: TableReading, classification: str) -> None:
    """Gives each line of a table without any code the code of its name, where one alone can be
    meant; the others keep their names as keys.
    """
    if any(line.code for line in table.lines):
        return
    above = ""
    codes: Codes = {}
    for line in sorted(table.lines, key=_place):
        if code := _code(line, above, _by_name(classification)):
            above = codes[_place(line)] = code
    table.lines = [_coded(line, codes) for line in table.lines]
    table.items = [_item(item, codes) for item in table.items]


def _code(line: Line, above: str, known: dict[str, tuple[str, ...]]) -> str:
    """The code that follows the item above: below it, else beside it, else beside what it is in."""
    name = label_key(line.label)
    for tail in _TAILS:
        name = name.removesuffix(tail)
    codes = [c for c in known.get(name, ()) if c > above]
    for size in (s for s in (*LEVELS[::-1], 0) if s <= len(above)):
        level = LEVELS[LEVELS.index(size) + 1 :][:1] if size else LEVELS[:1]
        found = [c for c in codes if len(c) in level and c.startswith(above[:size])]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _place(line: Line) -> tuple[int, str, int]:
    """Parts of a table beside each other go on from left to right, each downwards."""
    return len(line.panel), line.panel, line.row


def _coded(line: Line, codes: Codes) -> Line:
    code = codes.get(_place(line))
    return line._replace(key=code, code=code) if code else line


def _item(item: Item, codes: Codes) -> Item:
    line, amounts = item
    return _coded(line, codes), amounts
