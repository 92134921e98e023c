"""Parts and totals: the parts of a quantity make it, wherever they stand; classes and items make theirs; none is listed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure, Interval, total
from pipelines.narrative.kinds import equal, sum_of
from pipelines.narrative.normal import plain
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.sections import Section
from pipelines.narrative.values import HEADS, Said, class_of, current, said, value
from pipelines.narrative.vocabulary import SumRule, vocabulary

SUM = "{item}{figure}与所列各项之和{summed}不符，相差{gap}（{listed}）"
MORE = "所列各项之和{summed}大于{item}{figure}，多出{gap}（{listed}）"
TWICE = "{item}重复列示：{first}、{second}"
# totals of which a single part that is given must make the whole
LISTED = frozenset(("gpb.basic", "three.car", "three.host", "count.car.bought", "count.car.kept"))
NAMED = 12


def collect(case: Case) -> None:
    """All sums of the text."""
    groups: dict[tuple[int, bool], list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.values and not entry.aside and current(case, entry):
            groups[id(entry.paragraph.section), entry.row].append(entry)
    for entries in groups.values():
        section = entries[0].paragraph.section
        for family in _tables(entries):
            _parents(case, section, family)
            _classes(case, section, family)
            _items(case, section, family)
    _extra(case)


def _tables(entries: list[Entry]) -> list[list[Entry]]:
    """The lines of each table by themselves; the text of a section as one."""
    if not entries[0].row:
        return [entries]
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.sentence].append(entry)
    return list(found.values())


def unique(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The first mention of each item."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.item.id, entry)
    return found


def _parents(case: Case, section: Section, entries: list[Entry]) -> None:
    """Quantities with a ``parent``: the parts given here make the total given here, or the one of the same kind of section."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        quantity = entry.item.quantity
        if quantity is None or entry.item.id.startswith("flow."):
            continue
        parent = quantity.parent
        if quantity.kind == "car":
            parent = entry.item.id.partition(".count.car.")[0]
        if parent:
            groups[parent].append(entry)
    for parent, members in groups.items():
        head = _head(case, parent, entries, members)
        parts = unique([*members, *_grandchildren(parent, groups)])
        if head is not None:
            covered = [
                e
                for e in parts.values()
                if not (e.item.quantity and e.item.quantity.covered_by in parts)
            ]
            single = len(covered) < 2 and (parent not in LISTED or _unread_after(case, covered[0]))
            partial = single or open_ended(case, [head, *covered])
            add_sum(case, head, covered, partial=partial)
        _budget_sum(case, parent, section)


def _budget_sum(case: Case, parent: str, section: Section) -> None:
    """The budgets of the parts make the budget of the whole, where every part has one."""
    here = [e for e in case.entries if e.paragraph.section is section and not e.aside]
    own = {e.item.id: e for e in reversed(here) if _own_budget(e)}
    head = own.get(parent)
    parts, lacking = _budgeted(parent, own, {e.item.id for e in here if e.values})
    if head is None or len(parts) < 2 or lacking:
        return
    top = _own_budget(head)
    if top is None:
        return
    whole = case.term(head, top)
    terms = [case.term(e, b) for e in parts if (b := _own_budget(e)) is not None]
    rule = head.item.rule
    case.count(rule)
    case.relations.append(
        sum_of(
            whole, terms, rule, case.subject(head) + "预算合计",
            lambda v: "预算：" + words(SUM, whole, terms, v),
        )
    )  # fmt: skip


def _budgeted(parent: str, own: dict[str, Entry], named: set[str]) -> tuple[list[Entry], bool]:
    """The parts of a quantity that have a budget, a part's own parts in its place; and whether a named part has none."""
    parts: list[Entry] = []
    lacking = False
    for quantity in vocabulary().quantities.values():
        if quantity.parent != parent:
            continue
        if quantity.id in own:
            parts.append(own[quantity.id])
            continue
        below, missing = _budgeted(quantity.id, own, named)
        parts += below
        lacking = lacking or missing or (not below and quantity.id in named)
    return parts, lacking


def _own_budget(entry: Entry) -> Figure | None:
    """A budget that is stated by itself, not as what the outturn is compared with."""
    return next((b.figure for b in entry.budgets if not b.compared), None)


def _unread_after(case: Case, entry: Entry) -> bool:
    """Whether something of money was not understood in the paragraph of a part that stands alone."""
    return any(
        u.paragraph is entry.paragraph and u.figure is not None and u.figure.kind == "money"
        for u in case.narrative.reading.unread
    )


def _head(case: Case, parent: str, entries: list[Entry], members: list[Entry]) -> Entry | None:
    """The total that parts belong to: of the same place, else of a section of the same kind."""
    here = [e for e in entries if e.item.id == parent]
    if here:
        before = [e for e in here if e.paragraph is members[0].paragraph]
        return (before or here)[0]
    near = value(case, parent, members[0])
    if near is None or len(members) < 2 or near.entry.row:
        return None
    return near.entry if _belongs(near.entry, members[0]) else None


