"""N-11: the economic items listed after 人员经费 and 公用经费 are those with expenditure."""

from __future__ import annotations

import re
from functools import cache

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.lookup import Fact
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.values import current
from schemas.library import code_list

LIST_HEAD = re.compile(r"(?:主要)?包括[:：]?")


def collect(case: Case) -> None:
    """The economic items listed after 人员经费 and 公用经费 are those with expenditure."""
    for entry in case.entries:
        if (
            entry.item.id not in ("gpb.basic.person", "gpb.basic.public")
            or not entry.values
            or not current(case, entry)
        ):
            continue
        text = entry.paragraph.normal.text
        head = LIST_HEAD.search(text, entry.end)
        if head is None or "。" in text[entry.end : head.start()]:
            continue
        if _another_between(case, entry, head.start()):
            continue
        _economic_list(case, entry, head.end(), _list_end(case, entry, head.end()))


def _others(case: Case, entry: Entry) -> list[int]:
    """Where other items than an entry's, none of them one of the list, are given amounts after it
    in its paragraph.
    """
    return [
        e.start
        for e in case.entries
        if e.paragraph is entry.paragraph
        and e.values
        and e.start > entry.end
        and e.item.id != entry.item.id
        and not e.item.id.startswith("econ.")
    ]


def _another_between(case: Case, entry: Entry, at: int) -> bool:
    """Whether something else is given an amount before a list begins: the list is not the
    entry's.
    """
    return any(start < at for start in _others(case, entry))


def _list_end(case: Case, entry: Entry, start: int) -> int:
    """Where a list ends: with its sentence, or before the next thing that is given an amount
    (人员经费…，包括…；公用经费…，包括…).
    """
    text = entry.paragraph.normal.text
    stop = text.find("。", start)
    ends = [stop if stop >= 0 else len(text)]
    ends += [max(text.rfind(mark, start, at) for mark in "；，") for at in _others(case, entry)]
    return min((end for end in ends if end > start), default=start)


def _economic_list(case: Case, entry: Entry, start: int, end: int) -> None:
    listed, partial = _names(entry.paragraph, start, end)
    if not listed:
        return
    case.count("N-11")
    if entry.values[0].number == 0:
        message = f"{entry.item.title}为0，却列出{len(listed)}个经济科目"
        case.report(
            "N-11",
            case.subject(entry) + "科目",
            message,
            [case.place("left", entry.paragraph, entry.start, end)],
        )
        return
    _repeated(case, entry, listed)
    if spent := _spent(case, entry.item.title):
        _without_expenditure(case, entry, listed, spent)
        if not partial:
            _left_out(case, entry, listed, (start, end), spent)


Listed = list[tuple[str, int, int, tuple[str, ...]]]


def _names(paragraph: Paragraph, start: int, end: int) -> tuple[Listed, bool]:
    """(name, start, end, codes) of each name of a list, and whether it ends with 等."""
    listed: Listed = []
    at = start
    for part in re.split(r"[、，；]", paragraph.normal.text[start:end]):
        name = re.sub(r"等(?:支出|费用|方面)?$", "", part)
        if name and not re.search(r"\d", name):
            listed.append((name, at, at + len(name), economic_codes(name)))
        at += len(part) + 1
    return listed, bool(re.search(r"等(?:支出|费用|方面)?$", paragraph.normal.text[start:end]))


@cache
def economic_codes(name: str) -> tuple[str, ...]:
    """The economic items that a printed name may mean."""
    found = []
    wanted = {name, re.sub(r"支出$", "", name), re.sub(r"费用$", "费", name)}
    for code, item in code_list("economic").items.items():
        for known in {plain(n) for n in item.names}:
            if wanted & {known, re.sub(r"支出$", "", known), re.sub(r"费用$", "费", known)}:
                found.append(code)
                break
    return tuple(found)


def _repeated(case: Case, entry: Entry, listed: Listed) -> None:
    seen: dict[str, tuple[int, int]] = {}
    for name, start, end, _ in listed:
        if name in seen:
            places = [
                case.place("left", entry.paragraph, *seen[name]),
                case.place("right", entry.paragraph, start, end),
            ]
            case.report(
                "N-11",
                case.subject(entry) + f"{name}重复",
                f"请删去重复的“{name}”：{entry.item.title}中列了两次",
                places,
            )
        seen.setdefault(name, (start, end))


def _spent(case: Case, group: str) -> dict[str, Fact]:
    """The economic items of a group with basic expenditure, by code: from 财决08-1表, else
    公开08表.
    """
    if case.facts is None:
        return {}
    cells = case.facts.cells("Z08_1", "", "合计") or case.facts.rows("G08", "", "决算数")
    items = code_list("economic").items
    return {
        c: f
        for c, f in cells.items()
        if f.amount > 0 and len(c) == 5 and c in items and items[c].group == group
    }


def _without_expenditure(case: Case, entry: Entry, listed: Listed, spent: dict[str, Fact]) -> None:
    """Items of the list that have nothing in the table."""
    group = entry.item.title
    for name, start, end, codes in listed:
        if codes and not any(_has_spent(code, spent) for code in codes):
            message = f"{group}列出“{name}”，{next(iter(spent.values())).form}表中该科目没有支出"
            place = case.place("left", entry.paragraph, start, end)
            case.report("N-11", case.subject(entry) + name, message, [place])


def _left_out(
    case: Case, entry: Entry, listed: Listed, span: tuple[int, int], spent: dict[str, Fact]
) -> None:
    """Items of the table that a list without 等 leaves out."""
    named = {code for _, _, _, codes in listed for code in codes}
    missing = [c for c in spent if c not in named and c[:3] not in named]
    if missing:
        names = "、".join(code_list("economic").items[c].name for c in missing)
        cells = [case.cell("right", spent[c]) for c in missing]
        places = [case.place("left", entry.paragraph, *span), *cells]
        message = f"请补上{entry.item.title}漏列的有支出的科目：{names}"
        case.report("N-11", case.subject(entry) + "漏列", message, places)


def _has_spent(code: str, spent: dict[str, Fact]) -> bool:
    """Whether the item, or of a 类 any 款, has an amount."""
    return code in spent or (len(code) == 3 and any(s.startswith(code) for s in spent))


CHECK = Check(
    name="economic",
    rules=("N-11",),
    title="列出的经济科目",
    message="请删去重复的“{name}”：{group}中列了两次",
    run=collect,
    wrong="六、一般公共预算财政拨款基本支出决算情况说明\n人员经费5.00万元，主要包括：基本工资、奖金、基本工资。",
    right="六、一般公共预算财政拨款基本支出决算情况说明\n人员经费5.00万元，主要包括：基本工资、奖金、退休费。",
)
