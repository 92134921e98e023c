"""E-29, E-31, E-14 (text): how many projects the text says were evaluated, what money they have,
and what share of the project expenditure that is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import (
    interval,
    percent,
    plain_number,
    rate_holds,
    rate_of,
    sum_of,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.checks.project_expenditure import Whole, expenditure
from pipelines.performance.checks.project_lists import NAMES
from pipelines.performance.checks.shown import best_of, hint_or_own
from pipelines.performance.claims import COUNTS
from pipelines.performance.matching import Listed
from pipelines.performance.pack import Entry
from pipelines.performance.said.projects import Evaluated, evaluated
from pipelines.performance.said.sentences import says_some_are_shown

COUNTED = dict(COUNTS)["自评"]  # what ``project_lists`` judges already
FUNDS = (("年初预算", "年初预算数"), ("预算数", "预算数"), ("执行数", "执行数"))
HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Sum:
    """The amounts of all projects in one column of their forms; ``budget``: no expenditure."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    budget: bool = False

    @property
    def interval(self) -> Interval:
        return sum_of(self.entries)


def check(case: Case) -> None:
    lists = _lists(case)
    for said in evaluated(case.pack, case.year):
        agreed = _count(case, said, lists)
        sums = _sums(case) if agreed else []
        fitting = _money(case, said, sums)
        _share(case, said, fitting)


def _lists(case: Case) -> dict[str, list[Listed]]:
    """What lists all projects, by form."""
    unread = case.pack.partial
    forms = [f for f in ("JX05", "JX10", "JX14") if not (unread and f == "JX14")]
    return {f: found for f in forms if (found := case.matched.lists.get(f))}


def _count(case: Case, said: Evaluated, lists: dict[str, list[Listed]]) -> bool:
    """Whether the text counts as many projects as the forms do."""
    if said.count is None or said.count.value.number is None or not lists:
        return False
    sizes = {len(found) for found in lists.values()}
    number = said.count.value.number
    if number in sizes or not _is_judged(case, said, number > max(sizes)):
        return number in sizes
    tables = "、".join(f"{NAMES[f]} {len(found)} 个" for f, found in lists.items())
    first = next(iter(lists.values()))[0].entry
    message = f"文字中开展绩效自评的项目 {plain_number(number)} 个，{tables}"
    case.fail("E-29", "文字/自评", message, said.count, first)
    return False


def _is_judged(case: Case, said: Evaluated, more: bool) -> bool:
    """Whether the count is for this check: not told by ``project_lists``, and not more than the
    text says it shows.
    """
    text = said.sentence.paragraph.normal.text
    told = any(m.start() < said.end and said.start < m.end() for m in COUNTED.finditer(text))
    if told and any(said.sentence.prose is p for p in case.pack.prose):
        return False
    case.count("E-29")
    return not (more and says_some_are_shown(case.pack))


def _sums(case: Case) -> list[Sum]:
    """The sum of every column of money that all projects have."""
    return [s for s in _columns(case) if s.entries and all(e.number for e in s.entries)]


def _columns(case: Case) -> Iterator[Sum]:
    lists = case.matched.lists
    own = [] if case.pack.partial else lists.get("JX14", [])
    tables = [x.table for x in own if x.table is not None]
    for row, (column, name) in itertools.product(("总额", "财政拨款"), FUNDS):
        entries = [t.fund(row, column) for t in tables]
        yield Sum(f"{name}（{row}）", entries, column != "执行数")
    rows = [x.row for x in lists.get("JX10", []) if x.row is not None]
    for column in ("预算金额", "预算执行"):
        yield Sum(column, [r.get(column) for r in rows], column == "预算金额")


def _money(case: Case, said: Evaluated, sums: list[Sum]) -> list[Sum]:
    """The sums that the amount of the text may be; none of them where it is wrong."""
    if said.money is None or not sums:
        return []
    case.count("E-31")
    meant = interval(said.money)
    fitting = [s for s in sums if s.interval.meets(meant)]
    if not fitting:
        told = [s for s in sums if "财政拨款" not in s.name]
        each = "、".join(f"{s.name}合计 {wan(s.interval.middle)}" for s in told)
        message = f"文字中绩效自评涉及的资金 {wan(meant.middle)}，各项目{each}"
        case.fail("E-31", "文字/涉及资金", message, said.money, (told or sums)[-1].entries)
        case.settle("文字", said.money)
    return fitting


def _share(case: Case, said: Evaluated, fitting: list[Sum]) -> None:
    """The printed share against money ÷ project expenditure, whichever is known of it."""
    if said.share is None or said.money is None:
        return
    if case.is_settled("文字", said.money):
        return
    wholes = expenditure(case, said.general)
    severity = _judged_as(said.share, said.money, wholes, _known_side(said, fitting))
    rates = _rates(said.money, wholes)
    if not severity or not rates:
        case.lack("E-14", "没有可比的项目支出，文字中的占比未核对")
        return
    case.count("E-14")
    outcome = best_of(rate_holds(said.share.value, rate) for _, rate in rates)
    if outcome != "pass":
        level = hint_or_own(outcome) or severity
        _report(case, said.share, said.money, *rates[0], level)


def _rates(money: Entry, wholes: list[Whole]) -> list[tuple[Whole, Interval]]:
    return [(w, r) for w in wholes if (r := rate_of(interval(money), w.interval))]


def _report(
    case: Case, share: Entry, money: Entry, whole: Whole, rate: Interval, severity: str
) -> None:
    message = (
        f"文字中占项目支出的比例 {share.value.raw}：{wan(interval(money).middle)} ÷"
        f" {whole.name} {wan(whole.interval.middle)} = {percent(rate.middle)}"
    )
    facts = [whole.fact] if whole.fact is not None else []
    right = [money] if whole.entry is None else [money, whole.entry]
    case.fail("E-14", "文字/占比", message, share, right, facts=facts, severity=severity)


def _known_side(said: Evaluated, fitting: list[Sum]) -> str:
    """预算 or 支出: what the money of the text is, by its words or by the sum it is; else empty."""
    if said.budgeted:
        return "预算"
    if not fitting:
        return ""
    return "预算" if all(s.budget for s in fitting) else "支出"


def _judged_as(share: Entry, money: Entry, wholes: list[Whole], side: str) -> str:
    """The severity of a share that fits none of what is known, empty where it may be of something
    else: budgets are not known of every unit.
    """
    if any(w.budget for w in wholes):
        return "error"
    if not wholes or side == "预算":
        return ""
    if side == "支出":
        return "error"
    whole_budget = share.value.number == HUNDRED and any(_may_be_budget(money, w) for w in wholes)
    return "" if whole_budget else "review"


def _may_be_budget(money: Entry, spent: Whole) -> bool:
    """Whether an amount may be the budget of what was spent: an ordinary reading of 100 %, as of a
    budget seldom all is spent, and seldom nothing added. Twice as much or half of it is a slip.
    """
    budget = interval(money)
    return budget.high * 2 >= spent.interval.low and budget.low <= spent.interval.high * 2
