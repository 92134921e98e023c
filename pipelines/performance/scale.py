"""Tables whose amounts are ten thousand times those of the rest of the pack: 元 where 万元 is
printed, or the other way round. Said once (S-SCALE), and judged as they must be meant, so that
nothing follows from it.

What does not belong here: the 财决 tables (``pipelines/collect/suspicions.py``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pipelines.performance.arithmetic import wan
from pipelines.performance.case import Case
from pipelines.performance.claims import find
from pipelines.performance.matching import Matched, match_all
from pipelines.performance.pack import Entry, Pack
from schemas.performance_forms import performance_forms

RULE = "S-SCALE"
STEP = 10_000
# Amounts that are the same but for the unit still differ by what was adjusted or rounded.
NEAR = Fraction(1, 200)
ROUNDED = Fraction(50)  # 元: half a unit of the second decimal in 万元
FUND_MONEY = ("年初预算", "预算数", "执行数")
Node = tuple[str, int]  # a form and the number of its table; prose and 财决 tables are one each
PROSE: Node = ("文字", 0)
FINAL: Node = ("财决", 0)


@dataclass(frozen=True, slots=True)
class Link:
    """The same amount in two tables; ``step``: 1 where the left is ten thousand times the right,
    -1 the other way round, 0 where they agree.
    """

    left: Node
    right: Node
    entry: Entry
    other: Entry
    step: int


def check(case: Case) -> None:
    """Finds the tables and puts their amounts right in the pack; one finding for all of them."""
    links = list(_links(case))
    if all(link.step == 0 for link in links):
        return
    wrong = _wrong(links)
    shown = [x for x in links if x.step and (x.left in wrong) != (x.right in wrong)]
    if not wrong or not shown:
        return
    _tell(case, wrong, shown)
    for node, step in wrong.items():
        _put_right(case.pack, node, Fraction(STEP) ** -step)


def _links(case: Case) -> Iterator[Link]:
    for left, entry, right, other in (*_pairs(case.pack), *_said(case.pack), *_finals(case)):
        step = _step(entry, other)
        if step is not None:
            yield Link(left, right, entry, other, step)


def _step(entry: Entry, other: Entry) -> int | None:
    """How many units apart; None where the amounts have nothing to do with each other."""
    a, b = entry.value.number, other.value.number
    if not a or not b or a < 0 or b < 0:
        return None
    ratio = a / b
    for step in (0, 1, -1):
        if abs(ratio / Fraction(STEP) ** step - 1) <= NEAR:
            return step
    return None


PAIRS = (
    ("JX02", "总计", "收入预算数", "JX03", "总计", "年度预算"),
    ("JX03", "总计", "调整后预算", "JX09", "合计", "预算额"),
    ("JX03", "总计", "预算执行", "JX09", "合计", "执行额"),
    ("JX04", "合计", "支出数/合计", "JX03", "基本支出", "预算执行"),
    ("JX02", "总计", "收入预算数", "JX09", "合计", "预算额"),
)


def _pairs(pack: Pack) -> Iterator[tuple[Node, Entry, Node, Entry]]:
    for form, key, column, form2, key2, column2 in PAIRS:
        one, other = pack.row(form, key), pack.row(form2, key2)
        if one is not None and other is not None:
            yield (form, one.table), one.get(column), (form2, other.table), other.get(column2)
    matched = match_all(pack)
    yield from _projects(matched)
    yield from _whole_of_projects(pack, matched)


def _projects(matched: Matched) -> Iterator[tuple[Node, Entry, Node, Entry]]:
    for project in matched.projects:
        listed, own = project.listed("JX10"), project.listed("JX14")
        if listed is None or own is None or listed.row is None or own.table is None:
            continue
        node, table = ("JX10", listed.row.table), ("JX14", own.table.table)
        for column, name in (("预算金额", "预算数"), ("预算执行", "执行数")):
            yield node, listed.row.get(column), table, own.table.fund("总额", name)


def _whole_of_projects(pack: Pack, matched: Matched) -> Iterator[tuple[Node, Entry, Node, Entry]]:
    """Where the projects are all the project expenditure, their sum against it."""
    row = pack.row("JX03", "项目支出")
    rows = [x.row for x in matched.lists.get("JX10", []) if x.row is not None]
    if row is None or not rows:
        return
    for column, mine in (("预算执行", "预算执行"), ("调整后预算", "预算金额")):
        entries = [r.get(mine) for r in rows if r.get(mine).number]
        total = sum((e.value.number or Fraction(0) for e in entries), Fraction(0))
        if entries:
            added = replace(entries[0], value=replace(entries[0].value, number=total))
            yield ("JX10", rows[0].table), added, ("JX03", row.table), row.get(column)


def _said(pack: Pack) -> Iterator[tuple[Node, Entry, Node, Entry]]:
    """Totals that the text says with their unit."""
    from pipelines.performance.checks.execution_table import SAID_03, SPENDING_PROSE
    from pipelines.performance.checks.income_table import INCOME_PROSE, SAID_02

    said = [("JX02", s, INCOME_PROSE) for s in SAID_02]
    said += [("JX03", s, SPENDING_PROSE) for s in SAID_03]
    for form, (key, column, pattern), near in said:
        row = pack.row(form, key)
        for claim in find(pack, "文字", re.compile(pattern)) if row is not None else ():
            if claim.entry.value.unit and near.search(claim.paragraph.normal.text):
                assert row is not None
                yield (form, row.table), row.get(column), PROSE, claim.entry


def _finals(case: Case) -> Iterator[tuple[Node, Entry, Node, Entry]]:
    """The year's expenditure against 财决01表."""
    if case.facts is None:
        return
    row = case.pack.row("JX03", "总计")
    fact = case.facts.get("Z01", "支出", "本年支出合计", "决算数")
    if row is not None and fact is not None and fact.amount:
        cell = row.get("预算执行")
        known = replace(cell, value=replace(cell.value, number=Fraction(fact.amount)))
        yield ("JX03", row.table), cell, FINAL, known


