"""Heads that a printed page shows in part only, as where a row is too low or a column too narrow
for them: ``预算财政拨`` of 政府性基金预算财政拨款.

A part stands for a head of the form when no other head that is not on the page has it. What does
not belong here: heads that other tables print (``blurred.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.extract.grid import Grid
from pipelines.extract.sheetparts import is_printed
from pipelines.extract.text import squash
from pipelines.extract.words import word
from schemas.library import Form, code_list

HEAD_ROWS = 8  # rows in which heads stand
# Characters that a part has at least: fewer are words of their own (合计, 小计, 金额, 项目).
FEWEST = 3


def unclipped(grid: Grid, form: Form) -> Grid:
    """A printed page with the heads of a form whole; the same grid where none is in parts."""
    if not is_printed(grid.sheet) or form.wide:
        return grid
    said = {squash(str(v)) for row in grid.rows[:HEAD_ROWS] for _, v in row if type(v) is str}
    whole = _whole(said, _heads(form))
    if not whole:
        return grid
    cells = [
        [_mended(v, whole) for v in row] if r < HEAD_ROWS else row
        for r, row in enumerate(grid.sheet.cells)
    ]
    return Grid.of(replace(grid.sheet, cells=cells))


def _mended(value: object, whole: Mapping[str, str]) -> object:
    return whole.get(squash(value), value) if type(value) is str else value


def _heads(form: Form) -> tuple[tuple[str, ...], ...]:
    """The last words of the heads of a form's columns, each with its other writings."""
    columns = (*form.read_columns, *(c for block in form.blocks for c in block.columns))
    writings = [
        tuple(dict.fromkeys(squash(name.split("/")[-1]) for name in (c.key, *c.names)))
        for c in columns
    ]
    return tuple(dict.fromkeys(writings))


def _whole(said: set[str], heads: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """The head that each part stands for: told one by one, as each that is known leaves fewer."""
    missing = [names for names in heads if not said & set(names)]
    parts = _parts(said, heads)
    found: dict[str, str] = {}
    while True:
        told = _told(parts - found.keys(), missing)
        if not told:
            return found
        for part, names in told.items():
            found[part] = next(name for name in names if part in name)
        missing = [n for n in missing if n not in told.values()]


def _parts(said: set[str], heads: Sequence[tuple[str, ...]]) -> set[str]:
    """The words that may be parts of heads: long enough, and no whole head."""
    whole = {name for names in heads for name in names}
    return {w for w in said if len(w) >= FEWEST and w not in whole}


def _told(parts: set[str], missing: Sequence[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The head of each part that only one of the missing ones has."""
    told: dict[str, tuple[str, ...]] = {}
    for part in sorted(parts):
        fits = [names for names in missing if any(part in name for name in names)]
        if len(fits) == 1:
            told[part] = fits[0]
    return told


def clipped_items(heads: Mapping[int, tuple[str, str]], found: dict[int, str]) -> dict[int, str]:
    """Economic items of wide columns by parts of their names: the only one of the class, between
    the codes of the columns beside, that has the part.

    ``heads``: the class (empty where none is printed) and the last word over each column;
    ``found``: the codes already told; of those that stand for a class as no item of it was known
    they are taken out.
    """
    for column in [c for c, key in found.items() if len(key) == 3 and _is_part(heads[c][1], key)]:
        del found[column]
    told: dict[int, str] = {}
    for column, (above, said) in heads.items():
        if column not in found and len(said) >= FEWEST:
            items = _items_with(said, above, *_codes_beside(column, found))
            if len(items) == 1:
                told[column] = items[0]
    return told


def _codes_beside(column: int, found: Mapping[int, str]) -> tuple[str, str]:
    """The codes of the nearest columns left and right that are told, or the ends of all codes."""
    low = max((c for c in found if c < column), default=None)
    high = min((c for c in found if c > column), default=None)
    return found.get(low, ""), found.get(high, "999")  # type: ignore[arg-type]


def _items_with(said: str, above: str, low: str, high: str) -> list[str]:
    """The items of a class between two codes that have some letters in their names."""
    return [
        item.code
        for item in code_list("economic").items.values()
        if len(item.code) > 3
        and item.code.startswith(above)
        and low < item.code < high
        and any(said in squash(name) for name in item.names)
    ]


def _is_part(said: str, key: str) -> bool:
    """Whether a head is neither a sum nor the name of a class."""
    named = code_list("economic").items[key].names if key in code_list("economic").items else ()
    return len(said) >= FEWEST and word(said) not in {word(n) for n in named}
