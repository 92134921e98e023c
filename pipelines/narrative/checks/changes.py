"""Movements: against last year, the budget or whatever is said; amount, rate, direction and 持平
agree.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount, percent
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.directions import contradiction, rule_of
from pipelines.narrative.entries import (
    BUDGET,
    LAST,
    OTHER,
    UNSAID,
    Budget,
    Comparison,
    Entry,
    nth,
)
from pipelines.narrative.figures import Figure, Interval
from pipelines.narrative.kinds.changes import change
from pipelines.narrative.kinds.equality import equal
from pipelines.narrative.kinds.rates import growth, growth_range, rate, rate_range
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import in_tables, said, value

RATE = "{item}增减幅：说明文字为{figure}，按所印金额应为{way}{right}"
CHANGE = "{item}增减：与{base}（{earlier}）相差{right}，说明文字为{way}{figure}"

NOTHING = "{item}{base}为 0，没有增减幅可言，却写为{figure}"
FLAT = "{item}写为与{base}（{earlier}）持平，实为{now}，相差{gap}"
NEARLY = Fraction(1, 200)  # what is off by less than half a per cent is still called 持平
BASES = {LAST: "上年", BUDGET: "预算", UNSAID: "基数"}


def collect(case: Case) -> None:
    """Every movement."""
    for entry in case.entries:
        if entry.aside:
            continue
        for record in entry.comparisons:
            if not contradiction(case, entry, record):
                _movement(case, entry, record)


def _movement(case: Case, entry: Entry, record: Comparison) -> None:
    if record.only_flat:
        _unmoved(case, entry, record)
    for index in range(max(len(record.deltas), len(record.rates))):
        delta, printed = nth(record.deltas, index), nth(record.rates, index)
        if delta is None:
            _rate_alone(case, entry, record, printed)
            continue
        nows = _nows(case, entry, index)
        if not nows:
            continue
        earlier = _earlier(case, entry, record, index)
        if earlier:
            _changed(case, entry, record, delta, nows, earlier)
        if printed is not None:
            _rated(case, entry, record, delta, printed, nows, earlier)


def _nows(case: Case, entry: Entry, index: int) -> list[Term]:
    """This year's values that a change may have led to: its own, then that of the mention it is
    listed under.
    """
    figure = nth(entry.values, index)
    if figure is not None:
        return [case.term(entry, figure), *_of_outer(case, entry)]
    pair = entry.item.pair
    item_id = pair[min(index, len(pair) - 1)] if pair else entry.item.id
    near = value(case, item_id, entry)
    if near is None:
        return []
    values = said(case, item_id)
    agreed = all(v.interval.meets(near.interval) for v in values) or len(values) > 2
    found = [case.term(near.entry, near.figure)] if agreed else []
    return found + (_of_outer(case, entry) if entry.restated else [])


def _of_outer(case: Case, entry: Entry) -> list[Term]:
    """The value of the mention that an entry is listed under, if it has one."""
    outer = entry.outer
    return [case.term(outer, outer.values[0])] if outer is not None and outer.values else []


def _earlier(case: Case, entry: Entry, record: Comparison, index: int) -> list[Term]:
    """What the change is measured from, where it is printed; several where the text
    leaves it open.
    """
    if index:
        return []
    if record.earlier is not None:
        return [case.term(entry, record.earlier)]
    if record.base == LAST and record.base_year not in (None, (case.year or 0) - 1):
        return []  # against an older year, whose value is not the one printed as last year's
    if record.base == LAST:
        own = in_tables(case, entry, lambda other: other.prior) if not entry.prior else []
        return [case.term(entry, entry.prior)] if entry.prior else own[:1]
    if record.base == OTHER:
        return []
    found = [case.term(entry, b.figure) for b in _budgets_meant(case, entry, record)]
    return found + _by_last_year(case, entry, record)


def _budgets_meant(case: Case, entry: Entry, record: Comparison) -> list[Budget]:
    """The budgets of the kind compared with: the entry's own, else those near it."""
    own = _of_kind(entry.budgets, record.base_kind)
    if own or record.base != BUDGET:
        return own
    return _budgets_near(case, entry, record.base_kind)


def _of_kind(budgets: list[Budget], kind: str) -> list[Budget]:
    return [b for b in budgets if not kind or b.kind in ("", kind)]


def _budgets_near(case: Case, entry: Entry, kind: str) -> list[Budget]:
    """The budget of the same item in the same paragraph."""
    for other in case.entries:
        same = other.item.id == entry.item.id and other.paragraph is entry.paragraph
        if same and other is not entry and other.budgets:
            return _of_kind(other.budgets, kind)
    return []


def _unmoved(case: Case, entry: Entry, record: Comparison) -> None:
    """与上年的66.00万元持平: the amounts are one, or nearly so."""
    earlier, nows = _earlier(case, entry, record, 0), _nows(case, entry, 0)
    if len(earlier) != 1 or not nows:
        return
    case.count(entry.item.rule)
    now, base = nows[0], earlier[0]
    off = abs((now.interval - base.interval).middle)
    if off <= abs(base.interval.middle) * NEARLY:
        return

    def message(values: Values) -> str:
        gap = abs((now.of(values) - base.of(values)).middle)
        return FLAT.format(
            item=entry.item.title,
            base=BASES.get(record.base, "基数"),
            earlier=base.figure.text,
            now=now.figure.text,
            gap=amount(gap, now.figure.kind == "money", now.figure.unit),
        )

    subject = case.subject(entry) + "持平"
    case.relations.append(equal(base, now, entry.item.rule, subject, message))


