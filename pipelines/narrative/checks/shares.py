"""Shares of a whole: each is that of its printed figures; those of all parts make 100 %; 0 of 0 has
none (N-13).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from pipelines.narrative.case import Case, percent
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure, Interval, ratio, total
from pipelines.narrative.kinds.shares import share
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import parent_of, value, wholes
from pipelines.narrative.vocabulary import vocabulary

WRONG = "{item}占比：说明文字为{figure}，按所印金额占{whole}的{right}"
HUNDRED = "{item}各项占比之和为{summed}%，应为100%"
LINE = "{item}一行的占比应为100%，表中为{figure}"
NOTHING = "{item}与{whole}均为 0，占比不适用，却写为{figure}"
# what rounding of single shares adds up to is in their intervals; this much more is still called
# 100 %
PROCURED, ALL_PROCURED = "procurement", 3  # goods, works and services
TOLERANCE = Fraction(1, 20)


def collect(case: Case) -> None:
    """Every share that the text allows to recompute."""
    for entry in case.entries:
        if entry.shares and entry.whole != "?" and not entry.aside:
            _share(case, entry, entry.shares[0])


def _candidates(case: Case, entry: Entry) -> list[Term]:
    found = []
    for whole in wholes(entry):
        quantity = vocabulary().quantities.get(whole)
        for item_id in quantity.pair if quantity and quantity.pair else (whole,):
            given = value(case, item_id, entry)
            if given is not None and given.figure.kind == "money":
                found.append(case.term(given.entry, given.figure))
    if entry.outer is not None and entry.outer.values and not entry.whole:
        found.append(case.term(entry.outer, entry.outer.values[0]))
    return found


def _share(case: Case, entry: Entry, printed: Figure) -> None:
    part = case.term(entry, entry.values[0]) if entry.values else None
    if part is None:
        near = value(case, entry.item.id, entry)
        part = case.term(near.entry, near.figure) if near else None
    if part is None:
        return
    candidates = [c for c in _candidates(case, entry) if c.key != part.key]
    known = [c for c in candidates if ratio(part.interval, c.interval) is not None]
    if not known:
        _nothing(case, entry, printed, candidates)
        return
    case.count(entry.item.rule)
    own = case.term(entry, printed)

    def message(values: Values) -> str:
        whole, right = _nearest(part, known, printed, values)
        return WRONG.format(
            item=entry.item.title,
            figure=printed.text,
            whole=whole.title,
            right=percent(right.middle) if right else "",
        )

    case.relations.append(
        share(own, part, known, entry.item.rule, case.subject(entry) + "占比", message)
    )


def _nearest(
    part: Term, wholes_given: list[Term], printed: Figure, values: Values
) -> tuple[Term, Interval | None]:
    """Of the wholes that may be meant, the one whose share comes nearest to the printed one."""
    shares = [(whole, ratio(part.of(values), whole.of(values))) for whole in wholes_given]
    given = [(whole, right) for whole, right in shares if right is not None]
    if not given:
        return shares[0]
    return min(given, key=lambda pair: abs(pair[1].middle - Fraction(printed.number)))


def _nothing(case: Case, entry: Entry, printed: Figure, wholes_given: list[Term]) -> None:
    """0 of 0 has no share (N-13)."""
    zero = entry.values and entry.values[0].number == 0
    if not zero or not wholes_given:
        return
    if any(not (w.interval.low <= 0 <= w.interval.high) for w in wholes_given):
        return
    if not entry.item.id.startswith(("three", "procurement", "contracts")):
        return
    message = NOTHING.format(
        item=entry.item.title, whole=wholes_given[0].title, figure=printed.text
    )
    case.report(
        "N-13", case.subject(entry) + "占比", message, [case.figure("left", entry, printed)]
    )


def after(case: Case) -> None:
    """The shares of all parts of a whole make 100 %, where each of them is right by itself."""
    _shares_alone(case)
    groups: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.row and entry.shares and not case.is_settled(entry, entry.shares[0]):
            _total_line(case, entry)
        if entry.shares and entry.values and not entry.aside:
            groups[id(entry.paragraph.section), parent_of(entry)].append(entry)
    for (_, parent), parts in groups.items():
        head = value(case, parent, parts[0]) if parent else None
        if head is not None and head.figure.number:
            _hundred(case, head.entry, parts)


def _shares_alone(case: Case) -> None:
    """Goods, works and services told by their shares alone: the three make 100 %."""
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.item.parent == PROCURED and entry.shares and not entry.values and not entry.aside:
            groups[id(entry.paragraph)].append(entry)
    for parts in groups.values():
        if len({e.item.id for e in parts}) == len(parts) == ALL_PROCURED:
            _make_a_hundred(case, parts[0], parts, vocabulary().quantities[PROCURED].title)


def _total_line(case: Case, entry: Entry) -> None:
    """The line of the total of a table whose parts have their shares in it: it is 100 %."""
    parts = [
        e
        for e in case.entries
        if e.row and e.shares and e.sentence == entry.sentence and parent_of(e) == entry.item.id
    ]
    printed = entry.shares[0]
    case.count(entry.item.rule)
    if not parts or printed.interval.meets(Interval.around(100, TOLERANCE)):
        return
    summed = total(e.shares[0].interval for e in parts)
    if summed.low - TOLERANCE <= 100 <= summed.high + TOLERANCE:
        message = LINE.format(item=entry.item.title, figure=printed.text)
        words = case.figure("left", entry, printed)
        case.report(entry.item.rule, case.subject(entry) + "占比合计", message, [words])


def _hundred(case: Case, head: Entry, parts: list[Entry]) -> None:
    if len(parts) < 2 or not _are_shares_of(case, head, parts):
        return
    made = total(case.interval(e, e.values[0]) for e in parts)
    if not made.meets(case.interval(head, head.values[0])):
        return
    _make_a_hundred(case, head, parts, head.item.title)


def _make_a_hundred(case: Case, head: Entry, parts: list[Entry], title: str) -> None:
    summed = total(e.shares[0].interval for e in parts)
    case.count(head.item.rule)
    if summed.low - TOLERANCE <= 100 <= summed.high + TOLERANCE:
        return
    message = HUNDRED.format(item=title, summed=sum(e.shares[0].number for e in parts))
    places = [case.figure("left", e, e.shares[0]) for e in parts]
    case.report(head.item.rule, case.subject(head) + "占比合计", message, places)


def _are_shares_of(case: Case, head: Entry, parts: list[Entry]) -> bool:
    """Whether every part stands there once, with a share of this total that is not found wrong."""
    once = len({e.item.id for e in parts}) == len(parts)
    return once and not any(
        e.whole not in ("", head.item.id) or case.is_settled(e, e.shares[0]) for e in parts
    )


CHECK = Check(
    name="shares",
    rules=("N-02", "N-03", "N-05", "N-06", "N-12", "N-13", "N-15"),
    title="占比与所印金额一致",
    message=WRONG,
    run=collect,
    wrong="二、收入决算情况说明\n本年收入合计10.00万元，其中：事业收入6.00万元，占66.00%；其他收入4.00万元。",
    right="二、收入决算情况说明\n本年收入合计10.00万元，其中：事业收入6.00万元，占60.00%；其他收入4.00万元。",
)
