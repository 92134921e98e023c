"""E-25, E-26, E-28: weights and scores of project tables."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.case import Case
from pipelines.performance.claims import (
    UNIT_SUBJECT,
    Claim,
    last_named,
    project_scores,
    unit_scores,
)
from pipelines.performance.pack import NO_ENTRY, Entry, Indicator, ProjectTable
from pipelines.performance.reached import completion, reached
from pipelines.performance.words import caption

HUNDRED = Fraction(100)
CENT = Fraction(1, 100)
MONEY = "项目资金"  # as ``unlined/forms.py`` names it


def check(case: Case) -> None:
    tables = [t for t in case.pack.evaluated() if t.layout != "A"]
    if not tables:
        for rule in ("E-25", "E-26"):
            case.lack(rule, "没有打分的项目自评表")
    for table in tables:
        # Without the points of its money neither adds up.
        whole = MONEY not in table.unread
        if whole:
            _weights(case, table)
        for one in table.indicators:
            _score(case, table, one)
        if whole:
            _total(case, table)
    _claimed(case)
    _unit_claimed(case)


def _execution(table: ProjectTable) -> tuple[Entry, Entry]:
    weight = table.fund("总额", "分值")
    return (weight if weight.number else table.fund_weight), table.fund("总额", "得分")


def _weights(case: Case, table: ProjectTable) -> None:
    entries = [i.weight for i in table.indicators if i.weight.number]
    if not entries:
        return
    own, _ = _execution(table)
    case.count("E-25")
    base = own.value.number if own.number and own.value.number is not None else Fraction(10)
    total = sum((e.value.number or Fraction(0) for e in entries), Fraction(0))
    group = _wrong_group(table)
    if group is not None:
        entry, said, got = group
        message = (
            f"“{table.project}”的“{caption(entry.text)[0]}”印 {plain_number(said)} 分，其下权重合计"
            f" {plain_number(got)} 分"
        )
        case.fail("E-25", f"{table.project}/小计", message, entry, entries)
        _settle_weights(case, table)
    elif HUNDRED not in (total + base, total):
        message = (
            f"“{table.project}”执行率权重 {plain_number(base)} 与各指标权重 {plain_number(total)}"
            f" 合计 {plain_number(base + total)}，不是 100"
        )
        case.fail(
            "E-25",
            f"{table.project}/权重",
            message,
            entries,
            [own, table.total_weight],
            difference=total + base - 100,
        )
        _settle_weights(case, table)
    elif table.total_weight.number and table.total_weight.value.number not in (HUNDRED, total):
        message = f"“{table.project}”合计权重印 {table.total_weight.text}，应为 100"
        case.fail("E-25", f"{table.project}/合计", message, table.total_weight)


def _settle_weights(case: Case, table: ProjectTable) -> None:
    """A weight that is wrong is no reason to call the score beside it too low."""
    for one in table.indicators:
        case.settle("权重", one.weight)


def _wrong_group(table: ProjectTable) -> tuple[Entry, Fraction, Fraction] | None:
    groups: dict[str, list[Indicator]] = defaultdict(list)
    for one in table.indicators:
        spot = one.level1_entry.spot
        if spot is not None and caption(one.level1_entry.text)[1]:
            groups[spot.cell].append(one)
    for members in groups.values():
        entry = members[0].level1_entry
        said = Fraction(caption(entry.text)[1])
        got = sum((m.weight.value.number or Fraction(0) for m in members), Fraction(0))
        if said != got:
            return entry, said, got
    return None


def _score(case: Case, table: ProjectTable, one: Indicator) -> None:
    weight, score = one.weight.value.number, one.score.value.number
    if weight is None or score is None:
        return
    case.count("E-26")
    subject = f"{table.project}/{one.title}"
    settled = case.is_settled("权重", one.weight)
    if not 0 <= score <= weight:
        if settled:
            return
        message = (
            f"“{one.title}”得分 {one.score.text}，超出 0 至 {one.weight.text}（{table.project}）"
        )
        case.fail("E-26", subject, message, [one.score, one.name], one.weight)
        case.settle("得分", one.score)
        return
    done = reached(one, "reached")
    if done is True and score < weight and not one.reason.words and not settled:
        message = (
            f"请补写扣分原因：“{one.title}”已达到目标，得分 {one.score.text}"
            f" 低于权重 {one.weight.text}（{table.project}）"
        )
        case.fail(
            "E-26", f"{subject}/少给", message, [one.score, one.name], one.weight, severity="review"
        )
    elif done is False and one.target.value.number is not None:
        real = completion(one)
        # A cost beyond the money is wrong itself; what it would score follows from it.
        if real is None or case.is_settled("E-13", one.actual, one.target):
            return
        most = weight * min(Fraction(1), real / 100)
        if score > most + CENT + Fraction(1, 200):
            message = (
                f"“{one.title}”完成 {one.actual.text}，目标 {one.target.text}，得分"
                f" {one.score.text}，按完成比例不高于 {plain_number(most)}（{table.project}）"
            )
            case.fail(
                "E-26", f"{subject}/多给", message, [one.score, one.name], [one.actual, one.target]
            )


def _total(case: Case, table: ProjectTable) -> None:
    printed = table.total_score
    scored = [i.score for i in table.indicators if i.score.number]
    if not printed.number or not scored:
        return
    _, own = _execution(table)
    entries = [*scored, own] if own.number else scored
    total = sum((e.value.number or Fraction(0) for e in entries), Fraction(0))
    case.count("E-28")
    number = printed.value.number
    assert number is not None
    if abs(number - total) > CENT and case.is_settled("得分", *entries):
        case.lack("E-28", "有得分不符，总分未核对")
    elif not own.number and 0 < number - total <= _points_of_money(table):
        case.lack("E-28", "预算执行率的得分没有填，总分未核对")
    elif abs(number - total) > CENT and not case.is_settled("E-28", printed):
        message = (
            f"“{table.project}”总分印 {printed.text}，各项得分合计 {plain_number(total)}，相差"
            f" {plain_number(number - total)}"
        )
        case.fail(
            "E-28", f"{table.project}/总分", message, printed, entries, difference=number - total
        )
        case.settle("E-28", printed)


def _points_of_money(table: ProjectTable) -> Fraction:
    """What the execution rate may score: its printed weight, else what the indicators leave."""
    weight, _ = _execution(table)
    if weight.value.number is not None:
        return weight.value.number
    used = sum((i.weight.value.number or Fraction(0) for i in table.indicators), Fraction(0))
    return max(HUNDRED - used, Fraction(0))


def _claimed(case: Case) -> None:
    """A project's score in the text: that of a table, or none carries scores."""
    tables = case.pack.project_tables()
    printed = {t.project: t.total_score for t in tables if t.total_score.number}
    totals = list(printed.values())
    for said in project_scores(case.pack):
        if not tables:
            case.lack("E-28", "没有项目自评表")
            continue
        if case.pack.partial:
            case.lack("E-28", "有项目自评表没有读全")
            continue
        case.count("E-28")
        if not totals:
            message = (
                f"文字称项目绩效自评得分 {plain_number(said.number)} 分，所附项目自评表没有得分"
            )
            case.fail(
                "E-28",
                "文字/项目得分",
                message,
                said.entry,
                tables[0].title or NO_ENTRY,
                severity="review",
            )
        elif own := _named(said, printed):
            name, total = own
            if abs((total.value.number or 0) - said.number) > CENT:
                message = (
                    f"文字称“{name}”绩效自评得分 {plain_number(said.number)} 分，自评表总分"
                    f" {total.text}"
                )
                case.fail("E-28", f"文字/{name}", message, said.entry, total)
        elif len(totals) < len(tables):
            case.lack("E-28", "有项目自评表没有读到总分")
        elif not any(
            abs((t.value.number or 0) - said.number) <= CENT for t in totals
        ) and not _average(totals, said.number):
            message = (
                f"文字称项目绩效自评得分 {plain_number(said.number)} 分，没有项目自评表是这个总分"
            )
            case.fail("E-28", "文字/项目得分", message, said.entry, totals[:3])


