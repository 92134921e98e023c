"""Parts and totals inside the text: sums, shares that make 100 %, items listed twice, the same quantity in two places."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from pipelines.narrative.case import Case, amount, key
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Interval, total
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Section
from pipelines.narrative.values import HEADS, Said, class_of, current, said, value
from pipelines.narrative.vocabulary import vocabulary

TOLERANCE = Fraction(1, 20)
LISTED = frozenset(
    (
        "gpb.basic",
        "three.car",
        "three.host",
        "count.car.bought",
        "count.car.kept",
        "total_income",
        "total_expenditure",
    )
)


def check_sums(case: Case) -> None:
    """All sums of the text."""
    _consistency(case)
    for section in case.narrative.outline.sections:
        entries = [
            e
            for e in case.entries
            if e.paragraph.section is section and e.values and current(case, e)
        ]
        if entries:
            _parents(case, section, entries)
            _classes(case, section, entries)
            _items(case, section, entries)
    _extra(case)


def _unique(case: Case, entries: list[Entry]) -> dict[str, Entry]:
    """The first mention of each item."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.item.id, entry)
    return found


def _parents(case: Case, section: Section, entries: list[Entry]) -> None:
    """Quantities with a ``parent``: the parts given in this section make the total given in it."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        quantity = entry.item.quantity
        if quantity is None:
            continue
        parent = (
            entry.item.id.partition(".count.car.")[0] if quantity.kind == "car" else quantity.parent
        )
        if parent:
            groups[parent].append(entry)
    for parent, members in groups.items():
        heads = [e for e in entries if e.item.id == parent]
        parts = _unique(case, [*members, *_grandchildren(parent, groups)])
        if heads and (len(parts) > 1 or parent in LISTED):
            covered = [
                e
                for e in parts.values()
                if not (e.item.quantity and e.item.quantity.covered_by in parts)
            ]
            _compare(case, heads[0], covered, _open_ended(case, section, [heads[0], *covered]))
            _hundred(case, heads[0], covered)


def _grandchildren(parent: str, groups: dict[str, list[Entry]]) -> list[Entry]:
    """The parts of a part that is not given itself (公务用车运行维护费 without 公务用车购置及运行维护费)."""
    given = {e.item.id for e in groups.get(parent, [])}
    children = [
        q.id for q in vocabulary().quantities.values() if q.parent == parent and q.id not in given
    ]
    return [e for child in children for e in groups.get(child, [])]


def _open_ended(case: Case, section: Section, entries: list[Entry]) -> bool:
    """Whether a list is a part only: it ends with 等, or something in it was not understood."""
    if any(e.partial for e in entries):
        return True
    paragraphs = {id(e.paragraph) for e in entries}
    return any(
        id(u.paragraph) in paragraphs
        and u.figure is not None
        and u.figure.kind == "money"
        and min(e.start for e in entries if e.paragraph is u.paragraph)
        < u.start
        < max(e.end for e in entries if e.paragraph is u.paragraph)
        for u in case.narrative.reading.unread
    )


def _compare(
    case: Case, head: Entry, parts: list[Entry], partial: bool, rule: str = "", what: str = "合计"
) -> bool:
    """Σ parts against a total; True where it fails."""
    rule = rule or head.item.rule
    whole = case.interval(head, head.values[0])
    summed = total(case.interval(e, e.values[0]) for e in parts)
    case.count(rule)
    if summed.meets(whole) or (partial and summed.low <= whole.high):
        return False
    figure = head.values[0]
    money = figure.kind == "money"
    gap = whole.middle - summed.middle
    listed = "、".join(e.item.title for e in parts[:12]) + ("等" if len(parts) > 12 else "")
    message = (
        f"{head.item.title}{figure.text}与所列各项之和{amount(summed.middle, money, figure.unit)}不符，"
        f"相差{amount(abs(gap), money, figure.unit)}（{listed}）"
    )
    places = [
        case.figure("left", head, figure),
        *(case.figure("right", e, e.values[0]) for e in parts[:40]),
    ]
    case.report(rule, case.subject(head) + what, message, places, difference=gap)
    return True


def _hundred(case: Case, head: Entry, parts: list[Entry]) -> None:
    """The shares of all parts make 100 %."""
    shares = [e.shares[0] for e in parts if e.shares and e.whole in ("", head.item.id)]
    complete = total(case.interval(e, e.values[0]) for e in parts).meets(
        case.interval(head, head.values[0])
    )
    if len(shares) != len(parts) or len(parts) < 2 or not complete or not head.values[0].number:
        return
    if any(key(e, e.shares[0]) in case.doubtful | set(case.settled) for e in parts):
        return
    summed = total(s.interval for s in shares)
    case.count(head.item.rule)
    if summed.low - TOLERANCE <= 100 <= summed.high + TOLERANCE:
        return
    message = f"{head.item.title}各项占比之和为{sum(s.number for s in shares)}%，应为100%"
    places = [case.figure("left", e, e.shares[0]) for e in parts]
    case.report(head.item.rule, case.subject(head) + "占比合计", message, places)


def _classes(case: Case, section: Section, entries: list[Entry]) -> None:
    """N-06: the classes of a budget make its total; none twice; those without expenditure need not be listed."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.item.id.startswith("class."):
            groups[entry.item.id.split(".")[1]].append(entry)
    for budget, members in groups.items():
        _twice(
            case,
            [e for e in members if e.paragraph.section.kind != "gpb_items"],
            "N-06",
            same_paragraph=True,
        )
        parts = list(_unique(case, members).values())
        heads = [e for e in entries if e.item.id == HEADS.get(budget)]
        if heads and len(parts) > 1:
            itemised = any(e.item.id.startswith("item.") for e in entries)
            _compare(case, heads[0], parts, _open_ended(case, section, parts) or itemised, "N-06")
            if not itemised:
                _hundred(case, heads[0], parts)
        if section.kind == "gpb_structure" or len(parts) > 2:
            _empty_classes(case, section, parts)


