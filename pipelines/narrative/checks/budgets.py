"""The budgets of the parts make the budget of the whole, where every part has one."""

from __future__ import annotations

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import SUM, words
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure
from pipelines.narrative.kinds.sums import sum_of
from pipelines.narrative.vocabulary import vocabulary

BUDGET = "预算：" + SUM


def collect(case: Case) -> None:
    """Every total with a budget, section by section."""
    parents = {q.parent for q in vocabulary().quantities.values() if q.parent}
    for section in case.narrative.outline.sections:
        here = [e for e in case.entries if e.paragraph.section is section and not e.aside]
        told = {e.item.id for e in here if e.budgets}
        for parent in sorted(told & parents):
            _budget_sum(case, parent, here)


def _budget_sum(case: Case, parent: str, here: list[Entry]) -> None:
    """The budgets of the parts make the budget of the whole, where every part has one."""
    own = _with_own_budget(here)
    head = own.get(parent)
    parts, lacking = _budgeted(parent, own, {e.item.id for e in here if e.values})
    if head is None or len(parts) < 2 or lacking:
        return
    top = _own_budget(head)
    if top is None:
        return
    whole = case.term(head, top)
    terms = [case.term(e, b) for e in parts if (b := _own_budget(e)) is not None]
    rule = head.item.rule
    case.count(rule)
    case.relations.append(
        sum_of(
            whole,
            terms,
            rule,
            case.subject(head) + "预算合计",
            lambda v: words(BUDGET, whole, terms, v),
        )
    )


def _budgeted(parent: str, own: dict[str, Entry], named: set[str]) -> tuple[list[Entry], bool]:
    """The parts of a quantity that have a budget, a part's own parts in its place; and whether a
    named part has none.
    """
    parts: list[Entry] = []
    lacking = False
    for quantity in vocabulary().quantities.values():
        if quantity.parent != parent:
            continue
        if quantity.id in own:
            parts.append(own[quantity.id])
            continue
        below, missing = _budgeted(quantity.id, own, named)
        parts += below
        lacking = lacking or missing or (not below and quantity.id in named)
    return parts, lacking


def _with_own_budget(entries: list[Entry]) -> dict[str, Entry]:
    """The first mention of each item with a budget of its own."""
    return {e.item.id: e for e in reversed(entries) if _own_budget(e)}


def _own_budget(entry: Entry) -> Figure | None:
    """A budget that is stated by itself, not as what the outturn is compared with."""
    return next((b.figure for b in entry.budgets if not b.compared), None)


CHECK = Check(
    name="budgets",
    rules=("N-12",),
    title="各项预算之和等于预算合计",
    message=BUDGET,
    run=collect,
    wrong="四、“三公”经费支出决算情况说明\n2023年“三公”经费年初预算16.00万元，其中：公务用车运行维护费8.00万元，公务接待费5.00万元。",
    right="四、“三公”经费支出决算情况说明\n2023年“三公”经费年初预算13.00万元，其中：公务用车运行维护费8.00万元，公务接待费5.00万元。",
)
