"""Movements: against last year, the budget or whatever is said; amount, rate, direction and 持平
agree.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount, percent
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import BUDGET, LAST, UNSAID, Comparison, Entry
from pipelines.narrative.figures import Figure, Interval
from pipelines.narrative.kinds.changes import change
from pipelines.narrative.kinds.rates import growth, growth_range, rate, rate_range
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import said, value

RATE = "{item}增减幅：说明文字为{figure}，按所印金额应为{way}{right}"
CHANGE = "{item}增减：与{base}（{earlier}）相差{right}，说明文字为{way}{figure}"
AGAINST = "{item}{what}：{quote}"
NOTHING = "{item}{base}为 0，没有增减幅可言，却写为{figure}"
BASES = {LAST: "上年", BUDGET: "预算", UNSAID: "基数"}


def collect(case: Case) -> None:
    """Every movement."""
    for entry in case.entries:
        if entry.aside:
            continue
        for record in entry.comparisons:
            if not _contradiction(case, entry, record):
                _movement(case, entry, record)


# words against words ---------------------------------------------------------


def _contradiction(case: Case, entry: Entry, record: Comparison) -> bool:
    """增加 with 下降, 持平 with a change, a change of nothing with a rate."""
    delta = record.deltas[0] if record.deltas else None
    printed = record.rates[0] if record.rates else None
    what = _contradicts(entry, record, delta, printed)
    if not what:
        return False
    figures = [f for f in (delta, printed) if f]
    start, end = _span(entry, record, figures)
    words = case.place("left", entry.paragraph, start, end, delta.money if delta else None)
    message = AGAINST.format(item=entry.item.title, what=what, quote=words.quote)
    case.report(_rule(entry, record), case.subject(entry) + "增减", message, [words])
    for figure in figures:
        case.mark_doubtful(entry, figure)
    return True


def _contradicts(
    entry: Entry, record: Comparison, delta: Figure | None, printed: Figure | None
) -> str:
    """What speaks against what, in words; empty where nothing does."""
    if delta and printed and _opposite(record, delta, printed):
        return "增减方向前后矛盾"
    if delta and printed and _empty(delta, printed):
        return "增减额与增减幅矛盾"
    return "“持平”与所写增减矛盾" if _flat_and_moved(entry, record) else ""


def _span(entry: Entry, record: Comparison, figures: list[Figure]) -> tuple[int, int]:
    """From the first to the last of the words that do not go together."""
    spans = [(record.start, record.end), *((f.start, f.end) for f in figures)]
    spans += [(c.start, c.end) for c in entry.comparisons if c.flat]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _opposite(record: Comparison, delta: Figure, printed: Figure) -> bool:
    up, other = record.direction, record.rate_direction
    if not up or not other or not delta.number or not printed.number:
        return False
    return up * _sign(delta) != other * _sign(printed)


def _sign(figure: Figure) -> int:
    return -1 if figure.number < 0 else 1


def _empty(delta: Figure, printed: Figure) -> bool:
    return delta.number == 0 and delta.decimals >= 2 and abs(printed.number) >= 1


def _flat_and_moved(entry: Entry, record: Comparison) -> bool:
    """持平 said of the same base as a change that is not nothing; reported at the change."""
    moved = any(f.number for f in (*record.deltas, *record.rates))
    if not moved or record.direction == 0:
        return moved and record.flat
    return any(
        c.flat and c.base == record.base and c.base_year in (None, record.base_year)
        for c in entry.comparisons
        if c.base == record.base or c.base == UNSAID
    )


# words against amounts --------------------------------------------------------


def _rule(entry: Entry, record: Comparison) -> str:
    """A movement against a budget beside its amounts belongs to N-09 where the section only states
    amounts.
    """
    unsaid = record.base == UNSAID and entry.budgets
    return "N-09" if unsaid else entry.item.rule


def _movement(case: Case, entry: Entry, record: Comparison) -> None:
    for index in range(max(len(record.deltas), len(record.rates))):
        delta = record.deltas[min(index, len(record.deltas) - 1)] if record.deltas else None
        printed = record.rates[min(index, len(record.rates) - 1)] if record.rates else None
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
    found = []
    if entry.values:
        figure = entry.values[min(index, len(entry.values) - 1)]
        found.append(case.term(entry, figure))
        if entry.outer is not None and entry.outer.values:
            found.append(case.term(entry.outer, entry.outer.values[0]))
        return found
    pair = entry.item.quantity.pair if entry.item.quantity else ()
    item_id = pair[min(index, len(pair) - 1)] if pair else entry.item.id
    near = value(case, item_id, entry)
    if near is None:
        return []
    values = said(case, item_id)
    if all(v.interval.meets(near.interval) for v in values) or len(values) > 2:
        found.append(case.term(near.entry, near.figure))
    if entry.restated and entry.outer is not None and entry.outer.values:
        found.append(case.term(entry.outer, entry.outer.values[0]))
    return found


def _earlier(case: Case, entry: Entry, record: Comparison, index: int) -> list[Term]:
    """What the change is measured from, where it is printed; several where the text
    leaves it open.
    """
    if index:
        return []
    if record.earlier is not None:
        return [case.term(entry, record.earlier)]
    if record.base == LAST:
        return [case.term(entry, entry.prior)] if entry.prior else []
    budgets = [b for b in entry.budgets if not record.base_kind or b.kind in ("", record.base_kind)]
    if not budgets and record.base == BUDGET:
        budgets = _budgets_near(case, entry, record.base_kind)
    found = [case.term(entry, b.figure) for b in budgets] if record.base != "other" else []
    if record.base == UNSAID and entry.prior:
        found.append(case.term(entry, entry.prior))
    return found


def _budgets_near(case: Case, entry: Entry, kind: str) -> list:  # type: ignore[type-arg]
    """The budget of the same item in the same paragraph."""
    for other in case.entries:
        same = other.item.id == entry.item.id and other.paragraph is entry.paragraph
        if same and other is not entry and other.budgets:
            return [b for b in other.budgets if not kind or b.kind in ("", kind)]
    return []


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
    rule = _rule(entry, record)
    direction = record.direction if record.direction is not None else record.rate_direction
    signs = _signs(direction)
    case.count(rule)
    if entry.row:
        return
    now = nows[0]
    options = [(n, e) for n in nows for e in (*earlier, *_by_last_year(case, entry, record))]
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
    direction = record.direction if record.direction is not None else record.rate_direction
    signs = _signs(direction)
    told = record.rate_direction if record.rate_direction is not None else record.direction
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
