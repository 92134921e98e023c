"""How the indicators of 附件1 are computed: one function a method, from the tables of the run and
from what people say.

What does not belong here: which indicator uses which method (``schemas/performance/*.yml``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipelines.narrative.figures import Interval
from pipelines.performance.arithmetic import interval, percent, plain_number, rate_of, wan
from pipelines.performance.claims import phrases
from pipelines.performance.pack import Entry, Row
from pipelines.performance.reached import is_quantity, reached
from pipelines.performance.score import Score, exact, nothing, two_places
from pipelines.performance.sources import (
    cancelled,
    final_amounts,
    initial_amounts,
    paid_rates,
    written_off,
    yearly_budget,
)

if TYPE_CHECKING:
    from pipelines.performance.case import Case
    from schemas.performance_schemes import SchemeIndicator

Method = Callable[["Case", "SchemeIndicator"], Score]
NO_PROBLEMS = re.compile(
    r"(?:未发现|没有发现|不存在|无)(?:部门预算管理)?(?:方面)?的?(?:违规违纪|违纪违规|违规|问题|违法违规)(?:问题|记录|行为|情况)?"
)
OPEN = re.compile(r"未整改|未完成|正在|部分|尚未|推进中|整改中")
ALL_DONE = re.compile(
    r"(?:已|均已|已经)(?:全部|全面)?(?:完成整改|整改完毕|整改到位)|全部整改完成|整改完成率(?:为)?100%"
)
LEFT_OPEN = re.compile(r"(?:尚|仍)有(\d+)[个处项](?:问题)?(?:未|没有)(?:完成)?整改")


def target_setting(case: Case, indicator: SchemeIndicator) -> Score:
    """目标制定: three sub-scores that only a person can give; never a full score by default."""
    given = case.manual.get("target_setting")
    parts = [_number(given.get(k)) for k in indicator.params] if isinstance(given, dict) else []
    if not parts or any(p is None for p in parts):
        return nothing("需要人工评定：要素完整、细化量化、集体决策", manual=True)
    total = sum((p for p in parts if p is not None), Fraction(0))
    return exact(total, "performance.yml", " + ".join(plain_number(p) for p in parts))


def target_reached(case: Case, indicator: SchemeIndicator) -> Score:
    """目标完成: projects whose quantity indicators are all reached, over projects with targets.

    The quantity table and the projects' own tables are counted each by itself; where they differ,
    both bounds count.
    """
    excess = str(case.manual.get("equal_excess") or "unknown")
    counted = [found for form in ("JX14", "JX05") if (found := _states(case, form, excess))]
    if not counted:
        return nothing("没有带数量指标的项目")
    weight = Fraction(str(indicator.weight))
    lows, highs = [], []
    for states in counted:
        number = len(states)
        lows.append(weight * sum(s is True for s in states.values()) / number)
        highs.append(weight * sum(s is not False for s in states.values()) / number)
    first = counted[0]
    sure, missed = (sum(s is v for s in first.values()) for v in (True, False))
    unsure = "、".join(name for name, state in first.items() if state is None)
    process = (
        f"{len(first)} 个项目中 {sure} 个确定完成、{missed} 个未完成，× {plain_number(weight)}"
    )
    reading = f"不能确定：{unsure}" if unsure else ""
    low, high = two_places(min(lows)), two_places(max(highs))
    return Score(low, high, "数量指标完成表、项目自评表", reading, process=process)


def _states(case: Case, form: str, excess: str) -> dict[str, bool | None]:
    """Each project of a form with quantity indicators: reached, missed, or not to be told."""
    found: dict[str, bool | None] = {}
    for project in case.matched.projects:
        listed = project.listed(form)
        indicators = [] if listed is None else listed.indicators
        counted = [i for i in indicators if form == "JX05" or is_quantity(i)]
        if counted:
            found[project.name] = _project_state(counted, excess)
    return found


def _project_state(indicators: list[Any], excess: str) -> bool | None:
    states = [reached(i, excess) for i in indicators]
    if any(s is False for s in states):
        return False
    return None if any(s is None for s in states) else True


def deviation_bands(case: Case, indicator: SchemeIndicator) -> Score:
    """支出控制: how far the items' final amounts are from the year-start budget."""
    items = [str(i) for i in indicator.params["items"]]
    final = final_amounts(case, items, indicator.params["forms"])
    if final is None:
        return nothing("没有财决08-1、08-2等表，得不到八个科目的决算数")
    budget, source = initial_amounts(case, items)
    if budget is None:
        return nothing("没有八个科目的年初预算数（表12 或 performance.yml）")
    spent, planned = sum(final.values(), Fraction(0)), sum(budget.values(), Fraction(0))
    if spent == 0 and planned == 0:
        return nothing("八个科目的预算和决算都是 0")
    bands = indicator.params["bands"]
    pooled = _band(spent, planned, bands)
    each = [
        _band(final.get(i, Fraction(0)), budget.get(i, Fraction(0)), bands)
        for i in items
        if final.get(i) or budget.get(i)
    ]
    worst = min(each, default=pooled)
    rate = "不适用" if spent == 0 else percent(abs(spent - planned) / spent * 100)
    process = f"|{wan(spent)} − {wan(planned)}| ÷ {wan(spent)} = {rate}"
    reading = "合并计算与逐科目计算得分不同" if worst != pooled else ""
    return Score(
        min(worst, pooled), max(worst, pooled), f"财决表、{source}", reading, process=process
    )


