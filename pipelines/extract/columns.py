"""Header stacks become column keys: the words over a column, matched with the form's description.

A stack is the tuple of header texts over a column, top to bottom, without repeats. Matching never
goes by position alone: a stack that no description fits stays unknown and is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extract.clippedheads import clipped_items
from pipelines.extract.economiccolumns import SUM_WORDS, economic_keys, economic_names
from pipelines.extract.grid import Grid
from pipelines.extract.sheetparts import is_printed
from pipelines.extract.text import squash, visible
from pipelines.extract.words import word
from schemas.library import Column, Form

Stack = tuple[str, ...]
LEAST = 60  # a column that fits less well must have a last word that no other column has
LATER = 0.01  # less for each writing that stands further back: never as much as a worse fit


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the sheet (zero-based) that carries amounts, and its key; ``key`` is None where
    unknown.
    """

    column: int
    key: str | None
    label: str
    stack: Stack


def stacks_over(
    grid: Grid, columns: Sequence[int], rows: Sequence[int]
) -> dict[int, tuple[Stack, Stack]]:
    """The header texts over each column that has any: as they stand, and with upper texts carried
    to the right over unmerged blanks.
    """
    found: dict[int, tuple[Stack, Stack]] = {}
    for column in columns:
        texts = [grid.header_text(r, column) for r in rows]
        if stack := _stack(texts):
            lacking = not all(texts[:-1])
            filled = _stack(_filled(grid, column, rows, texts)) if lacking else stack
            found[column] = (stack, filled)
    return found


def _stack(texts: Sequence[str]) -> Stack:
    """Texts over a column without blanks and repeats."""
    words: list[str] = []
    for text in texts:
        if text and (not words or words[-1] != text):
            words.append(text)
    return tuple(words)


def _filled(grid: Grid, column: int, rows: Sequence[int], texts: Sequence[str]) -> list[str]:
    """The texts over a column, blank ones above the last row as the next to their left."""
    *upper, last = rows
    filled = [t or _left_text(grid, r, column) for r, t in zip(upper, texts[:-1], strict=True)]
    return [*filled, grid.header_text(last, column)]


def _left_text(grid: Grid, row: int, column: int) -> str:
    if grid.covered(row, column):
        return ""
    for c in range(column - 1, -1, -1):
        if text := grid.header_text(row, c):
            return "" if grid.covered(row, c) else text
    return ""


def printed_over(grid: Grid, column: int, rows: Sequence[int]) -> str:
    """The header path as printed, joined by ``/``."""
    seen: list[str] = []
    for r in rows:
        if not grid.header_text(r, column):
            continue
        text = visible(str(grid.value(*grid.source(r, column))))
        if text and (not seen or seen[-1] != text):
            seen.append(text)
    return "/".join(seen)


@lru_cache(maxsize=1024)
def _variants(column: Column) -> tuple[Stack, ...]:
    names = (column.key, *column.names)
    return tuple(dict.fromkeys(tuple(word(p) for p in name.split("/")) for name in names))


def _ends_with(stack: Stack, tail: Stack) -> bool:
    return len(tail) <= len(stack) and stack[-len(tail) :] == tail


def _in_order(small: Stack, large: Stack) -> bool:
    rest = iter(large)
    return all(w in rest for w in small)


def _without_sum(stack: Stack) -> Stack:
    return stack[:-1] if len(stack) > 1 and stack[-1] in SUM_WORDS else stack


@lru_cache(maxsize=65536)
def score(stack: Stack, column: Column) -> float:
    """How well a stack fits a described column, 0 (not at all) to 100 (the same words).

    Of columns that fit alike, the one that is written as the description has it first is meant.
    """
    words = tuple(word(w) for w in stack)
    fits = ((_score(words, v), i) for i, v in enumerate(_variants(column)))
    return max((fit - LATER * i if fit else 0 for fit, i in fits), default=0)


def _score(words: Stack, variant: Stack) -> int:
    if words == variant:
        return 100
    if _ends_with(words, variant):
        return 95 - (len(words) - len(variant))
    if _are_sums_of_the_same(words, variant):
        return 90 if len(variant) > 1 else 50
    if _ends_with(_without_sum(words), _without_sum(variant)) and len(words) != len(variant):
        return 80
    return _score_of_words(words, variant)


def _score_of_words(words: Stack, variant: Stack) -> int:
    """What two names are worth that have words in common but do not end alike."""
    same = set(words) == set(variant)
    if words[-1] != variant[-1]:
        return 72 if same else 0
    if _in_order(variant, words):
        return 75
    if same:
        return 72
    return 60 if _in_order(words, variant) else 35


def _are_sums_of_the_same(words: Stack, variant: Stack) -> bool:
    """合计 under one name, 小计 under the other, below the same words."""
    both = words[-1] in SUM_WORDS and variant[-1] in SUM_WORDS
    return both and _ends_with(words[:-1], variant[:-1])


def match_columns(
    stacks: Mapping[int, tuple[Stack, ...]], columns: Sequence[Column]
) -> dict[int, Column]:
    """Each sheet column to at most one described column, best fits first, ties in printed order."""
    taken: dict[int, Column] = {}
    used: set[int] = set()
    for *_, index, sheet_column in sorted(_candidates(stacks, columns)):
        if sheet_column not in taken and index not in used:
            taken[sheet_column] = columns[index]
            used.add(index)
    return taken


