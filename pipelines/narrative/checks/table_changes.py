"""Last year's values, changes and their rates against the tables.

What does not belong here: whether they agree with each other (``changes.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipelines.narrative.case import Case, amount, key, percent, wan
from pipelines.narrative.checks.cells import addresses, mismatch, trusted
from pipelines.narrative.entries import LAST, UNSAID, Comparison, Entry, nth
from pipelines.narrative.figures import Figure, Interval, ratio
from pipelines.narrative.lookup import Fact, FactLookup


@dataclass(frozen=True, slots=True)
class _Moved:
    """A movement of the text, and the cells of this year and of last year that it is between."""

    record: Comparison
    now: Fact
    before: Fact

    @property
    def change(self) -> Interval:
        return self.now.interval - self.before.interval


def previous(case: Case, facts: FactLookup, entry: Entry) -> None:
    """Last year's value, the change and its rate."""
    if not trusted(entry):
        return
    records = [r for r in entry.comparisons if _over_the_years(case, r)]
    for index in range(len(entry.item.pair) or 1):
        _from_last_year(case, facts, entry, index, records)


def _from_last_year(
    case: Case, facts: FactLookup, entry: Entry, index: int, records: list[Comparison]
) -> None:
    """The same for one of the quantities of a pair."""
    now = facts.first(addresses(entry, index))
    before = facts.first(addresses(entry, index), -1)
    if before is None:
        return
    if entry.prior is not None and not index:
        case.count(entry.item.rule)
        if not entry.prior.interval.meets(before.interval):
            mismatch(case, entry, entry.prior, before, "上年数")
    if now is None:
        return
    for record in records:
        _change(case, entry, _Moved(record, now, before), index)


def _over_the_years(case: Case, record: Comparison) -> bool:
    """Whether a movement is one against the year before."""
    return record.base in (LAST, UNSAID) and record.base_year in (None, (case.year or 0) - 1)


def _change(case: Case, entry: Entry, moved: _Moved, index: int) -> None:
    record = moved.record
    if record.only_flat:
        case.count(entry.item.rule)
        _flat(case, entry, moved)
        return
    if record.base == UNSAID and entry.budgets:
        return
    delta = nth(record.deltas, index)
    if delta is not None and key(entry, delta) not in case.settled:
        case.count(entry.item.rule)
        if not any(_signed(delta, s).meets(moved.change) for s in _signs(record.direction)):
            _wrong_change(case, entry, moved, delta)
    rate = nth(record.rates, index)
    if rate is not None and key(entry, rate) not in case.settled:
        _rate(case, entry, moved, rate, delta)


def _signs(direction: int | None) -> tuple[int, ...]:
    return (direction,) if direction else (1, -1)


def _signed(figure: Figure, sign: int) -> Interval:
    return figure.interval if sign > 0 else -figure.interval


def _words(change: Interval, money: bool, unit: str) -> str:
    gap = change.middle
    return "持平" if gap == 0 else f"{'增加' if gap > 0 else '减少'}{amount(abs(gap), money, unit)}"


def _flat(case: Case, entry: Entry, moved: _Moved) -> None:
    limit = Fraction(0) if entry.item.counter else Fraction(50)
    change, now, before = moved.change, moved.now, moved.before
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


def _wrong_change(case: Case, entry: Entry, moved: _Moved, delta: Figure) -> None:
    money = delta.kind == "money"
    record, change, now, before = moved.record, moved.change, moved.now, moved.before
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


def _rate(case: Case, entry: Entry, moved: _Moved, rate: Figure, delta: Figure | None) -> None:
    """A rate holds if it follows from the tables, or from the figures as they are printed."""
    now, before, way = moved.now, moved.before, moved.record.rate_way
    exact = ratio(moved.change, before.interval)
    if exact is None:
        return
    case.count(entry.item.rule)
    right = [exact, *_as_printed(case, entry, moved.record, delta)]
    if any(_signed(rate, s).meets(r) for s in _signs(way) for r in right):
        return
    grows = (way or 1) > 0
    message = (
        f"{entry.item.title}增减幅：说明文字为{_grown(grows)}{rate.text}，"
        f"按表应为{_grown(exact.middle >= 0)}{percent(abs(exact.middle))}"
        f"（本年{wan(now.amount)}，上年{wan(before.amount)}）"
    )
    places = [case.figure("left", entry, rate), case.cell("right", now), case.cell("right", before)]
    case.report(entry.item.rule, case.subject(entry) + "增减幅", message, places)
    case.settled[key(entry, rate)] = exact if grows else -exact


def _as_printed(
    case: Case, entry: Entry, record: Comparison, delta: Figure | None
) -> list[Interval]:
    """The rate that follows from the printed change and value, where the change is right."""
    if delta is None or not entry.values or key(entry, delta) in case.settled:
        return []
    printed = delta.amount * (record.direction or 1)
    base = Fraction(entry.values[-1].amount - printed)
    return [Interval.around(Fraction(printed) / base * 100)] if base else []


def _grown(grows: bool) -> str:
    return "增长" if grows else "下降"
