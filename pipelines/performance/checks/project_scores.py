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
from pipelines.performance.reached import completion, numeric_target, reached
from pipelines.performance.words import caption

HUNDRED = Fraction(100)
CENT = Fraction(1, 100)
MONEY = "项目资金"  # as ``unlined/forms.py`` names it


def check(case: Case) -> None:
    tables = [t for t in case.pack.evaluated() if t.layout != "A" or t.scored]
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
        _told_twice(case, table)
    _claimed(case)
    _unit_claimed(case)


def _execution(table: ProjectTable) -> tuple[Entry, Entry]:
    weight = table.fund("总额", "分值")
    return (weight if weight.number else table.fund_weight), table.fund("总额", "得分")


def _weights(case: Case, table: ProjectTable) -> None:
    entries = [i.weight for i in table.indicators if i.weight.number]
    if not entries:
        return
    case.count("E-25")
    total = _sum(entries)
    group = _wrong_group(table)
    if group is not None:
        _group_wrong(case, table, group, entries)
        _settle_weights(case, table)
    elif HUNDRED not in (total + _base(table), total):
        _not_hundred(case, table, entries)
        _settle_weights(case, table)
    elif table.total_weight.number and table.total_weight.value.number not in (HUNDRED, total):
        message = f"“{table.project}”合计权重印 {table.total_weight.text}，应为 100"
        case.fail("E-25", f"{table.project}/合计", message, table.total_weight)


def _sum(entries: list[Entry]) -> Fraction:
    return sum((e.value.number or Fraction(0) for e in entries), Fraction(0))


def _base(table: ProjectTable) -> Fraction:
    """The weight of the execution rate, 10 where the form prints none."""
    own, _ = _execution(table)
    return own.value.number if own.number and own.value.number is not None else Fraction(10)


def _group_wrong(
    case: Case, table: ProjectTable, group: tuple[Entry, Fraction, Fraction], entries: list[Entry]
) -> None:
    entry, said, got = group
    message = (
        f"“{table.project}”的“{caption(entry.text)[0]}”印 {plain_number(said)} 分，其下权重合计"
        f" {plain_number(got)} 分"
    )
    case.fail("E-25", f"{table.project}/小计", message, entry, entries)


def _not_hundred(case: Case, table: ProjectTable, entries: list[Entry]) -> None:
    base, total = _base(table), _sum(entries)
    message = (
        f"“{table.project}”执行率权重 {plain_number(base)} 与各指标权重 {plain_number(total)}"
        f" 合计 {plain_number(base + total)}，不是 100"
    )
    own, _ = _execution(table)
    places = [own, table.total_weight]
    gap = total + base - 100
    case.fail("E-25", f"{table.project}/权重", message, entries, places, difference=gap)


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
    if not 0 <= score <= weight:
        _out_of_range(case, table, one)
        return
    done = reached(one, "reached")
    if done is True and score < weight:
        _too_little(case, table, one)
    elif done is False and numeric_target(one):
        _too_much(case, table, one, weight, score)


def _out_of_range(case: Case, table: ProjectTable, one: Indicator) -> None:
    if case.is_settled("权重", one.weight):
        return
    message = f"“{one.title}”得分 {one.score.text}，超出 0 至 {one.weight.text}（{table.project}）"
    places = [one.score, one.name]
    case.fail("E-26", f"{table.project}/{one.title}", message, places, one.weight)
    case.settle("得分", one.score)


def _too_little(case: Case, table: ProjectTable, one: Indicator) -> None:
    """Points lost where the target is reached, without a reason."""
    if one.reason.words or case.is_settled("权重", one.weight):
        return
    message = (
        f"请补写扣分原因：“{one.title}”已达到目标，得分 {one.score.text}"
        f" 低于权重 {one.weight.text}（{table.project}）"
    )
    subject, places = f"{table.project}/{one.title}/少给", [one.score, one.name]
    case.fail("E-26", subject, message, places, one.weight, severity="review")


def _too_much(
    case: Case, table: ProjectTable, one: Indicator, weight: Fraction, score: Fraction
) -> None:
    """More points than the share of the target that was reached."""
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
        subject, places = f"{table.project}/{one.title}/多给", [one.score, one.name]
        case.fail("E-26", subject, message, places, [one.actual, one.target])


