"""Header rows against the forms: which form a table is, and which of its columns stand where.

What does not belong here: data rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, pairwise

from pipelines.performance.grid import GridCell
from pipelines.performance.words import flat, header
from schemas.performance_forms import JXColumn, JXForm, performance_forms

# Words of three characters and less are too common to be found inside a longer header (数量,
# 预算数).
SHORTEST_INSIDE = 4
# A header cell is a few words; what is longer is data (a scoring rule names 年初预算数 and 决算数
# too).
LONGEST_HEADER = 30
EXACT, JOINED, INSIDE = 3, 2, 1
PROJECT_LAYOUTS = ("project",)


@dataclass(frozen=True, slots=True)
class Head:
    """One column of a header: its range, its own words (the lowest) and those above it."""

    start: int
    end: int
    leaf: str
    upper: tuple[str, ...]
    cell: GridCell


@dataclass(slots=True)
class Layout:
    """A recognised header: the form, its height in rows, and where its columns are (``key``,
    ``block``, ``level1`` … too).
    """

    form: JXForm
    height: int
    columns: dict[str, Head] = field(default_factory=dict)
    width: int = 0

    @property
    def score(self) -> int:
        return len(self.columns)


def recognise(
    rows: list[list[GridCell]], forms: Iterable[JXForm] = (), title: str = ""
) -> Layout | None:
    """The form whose header these rows (all of them) are, or None.

    Of several, the one with most columns found.
    """
    first = {header(c.text) for c in rows[0]}
    likely = [f for f in forms or performance_forms().values() if first & header_words(f)]
    if not likely or any(map(_is_long, chain.from_iterable(rows))):
        return None
    heads = heads_of(rows)
    if len(heads) < 2:
        return None
    end = max(h.end for h in heads)
    fits = ((form, _fit(form, heads, title)) for form in likely)
    layouts = [Layout(form, len(rows), found, end) for form, found in fits if found is not None]
    return max(layouts, key=lambda layout: _weight(layout, title), default=None)


def _is_long(cell: GridCell) -> bool:
    return len(flat(cell.text)) > LONGEST_HEADER


def idle_top(
    found: Layout, rows: list[list[GridCell]], forms: Iterable[JXForm] = (), title: str = ""
) -> bool:
    """Whether a project table's header is as whole without the first of its rows: then these
    (预期目标, 实际完成情况) belong to the head of the table.
    """
    if found.form.layout not in PROJECT_LAYOUTS:
        return False
    below = (recognise(rows[first:], forms, title) for first in range(1, len(rows)))
    return any(b is not None and b.score >= found.score for b in below)


def _weight(layout: Layout, title: str) -> tuple[int, int, int]:
    """The longer title is the more telling one: 整体支出绩效自评 holds 支出绩效自评."""
    plain = flat(title)
    named = max((len(t) for t in layout.form.titles if t in plain), default=0)
    return layout.score + 2 * (named > 0), named, len(layout.form.signature)


def heads_of(rows: list[list[GridCell]]) -> list[Head]:
    """The columns of header rows, each with its path from the top."""
    cells = list(chain.from_iterable(rows))
    edges = sorted({c.column for c in cells} | {c.end for c in cells})
    heads: list[Head] = []
    for start, end in pairwise(edges):
        path = [c for c in cells if c.column <= start and c.end >= end and not c.blank]
        if not path:
            continue
        words = [header(c.text) for c in path]
        if heads and heads[-1].cell is path[-1] and heads[-1].end == start:
            heads[-1] = Head(heads[-1].start, end, words[-1], tuple(words[:-1]), path[-1])
        else:
            heads.append(Head(start, end, words[-1], tuple(words[:-1]), path[-1]))
    return heads


def _fit(form: JXForm, heads: list[Head], title: str) -> dict[str, Head] | None:
    if form.needs_title and not any(t in flat(title) for t in form.titles):
        return None
    if not _may_fit(form, heads):
        return None
    found = _chosen(form, heads)
    if not _is_signed(form, found):
        return None
    if "key" not in found and not form.key.optional:
        _leftmost_key(form, heads, found)
        if "key" not in found:
            return None
    return found


def _chosen(form: JXForm, heads: list[Head]) -> dict[str, Head]:
    """Each column of the form with the head that fits it best; each head once."""
    found: dict[str, Head] = {}
    taken: set[int] = set()
    for name, strength, at in _candidates(form, heads):
        if name in found or at in taken:
            continue
        if strength == INSIDE and name in ("key", "block"):
            continue
        found[name] = heads[at]
        taken.add(at)
    return found


def _is_signed(form: JXForm, found: Mapping[str, Head]) -> bool:
    """Whether the columns that tell the form from others are there, and none of another form."""
    named = form.key.column or "key"
    wanted = {"key" if s == named else s for s in form.signature}
    return wanted <= found.keys() and found.keys().isdisjoint(form.without)


def _candidates(form: JXForm, heads: list[Head]) -> list[tuple[str, int, int]]:
    """(column, strength, place) of every match, strongest first, then in the order of the form."""
    wanted: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
        (c.key, c.names, c.under) for c in form.columns
    ]
    wanted.append(("key", form.key.names, ()))
    if form.block and form.block.names:
        wanted.append(("block", form.block.names, ()))
    for number, level in enumerate(form.levels, 1):
        wanted.append((f"level{number}", level.names, ()))
    found = []
    for order, (name, words, under) in enumerate(wanted):
        for at, head in enumerate(heads):
            strength = _strength(words, under, head.leaf, head.upper)
            if strength:
                rank = _alias_rank(words, head.leaf)
                found.append((-strength, rank, order, at, name))
    return [(name, -s, at) for s, _, _, at, name in sorted(found)]


def _alias_rank(words: tuple[str, ...], leaf: str) -> int:
    """A column's first name goes before its aliases."""
    known = [header(w) for w in words]
    return known.index(leaf) if leaf in known else len(known)