def _band(spent: Fraction, planned: Fraction, bands: list[Any]) -> Fraction:
    """The points of the band that the deviation falls in; a limit belongs to the better band."""
    if spent == 0:
        return Fraction(str(bands[0 if planned == 0 else -1][1]))
    deviation = abs(spent - planned) / spent * 100
    for limit, points in bands:
        if limit is None or deviation <= Fraction(str(limit)):
            return Fraction(str(points))
    return Fraction(0)


def disposal(case: Case, indicator: SchemeIndicator) -> Score:
    """及时处置: what monitoring cancelled against what was written off at the end."""
    weight = Fraction(str(indicator.weight))
    off, off_from = written_off(case)
    gone, gone_from, other = cancelled(case, off)
    if off is None or gone is None:
        return nothing("没有取消额、注销额（财决CS01-1表、及时处置表或 performance.yml）")
    budget = yearly_budget(case)
    source = "、".join(dict.fromkeys(s for s in (gone_from, off_from) if s))
    score = _disposal(weight, gone, off, budget, indicator)
    if score is None:
        return nothing("有注销额而没有年度预算总额（财决01表全年预算数）")
    others = (
        ()
        if other is None
        else tuple(s for s in [_disposal(weight, other, off, budget, indicator)] if s is not None)
    )
    reading = (
        "变动减上缴" if gone_from == "财决CS01-1表" else ("极限" if gone > 0 and off == 0 else "")
    )
    if gone_from == "无结转":
        reading = "无结转"
    process = f"取消额 {wan(gone)}，注销额 {wan(off)}"
    return Score(score, score, source, reading, process=process, others=others)


def _disposal(
    weight: Fraction,
    gone: Fraction,
    off: Fraction,
    budget: Fraction | None,
    indicator: SchemeIndicator,
) -> Fraction | None:
    if off == 0:
        return weight
    if gone > 0:
        return two_places(weight * gone / (gone + off))
    if not budget:
        return None
    share = off / budget
    if share * 100 > Fraction(str(indicator.params.get("limit", 10))):
        return Fraction(0)
    return two_places(weight * (1 - Fraction(str(indicator.params.get("slope", 5))) * share))