def _total(case: Case, table: ProjectTable) -> None:
    printed, entries = table.total_score, _scored(table)
    if printed.value.number is None or not entries:
        return
    _, own = _execution(table)
    case.count("E-28")
    gap = printed.value.number - _sum(entries)
    if abs(gap) > CENT and case.is_settled("得分", *entries):
        case.lack("E-28", "有得分不符，总分未核对")
    elif not own.number and 0 < gap <= _points_of_money(table):
        case.lack("E-28", "预算执行率的得分没有填，总分未核对")
    elif abs(gap) > CENT and not case.is_settled("E-28", printed):
        _total_wrong(case, table, entries, gap)


def _told_twice(case: Case, table: ProjectTable) -> None:
    """The score in the head of a form and that of the row of its total."""
    told, printed = table.told_score.value.number, table.total_score.value.number
    if told is None or printed is None:
        return
    case.count("E-28")
    if abs(told - printed) > CENT and not case.is_settled("E-28", table.total_score):
        message = (
            f"“{table.project}”表头自评得分印 {table.told_score.text}，总分一行印"
            f" {table.total_score.text}"
        )
        subject = f"{table.project}/表头得分"
        case.fail("E-28", subject, message, table.told_score, table.total_score)


def _scored(table: ProjectTable) -> list[Entry]:
    """The scores that make the total, that of the money last; none without one of an indicator."""
    scored = [i.score for i in table.indicators if i.score.number]
    _, own = _execution(table)
    return [*scored, own] if scored and own.number else scored


def _total_wrong(case: Case, table: ProjectTable, entries: list[Entry], gap: Fraction) -> None:
    printed = table.total_score
    message = (
        f"“{table.project}”总分印 {printed.text}，各项得分合计 {plain_number(_sum(entries))}，相差"
        f" {plain_number(gap)}"
    )
    case.fail("E-28", f"{table.project}/总分", message, printed, entries, difference=gap)
    case.settle("E-28", printed)


def _points_of_money(table: ProjectTable) -> Fraction:
    """What the execution rate may score: its printed weight, else what the indicators leave."""
    weight, _ = _execution(table)
    if weight.value.number is not None:
        return weight.value.number
    return max(HUNDRED - _sum([i.weight for i in table.indicators]), Fraction(0))


def _claimed(case: Case) -> None:
    """A project's score in the text: that of a table, or none carries scores."""
    tables = case.pack.project_tables()
    for said in project_scores(case.pack):
        if not tables:
            case.lack("E-28", "没有项目自评表")
        elif case.pack.partial:
            case.lack("E-28", "有项目自评表没有读全")
        else:
            case.count("E-28")
            _claim(case, said, tables)


def _claim(case: Case, said: Claim, tables: list[ProjectTable]) -> None:
    printed = {t.project: t.total_score for t in tables if t.total_score.number}
    totals = list(printed.values())
    if not totals:
        message = f"文字称项目绩效自评得分 {plain_number(said.number)} 分，所附项目自评表没有得分"
        place = tables[0].title or NO_ENTRY
        case.fail("E-28", "文字/项目得分", message, said.entry, place, severity="review")
    elif own := _named(said, printed):
        _claim_of_one(case, said, *own)
    elif len(totals) < len(tables):
        case.lack("E-28", "有项目自评表没有读到总分")
    elif all(_apart(t, said) for t in totals) and not _average(totals, said.number):
        message = f"文字称项目绩效自评得分 {plain_number(said.number)} 分，没有项目自评表是这个总分"
        case.fail("E-28", "文字/项目得分", message, said.entry, totals[:3])


def _claim_of_one(case: Case, said: Claim, name: str, total: Entry) -> None:
    if _apart(total, said):
        message = (
            f"文字称“{name}”绩效自评得分 {plain_number(said.number)} 分，自评表总分 {total.text}"
        )
        case.fail("E-28", f"文字/{name}", message, said.entry, total)


def _apart(total: Entry, said: Claim) -> bool:
    """Whether a printed total and that of the text differ by more than rounding."""
    return abs((total.value.number or 0) - said.number) > CENT


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
        if _apart(total, said) and not case.is_settled("E-28", total):
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
    mean = _sum(totals) / len(totals)
    return abs(mean - said) <= CENT + Fraction(1, 200)
