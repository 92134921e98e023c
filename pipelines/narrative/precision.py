"""How exact the printed figures of a document are: what a plain 0 hides, and amounts in 元 that are
万元 written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from pipelines.narrative.entries import Comparison, Reading
from pipelines.narrative.figures import HALF, Figure

MANY = 5  # so many amounts in whole hundreds of 元 are no chance
MOST_PLACES = 6  # decimals beyond these are noise


def settle(reading: Reading) -> None:
    """Puts into the figures what they hide."""
    _zeros(reading)
    _hundreds(reading)


def _places(figures: Iterable[Figure], factor: int) -> int | None:
    """The most decimals that amounts in a unit use; None where there are none."""
    used = [f.decimals for f in figures if f.kind == "money" and f.number and f.factor == factor]
    return min(max(used), MOST_PLACES) if used else None


def _zeros(reading: Reading) -> None:
    """A plain ``0`` hides at most half of the last place that the document's amounts in its unit
    use.
    """
    figures = [f for e in reading.entries for f in e.figures()]
    halves: dict[int, Fraction] = {}
    for factor in {f.factor for f in figures if f.kind == "money"}:
        places = _places(figures, factor)
        halves[factor] = HALF * factor / 10 ** (2 if places is None else places)

    def hidden(figure: Figure) -> Figure:
        if figure.kind == "percent":
            return figure.with_zero(HALF)
        return figure.with_zero(
            halves.get(figure.factor, Fraction(0)) if figure.kind == "money" else Fraction(0)
        )

    _replace(reading, hidden)


def _hundreds(reading: Reading) -> None:
    """Amounts in 元 that are all whole hundreds are amounts in 万元 written out: they stand for ±
    50 元.
    """
    yuan = [f for e in reading.entries for f in e.figures() if f.unit == "元" and f.number != 0]
    if len(yuan) >= MANY and all(f.number % 100 == 0 for f in yuan):
        _replace(reading, lambda f: f.coarsened() if f.unit == "元" else f)


def _replace(reading: Reading, change: Callable[[Figure], Figure]) -> None:
    for entry in reading.entries:
        entry.values = [change(f) for f in entry.values]
        entry.shares = [change(f) for f in entry.shares]
        for budget in entry.budgets:
            budget.figure = change(budget.figure)
        for record in entry.comparisons:
            _replace_in(record, change)
        for name in ("completion", "prior", "average"):
            if figure := getattr(entry, name):
                setattr(entry, name, change(figure))


def _replace_in(record: Comparison, change: Callable[[Figure], Figure]) -> None:
    record.deltas = [change(f) for f in record.deltas]
    record.rates = [change(f) for f in record.rates]
    record.earlier = change(record.earlier) if record.earlier else None