def progress(case: Case, indicator: SchemeIndicator) -> Score:
    """执行进度: the share paid at each date against its target, each month with its own points."""
    months = [int(m) for m in indicator.params["months"]]
    targets = progress_targets(indicator)
    weights = [Fraction(str(w)) for w in indicator.params["weights"]]
    rates, source = paid_rates(case)
    if not any(m in rates for m in months):
        return nothing("没有 6、9、11 月的执行进度")
    low = high = Fraction(0)
    parts = []
    for month, target, weight in zip(months, targets, weights, strict=True):
        if month not in rates:
            high += weight
            continue
        rate = rates[month]
        low += weight * min(Fraction(1), rate.low / target)
        high += weight * min(Fraction(1), rate.high / target)
        parts.append(f"{month}月 {percent(rate.middle)}/{percent(target)}")
    others = () if source != "执行进度表" else _share_reading(months, targets, weights, rates)
    certain = _certain(low, high)
    return Score(*certain, source, process="，".join(parts), others=others)


def progress_targets(indicator: SchemeIndicator) -> list[Fraction]:
    """40, 67.5 and 82.5 for the shares 80, 90, 90 of 6, 9 and 11 twelfths."""
    pairs = zip(indicator.params["months"], indicator.params["share"], strict=True)
    return [Fraction(str(share)) * int(month) / 12 for month, share in pairs]


def _share_reading(
    months: list[int], targets: list[Fraction], weights: list[Fraction], rates: dict[int, Interval]
) -> tuple[Fraction, ...]:
    """The score where the printed values are shares of the time gone by, not of the year."""
    total = Fraction(0)
    for month, target, weight in zip(months, targets, weights, strict=True):
        if month not in rates:
            return ()
        share_target = target * 12 / month
        total += weight * min(Fraction(1), rates[month].middle / share_target)
    return (two_places(total),)


def completion(case: Case, indicator: SchemeIndicator) -> Score:
    """预算完成: the yearly execution rate, at most 100 %."""
    weight = Fraction(str(indicator.weight))
    rates, source = paid_rates(case)
    rate = rates.get(12)
    if rate is None:
        rate, source = _yearly_rate(case)
    if rate is None:
        return nothing("没有 12 月的执行进度，也没有年度预算执行表")
    low = weight * min(Fraction(1), rate.low / 100)
    high = weight * min(Fraction(1), rate.high / 100)
    process = f"{plain_number(weight)} × {percent(rate.middle)}"
    return Score(*_certain(low, high), source, process=process)


def _yearly_rate(case: Case) -> tuple[Interval | None, str]:
    row = case.pack.row("JX03", "总计")
    if row and row.number("预算执行") and row.number("调整后预算"):
        return (
            rate_of(interval(row.get("预算执行")), interval(row.get("调整后预算"))),
            "年度预算执行表",
        )
    row = case.pack.row("JX09", "合计")
    if row and row.number("执行额") and row.number("预算额"):
        return rate_of(interval(row.get("执行额")), interval(row.get("预算额"))), "预算完成表"
    return None, ""


