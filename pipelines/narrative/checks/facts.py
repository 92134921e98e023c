"""The text against the tables: values, last year's values, changes, rates, shares and completion.

A figure that disagrees is settled to the table's value, so that what follows from it is not
reported again.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, key, percent, wan
from pipelines.narrative.checks.cells import (
    addresses,
    addresses_of,
    budget_addresses,
    budgets_of,
    mismatch,
    trusted,
)
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.table_changes import previous
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import HALF, Figure, Interval, ratio
from pipelines.narrative.lookup import Fact, FactLookup
from pipelines.narrative.values import current, parent_of, wholes
from pipelines.narrative.vocabulary import Address, vocabulary

# how the columns of a budget begin, by the kind that a text names
BUDGET_COLUMNS = {"年初": ("年初", "预算数"), "全年": ("全年",), "调整": ("全年",)}


def settle(case: Case) -> None:
    """Compares every understood figure with its table cell."""
    if case.facts is None:
        return
    entries = [e for e in case.entries if not e.aside and not e.item.id.startswith("flow.")]
    for entry in entries:
        previous(case, case.facts, entry)
    for entry in entries:
        if current(case, entry):
            _values(case, case.facts, entry)
            _budget(case, case.facts, entry)
    for entry in entries:
        _shares(case, case.facts, entry)
        _completion(case, case.facts, entry)


def _values(case: Case, facts: FactLookup, entry: Entry) -> None:
    if not entry.values or not trusted(entry):
        return
    for index in range(len(entry.item.pair) or 1):
        figure = entry.values[min(index, len(entry.values) - 1)]
        fact = facts.first(addresses(entry, index))
        if fact is None or key(entry, figure) in case.settled:
            continue
        case.count(entry.item.rule)
        meant = Interval.around(fact.amount) if figure.kind == "count" else fact.interval
        right = figure.interval.meets(meant) or _counted_in(facts, entry, figure, fact)
        if not right and not _balanced(case, facts, entry, figure, fact):
            mismatch(case, entry, figure, fact, "")


def _counted_in(facts: FactLookup, entry: Entry, figure: Figure, fact: Fact) -> bool:
    """Whether a value holds what may be counted in as well (公务接待批次 with those abroad)."""
    quantity = entry.item.quantity
    more = facts.first(quantity.beside) if quantity and quantity.beside else None
    return more is not None and figure.interval.meets(Interval.around(fact.amount + more.amount))


def _balanced(case: Case, facts: FactLookup, entry: Entry, figure: Figure, fact: Fact) -> bool:
    """Whether a figure is off by its last place only so that rounded parts add up to the rounded
    total (舍位平衡).
    """
    unit = figure.step
    if figure.kind != "money" or abs(figure.interval.middle - Fraction(fact.amount)) >= unit:
        return False
    parent = parent_of(entry)
    head, whole = _given(case, parent), facts.first(addresses_of(parent))
    if not parent or head is None or whole is None:
        return False
    family = _family(case, entry, parent)
    rounded = _rounded(facts, family, unit)
    made_to_add_up = sum(e.values[0].amount for e in family) == head.values[0].amount
    differs = rounded is not None and rounded != _round(Fraction(whole.amount), unit)
    return made_to_add_up and differs


def _rounded(facts: FactLookup, family: list[Entry], unit: Fraction) -> Fraction | None:
    """The sum of the table's parts, each rounded; None where one of them has no cell."""
    parts = [facts.first(addresses(e)) for e in family]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return sum((_round(Fraction(part.amount), unit) for part in known), start=Fraction(0))


def _given(case: Case, item_id: str) -> Entry | None:
    """The first mention of an item with a value."""
    return next((e for e in case.entries if e.item.id == item_id and e.values), None)


def _family(case: Case, entry: Entry, parent: str) -> list[Entry]:
    """The mentions with values of the parts that an entry is one of."""
    return [e for e in case.entries if e.values and _siblings(e, entry, parent)]


def _siblings(one: Entry, other: Entry, parent: str) -> bool:
    """Whether two entries are parts of the same whole, told in the same section."""
    return (
        parent_of(one) == parent
        and one.paragraph.section is other.paragraph.section
        and one.item.id.partition(".")[0] == other.item.id.partition(".")[0]
    )


def _round(value: Fraction, unit: Fraction) -> Fraction:
    return (value / unit + HALF).__floor__() * unit


