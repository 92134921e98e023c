"""Which printed figures of a public table are not the sum of their parts within that table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.public.added import Added
from pipelines.public.figurelist import must_have_parts
from pipelines.public.figures import Published
from pipelines.public.keys import TOTAL, Key
from pipelines.public.uneven import uneven_forms
from schemas.library import forms
from schemas.relations import total_columns, total_recipes, totals


@dataclass(frozen=True, slots=True)
class Broken:
    """A figure and what its parts add up to (0.01 万元); ``in_source``: the exact amounts differ,
    too.
    """

    key: Key
    shown: int
    added: int
    in_source: bool


def broken_sums(data: Published, form: str) -> list[Broken]:
    """Totals before their parts.

    A figure whose parts are all blank is a smallest one, unless it is a total of the table.
    """
    asked = ("broken sums", form)
    if asked not in data.known:
        found = _broken_sums(data, form) if form in _uneven(data) else ()
        data.known[asked] = sorted(found, key=_totals_first)
    return data.known[asked]


def _uneven(data: Published) -> set[str]:
    if "uneven" not in data.known:
        data.known["uneven"] = uneven_forms(data.figures())
    return data.known["uneven"]


def _broken_sums(data: Published, form: str) -> Iterator[Broken]:
    exact = data.tables().get(form, {})
    added = Added(exact, data.printed)
    partial = bool(data.lacking.of(form))
    for key in {*exact, *_totals(form, exact)}:
        if partial and _spans_forms(key):
            continue  # a sum over several internal forms says nothing while one of them is lacking
        broken = _first_broken(added, key)
        if broken is not None:
            yield broken


def _totals_first(broken: Broken) -> tuple[str, bool, str, bool, str]:
    _, block, row, column = broken.key
    return block, row != TOTAL, row, column != TOTAL, column


def _spans_forms(key: Key) -> bool:
    return len(forms()[key[0]].source) > 1 and key[3] == TOTAL


def _first_broken(added: Added, key: Key) -> Broken | None:
    shown = added.printed.get(key, 0)
    for recipe in total_recipes(key):
        found = added.by(recipe, key)
        if found is None:
            if not must_have_parts(key):
                continue
            found = (0, 0)
        if shown != found[0]:
            return Broken(key, shown, found[0], added.exact.get(key, 0) != found[1])
    return None


def _totals(form: str, exact: dict[Key, int]) -> Iterator[Key]:
    """Figures that are nothing, though their parts may be something."""
    columns = {key[3] for key in exact}
    if totals(form):
        for block, row in totals(form):
            yield from ((form, block, row, column) for column in columns)
        return
    rows = {key[2] for key in exact}
    yield from (
        (form, "", row, column) for row in {TOTAL, *_codes_above(rows)} for column in columns
    )
    yield from ((form, "", row, whole) for row in rows for whole in total_columns(form))


def _codes_above(rows: set[str]) -> set[str]:
    """The 类 and 款 among the rows that others of them stand below."""
    return {row[:n] for row in rows if row.isdigit() for n in (3, 5) if len(row) > n} & rows
