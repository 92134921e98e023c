"""The same quantity has the same value wherever it stands; 收、支 totals are one."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.kinds.equality import equal
from pipelines.narrative.normal import plain
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import Said, said, value

TWICE = "{item}前后不一致：“{there}”为{other}，“{here}”为{figure}，相差{gap}"
PAIR = "{item}应相等，说明文字为{figure}和{other}，相差{gap}"
BALANCED = (
    ("total_income", "total_expenditure", "N-01"),
    ("fiscal_income", "fiscal_expenditure", "N-04"),
)


def collect(case: Case) -> None:
    """Every pair of mentions that must agree."""
    for item_id in _ids(case):
        _mentions(case, item_id)
    for entry in case.entries:
        _pair(case, entry)
    for income, expenditure, rule in BALANCED:
        _balanced(case, income, expenditure, rule)
        _balanced_before(case, income, expenditure)


def _ids(case: Case) -> Iterator[str]:
    said(case, "")
    for item_id in list(case.said):
        entry_pair = item_id and case.said[item_id][0].entry.item.quantity  # type: ignore[attr-defined]
        if item_id and not (entry_pair and entry_pair.pair and entry_pair.id == item_id):
            yield item_id


def _mentions(case: Case, item_id: str) -> None:
    values = said(case, item_id)
    if len(values) < 2 or item_id.startswith(("detail.", "flow.")):
        return
    reference = value(case, item_id)
    assert reference is not None
    for other in values:
        if other.entry is reference.entry or other.figure.kind != reference.figure.kind:
            continue
        if _comparable(item_id, other, reference):
            _agree(case, other, reference)


def _comparable(item_id: str, other: Said, reference: Said) -> bool:
    """Items of a list are only compared with where they are said again; listing twice is another
    finding.
    """
    if other.entry.scoped != reference.entry.scoped:
        return False
    again = (
        other.entry.restated or reference.entry.restated or other.entry.row or reference.entry.row
    )
    if item_id.startswith("item."):
        near = other.entry.paragraph.section is reference.entry.paragraph.section
        return again and (near or other.entry.row != reference.entry.row)
    if item_id.startswith("class."):
        return again or other.entry.paragraph.section is not reference.entry.paragraph.section
    return True


def _agree(case: Case, other: Said, reference: Said) -> None:
    entry = other.entry
    case.count(entry.item.rule)
    left, right = case.term(entry, other.figure), case.term(reference.entry, reference.figure)
    money = other.figure.kind == "money"

    def message(values: Values) -> str:
        gap = abs((left.of(values) - right.of(values)).middle)
        return TWICE.format(
            item=entry.item.title,
            there=plain(reference.entry.section) or "正文",
            here=plain(entry.section) or "正文",
            other=reference.figure.text,
            figure=other.figure.text,
            gap=amount(gap, money, other.figure.unit),
        )

    case.relations.append(
        equal(left, right, entry.item.rule, case.subject(entry) + "前后", message)
    )


def _pair(case: Case, entry: Entry) -> None:
    """收、支总计 given as two numbers must be one."""
    if not (entry.item.quantity and entry.item.quantity.pair):
        return
    case.count(entry.item.rule, len(entry.values))
    if len(entry.values) < 2:
        return
    left, right = (case.term(entry, f) for f in entry.values[:2])
    _equal(case, left, right, entry, entry.item.title)


def _balanced(case: Case, income_id: str, expenditure_id: str, rule: str) -> None:
    """收入总计 and 支出总计 given one by one are equal."""
    income, expenditure = value(case, income_id), value(case, expenditure_id)
    if income is None or expenditure is None:
        return
    if income.entry.item.id != income_id or expenditure.entry.item.id != expenditure_id:
        return
    case.count(rule)
    left = case.term(expenditure.entry, expenditure.figure)
    right = case.term(income.entry, income.figure)
    _equal(case, left, right, expenditure.entry, f"{right.title}与{left.title}")


def _balanced_before(case: Case, income_id: str, expenditure_id: str) -> None:
    """The same of last year, where one sentence gives both."""
    totals = [e for e in case.entries if e.item.id == income_id and e.prior]
    for entry in totals:
        for other in case.entries:
            beside = other.paragraph is entry.paragraph and other.sentence == entry.sentence
            if other.item.id == expenditure_id and other.prior and beside and entry.prior:
                left, right = case.term(other, other.prior), case.term(entry, entry.prior)
                _equal(case, left, right, other, f"上年{right.title}与{left.title}")


def _equal(case: Case, left: Term, right: Term, entry: Entry, item: str) -> None:
    def message(values: Values) -> str:
        gap = abs((left.of(values) - right.of(values)).middle)
        return PAIR.format(
            item=item, figure=right.figure.text, other=left.figure.text, gap=amount(gap, True)
        )

    case.relations.append(
        equal(left, right, entry.item.rule, case.subject(entry) + "收支相等", message)
    )


CHECK = Check(
    name="equality",
    rules=("N-01", "N-02", "N-03", "N-04", "N-05", "N-06", "N-10", "N-12", "N-14", "N-15"),
    title="同一数字前后一致",
    message=TWICE,
    run=collect,
    wrong="一、收入支出决算总体情况说明\n2023年度收入总计12.00万元，支出总计13.00万元。",
    right="一、收入支出决算总体情况说明\n2023年度收入总计12.00万元，支出总计12.00万元。",
)