def _budget(case: Case, facts: FactLookup, entry: Entry) -> None:
    if entry.budget is None or not trusted(entry):
        return
    found = [(a, f) for a in budget_addresses(entry) if (f := facts.read(a)) is not None]
    if not found:
        return
    for budget in entry.budgets:
        case.count(entry.item.rule)
        if not any(budget.figure.interval.meets(f.interval) for _, f in found):
            mismatch(case, entry, budget.figure, _of_kind(found, budget.kind), "预算")


def _of_kind(found: list[tuple[Address, Fact]], kind: str) -> Fact:
    """The budget cell of the kind that the text names (年初预算: 预算数 in 附03表), else the
    first.
    """
    wanted = BUDGET_COLUMNS.get(kind, ())
    named = (f for a, f in found if wanted and a.col.startswith(wanted))
    return next(named, found[0][1])


def _shares(case: Case, facts: FactLookup, entry: Entry) -> None:
    """Shares recomputed from the tables; the printed figures may serve as well."""
    if not entry.shares or entry.whole == "?" or not trusted(entry):
        return
    share = entry.shares[0]
    part = facts.first(addresses(entry))
    ways, named = _ways(case, facts, entry, part)
    if not ways or part is None or not named:
        return
    case.count(entry.item.rule)
    if any(share.interval.meets(way) for way in ways):
        return
    case.report(
        entry.item.rule,
        case.subject(entry) + "占比",
        f"{entry.item.title}占比：说明文字为{share.text}，按表占{named}的{percent(ways[0].middle)}",
        [case.figure("left", entry, share), case.cell("right", part)],
    )
    case.settled[key(entry, share)] = ways[0]


def _ways(
    case: Case, facts: FactLookup, entry: Entry, part: Fact | None
) -> tuple[list[Interval], str]:
    """The shares of all wholes that may be meant, and the title of the first that the tables
    give.
    """
    ways: list[Interval] = []
    named = ""
    for whole in wholes(entry):
        fact = facts.first(addresses_of(whole))
        exact = ratio(part.interval, fact.interval) if part and fact else None
        if exact is not None:
            named = named or _title(whole)
            ways.append(exact)
        ways += _printed(case, entry, whole)
    return ways, named


def _printed(case: Case, entry: Entry, whole: str) -> list[Interval]:
    """The share of the printed figures at face value, where both are right."""
    head = _given(case, whole)
    if head is None or not entry.values:
        return []
    wrong = key(entry, entry.values[0]) in case.settled or key(head, head.values[0]) in case.settled
    if wrong or not head.values[0].amount:
        return []
    return [
        Interval.around(Fraction(entry.values[0].amount) / Fraction(head.values[0].amount) * 100)
    ]


def _title(item_id: str) -> str:
    quantity = vocabulary().quantities.get(item_id)
    return quantity.title if quantity else "合计"


def _completion(case: Case, facts: FactLookup, entry: Entry) -> None:
    """完成预算 % against the budget of the tables (全年预算数, or 年初预算数)."""
    figure = entry.completion
    if figure is None or not trusted(entry):
        return
    actual = facts.first(addresses(entry))
    budgets = budgets_of(facts, entry)
    if actual is None or not budgets:
        return
    rates = [r for b in budgets if (r := ratio(actual.interval, b.interval)) is not None]
    if not rates:
        return
    case.count("N-09")
    if any(figure.interval.meets(r) for r in rates):
        return
    message = (
        f"{entry.item.title}完成预算比例：说明文字为{figure.text}，"
        f"按表为{percent(rates[0].middle)}"
        f"（决算{wan(actual.amount)}，预算{wan(budgets[0].amount)}）"
    )
    places = [
        case.figure("left", entry, figure),
        case.cell("right", actual),
        case.cell("right", budgets[0]),
    ]
    case.report("N-09", case.subject(entry) + "完成率", message, places)
    case.settled[key(entry, figure)] = rates[0]


CHECK = Check(
    name="facts",
    rules=(
        "N-01",
        "N-02",
        "N-03",
        "N-04",
        "N-05",
        "N-06",
        "N-07",
        "N-09",
        "N-10",
        "N-12",
        "N-14",
        "N-15",
    ),
    title="说明文字与报表一致",
    message="{item}：说明文字为{figure}，{cell} 为{amount}，相差{gap}",
    run=settle,
    wrong="",
    right="",
)
