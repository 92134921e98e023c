"""How units, rows and columns of the public tables are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipelines.public.keys import Key
from schemas.library import code_list, forms


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose tables these are. ``names`` are the row labels as submitted, by code."""

    unit_name: str
    year: int
    names: dict[str, str]

    def functional(self, code: str) -> str:
        return _listed("functional", code, self.year) or self.names.get(code, code).strip()

    def economic(self, code: str) -> str:
        return _listed("economic", code, self.year) or _listed("economic", code, None) or code


@lru_cache(maxsize=16384)  # some thousand codes, a few years
def _listed(classification: str, code: str, year: int | None) -> str:
    """The name of a code in a year (None: in any); empty where the list does not have it."""
    listed = code_list(classification)
    found = listed.items.get(code) if year is None else listed.get(code, year)
    return found.name if found else ""


def place_of(key: Key, subject: Subject) -> str:
    """A figure by its row and column: ``207 文化旅游体育与传媒支出，本年支出合计栏``."""
    form, _, row, column = key
    economic = forms()[form].codes == "economic"
    name = row.replace("/", "其中：")
    if row.isdigit():
        name = f"{row} {subject.economic(row) if economic else subject.functional(row)}"
    if column.isdigit():
        return f"{name}，{column} {subject.economic(column)}栏"
    return name if column in ("金额", "决算数") else f"{name}，{column.replace('/', '·')}栏"
