"""完成预算 (N-09, N-13): the rate against the budget, 决算数大于预算数 against the amounts, a
reason where it is not 100 %.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from pipelines.narrative.case import Case, amount, percent
from pipelines.narrative.checks.cells import budgets_of
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.clauses import verdict_direction
from pipelines.narrative.entries import BUDGET, Budget, Entry
from pipelines.narrative.figures import Figure, Interval, ratio, total
from pipelines.narrative.kinds.shares import completion, completion_by_change
from pipelines.narrative.relations import Values
from pipelines.narrative.values import in_tables

RATE = "{item}完成预算比例：决算{value}，预算{budget}，应为{right}，说明文字为{figure}"
VERDICT = "{item}{facts}，与“{words}”矛盾"
REASON = "请补写原因：{item}完成预算{figure}，未说明原因"
NOTHING = "{item}预算数和决算数均为 0，完成率不适用，却写为{figure}"
NO_BUDGET = "{item}没有安排预算，完成率不适用，却写为{figure}"


def collect(case: Case) -> None:
    """Completion rates, as relations."""
    for entry in case.entries:
        if entry.aside or entry.completion is None or not entry.values:
            continue
        _rate(case, entry, entry.completion, entry.completion_kind)
        for figure, kind in entry.completions:
            _rate(case, entry, figure, kind)
        _by_change(case, entry, entry.completion)


def after(case: Case) -> None:
    """What words say of a completion, once it is known which figures are wrong: verdicts, reasons,
    rates of nothing.
    """
    expected = _reasons_expected(case)
    for entry in case.entries:
        if entry.aside:
            continue
        told = bool(entry.verdict) and _verdict(case, entry)
        if entry.completion is None:
            continue
        if entry.item.id.startswith("item."):
            case.count("N-09")
            if expected and not told and not case.is_settled(entry, entry.completion):
                _reason(case, entry, entry.completion)
        if not told:
            _flat(case, entry, entry.completion)
        _nothing_budgeted(case, entry, entry.completion)


def _flat(case: Case, entry: Entry, printed: Figure) -> None:
    """与年初预算持平 beside a completion that is not 100 %."""
    record = next((c for c in entry.comparisons if c.only_flat and c.base == BUDGET), None)
    if record is None or len({record.base_kind, entry.completion_kind} - {""}) > 1:
        return
    case.count("N-09")
    if case.is_settled(entry, printed) or not _disagrees(
        0, case.interval(entry, printed), Interval.around(100)
    ):
        return
    words = case.place("left", entry.paragraph, record.start, max(record.end, printed.end))
    message = VERDICT.format(
        item=entry.item.title, facts=f"完成预算{printed.text}", words="与预算持平"
    )
    case.report("N-09", case.subject(entry) + "结论", message, [words])


def _by_change(case: Case, entry: Entry, printed: Figure) -> None:
    """完成预算的104.74%，比预算增加18.00万元: the budget is what remains of the outturn."""
    record = next((c for c in entry.comparisons if c.base == BUDGET and c.deltas), None)
    if record is None or not record.direction or entry.budgets:
        return
    kinds = {record.base_kind, entry.completion_kind}
    if len(kinds - {""}) > 1:
        return
    value = case.term(entry, entry.values[0])
    delta = case.term(entry, record.deltas[0], sign=record.direction)
    case.count("N-09")

    def message(values: Values) -> str:
        budget = (value.of(values) - delta.of(values)).middle
        right = value.of(values).middle / budget * 100 if budget else Fraction(0)
        return RATE.format(
            item=entry.item.title,
            value=value.figure.text,
            budget=amount(budget, True),
            right=percent(right),
            figure=printed.text,
        )

    own = case.term(entry, printed)
    subject = case.subject(entry) + "完成率"
    case.relations.append(completion_by_change(own, value, delta, "N-09", subject, message))


def _meant(entry: Entry, kind: str) -> list[Budget]:
    """The budgets that words such as 年初预算 mean; without such words those that stand for
    themselves.
    """
    named = [b for b in entry.budgets if b.kind == kind and (kind or not b.compared)]
    if named:
        return named
    return [b for b in entry.budgets if (not kind or not b.kind) and not b.compared]


def _same_kind(row: Entry, kind: str) -> Figure | None:
    """The budget in a line of a table, where its heading names the kind that the text names."""
    return next((b.figure for b in row.budgets if b.kind == kind), None)


def _rate(case: Case, entry: Entry, printed: Figure, kind: str) -> None:
    if case.is_settled(entry, printed):
        return
    budgets = [case.term(entry, b.figure) for b in _meant(entry, kind)]
    if not entry.budgets and not any(c.base == BUDGET for c in entry.comparisons):
        budgets = in_tables(case, entry, lambda other: _same_kind(other, kind))
    if not budgets:
        return
    value = case.term(entry, entry.values[-1] if entry.restated else entry.values[0])
    if all(ratio(value.interval, b.interval) is None for b in budgets):
        return
    case.count("N-09")

    def message(values: Values) -> str:
        right = ratio(value.of(values), budgets[0].of(values))
        return RATE.format(
            item=entry.item.title,
            value=value.figure.text,
            budget=budgets[0].figure.text,
            right=percent(right.middle) if right else "",
            figure=printed.text,
        )

    subject = case.subject(entry) + "完成率"
    case.relations.append(
        completion(case.term(entry, printed), value, budgets, "N-09", subject, message)
    )


def _verdict(case: Case, entry: Entry) -> bool:
    """等于、大于、小于预算 against what the amounts say, else against the completion; True where it
    is wrong.
    """
    way = verdict_direction(entry.verdict)
    if "基本" in entry.verdict or "上年" in entry.verdict or _told_already(case, entry, way):
        return False
    against_budget = _against_budget(case, entry, way)
    wrong = against_budget or ""
    if against_budget is None and entry.completion is not None:
        case.count("N-09")
        if _disagrees(way, case.interval(entry, entry.completion), Interval.around(100)):
            wrong = f"完成预算{entry.completion.text}"
    if wrong:
        _report_verdict(case, entry, wrong)
    return bool(wrong)


def _against_budget(case: Case, entry: Entry, way: int) -> str | None:
    """How a verdict goes against value and budget, empty where it agrees; None where there are no
    amounts to tell.
    """
    kind = next((k for k in ("年初", "调整", "全年") if k in entry.verdict), "")
    budgets = _meant(entry, kind) if entry.values else []
    if not budgets:
        return None
    case.count("N-09")
    value = case.interval(entry, entry.values[0])
    if all(_disagrees(way, value, case.interval(entry, b.figure)) for b in budgets):
        return f"决算{entry.values[0].text}，预算{budgets[0].figure.text}"
    return ""


def _told_already(case: Case, entry: Entry, way: int) -> bool:
    """Whether a wrong rate or budget was reported of this entry, and the words fit the rate as it
    is printed.
    """
    rate = entry.completion
    if rate is None or not case.is_settled(entry, rate):
        return False
    return not _disagrees(way, rate.interval, Interval.around(100))


def _disagrees(way: int, value: Interval, budget: Interval) -> bool:
    if way > 0:
        return value.high <= budget.low
    if way < 0:
        return value.low >= budget.high
    return not value.meets(budget)


def _report_verdict(case: Case, entry: Entry, facts: str) -> None:
    start, end = entry.verdict_at or (entry.start, entry.end)
    if entry.completion is not None and entry.completion.start < end:
        start = min(start, case.figure_start(entry, entry.completion))
    words = case.place("left", entry.paragraph, start, end)
    message = VERDICT.format(item=entry.item.title, facts=facts, words=entry.verdict)
    places = [words, *(case.figure("right", entry, b.figure) for b in entry.budgets)]
    places += [case.figure("right", entry, entry.values[0])] if entry.values else []
    case.report("N-09", case.subject(entry) + "结论", message, places)


# reasons ----------------------------------------------------------------------


def _reasons_expected(case: Case) -> bool:
    """Whether this document explains its items at all (other templates do not)."""
    items = [e for e in case.entries if e.item.id.startswith("item.") and e.completion is not None]
    return any(e.reason or e.verdict for e in items)


def _reason(case: Case, entry: Entry, printed: Figure) -> None:
    if printed.interval.meets(Interval.around(100)) or entry.reason:
        return
    text = entry.paragraph.normal.text
    paragraphs = case.narrative.outline.paragraphs
    at = next(i for i, p in enumerate(paragraphs) if p is entry.paragraph)
    following = paragraphs[at + 1].normal.text[:60] if at + 1 < len(paragraphs) else ""
    if re.search(
        r"原因|由于|因为|主要是|因|系|结转|未支付|主要为|所致", text[entry.end :] + following
    ):
        return
    message = REASON.format(item=entry.item.title, figure=printed.text)
    words = case.figure("left", entry, printed)
    case.report("N-09", case.subject(entry) + "原因", message, [words])


# nothing budgeted (N-13) --------------------------------------------------------


def _nothing_budgeted(case: Case, entry: Entry, printed: Figure) -> None:
    """Nothing budgeted, and yet a completion rate."""
    if not entry.values:
        return
    case.count("N-13")
    template = _inapplicable(case, entry, printed)
    if template:
        start = case.figure_start(entry, entry.values[0])
        words = case.place("left", entry.paragraph, min(start, printed.start), printed.end)
        message = template.format(item=entry.item.title, figure=printed.text)
        case.report("N-13", case.subject(entry) + "完成率", message, [words])


def _inapplicable(case: Case, entry: Entry, printed: Figure) -> str:
    """What is said of a rate of a budget that is nothing; empty where there is a budget."""
    spent = entry.values[0].number
    nothing = bool(entry.budgets) and all(not b.figure.number for b in entry.budgets)
    if (entry.no_budget or nothing) and spent:
        return NO_BUDGET
    if spent == 0 and not entry.item.id.startswith("item.") and _no_budget(case, entry, printed):
        return NOTHING
    return ""


def _no_budget(case: Case, entry: Entry, printed: Figure) -> bool:
    """Whether the budget is certainly 0: by the tables, by the text, or because the total leaves
    nothing for it.
    """
    if case.facts is not None:
        found = budgets_of(case.facts, entry)
        if found:
            return all(f.amount == 0 for f in found)
    if entry.budgets:
        return entry.budgets[0].figure.number == 0
    if printed.number != 0:
        return True
    return _left_for(case, entry)


def _left_for(case: Case, entry: Entry) -> bool:
    """The budget of the total is used up by the parts: each budget is known only within the
    rounding of its rate.
    """
    parent = entry.item.parent
    known = list(_implied_budgets(case))
    wholes = [budget for e, budget in known if e.item.id == parent]
    parts = {e.item.id: budget for e, budget in known if e.item.parent == parent}
    if not wholes or not parts:
        return False
    return total(parts.values()).meets(wholes[0])


def _implied_budgets(case: Case) -> Iterator[tuple[Entry, Interval]]:
    """The mentions whose budget follows from value and completion, with that budget."""
    for entry in case.entries:
        implied = _implied(entry)
        if implied is not None:
            yield entry, implied


def _implied(entry: Entry) -> Interval | None:
    """The budget behind a value and its completion."""
    if not entry.values or not entry.values[0].number or entry.completion is None:
        return None
    rate = entry.completion.interval
    if rate.low <= 0:
        return None
    value = Fraction(entry.values[0].amount)
    if entry.completion.number == 100:
        return Interval.around(value)
    return Interval(value / rate.high * 100, value / rate.low * 100)


CHECK = Check(
    name="completion",
    rules=("N-09", "N-13"),
    title="完成预算比例与结论",
    message=RATE,
    run=collect,
    wrong=(
        "七、“三公”经费支出决算情况说明\n公务接待费年初预算5.00万元，支出决算4.00万元，"
        "完成年初预算的85.00%。"
    ),
    right=(
        "七、“三公”经费支出决算情况说明\n公务接待费年初预算5.00万元，支出决算4.00万元，"
        "完成年初预算的80.00%。"
    ),
)
