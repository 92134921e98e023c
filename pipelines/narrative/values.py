"""What the text says a quantity is, and how quantities hang together: parents, wholes.

What does not belong here: findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.narrative.case import Case
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure, Interval
from pipelines.narrative.relations import Term
from pipelines.narrative.topics import economic_scope
from pipelines.narrative.vocabulary import vocabulary

HEADS = {
    "gpb": "gpb",
    "fund": "fund",
    "capital": "capital",
    "expenditure": "expenditure",
    "fiscal": "fiscal_expenditure.year",
}
# what 占总收入、占总支出 may mean as well
LOOSELY = {
    "total_income": ("income",),
    "total_expenditure": ("expenditure",),
    "fiscal_income": ("fiscal_income.year",),
    "fiscal_expenditure": ("fiscal_expenditure.year",),
    # 占本年支出合计 under a heading of 财政拨款 is mostly of all expenditure
    "fiscal_expenditure.year": ("gpb", "expenditure"),
    "fiscal_income.year": ("income",),
}
# 占本年支出合计 in the section of a fund is mostly of all expenditure, or else of 财政拨款
AMONG = {
    ("fund", "expenditure"): ("fiscal_expenditure.year",),
    ("fund.income", "income"): ("fiscal_income.year",),
    ("capital", "expenditure"): ("fiscal_expenditure.year",),
    ("capital.income", "income"): ("fiscal_income.year",),
}
# what a share of an item without a parent may be of
SHARED = {
    "gpb": ("expenditure",),
    "gpb.basic": ("gpb", "expenditure", "fiscal_expenditure.year"),
    "gpb.project": ("gpb", "expenditure", "fiscal_expenditure.year"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A value the text gives."""

    entry: Entry
    figure: Figure
    interval: Interval


def current(case: Case, entry: Entry) -> bool:
    """Whether an entry's value is of the year under report."""
    return not entry.years or case.year is None or case.year in entry.years


def said(case: Case, item_id: str) -> list[Said]:
    """Every value of an item for this year, in order.

    A pair (收、支总计) counts for both of its quantities.
    """
    if not case.said:
        _index(case)
    return case.said.get(item_id, [])  # type: ignore[return-value]


def _index(case: Case) -> None:
    case.said[""] = []
    for entry in case.entries:
        if not entry.values or entry.aside or not current(case, entry):
            continue
        for number, item_id in enumerate((entry.item.id, *entry.item.pair)):
            figure = entry.values[min(max(number - 1, 0), len(entry.values) - 1)]
            given = Said(entry, figure, case.interval(entry, figure))
            case.said.setdefault(item_id, []).append(given)


def value(case: Case, item_id: str, near: Entry | None = None) -> Said | None:
    """The value of an item: in the same paragraph, then in the same section, then the one most
    often given.
    """
    values = said(case, item_id)
    if not values:
        return None
    close = _near(values, near) if near is not None else []
    if near is not None and close:
        return _before(close, near)
    votes = Counter(v.figure.amount for v in values)
    best = max(votes.values())
    return next(v for v in values if votes[v.figure.amount] == best)


def _near(values: list[Said], near: Entry) -> list[Said]:
    """Those of the same paragraph, else those of the same section."""
    here = [v for v in values if v.entry.paragraph is near.paragraph]
    return here or [v for v in values if _same_section(v.entry, near)]


def _same_section(one: Entry, other: Entry) -> bool:
    return one.paragraph.section is other.paragraph.section and one.row == other.row


def _before(values: list[Said], near: Entry) -> Said:
    """The first that does not come after it in its own paragraph."""
    for said_value in values:
        entry = said_value.entry
        if entry.start <= near.start or entry.paragraph is not near.paragraph:
            return said_value
    return values[0]


def in_tables(case: Case, entry: Entry, slot: Callable[[Entry], Figure | None]) -> list[Term]:
    """What the tables of its section print of the item of a mention in the text (``slot``: its last
    year's value, its budget).
    """
    if entry.row or entry.scoped:
        return []
    rows = [e for e in case.entries if e.row and e.item.id == entry.item.id and current(case, e)]
    here = [e for e in rows if e.paragraph.section is entry.paragraph.section]
    return [case.term(e, figure) for e in here if (figure := slot(e)) is not None]


def budget_of(item_id: str) -> str:
    """The budget of a functional item: ``class.gpb.201`` → gpb."""
    return item_id.split(".")[1]


def parent_of(entry: Entry) -> str:
    """The item that an entry is a part of; empty for none."""
    item = entry.item
    if item.id.startswith(("class.", "kuan.", "item.")):
        return HEADS.get(budget_of(item.id), "")
    if item.own_name:
        return item.id.removeprefix("detail.")
    if item.id.startswith("econ."):
        return economic_scope(item.id)
    if item.quantity and item.quantity.kind == "car":
        return item.id.partition(".count.car.")[0]
    return item.parent


def wholes(entry: Entry) -> Iterator[str]:
    """The items that a share without ``占…的`` may be of: the parent, its parent, and so on."""
    if entry.whole:
        yield entry.whole
        yield from LOOSELY.get(entry.whole, ())
        yield from AMONG.get((entry.item.id, entry.whole), ())
        return
    if entry.item.quantity and entry.item.quantity.whole:
        yield entry.item.quantity.whole
    step = parent_of(entry)
    while step:
        yield step
        quantity = vocabulary().quantities.get(step)
        step = quantity.parent if quantity else ""
    yield from SHARED.get(entry.item.id, ())


def class_of(entry: Entry) -> str | None:
    """The class code of a functional item as it should be (by its resolved code)."""
    return entry.item.code[:3] if entry.item.code else None
