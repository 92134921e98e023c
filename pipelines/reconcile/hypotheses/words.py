"""The parts of the sentences: tables by their short number, units, years."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.library import forms

MOST_TABLES = 4


def table_words(names: Iterable[str]) -> str:
    """``财决05表``, ``财决05表、财决08表``, ``财决01表等 12 张表``."""
    library = forms()
    shown = [library[n].number if n in library else n for n in sorted(set(names))]
    if len(shown) <= MOST_TABLES:
        return "、".join(shown)
    return f"{shown[0]}等 {len(shown)} 张表"