@lru_cache(maxsize=65536)
def _stands_under(leaf: str, upper: tuple[str, ...], under: tuple[str, ...]) -> bool:
    """Whether a word of ``under`` is in a cell above the leaf, or in the leaf itself."""
    return any(u in text for u in under for text in (*upper, leaf))


@lru_cache(maxsize=65536)
def _strength(
    words: tuple[str, ...], under: tuple[str, ...], leaf: str, upper: tuple[str, ...]
) -> int:
    """How well a column's words fit a header cell (``leaf``) and the cells above it; 0 where
    not at all.
    """
    known = [header(w) for w in words]
    if under:
        return EXACT if leaf in known and _stands_under(leaf, upper, under) else 0
    if leaf in known:
        return EXACT
    whole = "".join((*upper, leaf))
    if whole in known or any(u in known for u in upper[-1:]):
        return JOINED
    inside = any(len(w) >= SHORTEST_INSIDE and w in leaf for w in known)
    return INSIDE if inside else 0


def _may_fit(form: JXForm, heads: list[Head]) -> bool:
    """Whether every column of the signature has a header at all: most rows of data fail this
    at once.
    """
    return all(
        any(_strength(words, under, head.leaf, head.upper) for head in heads)
        for words, under in _signature_words(form.form)
    )


@cache
def _signature_words(form_id: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """(words, words above) of every column that a form must have."""
    form = performance_forms()[form_id]
    columns = {c.key: (c.names, c.under) for c in form.columns}
    columns[form.key.column or "key"] = (form.key.names, ())
    return tuple(columns[name] for name in form.signature)


def _leftmost_key(form: JXForm, heads: list[Head], found: dict[str, Head]) -> None:
    """A label column without (known) words is the one left of all columns found."""
    first = min(h.start for h in found.values())
    left = [h for h in heads if h.end <= first]
    if left:
        found["key"] = left[-1]


@cache
def _words_of(form_id: str) -> frozenset[str]:
    return frozenset(_header_words(performance_forms()[form_id]))


def header_words(form: JXForm) -> frozenset[str]:
    """Every word that may stand in the form's header."""
    return _words_of(form.form)


def _header_words(form: JXForm) -> set[str]:
    words: set[str] = {*form.key.names, *(form.block.names if form.block else ())}
    for level in form.levels:
        words.update(level.names)
    for column in form.columns:
        words.update((*column.names, *column.under))
    return {header(w) for w in words}


def column_of(form: JXForm, key: str) -> JXColumn | None:
    return next((c for c in form.columns if c.key == key), None)


def under(head: Head, row: Iterable[GridCell]) -> GridCell | None:
    """The cell of a row that begins under a head."""
    return next((c for c in row if head.start <= c.column < head.end), None)