def _candidates(
    stacks: Mapping[int, tuple[Stack, ...]], columns: Sequence[Column]
) -> Iterator[tuple[int, int, int, int, int]]:
    """Score (less is better), how far apart, place on the sheet, index of the described column,
    sheet column.
    """
    for position, (sheet_column, variants) in enumerate(stacks.items()):
        fits = [_scores(stack, columns) for stack in dict.fromkeys(variants) if stack]
        for index, best in enumerate(map(max, zip(*fits, strict=True))):
            if best and (best > LEAST - 1 or _leaf_is_unique(fits, variants, index)):
                yield -best, abs(position - index), position, index, sheet_column


def _leaf_is_unique(
    fits: Sequence[Sequence[float]], variants: tuple[Stack, ...], index: int
) -> bool:
    """A lone word that only one described column ends with (its upper header was lost)."""
    if any(len(s) > 1 for s in variants):
        return False
    return [i for i, scores in enumerate(zip(*fits, strict=True)) if any(scores)] == [index]


# The heads of all forms in some hundreds of writings; held with the description, whose identity is
# thus its own.
_SCORES: dict[tuple[Stack, int], tuple[Sequence[Column], list[float]]] = {}
_MOST_SCORES = 16384


def _scores(stack: Stack, columns: Sequence[Column]) -> list[float]:
    """How well a stack fits each of the described columns."""
    known = _SCORES.get((stack, id(columns)))
    if known is None:
        if len(_SCORES) >= _MOST_SCORES:
            _SCORES.clear()
        known = _SCORES[stack, id(columns)] = (columns, [score(stack, c) for c in columns])
    return known[1]


def amount_matches(
    grid: Grid,
    sheet_columns: Sequence[int],
    rows: Sequence[int],
    columns: Sequence[Column],
    wide: bool,
) -> list[Match]:
    """The amount columns among ``sheet_columns``: those with a header. Keys come from the
    description.

    Exporters lay thousands of sheets out alike, so the answer is kept by the header's cells and
    merged ranges, and by what shows in these from other rows.
    """
    merged = tuple(m for m in grid.sheet.merged if rows and m[0] <= rows[-1] and m[2] >= rows[0])
    cells = tuple((r, tuple(grid.rows[r])) for r in rows)
    shown = tuple(grid.value(r, c) for r, c, _, _ in merged if r not in rows)  # from above, say
    # The description itself is part of the key, not its column keys alone: an organisation's form
    # may give the same columns other aliases. Held in the answer, it keeps its identity.
    printed = is_printed(grid.sheet)
    known = (tuple(sheet_columns), cells, merged, shown, id(columns), wide, printed)
    if known not in _KNOWN:
        if len(_KNOWN) > 2000:
            _KNOWN.clear()
        _KNOWN[known] = (columns, _matches(grid, sheet_columns, rows, columns, wide))
    return _KNOWN[known][1]


_KNOWN: dict[tuple, tuple[Sequence[Column], list[Match]]] = {}


def _matches(
    grid: Grid,
    sheet_columns: Sequence[int],
    rows: Sequence[int],
    columns: Sequence[Column],
    wide: bool,
) -> list[Match]:
    stacks = _turned(stacks_over(grid, sheet_columns, rows), columns)
    if wide:
        keys: dict[int, str] = economic_keys(stacks)
        if is_printed(grid.sheet):
            classes = economic_names()[0]
            heads = {c: (classes.get(word(s[0][0]), ""), s[0][-1]) for c, s in stacks.items()}
            keys |= clipped_items(heads, keys)
    else:
        keys = {c: col.key for c, col in match_columns(stacks, columns).items()}
    return [Match(c, keys.get(c), printed_over(grid, c, rows), stacks[c][0]) for c in stacks]


def _turned(
    stacks: dict[int, tuple[Stack, Stack]], columns: Sequence[Column]
) -> dict[int, tuple[Stack, Stack]]:
    """Where 预算数 and 决算数 stand beneath every item instead of over the items, they are read as
    if over them.
    """
    leads = {word(c.key.split("/")[0]) for c in columns if "/" in c.key}
    if len(leads) < 2 or not all("/" in c.key for c in columns):
        return stacks
    if not all(_ends_in_lead(stack, leads) for both in stacks.values() for stack in both):
        return stacks
    return {c: ((a[-1], *a[:-1]), (b[-1], *b[:-1])) for c, (a, b) in stacks.items()}


def _ends_in_lead(stack: Stack, leads: set[str]) -> bool:
    return len(stack) > 1 and word(stack[-1]) in leads and word(stack[0]) not in leads


def header_words(form: Form) -> frozenset[str]:
    """Every word that may stand in a form's header."""
    if id(form) not in _WORDS:
        words = {
            word(p)
            for c in form.read_columns
            for name in (c.key, *c.names)
            for p in name.split("/")
        }
        if form.wide:
            words |= set(economic_names()[0])
        _WORDS[id(form)] = (form, frozenset(words | {squash(w) for w in SUM_WORDS}))
    return _WORDS[id(form)][1]


_WORDS: dict[int, tuple[Form, frozenset[str]]] = {}
