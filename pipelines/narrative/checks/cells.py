"""The cells that figures of a text stand for, and what is said of one that is not what its cell
says.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount, key
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure
from pipelines.narrative.lookup import Fact, FactLookup, functional_addresses, functional_budget
from pipelines.narrative.topics import DIVIDED, economic_scope
from pipelines.narrative.values import budget_of
from pipelines.narrative.vocabulary import Address, vocabulary


def addresses(entry: Entry, index: int = 0) -> tuple[Address, ...]:
    """Where the value of an entry stands in the tables; ``index`` picks the quantity of a pair."""
    item = entry.item
    if item.pair:
        return vocabulary().quantities[item.pair[index]].facts
    return addresses_of(item.id, item.code)


def addresses_of(item_id: str, code: str | None = None) -> tuple[Address, ...]:
    if item_id.startswith("econ."):
        form = DIVIDED.get(economic_scope(item_id), "")
        return (Address(form, "", "合计", code),) if code and form else ()
    if item_id.startswith(("class.", "kuan.", "item.")):
        return functional_addresses(budget_of(item_id), code) if code else ()
    quantity = vocabulary().quantities.get(item_id)
    return quantity.facts if quantity else ()


def budget_addresses(entry: Entry) -> tuple[Address, ...]:
    item = entry.item
    if item.code and item.id.startswith("class."):
        return functional_budget(budget_of(item.id), item.code)
    return item.quantity.budget if item.quantity else ()


def budgets_of(facts: FactLookup, entry: Entry) -> list[Fact]:
    """The budgets of an entry that stand in a cell of the tables."""
    found = (facts.read(address) for address in budget_addresses(entry))
    return [fact for fact in found if fact is not None and fact.cell]


def trusted(entry: Entry) -> bool:
    """Whether an entry's code is certain enough to look it up."""
    resolution = entry.item.resolution
    return resolution is None or not resolution.problem


def mismatch(case: Case, entry: Entry, figure: Figure, fact: Fact, what: str) -> None:
    """Reports a figure that is not what the table says."""
    money = figure.kind == "money"
    gap = figure.interval.middle - Fraction(fact.amount)
    table = amount(fact.amount, money, figure.unit)
    message = (
        f"{entry.item.title}{what}：说明文字为{figure.text}，{fact.where} 为{table}，"
        f"相差{amount(abs(gap), money, figure.unit)}"
    )
    places = [case.figure("left", entry, figure), case.cell("right", fact)]
    case.report(entry.item.rule, case.subject(entry) + what, message, places, difference=gap)
    case.settled[key(entry, figure)] = fact.interval
