"""Which printed figures of a public table are not the sum of their parts within that table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.public.exact import Key
from pipelines.public.figures import Published
from pipelines.public.relations import TOTAL, Relations

_BLOCK_TOTALS = {
    "G01": (("收入", "本年收入合计"), ("收入", "总计"), ("支出", "本年支出合计"), ("支出", "总计")),
    "G04": (
        ("收入", "本年收入合计"),
        ("收入", "年初财政拨款结转和结余"),
        ("收入", "总计"),
        ("支出", "本年支出合计"),
        ("支出", "年末财政拨款结转和结余"),
        ("支出", "总计"),
    ),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A figure and what its parts add up to (0.01 万元); ``in_source``: the exact amounts differ, too."""

    key: Key
    shown: int
    added: int
    in_source: bool


def broken_sums(data: Published, form: str) -> list[Broken]:
    """Totals before their parts. A figure whose parts are all blank is a smallest one, unless it is a total of the table."""
    exact = {key: amount for key, amount in data.exact.items() if key[0] == form}
    relations, partial = Relations(exact), bool(data.lacking.of(form))
    found: dict[Key, Broken] = {}
    for key in sorted(
        {*exact, *_totals(form, exact)},
        key=lambda k: (k[1], k[2] != TOTAL, k[2], k[3] != TOTAL, k[3]),
    ):
        for parts in relations.sums(key):
            if (not parts and not _must_have_parts(key)) or (
                form == "G05" and key[3] == TOTAL and partial
            ):
                continue
            shown, added = (
                data.printed.get(key, 0),
                sum(data.printed.get(k, 0) * s for k, s in parts),
            )
            if shown != added and key not in found:
                real = exact.get(key, 0) != sum(exact[k] * s for k, s in parts)
                found[key] = Broken(key, shown, added, real)
    return list(found.values())


def _must_have_parts(key: Key) -> bool:
    return (
        (key[1], key[2]) in _BLOCK_TOTALS.get(key[0], ())
        and key[2] in ("本年收入合计", "本年支出合计")
        and key[3] in ("金额", TOTAL)
    )


def _totals(form: str, exact: dict[Key, int]) -> Iterator[Key]:
    """Figures that are nothing, though their parts may be something."""
    rows, columns = {k[2] for k in exact if not k[1]}, {k[3] for k in exact}
    for block, row in _BLOCK_TOTALS.get(form, ()):
        yield from ((form, block, row, column) for column in columns)
    if form not in _BLOCK_TOTALS:
        above = {row[:n] for row in rows if row.isdigit() for n in (3, 5) if len(row) > n} & rows
        yield from ((form, "", row, column) for row in {TOTAL, *above} for column in columns)
        wholes = Relations.wholes(form)
        yield from ((form, "", row, whole) for row in rows for whole in wholes)