def _belongs(head: Entry, part: Entry) -> bool:
    """Whether a total of another section is that of a part: both in sections of a kind, or the part in the total's own."""
    own = head.item.quantity.leads if head.item.quantity else ""
    return part.context in (head.context, own)


def _grandchildren(parent: str, groups: dict[str, list[Entry]]) -> list[Entry]:
    """The parts of a part that is not given itself (公务用车运行维护费 without 公务用车购置及运行维护费)."""
    given = {e.item.id for e in groups.get(parent, [])}
    children = [
        q.id for q in vocabulary().quantities.values() if q.parent == parent and q.id not in given
    ]
    return [e for child in children for e in groups.get(child, [])]


def open_ended(case: Case, entries: list[Entry]) -> bool:
    """Whether a list is a part only: it ends with 等, or something in it was not understood or has a name of its own."""
    if any(e.partial for e in entries[1:]) or _has_details(case, entries[0]):
        return True
    spans: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        spans[id(entry.paragraph)].append(entry)
    for unread in case.narrative.reading.unread:
        members = spans.get(id(unread.paragraph))
        money = unread.figure is not None and unread.figure.kind == "money"
        if members and money and _between(members, unread.start):
            return True
    return False


def _between(members: list[Entry], at: int) -> bool:
    """Whether a place lies among the mentions of a list."""
    return min(e.start for e in members) < at <= max(e.end for e in members)


def _has_details(case: Case, head: Entry) -> bool:
    return any(e.item.own_name and e.outer is head for e in case.entries)


def add_sum(
    case: Case,
    head: Entry,
    parts: list[Entry],
    *,
    partial: bool,
    rule: str = "",
    what: str = "合计",
    severity: str | None = None,
) -> None:
    """Σ parts against a total, as a relation."""
    rule = rule or head.item.rule
    parts = [p for p in parts if p is not head and p.values[0].kind == head.values[0].kind]
    if not parts:
        return
    case.count(rule)
    whole = case.term(head, head.values[0])
    terms = [case.term(e, e.values[0]) for e in parts]
    if any(t.key == whole.key for t in terms):
        return
    others = [case.interval(head, f) for f in _other_figures(head)]

    def message(values: Values) -> str:
        return words(SUM if not partial else MORE, whole, terms, values)

    case.relations.append(
        sum_of(
            whole, terms, rule, case.subject(head) + what, message,
            partial=partial, others=others, severity=severity,
        )
    )  # fmt: skip


def _other_figures(head: Entry) -> list:  # type: ignore[type-arg]
    """What else a list after several figures may break down: the budget, last year's value."""
    found = [b.figure for b in head.budgets if not b.compared]
    compared = any(c.earlier is head.prior for c in head.comparisons)
    return found + ([head.prior] if head.prior and not compared else [])


def words(template: str, whole: Term, terms: list[Term], values: Values) -> str:
    summed = total(t.of(values) for t in terms)
    gap = abs((whole.of(values) - summed).middle)
    money, unit = whole.figure.kind == "money", whole.figure.unit
    listed = "、".join(t.title for t in terms[:NAMED]) + ("等" if len(terms) > NAMED else "")
    return template.format(
        item=whole.title,
        figure=whole.figure.text,
        summed=amount(summed.middle, money, unit),
        gap=amount(gap, money, unit),
        listed=listed,
    )


# functional items -----------------------------------------------------------


