"""Things that only this document names (projects, receptions, works) under an item: together not
more than the item.
"""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import words
from pipelines.narrative.entries import Entry
from pipelines.narrative.kinds.sums import sum_of
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import value

MORE = "所列各项之和{summed}与{item}{figure}不符，相差{gap}（{listed}）"
# lists of single receptions are complete unless they end with 等: less than the total is worth a
# look
COMPLETE = ("three.host.home", "three.host")


def collect(case: Case) -> None:
    """The named things of each list against the item they are listed under."""
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.item.own_name and entry.values and entry.outer is not None:
            groups[id(entry.outer)].append(entry)
    for members in groups.values():
        head = members[0].outer
        assert head is not None
        for size, parts in _lists(members).items():
            _judge(case, head, parts, listed=size)


def _lists(members: list[Entry]) -> dict[tuple[int, int], list[Entry]]:
    """The members of one sentence are one list."""
    found: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for entry in members:
        found[entry.paragraph.start, entry.sentence].append(entry)
    return found


def _judge(case: Case, head: Entry, parts: list[Entry], *, listed: tuple[int, int]) -> None:
    whole = _whole(case, head, parts[0])
    if whole is None or whole.figure.kind != "money":
        return
    rule = head.item.rule
    case.count(rule)
    terms = [case.term(e, e.values[0]) for e in parts]
    subject = case.subject(head) + ("具体内容" if head.item.id in COMPLETE else "所列")

    def message(values: Values) -> str:
        return words(MORE, whole, terms, values)

    case.relations.append(sum_of(whole, terms, rule, subject, message, partial=True))
    whole_list = len(parts) > 1 and not any(e.partial for e in parts)
    if head.item.id in COMPLETE and whole_list and _closed(case, parts):
        exact = sum_of(whole, terms, rule, subject, message, severity="review")
        exact.weight = 1
        case.relations.append(exact)


def _whole(case: Case, head: Entry, part: Entry) -> Term | None:
    """The value of the item that a list is under: its own, else the one told near the list."""
    if head.values:
        return case.term(head, head.values[0])
    given = value(case, head.item.id, part)
    return case.term(given.entry, given.figure) if given is not None else None


def _closed(case: Case, parts: list[Entry]) -> bool:
    """Whether nothing else of money is said in that list that was not understood."""
    last = parts[-1]
    rest = last.paragraph.normal.text[last.end : last.end + 1]
    return rest not in ("等",) and all(
        u.paragraph is not last.paragraph for u in case.narrative.reading.unread
    )


CHECK = Check(
    name="details",
    rules=("N-02", "N-03", "N-04", "N-06", "N-07", "N-12", "N-15"),
    title="所列具体内容不大于所属项目",
    message=MORE,
    run=collect,
    wrong="三、支出决算情况说明\n项目支出16.00万元，主要项目有：档案整理21.00万元，系统运维2.00万元等。",
    right="三、支出决算情况说明\n项目支出26.00万元，主要项目有：档案整理21.00万元，系统运维2.00万元等。",
)
