"""How units, rows and columns of the public tables are called."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.public.keys import Key
from schemas.library import code_list, forms


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose tables these are. ``names`` are the row labels as submitted, by code."""

    unit_name: str
    year: int
    names: dict[str, str]

    def functional(self, code: str) -> str:
        known = code_list("functional").get(code, self.year)
        return known.name if known else self.names.get(code, code).strip()

    def economic(self, code: str) -> str:
        known = code_list("economic").get(code, self.year) or code_list("economic").items.get(code)
        return known.name if known else code


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
