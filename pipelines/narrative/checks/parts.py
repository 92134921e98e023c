"""Parts and totals: the parts of a quantity make it, wherever they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.unfinished import open_ended
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import total
from pipelines.narrative.kinds.sums import sum_of
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import Said, current, said, value
from pipelines.narrative.vocabulary import SumRule, vocabulary

SUM = "{item}{figure}与所列各项之和{summed}不符，相差{gap}（{listed}）"
MORE = "所列各项之和{summed}大于{item}{figure}，多出{gap}（{listed}）"
# totals of which a single part that is given must make the whole
LISTED = frozenset(("gpb.basic", "three.car", "three.host", "count.car.bought", "count.car.kept"))
NAMED = 12  # parts named in a message before 等: a sum of more is told by its total


def collect(case: Case) -> None:
    """All sums of the text."""
    for family in families(case):
        _parents(case, family)
    _extra(case)


def families(case: Case) -> list[list[Entry]]:
    """The mentions with values of this year that stand together: of the text of a section, of a
    table.
    """
    groups: dict[tuple[int, bool], list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.values and not entry.aside and current(case, entry):
            groups[id(entry.paragraph.section), entry.row].append(entry)
    return [family for entries in groups.values() for family in _tables(entries)]


def _tables(entries: list[Entry]) -> list[list[Entry]]:
    """The lines of each table by themselves; the text of a section as one."""
    if not entries[0].row:
        return [entries]
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.sentence].append(entry)
    return list(found.values())


def unique(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The first mention of each item, of all of the unit where there is one."""
    found: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: bool(e.scoped)):
        found.setdefault(entry.item.id, entry)
    return found


def _parents(case: Case, entries: list[Entry]) -> None:
    """Quantities with a ``parent``: the parts given here make the total given here, or the one of
    the same kind of section.
    """
    groups = _by_parent(entries)
    for parent, members in groups.items():
        head = _head(case, parent, entries, members)
        covered = _uncovered(unique([*members, *_grandchildren(parent, groups)]))
        if head is not None:
            single = len(covered) < 2 and (parent not in LISTED or _unread_after(case, covered[0]))
            partial = single or open_ended(case, [head, *covered])
            add_sum(case, head, covered, partial=partial)


def _by_parent(entries: list[Entry]) -> dict[str, list[Entry]]:
    """The parts of each quantity, but for those in the bracket of another part."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        quantity = entry.item.quantity
        if quantity is None or entry.item.id.startswith("flow."):
            continue
        parent = quantity.parent
        if quantity.kind == "car":
            parent = entry.item.id.partition(".count.car.")[0]
        if parent and not _within_another(entry, parent):
            groups[parent].append(entry)
    return groups


def _uncovered(parts: dict[str, Entry]) -> list[Entry]:
    """The parts that no other part holds."""
    return [
        e for e in parts.values() if not (e.item.quantity and e.item.quantity.covered_by in parts)
    ]


def _within_another(entry: Entry, parent: str) -> bool:
    """Whether a part stands in a bracket as part of another part
    (国内接待费5万元（其中：外事接待费1万元）).
    """
    around = entry.bracket.item.quantity if entry.bracket else None
    return around is not None and around.parent == parent


def _unread_after(case: Case, entry: Entry) -> bool:
    """Whether something of money was not understood in the paragraph of a part that
    stands alone.
    """
    return any(
        u.paragraph is entry.paragraph and u.figure is not None and u.figure.kind == "money"
        for u in case.narrative.reading.unread
    )


def _head(case: Case, parent: str, entries: list[Entry], members: list[Entry]) -> Entry | None:
    """The total that parts belong to: of the same place, else of a section of the same kind."""
    here = _given_here(parent, entries, members[0])
    if here is not None:
        return here
    near = value(case, parent, members[0])
    if near is None or len(members) < 2 or near.entry.row:
        return None
    return near.entry if belongs(near.entry, members[0]) else None


def _given_here(parent: str, entries: list[Entry], part: Entry) -> Entry | None:
    """The first mention of a total, of those in the paragraph of its part if there are any."""
    here = [e for e in entries if e.item.id == parent]
    here = [e for e in here if not e.scoped] or here
    beside = [e for e in here if e.paragraph is part.paragraph]
    return next(iter(beside or here), None)


def belongs(head: Entry, part: Entry) -> bool:
    """Whether a total of another section is that of a part: both in sections of a kind, or the part
    in the total's own.
    """
    own = head.item.quantity.leads if head.item.quantity else ""
    return part.context in (head.context, own)


def _grandchildren(parent: str, groups: dict[str, list[Entry]]) -> list[Entry]:
    """The parts of a part that is not given itself (公务用车运行维护费 without
    公务用车购置及运行维护费).
    """
    given = {e.item.id for e in groups.get(parent, [])}
    children = [
        q.id for q in vocabulary().quantities.values() if q.parent == parent and q.id not in given
    ]
    return [e for child in children for e in groups.get(child, [])]


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
            whole,
            terms,
            rule,
            case.subject(head) + what,
            message,
            partial=partial,
            others=others,
            severity=severity,
        )
    )


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


def _extra(case: Case) -> None:
    """Sums of ``schemas/narrative/quantities.yml``: the parts of one paragraph make the total given
    there or before; where several totals may be meant, the first that is given.
    """
    judged: set[tuple[int, tuple[str, ...]]] = set()
    for rule in vocabulary().sums:
        groups: dict[int, list[Entry]] = defaultdict(list)
        for part in rule.parts:
            for given in said(case, part):
                groups[id(given.entry.paragraph.section)].append(given.entry)
        for section, parts in groups.items():
            found = list(unique(parts).values())
            head = value(case, rule.whole, found[0])
            if len(found) < 2 or head is None or (section, rule.parts) in judged:
                continue
            if _counts(head.entry, found[0], rule):
                judged.add((section, rule.parts))
                _extra_sum(case, head, found, rule)


def _counts(head: Entry, part: Entry, rule: SumRule) -> bool:
    return not rule.here or head.paragraph.section is part.paragraph.section


def _extra_sum(case: Case, given: Said, parts: list[Entry], sums: SumRule) -> None:
    head, rule = given.entry, sums.rule
    case.count(rule)
    whole = case.term(head, given.figure)
    terms = [case.term(e, e.values[0]) for e in parts]
    main = sums.parts[0]
    partial = open_ended(case, [head, *parts]) or all(e.item.id != main for e in parts)
    others = [o.interval for i in sums.others if (o := value(case, i, parts[0])) is not None]
    if any(t.key == whole.key for t in terms):
        return
    case.relations.append(
        sum_of(
            whole,
            terms,
            rule,
            case.subject(parts[0]) + "合计",
            lambda v: words(SUM, whole, terms, v),
            partial=partial,
            others=others,
        )
    )


CHECK = Check(
    name="parts",
    rules=("N-01", "N-02", "N-03", "N-04", "N-06", "N-07", "N-10", "N-12", "N-15"),
    title="各项之和等于合计",
    message=SUM,
    run=collect,
    wrong="二、收入决算情况说明\n本年收入合计10.00万元，其中：事业收入6.00万元；其他收入5.00万元。",
    right="二、收入决算情况说明\n本年收入合计11.00万元，其中：事业收入6.00万元；其他收入5.00万元。",
)