def _signs(direction: int | None) -> tuple[int, ...]:
    return (direction,) if direction else (1, -1)


def _changed(
    case: Case,
    entry: Entry,
    record: Comparison,
    delta: Figure,
    nows: list[Term],
    earlier: list[Term],
) -> None:
    """The change is what lies between the values; where several bases are open, only if
    none fits.
    """
    rule = rule_of(entry, record)
    direction = record.way
    signs = _signs(direction)
    case.count(rule)
    now = nows[0]
    bases = [*earlier, *_by_last_year(case, entry, record)]
    # 增减 in a table of budget, outturn and last year may be from either
    bases += [case.term(entry, b.figure) for b in entry.budgets if entry.row]
    options = [(n, e) for n in nows for e in bases]
    fits = any(
        _moved_by(delta, s).meets(n.interval - e.interval) for s in signs for n, e in options
    )
    if fits and len(options) > 1:
        return
    base = earlier[0]
    own = case.term(entry, delta)

    def message(values: Values) -> str:
        gap = abs((now.of(values) - base.of(values)).middle)
        return CHANGE.format(
            item=entry.item.title,
            base=BASES.get(record.base, "基数"),
            earlier=base.figure.text,
            right=amount(gap, delta.kind == "money", delta.unit),
            way="增加" if (direction or 1) > 0 else "减少",
            figure=delta.text,
        )

    case.relations.append(
        change(own, now, base, signs, rule, case.subject(entry) + "增减", message)
    )


def _by_last_year(case: Case, entry: Entry, record: Comparison) -> list[Term]:
    return [case.term(entry, entry.prior)] if record.base == UNSAID and entry.prior else []


def _moved_by(delta: Figure, sign: int) -> Interval:
    return delta.interval if sign > 0 else -delta.interval


def _rated(
    case: Case,
    entry: Entry,
    record: Comparison,
    delta: Figure,
    printed: Figure,
    nows: list[Term],
    earlier: list[Term],
) -> None:
    """The rate from the change and this year's value; last year's is what remains."""
    rule = entry.item.rule
    case.count(rule)
    signs, told = _signs(record.way), record.rate_way
    base = earlier[0] if len(earlier) == 1 else None
    if _from_nothing(case, entry, record, delta, printed, nows[0], base, signs):
        return
    own, moved = case.term(entry, printed), case.term(entry, delta)
    if case.is_settled(entry, printed):
        return

    def message(values: Values) -> str:
        way = rate_range(moved.of(values), nows[0].of(values), signs[0])
        middle = way.middle if way else Fraction(0)
        return RATE.format(
            item=entry.item.title,
            figure=printed.text,
            way="增长" if middle >= 0 else "下降",
            right=percent(abs(middle)) if way else "另一数",
        )

    subject = case.subject(entry) + "增减幅"
    case.relations.append(rate(own, moved, nows, signs, _signs(told), rule, subject, message, base))


def _from_nothing(
    case: Case,
    entry: Entry,
    record: Comparison,
    delta: Figure,
    printed: Figure,
    now: Term,
    base: Term | None,
    signs: tuple[int, ...],
) -> bool:
    """A rate of growth where there was nothing before (N-13)."""
    if (
        not printed.number
        or not delta.number
        or signs[0] < 0
        or (entry.item.quantity is None and not entry.item.code)
    ):
        return False
    before = base.interval if base else now.interval - delta.interval
    exact = base.figure.number == 0 if base else now.figure.amount == delta.amount
    if not exact or not (before.low <= 0 <= before.high):
        return False
    case.count("N-13")
    message = NOTHING.format(
        item=entry.item.title, base=BASES.get(record.base, "基数"), figure=printed.text
    )
    words = case.figure("left", entry, printed)
    case.report("N-13", case.subject(entry) + "增减幅", message, [words])
    return True


def _rate_alone(case: Case, entry: Entry, record: Comparison, printed: Figure | None) -> None:
    """A rate without an amount, between two printed values."""
    if printed is None or not entry.values:
        return
    bases = _earlier(case, entry, record, 0)
    if len(bases) != 1:
        return
    now, base = case.term(entry, entry.values[0]), bases[0]
    told = record.rate_direction
    if base.interval.low <= 0 <= base.interval.high:
        return
    case.count(entry.item.rule)

    own = case.term(entry, printed)
    subject = case.subject(entry) + "增减幅"

    def message(values: Values) -> str:
        middle = growth_range(now, base, values).middle
        return RATE.format(
            item=entry.item.title,
            figure=printed.text,
            way="增长" if middle >= 0 else "下降",
            right=percent(abs(middle)),
        )

    case.relations.append(growth(own, now, base, _signs(told), entry.item.rule, subject, message))


CHECK = Check(
    name="changes",
    rules=("N-01", "N-04", "N-05", "N-09", "N-12", "N-13", "N-14", "N-15"),
    title="增减额、增减幅和方向一致",
    message=RATE,
    run=collect,
    wrong=(
        "十、机关运行经费支出说明\n2023年度机关运行经费支出50.00万元，比2022年度增加2.00万元，"
        "增长14.17%。"
    ),
    right=(
        "十、机关运行经费支出说明\n2023年度机关运行经费支出50.00万元，比2022年度增加2.00万元，"
        "增长4.17%。"
    ),
)
