"""What a bracket says of the budgets that an amount comes from: together they make the amount."""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.binding import BUDGETS
from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import MORE, SUM, words
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure
from pipelines.narrative.kinds.sums import sum_of

# Where only one budget is named, others may hold the rest; where two are, the list is whole.
WHOLE_FROM = 2


def collect(case: Case) -> None:
    """Every list of budgets in a bracket against the amount before it."""
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.aside and entry.outer is not None and entry.item.id in BUDGETS:
            groups[id(entry.outer)].append(entry)
    for members in groups.values():
        _judge(case, members)


def _judge(case: Case, members: list[Entry]) -> None:
    head = members[0].outer
    assert head is not None
    for final in (True, False):
        given = [(entry, figure) for entry in members if (figure := _figure(entry, final=final))]
        figure = _figure(head, final=final)
        if given and figure:
            _sum(case, head, figure, given)


def _figure(entry: Entry, *, final: bool) -> Figure | None:
    """What was spent, or the budget that is given for itself."""
    if final:
        figures = entry.values
    else:
        figures = [budget.figure for budget in entry.budgets if not budget.compared]
    return figures[0] if figures and figures[0].kind == "money" else None


def _sum(case: Case, head: Entry, figure: Figure, given: list[tuple[Entry, Figure]]) -> None:
    rule = head.item.rule
    case.count(rule)
    whole = case.term(head, figure)
    terms = [case.term(entry, own) for entry, own in given]
    partial = len(terms) < WHOLE_FROM or any(entry.partial for entry, _ in given)
    template = MORE if partial else SUM
    case.relations.append(
        sum_of(
            whole,
            terms,
            rule,
            case.subject(head) + "资金来源",
            lambda values: words(template, whole, terms, values),
            partial=partial,
        )
    )


CHECK = Check(
    name="funds",
    rules=("N-12",),
    title="括号里所列各类预算之和等于合计",
    message=SUM,
    run=collect,
    wrong="四、财政拨款“三公”经费支出情况\n2023年度“三公”经费支出12.00万元（其中：一般公共预算支出11.00万元；政府性基金预算支出0万元）。",
    right="四、财政拨款“三公”经费支出情况\n2023年度“三公”经费支出12.00万元（其中：一般公共预算支出11.00万元；政府性基金预算支出1.00万元）。",
)
