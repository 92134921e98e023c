"""The slots of an entry: where an amount is kept, by what it is (value, budget, change, earlier
value, last year's).

What does not belong here: which entry it goes to (``amounts.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.clauses import budget_kind, direction_of, has
from pipelines.narrative.entries import BUDGET, LAST, UNSAID, Budget, Entry, year_of
from pipelines.narrative.figures import Figure
from pipelines.narrative.tokens import Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence


def place(sentence: Sentence, entry: Entry, role: str, figure: Figure, clause: list[Token]) -> None:
    """Puts an amount in its slot."""
    now = sentence.now
    if role == "delta":
        _change(sentence, entry, figure, clause)
    elif role == "budget":
        entry.budgets.append(_budget(figure, clause))
    elif role == "average":
        entry.average = figure
    elif role == "earlier" and now.base[0] == BUDGET:
        entry.budgets.append(Budget(now.base[2], figure, compared=True))
    elif role == "earlier":
        _earlier(sentence, entry, figure, clause)
    elif of_last_year(sentence, clause):
        entry.prior = entry.prior or figure
    elif older := _older_year(sentence, entry, clause):
        _of_an_older_year(sentence, entry, figure, older)
    else:
        _value(sentence, entry, figure, clause)


def _budget(figure: Figure, clause: list[Token]) -> Budget:
    """A budget, of the kind that the last word of its clause says."""
    told = next((t for t in reversed(clause) if t.kind in ("budget", "against", "complete")), None)
    if told is None:
        return Budget("", figure)
    return Budget(budget_kind(told.text), figure, told.kind == "against")


def _value(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    """A plain amount: what the list it stands in says it is."""
    named_final = any("决算" in t.text for t in clause)
    if entry.basis == "budget" and not named_final:
        entry.budgets.append(Budget("", figure))
    elif entry.basis == "last" and not named_final:
        entry.prior = entry.prior or figure
    else:
        entry.values.append(figure)
        if figure.kind == "money":
            sentence.reader.money = entry


def _change(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    record = sentence.comparison(entry, clause, figure.start, figure.end)
    if record.deltas and not entry.item.pair:
        sentence.groups += 1
        sentence.now.group = sentence.groups
        record = sentence.comparison(entry, clause, figure.start, figure.end)
    if record.rates and not record.deltas and record.base == UNSAID:
        record.base = sentence.now.base[0]
    record.deltas.append(figure)
    record.direction = direction_of(clause)


def _earlier(sentence: Sentence, entry: Entry, figure: Figure, clause: list[Token]) -> None:
    record = sentence.comparison(entry, clause, figure.start, figure.end)
    record.earlier = record.earlier or figure
    if record.base in (LAST, UNSAID):
        entry.prior = entry.prior or figure


def _older_year(sentence: Sentence, entry: Entry, clause: list[Token]) -> int | None:
    """The year of an amount that is older than the last one, where the mention is not of it."""
    named = [year_of(t.text) for t in clause if t.kind == "year"]
    said, year = (named[-1] if named else None), sentence.reader.year
    return said if said and year and said < year - 1 and said not in entry.years else None


def _of_an_older_year(sentence: Sentence, entry: Entry, figure: Figure, year: int) -> None:
    """2021年28.00万元，2022年30.00万元，2023年24.00万元: a mention of its own."""
    again = Entry(
        entry.item,
        entry.context,
        entry.paragraph,
        entry.sentence,
        entry.start,
        figure.end,
        entry.label,
        (year,),
        [figure],
        restated=True,
    )
    sentence.reader.reading.entries.append(again)


def of_last_year(sentence: Sentence, clause: list[Token]) -> bool:
    """Whether an amount is said of the year before (上年为0万元, 2022年为…)."""
    year = sentence.reader.year
    years = [year_of(t.text) for t in clause if t.kind == "year"]
    if not years and sentence.year_said and not has(clause, "this"):
        years = [sentence.year_said]
    last_year = year is not None and bool(years) and years[-1] == year - 1
    return last_year or has(clause, "prior")
