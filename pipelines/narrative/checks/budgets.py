"""The budgets of the parts make the budget of the whole, where every part has one; so do last
year's values.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import SUM, words
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Figure
from pipelines.narrative.kinds.sums import sum_of
from pipelines.narrative.vocabulary import vocabulary

BUDGET = "预算：" + SUM
PRIOR = "上年数：" + SUM
Slot = Callable[[Entry], Figure | None]


def collect(case: Case) -> None:
    """Every total with a budget, section by section; last year's totals table by table."""
    parents = {q.parent for q in vocabulary().quantities.values() if q.parent}
    for section in case.narrative.outline.sections:
        here = [e for e in case.entries if e.paragraph.section is section and not e.aside]
        _sums(case, parents, here, _own_budget, BUDGET)
        for table in sorted({e.sentence for e in here if e.row}):
            rows = [e for e in here if e.row and e.sentence == table]
            _sums(case, parents, rows, _prior, PRIOR)


def _sums(case: Case, parents: set[str], here: list[Entry], slot: Slot, template: str) -> None:
    """The parts of each total that fills the slot."""
    told = {e.item.id for e in here if slot(e)}
    for parent in sorted(told & parents):
        _sum(case, parent, here, slot, template)


def _sum(case: Case, parent: str, here: list[Entry], slot: Slot, template: str) -> None:
    """The parts make the whole, where every part with a value has such a figure."""
    own = {e.item.id: e for e in reversed(here) if slot(e)}
    parts, lacking = _given(parent, own, {e.item.id for e in here if e.values})
    head = own.get(parent)
    top = slot(head) if head is not None else None
    if head is None or top is None or len(parts) < 2 or lacking:
        return
    whole = case.term(head, top)
    terms = [case.term(e, figure) for e in parts if (figure := slot(e)) is not None]
    rule = head.item.rule
    case.count(rule)
    case.relations.append(
        sum_of(
            whole,
            terms,
            rule,
            case.subject(head) + template[: template.index("：")] + "合计",
            lambda v: words(template, whole, terms, v),
        )
    )


def _given(parent: str, own: dict[str, Entry], named: set[str]) -> tuple[list[Entry], bool]:
    """The parts of a quantity that have such a figure, a part's own parts in its place; and whether
    a named part has none.
    """
    parts: list[Entry] = []
    lacking = False
    for quantity in vocabulary().quantities.values():
        if quantity.parent != parent:
            continue
        if quantity.id in own:
            parts.append(own[quantity.id])
            continue
        below, missing = _given(quantity.id, own, named)
        parts += below
        lacking = lacking or missing or (not below and quantity.id in named)
    return parts, lacking


def _own_budget(entry: Entry) -> Figure | None:
    """A budget that is stated by itself, not as what the outturn is compared with."""
    return next((b.figure for b in entry.budgets if not b.compared), None)


def _prior(entry: Entry) -> Figure | None:
    return entry.prior


CHECK = Check(
    name="budgets",
    rules=("N-12",),
    title="各项预算之和等于预算合计",
    message=BUDGET,
    run=collect,
    wrong="四、“三公”经费支出决算情况说明\n2023年“三公”经费年初预算16.00万元，其中：公务用车运行维护费8.00万元，公务接待费5.00万元。",
    right="四、“三公”经费支出决算情况说明\n2023年“三公”经费年初预算13.00万元，其中：公务用车运行维护费8.00万元，公务接待费5.00万元。",
)
