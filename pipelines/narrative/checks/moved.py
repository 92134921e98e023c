"""The changes of all parts of a total make its change, against the same base."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.clauses import verdict_direction
from pipelines.narrative.entries import BUDGET, Comparison, Entry
from pipelines.narrative.kinds.sums import sum_of
from pipelines.narrative.relations import Values
from pipelines.narrative.values import current, parent_of, said, value
from pipelines.narrative.vocabulary import vocabulary

MOVED = "{item}的增减{figure}与各项增减之和{right}不符（{listed}）"
Told = dict[str, tuple[Entry, Comparison]]


def collect(case: Case) -> None:
    """The changes of all parts of a total make its change, against the same base."""
    groups = _told(case)
    heads = _moved_heads(groups)
    for (section, base), told in groups.items():
        for parent in _wholes(told):
            head = told.get(parent) or heads.get((_context(told), parent, base))
            if head is not None:
                _moved_sum(case, head, told, section, base)


def _told(case: Case) -> dict[tuple[int, str], Told]:
    """The movements that tell how much and which way, by section and base: the first of each
    item.
    """
    groups: dict[tuple[int, str], Told] = defaultdict(dict)
    for entry in case.entries:
        if entry.aside or not entry.item.quantity or not current(case, entry):
            continue
        for record in entry.comparisons:
            if record.deltas and record.direction:
                told = groups[id(entry.paragraph.section), record.base]
                told.setdefault(entry.item.id, (entry, record))
    return groups


def _wholes(told: Told) -> set[str]:
    """What the parts that moved are parts of, and the wholes above these."""
    parents = (parent_of(entry) for entry, _ in told.values())
    return {parent for parent in parents if parent} | _above(told)


def _above(told: Told) -> set[str]:
    """The wholes of the wholes (三公 above 公务用车) of the parts that moved."""
    known = vocabulary().quantities
    parents = {parent_of(e) for e, _ in told.values()}
    return {known[p].parent for p in parents if p in known and known[p].parent}


def _context(told: Told) -> str:
    return next(iter(told.values()))[0].context


def _moved_heads(
    groups: dict[tuple[int, str], Told],
) -> dict[tuple[str, str, str], tuple[Entry, Comparison]]:
    """Movements by kind of section, item and base: a total may stand in the section before its
    parts.
    """
    found: dict[tuple[str, str, str], tuple[Entry, Comparison]] = {}
    for (_, base), told in groups.items():
        for item, (entry, record) in told.items():
            found.setdefault((entry.context, item, base), (entry, record))
    return found


def _parts(
    case: Case, parent: str, told: Told, section: int, base: str
) -> tuple[list[tuple[Entry, Comparison]], bool]:
    """The movements of the parts, a part's own parts in its place; and whether a part with a value
    does not tell.
    """
    parts: list[tuple[Entry, Comparison]] = []
    lacking = False
    for quantity in vocabulary().quantities.values():
        if quantity.parent != parent:
            continue
        if quantity.id in told:
            parts.append(told[quantity.id])
            continue
        below, missing = _parts(case, quantity.id, told, section, base)
        parts += below
        named = any(id(v.entry.paragraph.section) == section for v in said(case, quantity.id))
        silent = named and not below and not _unmoved(case, section, quantity.id, base)
        lacking = lacking or missing or silent
    return parts, lacking


def _moved_sum(
    case: Case, head: tuple[Entry, Comparison], told: Told, section: int, base: str
) -> None:
    """Judged only where every part that has a value tells its change, and the values make the
    whole.
    """
    entry, record = head
    parts, lacking = _parts(case, entry.item.id, told, section, base)
    whole = value(case, entry.item.id, entry)
    if whole is None or lacking or not parts:
        return
    alone = len(parts) == 1 and record.deltas[0].amount == parts[0][1].deltas[0].amount
    if alone or _values_of(case, parts) != whole.figure.amount:
        return
    top = case.term(entry, record.deltas[0], sign=record.direction or 1)
    terms = [case.term(e, r.deltas[0], sign=r.direction or 1) for e, r in parts]
    case.count(entry.item.rule)

    def message(values: Values) -> str:
        right = sum((t.of(values).middle for t in terms), start=Fraction(0))
        return MOVED.format(
            item=entry.item.title,
            figure=record.deltas[0].text,
            right=amount(abs(right), True),
            listed="、".join(t.title for t in terms),
        )

    case.relations.append(
        sum_of(top, terms, entry.item.rule, case.subject(entry) + "增减合计", message)
    )


def _values_of(case: Case, parts: list[tuple[Entry, Comparison]]) -> Decimal:
    """What the values of the parts make together."""
    now = [value(case, e.item.id, e) for e, _ in parts]
    return sum((v.figure.amount for v in now if v is not None), start=Decimal(0))


def _unmoved(case: Case, section: int, item_id: str, base: str) -> bool:
    """Whether a part is said to be as it was."""
    for entry in case.entries:
        if entry.item.id != item_id or id(entry.paragraph.section) != section:
            continue
        if any(c.flat and c.base == base for c in entry.comparisons):
            return True
        flat = entry.verdict and verdict_direction(entry.verdict) == 0
        if flat and base == BUDGET:
            return True
    return False


CHECK = Check(
    name="moved",
    rules=("N-12",),
    title="各项增减之和等于合计的增减",
    message=MOVED,
    run=collect,
    wrong=(
        "四、“三公”经费支出决算情况说明\n2023年“三公”经费支出40.00万元，较上年增加6.00万元。其中：公务接待费10.00万元，"
        "较上年减少2.00万元；公务用车运行维护费30.00万元，较上年增加5.00万元。"
    ),
    right=(
        "四、“三公”经费支出决算情况说明\n2023年“三公”经费支出40.00万元，较上年增加3.00万元。其中：公务接待费10.00万元，"
        "较上年减少2.00万元；公务用车运行维护费30.00万元，较上年增加5.00万元。"
    ),
)