def _classes(case: Case, section: Section, entries: list[Entry]) -> None:
    """N-06: the classes of a budget make its total; none twice; those without expenditure need not be listed."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.item.id.startswith("class."):
            groups[entry.item.id.split(".")[1]].append(entry)
    for budget, members in groups.items():
        listed = [e for e in members if not e.restated and e.paragraph.section.kind != "gpb_items"]
        _twice(case, listed, "N-06", same_paragraph=True)
        parts = list(unique(members).values())
        head = _class_head(case, budget, entries, parts)
        if head is not None and len(parts) > 1:
            itemised = any(e.item.id.startswith("item.") for e in entries)
            apart = head.paragraph.section is not section
            partial = open_ended(case, parts) or itemised or _has_details(case, head)
            partial = partial or (apart and _other_classes(case, budget, parts))
            add_sum(case, head, parts, partial=partial, rule="N-06")
        if section.kind == "gpb_structure" or len(parts) > 2:
            _empty_classes(case, section, parts)


def _class_head(case: Case, budget: str, entries: list[Entry], parts: list[Entry]) -> Entry | None:
    wanted = HEADS.get(budget, "")
    here = [e for e in entries if e.item.id == wanted]
    if here or not wanted:
        return here[0] if here else None
    near = value(case, wanted, parts[0])
    whole_list = len(parts) > 2 and near is not None and _belongs(near.entry, parts[0])
    return near.entry if near and (parts[0].row or whole_list) else None


def _empty_classes(case: Case, section: Section, parts: list[Entry]) -> None:
    zero = [e for e in parts if e.values[0].number == 0]
    if not zero or len(zero) == len(parts) or zero[0].row:
        return
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
        if before is entry or entry.row:
            continue
        message = TWICE.format(
            item=entry.item.title, first=before.values[0].text, second=entry.values[0].text
        )
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
        _twice(case, [e for e in members if not e.restated], "N-07", same_paragraph=False)
        parts = list(unique(members).values())
        near = value(case, HEADS.get(budget, ""), parts[0])
        partial = _unread_between(case, section) or len(parts) < 2 or any(e.partial for e in parts)
        classes = [e for e in entries if e.item.id.startswith(f"class.{budget}.")]
        covered = {class_of(e) for e in parts}
        bare = [e for e in unique(classes).values() if e.item.code not in covered]
        if near is not None:
            apart = near.entry.paragraph.section is not section
            partial_list = partial or (apart and _other_classes(case, budget, [*parts, *bare]))
            add_sum(
                case,
                near.entry,
                [*parts, *bare],
                partial=partial_list,
                rule="N-07",
                what="各项合计",
            )
        _by_class(case, budget, parts, partial=partial and len(parts) > 1)


def _other_classes(case: Case, budget: str, parts: list[Entry]) -> bool:
    """Whether the document names classes with expenditure of which nothing is listed here."""
    here = {class_of(e) for e in parts}
    prefix = f"class.{budget}."
    said(case, "")
    named = {i.removeprefix(prefix) for i in case.said if i.startswith(prefix) and _spent(case, i)}
    return bool(named - here)


def _spent(case: Case, item_id: str) -> bool:
    return any(v.figure.number for v in said(case, item_id))


def _unread_between(case: Case, section: Section) -> bool:
    unread = case.narrative.reading.unread
    if any(
        u.paragraph.section is section and u.figure and u.figure.kind == "money" for u in unread
    ):
        return True
    pending = [e for e in case.entries if e.paragraph.section is section and not e.figures()]
    return any(e.item.id.startswith("item.") for e in pending)


def _by_class(case: Case, budget: str, parts: list[Entry], *, partial: bool) -> None:
    by_class: dict[str, list[Entry]] = defaultdict(list)
    unknown = [e for e in parts if class_of(e) is None]
    for entry in parts:
        if code := class_of(entry):
            by_class[code].append(entry)
    for code, members in by_class.items():
        given = value(case, f"class.{budget}.{code}", members[0])
        if given is not None and not unknown and not given.entry.row:
            add_sum(case, given.entry, members, partial=partial, rule="N-07", what="各项合计")


def _extra(case: Case) -> None:
    """Sums of ``schemas/narrative/quantities.yml``: the parts of one paragraph make the total given there or before."""
    for rule in vocabulary().sums:
        groups: dict[int, list[Entry]] = defaultdict(list)
        for part in rule.parts:
            for given in said(case, part):
                groups[id(given.entry.paragraph.section)].append(given.entry)
        for parts in groups.values():
            found = list(unique(parts).values())
            head = value(case, rule.whole, found[0])
            if len(found) > 1 and head is not None:
                _extra_sum(case, head, found, rule)


def _extra_sum(case: Case, given: Said, parts: list[Entry], sums: SumRule) -> None:
    head, rule = given.entry, sums.rule
    case.count(rule)
    whole = case.term(head, given.figure)
    terms = [case.term(e, e.values[0]) for e in parts]
    main = sums.parts[0]
    partial = open_ended(case, [head, *parts]) or all(e.item.id != main for e in parts)
    if any(t.key == whole.key for t in terms):
        return
    case.relations.append(
        sum_of(
            whole, terms, rule, case.subject(parts[0]) + "合计",
            lambda v: words(SUM, whole, terms, v), partial=partial,
        )
    )  # fmt: skip


def same(case: Case, left: Entry, right: Entry, rule: str, subject: str, message: str) -> None:
    """Two values that must be one, as a relation."""
    first, second = case.term(left, left.values[0]), case.term(right, right.values[0])
    case.relations.append(equal(first, second, rule, subject, lambda v: message))


__all__ = ["CHECK", "Interval", "add_sum", "open_ended", "same", "unique", "words"]

CHECK = Check(
    name="parts",
    rules=("N-01", "N-02", "N-03", "N-04", "N-06", "N-07", "N-10", "N-12", "N-15"),
    title="各项之和等于合计",
    message=SUM,
    run=collect,
    wrong="二、收入决算情况说明\n本年收入合计10.00万元，其中：事业收入6.00万元；其他收入5.00万元。",
    right="二、收入决算情况说明\n本年收入合计11.00万元，其中：事业收入6.00万元；其他收入5.00万元。",
)
