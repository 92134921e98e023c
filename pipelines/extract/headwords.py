"""The words that may stand in the heads of a form: over one column, over several, and which over
which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.extract.rows import CODE_HEADS, ITEM_HEADS, NAME_HEADS
from pipelines.extract.text import squash
from schemas.library import Form

LABELS = CODE_HEADS | NAME_HEADS
# Over the parts of a table that say nothing of its columns.
HALVES = frozenset(("收入", "支出", "人员经费", "公用经费", "收支"))


@dataclass(frozen=True, slots=True)
class HeadWords:
    """``leaves`` over a column, ``groups`` over several; ``pairs``: which groups over which leaves.
    ``form`` is held so that its identity stays its own.
    """

    form: Form
    leaves: frozenset[str]
    groups: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @property
    def all(self) -> frozenset[str]:
        return self.leaves | self.groups

    def over(self, group: str, leaf: str) -> bool:
        """Whether one word may stand over another."""
        return (group, leaf) in self.pairs or (group in HALVES and group not in self.leaves)


_KNOWN: dict[int, HeadWords] = {}


def head_words(form: Form) -> HeadWords:
    """What a form says, worked out once."""
    known = _KNOWN.get(id(form))
    if known is None:
        known = _KNOWN[id(form)] = _made(form)
    return known


def _made(form: Form) -> HeadWords:
    labels = {*(LABELS if form.codes else ITEM_HEADS), "行次"}
    leaves, groups, pairs = set(labels), set(), set()
    for *over, last in _writings(form):
        leaves.add(last)
        groups.update(over)
        pairs |= {(g, w) for i, g in enumerate(over) for w in (*over[i + 1 :], last)}
    if form.codes:
        groups.add("项目")
        pairs |= {("项目", w) for w in labels}
    if form.blocks or form.layout == "strips":
        groups |= HALVES
    return HeadWords(form, frozenset(leaves), frozenset(groups), frozenset(pairs))


def _writings(form: Form) -> Iterator[list[str]]:
    """The words over each column, from the top down, in each of their writings."""
    for column in (*form.read_columns, *(c for block in form.blocks for c in block.columns)):
        for name in (column.key, *column.names):
            yield [squash(part) for part in name.split("/")]
