"""N-06, N-07: classes and items of the functional classification make their totals; none is listed
twice.
"""

from __future__ import annotations

import re
from collections import defaultdict

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import (
    SUM,
    add_sum,
    belongs,
    families,
    unique,
)
from pipelines.narrative.checks.unfinished import has_details, open_ended
from pipelines.narrative.entries import Entry
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Section
from pipelines.narrative.values import HEADS, budget_of, class_of, said, value

CLASS_TITLE = re.compile(r"（类）[。：]?$")
TWICE = "{item}重复列示：{first}、{second}"


def collect(case: Case) -> None:
    """The classes and the items that stand together."""
    apart = families(case)
    for family in apart:
        _classes(case, family)
    for family in _class_by_class(apart):
        _items(case, family)


def _by_budget(entries: list[Entry], level: str) -> dict[str, list[Entry]]:
    """The classes or the items (``class.``, ``item.``) of each budget."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.item.id.startswith(level):
            groups[budget_of(entry.item.id)].append(entry)
    return groups


def _class_by_class(apart: list[list[Entry]]) -> list[list[Entry]]:
    """Sections under the names of classes, （一）社会保障和就业支出（类）, are one list."""
    found: list[list[Entry]] = []
    before: Section | None = None
    for family in apart:
        section = family[0].paragraph.section
        goes_on = before is not None and before.kind == section.kind and not family[0].row
        if goes_on and before is not section and _of_a_class(before) and _of_a_class(section):
            found[-1] = [*found[-1], *family]
        else:
            found.append(family)
        before = section
    return found


def _of_a_class(section: Section | None) -> bool:
    return section is not None and bool(CLASS_TITLE.search(plain(section.title)))


def _classes(case: Case, entries: list[Entry]) -> None:
    """N-06: the classes of a budget make its total; none twice; those without expenditure need not
    be listed.
    """
    section = entries[0].paragraph.section
    for budget, members in _by_budget(entries, "class.").items():
        listed = [e for e in members if not e.restated and e.paragraph.section.kind != "gpb_items"]
        _twice(case, listed, "N-06", same_paragraph=True)
        parts = list(unique(members).values())
        head = _class_head(case, budget, entries, parts)
        if head is not None and len(parts) > 1:
            partial = _classes_lack(case, entries, head, parts)
            add_sum(case, head, parts, partial=partial, rule="N-06")
        if section.kind == "gpb_structure" or len(parts) > 2:
            _empty_classes(case, section, parts)


def _classes_lack(case: Case, entries: list[Entry], head: Entry, parts: list[Entry]) -> bool:
    """Whether there may be classes that are not listed."""
    itemised = any(e.item.id.startswith("item.") for e in entries)
    if itemised or open_ended(case, parts) or has_details(case, head):
        return True
    apart = head.paragraph.section is not entries[0].paragraph.section
    return apart and _other_classes(case, budget_of(parts[0].item.id), parts)


def _class_head(case: Case, budget: str, entries: list[Entry], parts: list[Entry]) -> Entry | None:
    wanted = HEADS.get(budget, "")
    here = next((e for e in entries if e.item.id == wanted), None)
    if here is not None or not wanted:
        return here
    near = value(case, wanted, parts[0])
    whole_list = len(parts) > 2 and near is not None and belongs(near.entry, parts[0])
    return near.entry if near and (parts[0].row or whole_list) else None


def _empty_classes(case: Case, section: Section, parts: list[Entry]) -> None:
    zero = [e for e in parts if e.values[0].number == 0]
    if not zero or len(zero) == len(parts) or zero[0].row:
        return
    names = "、".join(e.item.title for e in zero)
    places = [case.figure("left", e, e.values[0]) for e in zero]
    subject = f"{plain(section.title) or '正文'}[不涉及的类]"
    message = f"请删去为 0 的支出类：{names}（只需列出涉及的类）"
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


def _items(case: Case, entries: list[Entry]) -> None:
    """N-07: the items of a class make the class, all items make the total, none stands twice."""
    section = entries[0].paragraph.section
    for budget, members in _by_budget(entries, "item.").items():
        _twice(case, [e for e in members if not e.restated], "N-07", same_paragraph=False)
        parts = list(unique(members).values())
        partial = _items_lack(case, section, parts)
        near = value(case, HEADS.get(budget, ""), parts[0])
        if near is not None:
            listed = [*parts, *_bare_classes(entries, budget, parts)]
            apart = near.entry.paragraph.section is not section
            some = partial or (apart and _other_classes(case, budget, listed))
            add_sum(case, near.entry, listed, partial=some, rule="N-07", what="各项合计")
        _by_class(case, budget, parts, partial=partial and len(parts) > 1)


def _items_lack(case: Case, section: Section, parts: list[Entry]) -> bool:
    """Whether there may be items that are not listed."""
    return _unread_between(case, section) or len(parts) < 2 or any(e.partial for e in parts)


def _bare_classes(entries: list[Entry], budget: str, parts: list[Entry]) -> list[Entry]:
    """The classes of a budget of which no item is listed."""
    classes = [e for e in entries if e.item.id.startswith(f"class.{budget}.")]
    covered = {class_of(e) for e in parts}
    return [e for e in unique(classes).values() if e.item.code not in covered]


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


CHECK = Check(
    name="classes",
    rules=("N-06", "N-07"),
    title="类、项之和等于合计，不重不漏",
    message=SUM,
    run=collect,
    wrong=(
        "五、一般公共预算财政拨款支出决算情况说明\n2023年度一般公共预算财政拨款支出10.00万元，主要用于以下方面："
        "教育支出6.00万元；卫生健康支出5.00万元。"
    ),
    right=(
        "五、一般公共预算财政拨款支出决算情况说明\n2023年度一般公共预算财政拨款支出11.00万元，主要用于以下方面："
        "教育支出6.00万元；卫生健康支出5.00万元。"
    ),
)
