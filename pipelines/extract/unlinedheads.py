"""Heads of a table without lines, told by the words that its form may have: each stands where its
words are spelled whole, and none is left over.

Heads broken over lines, heads over several columns and heads beside each other are put together by
the words alone; where they stand only bears that out. What does not belong here: which of the
form's columns a head is (``columns.py``), and whether the rows may be taken (``unlined.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, pairwise

from pipelines.extract.amounts import is_number
from pipelines.extract.grid import Grid
from pipelines.extract.headspelling import Head, spelled
from pipelines.extract.headwords import HeadWords, head_words
from pipelines.extract.rows import CODE_HEADS
from pipelines.intake.workbook import Heads, Sheet
from schemas.library import Form

MOST_SPELLINGS = 64  # ways to put the words together that are tried: mostly there is one
PARTS_FROM = 0.75  # of the way from a head to the parts below it
CODE_DIGITS = (3, 5, 7)  # of 类, 款 and 项

Run = tuple[int, int]  # the first and the last column that a head stands over


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its head, its place in the sheet, and from where to where both reach."""

    head: Head
    at: int
    u0: float
    u1: float


def settled(grid: Grid, form: Form) -> Grid:
    """The grid with the heads of a form whole, each over its columns; the same grid where they are
    not all the form's.
    """
    heads = grid.sheet.heads
    if heads is None or form.wide or len(grid.sheet.cells) <= heads.rows:
        return grid
    words = head_words(form)
    for cover in islice(spelled(heads.units, words.all), MOST_SPELLINGS):
        for columns, groups in _arranged(grid.sheet, heads, cover, words):
            sheet = _written(grid.sheet, heads, columns, groups)
            if sheet is not None:
                return Grid.of(sheet)
    return grid


def _arranged(
    sheet: Sheet, heads: Heads, cover: Sequence[Head], words: HeadWords
) -> Iterator[tuple[list[_Column], list[tuple[Head, Run]]]]:
    """The ways in which some heads stand over one column each, and the others over several."""
    filled = _filled(sheet, heads)
    for leaves in _leaves(cover, words):
        columns = _placed(leaves, filled, heads, sheet)
        if columns is None:
            continue
        above = [h for h in cover if h not in leaves]
        groups = _groups(above, columns, words)
        if groups is not None:
            yield columns, groups


def _leaves(cover: Sequence[Head], words: HeadWords) -> Iterator[list[Head]]:
    """Which heads may stand over one column each, from left to right: most of those that may stand
    over several first.
    """
    sure = [h for h in cover if h.word not in words.groups]
    either = [h for h in cover if h.word in words.groups and h.word in words.leaves]
    for count in range(len(either), -1, -1):
        for chosen in combinations(either, count):
            yield sorted((*sure, *chosen), key=lambda h: h.middle)


def _filled(sheet: Sheet, heads: Heads) -> list[int]:
    """The columns that hold something below the heads."""
    below = sheet.cells[heads.rows :]
    width = len(heads.spans)
    rows = [row for row in below if len(row) == width]  # a note has a row of its own
    return [c for c in range(width) if any(row[c] != "" for row in rows)]


def _placed(
    leaves: Sequence[Head], filled: Sequence[int], heads: Heads, sheet: Sheet
) -> list[_Column] | None:
    """The columns under some heads from left to right; None where they do not fit."""
    if any(b.u0 < a.u1 - 1 for a, b in pairwise(leaves)):
        return None
    if len(leaves) == len(filled) + 1 and leaves[0].word in CODE_HEADS and not _codes(sheet, heads):
        # an empty table: 合计 alone, in the middle of the codes and names
        leaves = [replace(leaves[1], u0=leaves[0].u0), *leaves[2:]]
    places = _places(leaves, filled, heads, sheet)
    if places is None:
        return None
    spans = [heads.spans[at] for at in places]
    return [
        _Column(h, at, min(h.u0, u0), max(h.u1, u1))
        for h, at, (u0, u1) in zip(leaves, places, spans, strict=True)
    ]


def _codes(sheet: Sheet, heads: Heads) -> bool:
    """Whether any code stands below the heads."""
    cells = (v for row in sheet.cells[heads.rows :] for v in row if type(v) is str)
    return any(v.isdigit() and len(v) in CODE_DIGITS for v in cells)


def _places(
    leaves: Sequence[Head], filled: Sequence[int], heads: Heads, sheet: Sheet
) -> list[int] | None:
    """The column of each head; None where columns and heads do not go together.

    A head and what is below it stand in one cell, so no column belongs to a head left of all that
    begin before it ends, or right of all that end behind its beginning.
    """
    owners: list[int] = []
    for number, at in enumerate(filled):
        low, high = _outermost(leaves, *heads.spans[at])
        owner = number
        if len(leaves) != len(filled):  # amounts stand at the right of a cell, words at the left
            owner = low if low == high or _holds_amounts(sheet, heads, at) else high
        if not min(low, high) <= owner <= max(low, high) or owner in owners[-1:]:
            return None
        owners.append(owner)
    if any(b <= a for a, b in pairwise(owners)):
        return None
    return _with_blank(dict(zip(owners, filled, strict=True)), len(leaves), len(heads.spans))


def _outermost(leaves: Sequence[Head], u0: float, u1: float) -> tuple[int, int]:
    """The last head that begins before a stretch ends, and the first that ends behind where it
    begins.
    """
    low = max((i for i, h in enumerate(leaves) if h.u0 < u1), default=0)
    high = min((i for i, h in enumerate(leaves) if h.u1 > u0), default=len(leaves) - 1)
    return low, high