def _empty_classes(case: Case, section: Section, parts: list[Entry]) -> None:
    zero = [e for e in parts if e.values[0].number == 0]
    if zero and len(zero) < len(parts):
        names = "、".join(e.item.title for e in zero)
        places = [case.figure("left", e, e.values[0]) for e in zero]
        subject = f"{plain(section.title) or '正文'}[不涉及的类]"
        message = f"只需列出涉及的支出类，以下各类为 0：{names}"
        case.report("N-06", subject, message, places, severity="hint")


def _twice(case: Case, members: list[Entry], rule: str, *, same_paragraph: bool) -> None:
    """An item that is listed twice."""
    first: dict[tuple[str, int], Entry] = {}
    for entry in members:
        slot = (entry.item.id, id(entry.paragraph) if same_paragraph else 0)
        before = first.setdefault(slot, entry)
        case.count(rule)
        if before is entry:
            continue
        message = f"{entry.item.title}重复列示：{before.values[0].text}、{entry.values[0].text}"
        places = [
            case.figure("left", before, before.values[0]),
            case.figure("right", entry, entry.values[0]),
        ]
        case.report(rule, case.subject(entry) + "重复", message, places)


def _items(case: Case, section: Section, entries: list[Entry]) -> None:
    """N-07: the items of a class make the class, all items make the total, none stands twice."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.item.id.startswith("item."):
            groups[entry.item.id.split(".")[1]].append(entry)
    for budget, members in groups.items():
        _twice(case, members, "N-07", same_paragraph=False)
        parts = list(_unique(case, members).values())
        head = next((e for e in entries if e.item.id == HEADS.get(budget)), None)
        near = value(case, HEADS.get(budget, ""), head)
        partial = _unread_between(case, section)
        failed = bool(
            near
            and len(parts) > 1
            and _compare(case, near.entry, parts, partial, "N-07", "各项合计")
        )
        _by_class(case, budget, parts, partial or failed)


def _unread_between(case: Case, section: Section) -> bool:
    unread = case.narrative.reading.unread
    return any(
        u.paragraph.section is section and u.figure and u.figure.kind == "money" for u in unread
    )


def _by_class(case: Case, budget: str, parts: list[Entry], partial: bool) -> None:
    by_class: dict[str, list[Entry]] = defaultdict(list)
    unknown = [e for e in parts if class_of(e) is None]
    for entry in parts:
        if code := class_of(entry):
            by_class[code].append(entry)
    for code, members in by_class.items():
        given = value(case, f"class.{budget}.{code}")
        if given is not None and not unknown:
            _compare(case, given.entry, members, False, "N-07", "各项合计")


def _consistency(case: Case) -> None:
    """The same quantity has the same value wherever it stands."""
    ids = dict.fromkeys(
        i
        for e in case.entries
        if e.values
        for i in ((e.item.quantity.pair if e.item.quantity else ()) or (e.item.id,))
    )
    for item_id in ids:
        values = said(case, item_id)
        sections = {id(v.entry.paragraph.section) for v in values}
        if (
            len(values) < 2
            or item_id.startswith("item.")
            or (item_id.startswith("class.") and len(sections) < 2)
        ):
            continue
        reference = value(case, item_id)
        if reference is not None:
            _agree(case, reference, values)
    for entry in case.entries:
        _pair(case, entry)


def _agree(case: Case, reference: Said, values: list[Said]) -> None:
    reported = set()
    for other in values:
        if other.entry is reference.entry or other.figure.kind != reference.figure.kind:
            continue
        case.count(other.entry.item.rule)
        if other.interval.meets(reference.interval) or other.figure.amount in reported:
            continue
        if key(other.entry, other.figure) in case.settled:
            continue
        reported.add(other.figure.amount)
        money = other.figure.kind == "money"
        gap = other.interval.middle - reference.interval.middle
        message = (
            f"{other.entry.item.title}前后不一致：“{plain(reference.entry.section) or '正文'}”为{reference.figure.text}，"
            f"“{plain(other.entry.section) or '正文'}”为{other.figure.text}，相差{amount(abs(gap), money, other.figure.unit)}"
        )
        places = [
            case.figure("left", other.entry, other.figure),
            case.figure("right", reference.entry, reference.figure),
        ]
        case.report(
            other.entry.item.rule,
            case.subject(other.entry) + "前后",
            message,
            places,
            difference=gap,
        )


def _pair(case: Case, entry: Entry) -> None:
    """收、支总计 given as two numbers must be one."""
    if not (entry.item.quantity and entry.item.quantity.pair):
        return
    case.count(entry.item.rule, len(entry.values))
    if len(entry.values) < 2:
        return
    first, second = (case.interval(entry, f) for f in entry.values[:2])
    if first.meets(second):
        return
    gap = first.middle - second.middle
    message = f"{entry.item.title}应相等，说明文字为{entry.values[0].text}和{entry.values[1].text}，相差{amount(abs(gap), True)}"
    places = [
        case.figure("left", entry, entry.values[0]),
        case.figure("right", entry, entry.values[1]),
    ]
    case.report(entry.item.rule, case.subject(entry) + "收支相等", message, places, difference=gap)


def _extra(case: Case) -> None:
    """Sums of ``schemas/narrative/quantities.yml`` where all of it stands in one paragraph."""
    for rule in vocabulary().sums:
        for head in [
            e for e in case.entries if e.values and e.item.id == rule.whole and current(case, e)
        ]:
            parts = [
                e
                for e in case.entries
                if e.values
                and e.item.id in rule.parts
                and e.paragraph is head.paragraph
                and e.start > head.start
            ]
            if len({e.item.id for e in parts}) > 1:
                partial = _open_ended(case, head.paragraph.section, [head, *parts])
                _compare(case, head, list(_unique(case, parts).values()), partial, rule.rule)


def exceeds(part: Interval, whole: Interval) -> bool:
    """Whether a part is certainly more than its whole."""
    return part.low > whole.high