def _wrong(links: Iterable[Link]) -> dict[Node, int]:
    """The tables that are off, with how far: of those that hang together, the ones that fewer
    forms agree with; where none is in the majority, the larger amounts.
    """
    beside: dict[Node, list[tuple[Node, int]]] = defaultdict(list)
    for link in links:
        beside[link.left].append((link.right, -link.step))
        beside[link.right].append((link.left, link.step))
    wrong: dict[Node, int] = {}
    seen: set[Node] = set()
    for node in beside:
        if node not in seen:
            levels = _levels(node, beside)
            seen |= set(levels)
            base = _base(levels)
            wrong |= {n: level - base for n, level in levels.items() if level != base}
    return {n: step for n, step in wrong.items() if n not in (PROSE, FINAL)}


def _levels(start: Node, beside: dict[Node, list[tuple[Node, int]]]) -> dict[Node, int]:
    levels = {start: 0}
    waiting = [start]
    while waiting:
        node = waiting.pop()
        for other, step in beside[node]:
            if other not in levels:
                levels[other] = levels[node] + step
                waiting.append(other)
    return levels


def _base(levels: dict[Node, int]) -> int:
    """The level of most forms (a form of many tables counts once); what is said with its unit, and
    the 财决 tables, count before tables.
    """
    votes: Counter[int] = Counter()
    for form in {form for form, _ in levels}:
        own = Counter(level for (f, _), level in levels.items() if f == form)
        votes[own.most_common(1)[0][0]] += 2 if form in (PROSE[0], FINAL[0]) else 1
    return max(votes, key=lambda level: (votes[level], -level))


def _tell(case: Case, wrong: dict[Node, int], shown: list[Link]) -> None:
    forms = performance_forms()
    names = "、".join(dict.fromkeys(f"“{forms[form].title}”" for form, _ in wrong))
    first = shown[0]
    odd = first.left in wrong
    mine, theirs = (first.entry, first.other) if odd else (first.other, first.entry)
    step = wrong[first.left if odd else first.right]
    meant = "元，表上印或按万元计" if step > 0 else "万元，表上印元"
    message = (
        f"{names}的金额与其他各表相差一万倍：{wan(mine.value.number or 0)}，他处"
        f" {wan(theirs.value.number or 0)}。数字像是{meant}。请核对金额单位，更正后重报；"
        "其他核对已按相同的单位进行"
    )
    left = [x.entry if x.left in wrong else x.other for x in shown]
    right = [x.other if x.left in wrong else x.entry for x in shown]
    subject = ",".join(sorted({form for form, _ in wrong}))
    case.fail(RULE, subject, message, left, right, severity="error")


def _put_right(pack: Pack, node: Node, factor: Fraction) -> None:
    form = node[0]
    money = {c.key for c in performance_forms()[form].columns if c.measure == "money"}
    for row in pack.rows:
        if (row.form, row.table) == node:
            for column in money & set(row.cells):
                row.cells[column] = _scaled(row.cells[column], factor)
    for project in pack.projects:
        if (project.form, project.table) == node:
            for key, entry in project.funds.items():
                if key[1] in FUND_MONEY:
                    project.funds[key] = _scaled(entry, factor)


def _scaled(entry: Entry, factor: Fraction) -> Entry:
    """In the unit that is meant; an amount typed in 元 may have been rounded in 万元 before."""
    value = entry.value.scaled(factor)
    return replace(entry, value=replace(value, half=max(value.half, ROUNDED)))
