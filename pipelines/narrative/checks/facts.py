"""The text against the tables: values, last year's values, changes, rates, shares and completion.

A figure that disagrees is settled to the table's value, so that what follows from it is not
reported again.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount, key, percent, wan
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import LAST, UNSAID, Comparison, Entry
from pipelines.narrative.figures import HALF, Figure, Interval, ratio
from pipelines.narrative.lookup import Fact, FactLookup, functional_addresses, functional_budget
from pipelines.narrative.values import budget_of, current, parent_of, wholes
from pipelines.narrative.vocabulary import Address, vocabulary


def addresses(entry: Entry, index: int = 0) -> tuple[Address, ...]:
    """Where the value of an entry stands in the tables; ``index`` picks the quantity of a pair."""
    item = entry.item
    if item.quantity and item.quantity.pair:
        return vocabulary().quantities[item.quantity.pair[index]].facts
    return addresses_of(item.id, item.code)


def addresses_of(item_id: str, code: str | None = None) -> tuple[Address, ...]:
    if item_id.startswith("econ."):
        return (Address("Z08_1", "", "合计", code),) if code else ()
    if item_id.startswith(("class.", "kuan.", "item.")):
        return functional_addresses(budget_of(item_id), code) if code else ()
    quantity = vocabulary().quantities.get(item_id)
    return quantity.facts if quantity else ()


def budget_addresses(entry: Entry) -> tuple[Address, ...]:
    item = entry.item
    if item.code and item.id.startswith("class."):
        return functional_budget(budget_of(item.id), item.code)
    return item.quantity.budget if item.quantity else ()


def settle(case: Case) -> None:
    """Compares every understood figure with its table cell."""
    if case.facts is None:
        return
    entries = [e for e in case.entries if not e.aside and not e.item.id.startswith("flow.")]
    for entry in entries:
        _previous(case, case.facts, entry)
    for entry in entries:
        if current(case, entry):
            _values(case, case.facts, entry)
            _budget(case, case.facts, entry)
    for entry in entries:
        _shares(case, case.facts, entry)
        _completion(case, case.facts, entry)


def _trusted(entry: Entry) -> bool:
    """Whether an entry's code is certain enough to look it up."""
    resolution = entry.item.resolution
    return resolution is None or not resolution.problem


def _values(case: Case, facts: FactLookup, entry: Entry) -> None:
    if not entry.values or not _trusted(entry):
        return
    pair = entry.item.quantity.pair if entry.item.quantity else ()
    for index in range(len(pair) or 1):
        figure = entry.values[min(index, len(entry.values) - 1)]
        fact = facts.first(addresses(entry, index))
        if fact is None or key(entry, figure) in case.settled:
            continue
        case.count(entry.item.rule)
        meant = Interval.around(fact.amount) if figure.kind == "count" else fact.interval
        if not figure.interval.meets(meant) and not _balanced(case, facts, entry, figure, fact):
            _mismatch(case, entry, figure, fact, "")


def _mismatch(case: Case, entry: Entry, figure: Figure, fact: Fact, what: str) -> None:
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


def _balanced(case: Case, facts: FactLookup, entry: Entry, figure: Figure, fact: Fact) -> bool:
    """Whether a figure is off by its last place only so that rounded parts add up to the rounded
    total (舍位平衡).
    """
    unit = Fraction(figure.factor, 10**figure.decimals)
    if figure.kind != "money" or abs(figure.interval.middle - Fraction(fact.amount)) >= unit:
        return False
    parent = parent_of(entry)
    whole = facts.first(addresses_of(parent))
    heads = [e for e in case.entries if e.item.id == parent and e.values]
    if not parent or not heads or whole is None:
        return False
    family = [e for e in case.entries if e.values and _siblings(e, entry, parent)]
    parts = [facts.first(addresses(e)) for e in family]
    if any(part is None for part in parts):
        return False
    printed = sum(e.values[0].amount for e in family)
    rounded = sum(_round(Fraction(part.amount), unit) for part in parts if part)
    made_to_add_up = printed == heads[0].values[0].amount
    return made_to_add_up and rounded != _round(Fraction(whole.amount), unit)


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
    if entry.budget is None or not _trusted(entry):
        return
    found = [f for a in budget_addresses(entry) if (f := facts.read(a)) is not None]
    if not found:
        return
    for budget in entry.budgets:
        case.count(entry.item.rule)
        if not any(budget.figure.interval.meets(f.interval) for f in found):
            _mismatch(case, entry, budget.figure, found[0], "预算")


def _previous(case: Case, facts: FactLookup, entry: Entry) -> None:
    """Last year's value, the change and its rate."""
    if not _trusted(entry):
        return
    pair = entry.item.quantity.pair if entry.item.quantity else ()
    records = [r for r in entry.comparisons if _over_the_years(case, r)]
    for index in range(len(pair) or 1):
        now = facts.first(addresses(entry, index))
        before = facts.first(addresses(entry, index), -1)
        if before is None:
            continue
        if entry.prior is not None and not index:
            case.count(entry.item.rule)
            if not entry.prior.interval.meets(before.interval):
                _mismatch(case, entry, entry.prior, before, "上年数")
        if now is None:
            continue
        for record in records:
            _change(case, entry, record, index, now, before)


def _over_the_years(case: Case, record: Comparison) -> bool:
    """Whether a movement is one against the year before."""
    return record.base in (LAST, UNSAID) and record.base_year in (None, (case.year or 0) - 1)