def _certain(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Rounded at the end; a range that comes to the same two decimals is one number."""
    return two_places(low), two_places(high)


def residual(case: Case, indicator: SchemeIndicator) -> Score:
    """资金结余率: projects with less than a tenth of their money left, over all projects with a
    budget.
    """
    limit = Fraction(str(indicator.params.get("limit", 10))) / 100
    weight = Fraction(str(indicator.weight))
    amounts, source = project_amounts(case)
    counted = [(b, e) for b, e in amounts if b.high > 0 and (b.low > 0 or e.high > 0)]
    if not counted:
        return nothing("没有预算不为 0 的部门预算项目")
    sure = possible = 0
    for budget, executed in counted:
        most, least = _residual(budget, executed)
        sure += most < limit
        possible += least < limit
    number = len(counted)
    low, high = weight * sure / number, weight * possible / number
    process = (
        f"{number} 个项目中 {sure} 个结余率小于 {percent(limit * 100)}，× {plain_number(weight)}"
    )
    return Score(two_places(low), two_places(high), source, process=process)


def _residual(budget: Interval, executed: Interval) -> tuple[Fraction, Fraction]:
    """The largest and the smallest share left. Limits inside the rounding of the print are not
    decided.

    The printed numbers themselves are tried first: 9.00 of 10.00 is exactly a tenth.
    """
    middle = 1 - executed.middle / budget.middle if budget.middle else Fraction(1)
    return middle, middle


def project_amounts(case: Case) -> tuple[list[tuple[Interval, Interval]], str]:
    """Budget and execution of every project: from the export, else the residual table, else the
    project tables.
    """
    for form, source in (
        ("JX15", "可执行指标执行情况表"),
        ("JX10", "资金结余率表"),
        ("JX14", "项目自评表"),
    ):
        listed = case.matched.lists.get(form, [])
        pairs = []
        for one in listed:
            executed = _executed(one)
            if one.budget.number and executed.number:
                pairs.append((interval(one.budget), interval(executed)))
        if pairs:
            return pairs, source
    return [], ""


def _executed(one: Any) -> Entry:
    if one.table is not None:
        return one.table.fund("总额", "执行数")
    row: Row = one.row
    return row.get("预算执行") if one.form == "JX10" else row.get("完成数")


def violations(case: Case, indicator: SchemeIndicator) -> Score:
    """违规记录: half a point for each problem that audit found."""
    weight, step = Fraction(str(indicator.weight)), Fraction(str(indicator.params.get("step", 0.5)))
    given = case.manual.get("violations")
    given = given if isinstance(given, dict) else {}
    rows = case.pack.of("JX11")
    excluded = {str(e.get("text", "")) for e in given.get("excluded") or [] if isinstance(e, dict)}
    counted = [r for r in rows if not any(x and x in r.get("问题").text for x in excluded)]
    number = _number(given.get("problems"))
    source = "违规记录表"
    if rows:
        number = Fraction(len(counted))
    elif number is not None:
        number, source = number - len(excluded), "performance.yml"
    elif case.pack.has("JX11?") or any(phrases(case.pack, NO_PROBLEMS)):
        number, source = Fraction(0), "报告文字"
    if number is None:
        return nothing("没有违规记录表，文字也没有说明有无问题")
    score = max(Fraction(0), weight - step * number)
    found = exact(
        score, source, f"{plain_number(weight)} − {plain_number(step)} × {plain_number(number)}"
    )
    found.inputs = [r.get("问题") for r in counted]
    return found


def unresolved(case: Case, indicator: SchemeIndicator) -> Score:
    """结果整改: two points for each problem that is not put right."""
    weight, step = Fraction(str(indicator.weight)), Fraction(str(indicator.params.get("step", 2)))
    given = _number(case.manual.get("unresolved"))
    low, high, source, inputs = _unresolved(case)
    if given is not None:
        low = high = int(given)
        source = "performance.yml"
    if low is None:
        return nothing("没有写明整改情况")
    scores = [max(Fraction(0), weight - step * n) for n in (low, high)]
    process = (
        f"{plain_number(weight)} − {plain_number(step)} ×"
        f" {low if low == high else f'{low}至{high}'}"
    )
    return Score(min(scores), max(scores), source, process=process, inputs=inputs)


def _unresolved(case: Case) -> tuple[int | None, int, str, list[Entry]]:
    rows = case.pack.of("JX11")
    open_rows = [r.get("整改") for r in rows if OPEN.search(r.get("整改").text[:40])]
    blank = [r for r in rows if not r.get("整改").said]
    for prose, paragraph in case.pack.paragraphs():
        found = LEFT_OPEN.search(paragraph.normal.text)
        if found:
            entry = prose.entry(paragraph, found.start(), found.end())
            return int(found[1]), int(found[1]), "报告文字", [entry]
    if open_rows:
        return len(open_rows), len(open_rows) + len(blank), "违规记录表", open_rows
    if any(phrases(case.pack, ALL_DONE)):
        return 0, 0, "报告文字", []
    if blank:
        return 0, len(blank), "违规记录表", []
    return (0, 0, "违规记录表", []) if rows else (None, 0, "", [])


def manual(case: Case, indicator: SchemeIndicator) -> Score:
    """What only a person can say: a score with its evidence."""
    given = case.manual.get(indicator.manual or indicator.name)
    score = _number(given.get("score")) if isinstance(given, dict) else _number(given)
    if score is None:
        return nothing("需要人工评定", manual=True)
    return exact(
        score,
        "performance.yml",
        str(given.get("evidence") or "") if isinstance(given, dict) else "",
    )


def yes_no(case: Case, indicator: SchemeIndicator) -> Score:
    """自评公开: full points where a date and an address are given, none where only the budget was
    published.
    """
    given = case.manual.get(indicator.manual or indicator.name)
    if not isinstance(given, dict) or not (given.get("date") or given.get("budget_only")):
        return nothing("需要人工填写公开日期和网址", manual=True)
    done = not given.get("budget_only")
    return exact(
        Fraction(str(indicator.weight)) if done else 0,
        "performance.yml",
        str(given.get("url") or ""),
    )


def feedback(case: Case, indicator: SchemeIndicator) -> Score:
    """应用反馈: full points where it was sent by the day it was due."""
    given = case.manual.get(indicator.manual or indicator.name)
    if not isinstance(given, dict) or not (given.get("due") and given.get("sent")):
        return nothing("需要人工填写要求反馈和实际反馈的日期", manual=True)
    in_time = str(given["sent"]) <= str(given["due"])
    return exact(
        Fraction(str(indicator.weight)) if in_time else 0,
        "performance.yml",
        f"{given['sent']} / {given['due']}",
    )


def spot_check(case: Case, indicator: SchemeIndicator) -> Score:
    """自评准确: what is taken off for the distance between the unit's score and the evaluators'."""
    spot = _number(case.manual.get("spot_check_score"))
    own = self_total(case)
    if spot is None or own is None or spot == 0:
        return nothing("自评时不打分，由评价组抽查评定", manual=True)
    weight = Fraction(str(indicator.weight))
    scores = []
    for base in (spot, own):
        off = abs(own - spot) / base * 100 if base else Fraction(0)
        scores.append(weight - _taken_off(off, indicator.params["bands"]))
    process = f"|{plain_number(own)} − {plain_number(spot)}| ÷ {plain_number(spot)}"
    return Score(min(scores), max(scores), "performance.yml", process=process)


def _taken_off(off: Fraction, bands: list[Any]) -> Fraction:
    for limit, points in bands:
        if limit is None or off <= Fraction(str(limit)):
            return Fraction(str(points))
    return Fraction(0)


def ratio(case: Case, indicator: SchemeIndicator) -> Score:
    """A scheme's own ratio of two numbers that a person gives."""
    given = case.manual.get(indicator.manual or indicator.name)
    part = _number(given.get("part")) if isinstance(given, dict) else None
    whole = _number(given.get("whole")) if isinstance(given, dict) else None
    if part is None or not whole:
        return nothing("需要人工填写分子和分母", manual=True)
    score = Fraction(str(indicator.weight)) * min(Fraction(1), part / whole)
    return exact(
        two_places(score), "performance.yml", f"{plain_number(part)} ÷ {plain_number(whole)}"
    )


def self_total(case: Case) -> Fraction | None:
    """The unit's own printed total."""
    for form in ("JX13", "JX12"):
        row = case.pack.row(form, "自评总分")
        value = row.number("得分") if row else None
        if value is not None:
            return value.number
        scored = [
            v.number
            for r in case.pack.of(form)
            if (v := r.number("得分")) is not None and v.number is not None
        ]
        if scored:
            return sum(scored, Fraction(0))
    return None


def _number(value: Any) -> Fraction | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


METHODS: dict[str, Method] = {
    "target_setting": target_setting,
    "target_reached": target_reached,
    "deviation_bands": deviation_bands,
    "disposal": disposal,
    "progress": progress,
    "completion": completion,
    "residual": residual,
    "violations": violations,
    "unresolved": unresolved,
    "yes_no": yes_no,
    "feedback": feedback,
    "manual": manual,
    "spot_check": spot_check,
    "ratio": ratio,
}