def _unit_claimed(case: Case) -> None:
    """The unit's own score in the text: that of its own form, where the sentence is about it."""
    totals = [t.total_score for t in case.pack.project_tables("JX18") if t.total_score.number]
    if len(totals) != 1:
        return
    total = totals[0]
    for said in unit_scores(case.pack):
        if not UNIT_SUBJECT.search(said.context):
            continue
        case.count("E-28")
        if abs((total.value.number or 0) - said.number) > CENT and not case.is_settled(
            "E-28", total
        ):
            message = (
                f"文字称部门整体自评得分 {plain_number(said.number)} 分，部门整体支出绩效自评表总分"
                f" {total.text}"
            )
            case.fail("E-28", "文字/部门整体", message, said.entry, total)


def _named(said: Claim, totals: dict[str, Entry]) -> tuple[str, Entry] | None:
    """The project that the sentence names before the score, with its total: the last one named,
    the longest of names within names.
    """
    name = last_named(said.context, totals)
    return (name, totals[name]) if name else None


def _average(totals: list[Entry], said: Fraction) -> bool:
    """A text may give the projects' average."""
    mean = sum((t.value.number or Fraction(0) for t in totals), Fraction(0)) / len(totals)
    return abs(mean - said) <= CENT + Fraction(1, 200)