def _holds_amounts(sheet: Sheet, heads: Heads, at: int) -> bool:
    below = (row[at] for row in sheet.cells[heads.rows :] if len(row) > at)
    return any(is_number(v) and "." in str(v) for v in below)


def _with_blank(known: dict[int, int], count: int, width: int) -> list[int] | None:
    """The columns of all heads: those with nothing below take one between their neighbours'."""
    places: list[int] = []
    for i in range(count):
        least = places[-1] + 1 if places else 0
        most = min((at for j, at in known.items() if j > i), default=width)
        at = known.get(i, least)
        if i not in known and at >= most:
            return None
        places.append(at)
    return places


def _groups(
    above: Sequence[Head], columns: Sequence[_Column], words: HeadWords
) -> list[tuple[Head, Run]] | None:
    """Over which columns the other heads stand; None where one stands over none."""
    runs: list[tuple[Head, Run]] = []
    for head in above:
        run = _run(head, columns, words, _parts_from(head, [*above, *(c.head for c in columns)]))
        if run is None:
            return None
        runs.append((head, run))
    for together in _overlapping(runs):
        cut = _cut([runs[i][0] for i in together], [runs[i][1] for i in together], columns)
        if cut is None:
            return None
        for i, run in zip(together, cut, strict=True):
            runs[i] = runs[i][0], run
    return runs


def _overlapping(runs: Sequence[tuple[Head, Run]]) -> list[list[int]]:
    """Heads of one line that would stand over the same columns, from left to right."""
    found: list[list[int]] = []
    for i in sorted(range(len(runs)), key=lambda i: runs[i][0].middle):
        head, (first, _) = runs[i]
        near = (
            together
            for together in found
            if runs[together[-1]][0].beside(head) and runs[together[-1]][1][1] >= first
        )
        together = next(near, None)
        if together is None:
            found.append([i])
        else:
            together.append(i)
    return [together for together in found if len(together) > 1]


def _parts_from(head: Head, heads: Sequence[Head]) -> float:
    """From which height on heads are parts of one: what begins higher than most of the way to the
    parts right below it stands beside it, as one that is as high as both.
    """
    under = [h.v0 for h in heads if h.v0 >= head.v1 - 1 and h.u0 < head.u1 and h.u1 > head.u0]
    return head.v0 + PARTS_FROM * (min(under, default=head.v1) - head.v0)


def _run(head: Head, columns: Sequence[_Column], words: HeadWords, floor: float) -> Run | None:
    """The columns beside each other, around the middle of a head, that it may stand over."""
    may = [c.head.v0 >= floor and words.over(head.word, c.head.word) for c in columns]
    near = min(
        (i for i, ok in enumerate(may) if ok),
        key=lambda i: max(columns[i].u0 - head.middle, head.middle - columns[i].u1, 0.0),
        default=None,
    )
    if near is None:
        return None
    first, last = _around(near, may)
    inside = columns[first].u0 <= head.middle <= columns[last].u1
    return (first, last) if inside else None


def _around(near: int, may: Sequence[bool]) -> Run:
    """The columns beside each other, around one, that all may."""
    first = last = near
    while first and may[first - 1]:
        first -= 1
    while last + 1 < len(may) and may[last + 1]:
        last += 1
    return first, last


def _cut(
    heads: Sequence[Head], runs: Sequence[Run], columns: Sequence[_Column]
) -> list[Run] | None:
    """The columns of heads beside each other: none stands over the same word twice, and all stand
    over their middles as near as can be.
    """
    first, last = min(a for a, _ in runs), max(b for _, b in runs)
    best: tuple[float, list[Run]] | None = None
    for ends in combinations(range(first, last), len(heads) - 1):
        parts = list(zip((first, *(e + 1 for e in ends)), (*ends, last), strict=True))
        if all(_all_different(columns[a : b + 1]) for a, b in parts):
            off = sum(
                abs(columns[a].u0 + columns[b].u1 - 2 * head.middle)
                for head, (a, b) in zip(heads, parts, strict=True)
            )
            best = min(best or (off, parts), (off, parts))
    return best[1] if best else None


def _all_different(columns: Sequence[_Column]) -> bool:
    return len({c.head.word for c in columns}) == len(columns)


def _written(
    sheet: Sheet, heads: Heads, columns: Sequence[_Column], groups: Sequence[tuple[Head, Run]]
) -> Sheet | None:
    """The sheet with these heads; None where they have more levels than there are rows."""
    width = max(len(row) for row in sheet.cells[: heads.rows])
    top: list[list[object]] = [[""] * width for _ in range(heads.rows)]
    merged = [m for m in sheet.merged if m[0] >= heads.rows]
    depth = [0] * len(columns)
    for head, (first, last) in sorted(groups, key=lambda g: (g[0].v0, g[0].middle)):
        level = max(depth[first : last + 1])
        if level + 1 >= heads.rows:
            return None
        top[level][columns[first].at] = head.word
        merged.append((level, columns[first].at, level, columns[last].at))
        depth[first : last + 1] = [level + 1] * (last - first + 1)
    for column, level in zip(columns, depth, strict=True):
        top[level][column.at] = column.head.word
        if level < heads.rows - 1:
            merged.append((level, column.at, heads.rows - 1, column.at))
    return replace(sheet, cells=[*top, *sheet.cells[heads.rows :]], merged=merged, heads=None)