def _change(
    case: Case, entry: Entry, record: Comparison, index: int, now: Fact, before: Fact
) -> None:
    change = now.interval - before.interval
    if record.flat and not record.deltas and not record.rates:
        case.count(entry.item.rule)
        _flat(case, entry, now, before, change)
        return
    if record.base == UNSAID and entry.budgets:
        return
    delta = record.deltas[min(index, len(record.deltas) - 1)] if record.deltas else None
    if delta is not None and key(entry, delta) not in case.settled:
        case.count(entry.item.rule)
        if not any(_signed(delta, s).meets(change) for s in _signs(record.direction)):
            _wrong_change(case, entry, record, delta, now, before, change)
    rate = record.rates[min(index, len(record.rates) - 1)] if record.rates else None
    if rate is not None and key(entry, rate) not in case.settled:
        _rate(case, entry, record, rate, delta, now, before, change)


def _signs(direction: int | None) -> tuple[int, ...]:
    return (direction,) if direction else (1, -1)


def _signed(figure: Figure, sign: int) -> Interval:
    return figure.interval if sign > 0 else -figure.interval


def _words(change: Interval, money: bool, unit: str) -> str:
    gap = change.middle
    return "持平" if gap == 0 else f"{'增加' if gap > 0 else '减少'}{amount(abs(gap), money, unit)}"


def _flat(case: Case, entry: Entry, now: Fact, before: Fact, change: Interval) -> None:
    limit = (
        Fraction(50) if not (entry.item.quantity and entry.item.quantity.counter) else Fraction(0)
    )
    if change.low <= limit and change.high >= -limit:
        return
    words = case.place("left", entry.paragraph, entry.start, _clause_end(entry))
    message = (
        f"{entry.item.title}写为与上年持平，实际{_words(change, True, '')}：本年 {now.where}"
        f" 为{wan(now.amount)}，上年 {before.where} 为{wan(before.amount)}"
    )
    case.report(
        entry.item.rule,
        case.subject(entry) + "增减",
        message,
        [words, case.cell("right", now), case.cell("right", before)],
        difference=-change.middle,
    )


def _clause_end(entry: Entry) -> int:
    text = entry.paragraph.normal.text
    stops = [i for i in (text.find(c, entry.end) for c in "。；") if i >= 0]
    return min(stops, default=len(text))


def _wrong_change(
    case: Case,
    entry: Entry,
    record: Comparison,
    delta: Figure,
    now: Fact,
    before: Fact,
    change: Interval,
) -> None:
    money = delta.kind == "money"
    sign = record.direction or 1
    printed = ("增加" if sign > 0 else "减少") + delta.text
    backwards = record.direction is not None and _signed(delta, -sign).meets(change)
    kind = "方向写反" if backwards else "增减额"
    message = (
        f"{entry.item.title}{kind}：说明文字为{printed}，"
        f"按表应为{_words(change, money, delta.unit)}（本年 {now.where}"
        f" 为{amount(now.amount, money, delta.unit)}，上年 {before.where}"
        f" 为{amount(before.amount, money, delta.unit)}）"
    )
    places = [
        case.figure("left", entry, delta),
        case.cell("right", now),
        case.cell("right", before),
    ]
    gap = _signed(delta, sign).middle - change.middle
    case.report(entry.item.rule, case.subject(entry) + "增减", message, places, difference=gap)
    middle = change if sign > 0 else -change
    case.settled[key(entry, delta)] = middle
    if backwards:
        case.doubtful.add(key(entry, delta))


def _rate(
    case: Case,
    entry: Entry,
    record: Comparison,
    rate: Figure,
    delta: Figure | None,
    now: Fact,
    before: Fact,
    change: Interval,
) -> None:
    """A rate holds if it follows from the tables, or from the figures as they are printed."""
    exact = ratio(change, before.interval)
    if exact is None:
        return
    case.count(entry.item.rule)
    direction = record.rate_direction if record.rate_direction is not None else record.direction
    ways = [exact]
    if delta is not None and entry.values and key(entry, delta) not in case.settled:
        printed = delta.amount * (record.direction or 1)
        base = Fraction(entry.values[-1].amount - printed)
        if base:
            ways.append(Interval.around(Fraction(printed) / base * 100))
    if any(_signed(rate, s).meets(way) for s in _signs(direction) for way in ways):
        return
    sign = direction or 1
    message = (
        f"{entry.item.title}增减幅：说明文字为{'增长' if sign > 0 else '下降'}{rate.text}，"
        f"按表应为{'增长' if exact.middle >= 0 else '下降'}{percent(abs(exact.middle))}"
        f"（本年{wan(now.amount)}，上年{wan(before.amount)}）"
    )
    places = [case.figure("left", entry, rate), case.cell("right", now), case.cell("right", before)]
    case.report(entry.item.rule, case.subject(entry) + "增减幅", message, places)
    case.settled[key(entry, rate)] = exact if sign > 0 else -exact


def _shares(case: Case, facts: FactLookup, entry: Entry) -> None:
    """Shares recomputed from the tables; the printed figures may serve as well."""
    if not entry.shares or entry.whole == "?" or not _trusted(entry):
        return
    share = entry.shares[0]
    part = facts.first(addresses(entry))
    ways, named = [], ""
    for whole in wholes(entry):
        fact = facts.first(addresses_of(whole))
        exact = ratio(part.interval, fact.interval) if part and fact else None
        if exact is not None:
            named = named or _title(whole)
            ways.append(exact)
        ways += _printed(case, entry, whole)
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


def _printed(case: Case, entry: Entry, whole: str) -> list[Interval]:
    """The share of the printed figures at face value, where both are right."""
    heads = [e for e in case.entries if e.item.id == whole and e.values]
    if not heads or not entry.values:
        return []
    head = heads[0]
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
    if figure is None or not _trusted(entry):
        return
    actual = facts.first(addresses(entry))
    budgets = [f for a in budget_addresses(entry) if (f := facts.read(a)) is not None and f.cell]
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
