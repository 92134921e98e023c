"""The words by which rows and columns of a form of panels are known, from its description.

What does not belong here: looking for them in a sheet (``panelform.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.extract.words import word
from schemas.library import Block, Form, Row

Names = dict[str, list[tuple[Block, Row]]]


@dataclass(frozen=True, slots=True)
class PanelWords:
    """``names``: of each panel the rows by the words of their labels; ``heads``: the words over
    columns. ``form`` is held so that its identity stays its own.
    """

    form: Form
    names: list[Names]
    heads: frozenset[str]


_KNOWN: dict[int, PanelWords] = {}


def words_of(form: Form) -> PanelWords:
    """What a form says, worked out once."""
    known = _KNOWN.get(id(form))
    if known is None:
        names = [_names([form.block(b) for b in ids]) for ids in form.panels]
        columns = [c for b in form.blocks for c in b.columns]
        said = [name for c in columns for name in (c.key, *c.names)]
        words = frozenset(word(part) for name in said for part in name.split("/"))
        known = _KNOWN[id(form)] = PanelWords(form, names, words)
    return known


def _names(blocks: list[Block]) -> Names:
    names: Names = {}
    for block in blocks:
        for row in (*block.rows, *block.former):
            for name in row.names:
                names.setdefault(word(name), []).append((block, row))
    return names
