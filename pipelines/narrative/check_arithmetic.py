"""The text against itself: shares, changes and rates recomputed from the printed figures, each taken as an interval."""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount, key, percent
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure, Interval, ratio, span_of
from pipelines.narrative.values import said, value, wholes
from pipelines.narrative.vocabulary import vocabulary

CHANCE = Fraction(1, 20)


def check_arithmetic(case: Case) -> None:
    """Every share, change and rate that the text itself allows to recompute."""
    for entry in case.entries:
        if entry.shares and entry.whole != "?":
            _share(case, entry, entry.shares[0])
        if entry.deltas or entry.rates:
            _change(case, entry)


def _whole_values(case: Case, entry: Entry) -> list[tuple[str, Interval]]:
    found = []
    for whole in wholes(entry):
        quantity = vocabulary().quantities.get(whole)
        ids = quantity.pair if quantity and quantity.pair else (whole,)
        for item_id in ids:
            if (given := value(case, item_id, entry)) is not None:
                found.append((quantity.title if quantity else "合计", given.interval))
    return found


def _share(case: Case, entry: Entry, share: Figure) -> None:
    """A share fails only if no values behind the printed figures give it."""
    part = case.interval(entry, entry.values[0]) if entry.values else None
    if part is None:
        near = value(case, entry.item.id, entry)
        part = near.interval if near else None
    if part is None:
        return
    candidates = _whole_values(case, entry)
    ranges = [(title, r) for title, whole in candidates if (r := ratio(part, whole)) is not None]
    if not ranges:
        _nothing_of_nothing(case, entry, share, candidates)
        return
    if key(entry, share) in case.settled:
        return
    case.count(entry.item.rule)
    if any(share.interval.meets(r) for _, r in ranges):
        return
    title, expected = ranges[0]
    message = f"{entry.item.title}占比不符：说明文字为{share.text}，按所印金额占{title}的{percent(expected.middle)}"
    case.report(
        entry.item.rule, case.subject(entry) + "占比", message, [case.figure("left", entry, share)]
    )
    case.doubtful.add(key(entry, share))


def _nothing_of_nothing(
    case: Case, entry: Entry, share: Figure, candidates: list[tuple[str, Interval]]
) -> None:
    """0 of 0 has no share (N-13)."""
    zero = entry.values and entry.values[0].number == 0
    if not zero or not candidates or any(not (w.low <= 0 <= w.high) for _, w in candidates):
        return
    if not entry.item.id.startswith(("three", "procurement", "contracts")):
        return
    message = f"{entry.item.title}与{candidates[0][0]}均为 0，占比不适用，却写为{share.text}"
    case.report("N-13", case.subject(entry) + "占比", message, [case.figure("left", entry, share)])


def _change(case: Case, entry: Entry) -> None:
    if not entry.base_known:
        return
    rule = entry.item.rule
    for index in range(max(len(entry.deltas), len(entry.rates))):
        delta = entry.deltas[min(index, len(entry.deltas) - 1)] if entry.deltas else None
        rate = entry.rates[min(index, len(entry.rates) - 1)] if entry.rates else None
        if delta is not None and rate is not None and _contradiction(case, entry, delta, rate):
            continue
        now = _now(case, entry, index)
        if delta is None or key(entry, delta) in case.doubtful:
            continue
        if now is not None and entry.prior is not None:
            case.count(rule)
            _against_prior(case, entry, delta, now)
        if rate is not None and now is not None and key(entry, rate) not in case.settled:
            case.count(rule)
            _rate(case, entry, delta, rate, now)


def _now(case: Case, entry: Entry, index: int) -> Interval | None:
    """This year's value that a change belongs to."""
    if entry.values:
        figure = entry.values[min(index, len(entry.values) - 1)]
        return case.interval(entry, figure)
    pair = entry.item.quantity.pair if entry.item.quantity else ()
    item_id = pair[min(index, len(pair) - 1)] if pair else entry.item.id
    near = value(case, item_id, entry)
    if near is None:
        return None
    values = said(case, item_id)
    return near.interval if all(v.interval.meets(near.interval) for v in values) else None


def _contradiction(case: Case, entry: Entry, delta: Figure, rate: Figure) -> bool:
    """增加 with 下降, or a change of nothing with a rate."""
    up, rate_up = entry.direction, entry.rate_direction
    opposite = (
        up
        and rate_up
        and up * _sign(delta) != rate_up * _sign(rate)
        and delta.number
        and rate.number
    )
    empty = delta.number == 0 and delta.decimals >= 2 and abs(rate.number) >= 1
    empty = empty or (entry.flat and (delta.number != 0 or rate.number != 0) and up is None)
    if not opposite and not empty:
        return False
    words = case.place(
        "left",
        entry.paragraph,
        min(entry.start, delta.start),
        max(rate.end, delta.end),
        delta.money,
    )
    what = "增减方向前后矛盾" if opposite else "增减额与增减幅矛盾"
    case.report(
        entry.item.rule,
        case.subject(entry) + "增减",
        f"{entry.item.title}{what}：{words.quote}",
        [words],
    )
    return True


def _sign(figure: Figure) -> int:
    return -1 if figure.number < 0 else 1


def _signs(entry: Entry) -> tuple[int, ...]:
    direction = entry.direction if entry.direction is not None else entry.rate_direction
    return (direction,) if direction else (1, -1)


def _against_prior(case: Case, entry: Entry, delta: Figure, now: Interval) -> None:
    assert entry.prior is not None
    change = now - case.interval(entry, entry.prior)
    printed = case.interval(entry, delta)
    if any((printed if s > 0 else -printed).meets(change) for s in _signs(entry)):
        return
    money = delta.kind == "money"
    message = (
        f"{entry.item.title}增减不符：本年与上年（{entry.prior.text}）相差{amount(change.middle, money, delta.unit)}，"
        f"说明文字为{'增加' if (entry.direction or 1) > 0 else '减少'}{delta.text}"
    )
    places = [case.figure("left", entry, delta), case.figure("right", entry, entry.prior)]
    case.report(
        entry.item.rule,
        case.subject(entry) + "增减",
        message,
        places,
        difference=printed.middle - abs(change.middle),
    )


def _rate(case: Case, entry: Entry, delta: Figure, rate: Figure, now: Interval) -> None:
    """The rate from the change and this year's value; last year's is what remains."""
    ranges = [
        r for sign in _signs(entry) if (r := _rate_range(case, entry, delta, now, sign)) is not None
    ]
    if not ranges:
        return
    direction = entry.rate_direction if entry.rate_direction is not None else entry.direction
    options = (direction,) if direction else (1, -1)
    if any((rate.interval if s > 0 else -rate.interval).meets(r) for s in options for r in ranges):
        return
    expected = ranges[0].middle
    message = f"{entry.item.title}增减幅不符：说明文字为{rate.text}，按所印金额应为{'增长' if expected >= 0 else '下降'}{percent(abs(expected))}"
    case.report(
        entry.item.rule, case.subject(entry) + "增减幅", message, [case.figure("left", entry, rate)]
    )


def _rate_range(
    case: Case, entry: Entry, delta: Figure, now: Interval, sign: int
) -> Interval | None:
    change = case.interval(entry, delta)
    change = change if sign > 0 else -change
    before = case.interval(entry, entry.prior) if entry.prior else now - change
    if before.low <= 0:
        if before.high < 0:
            return Interval(Fraction(-100), Fraction(-100))
        return None
    if entry.prior:
        return ratio(change, before)
    return span_of(lambda d, v: d / (v - d) * 100, change, now)
