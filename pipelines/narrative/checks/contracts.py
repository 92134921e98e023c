"""货物、工程、服务采购授予中小企业合同金额占各自支出的比例: together they are what small and medium
enterprises got.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Interval, ratio, total
from pipelines.narrative.kinds.weights import HUNDRED, SHARE, divided, scaled
from pipelines.narrative.relations import Relation, Term, Values
from pipelines.narrative.values import value

WRONG = "{item}{figure}与货物、工程、服务各支出乘以其授予中小企业的占比之和{right}不符（{listed}）"
KINDS = ("goods", "works", "services")
# shares that make 100 % are those of what was given, whatever the words say
SLACK = Fraction(1, 20)
Part = tuple[Term, Term]  # a printed share, and what it is of


def collect(case: Case) -> None:
    """The shares of the kinds that cost anything, where each of these has one."""
    whole = value(case, "contracts.sme")
    parts = _parts(case)
    if whole is None or not parts:
        return
    head = case.term(whole.entry, whole.figure)
    subject = case.subject(whole.entry) + "分类占比"
    case.count("N-15")
    case.relations.append(_relation(head, parts, subject))


def _parts(case: Case) -> list[Part]:
    """A share for each kind; none where a kind lacks its share."""
    found: list[Part] = []
    for kind in KINDS:
        spent = value(case, f"procurement.{kind}")
        if spent is None or not spent.figure.number:
            continue
        entry = _shared(case, f"contracts.{kind}")
        if entry is None:
            return []
        found.append(
            (case.term(entry, entry.shares[0]), case.term(spent.entry, spent.figure)),
        )
    return found


def _shared(case: Case, item_id: str) -> Entry | None:
    """The mention of a kind that only gives its share: an amount is judged with its own."""
    return next(
        (e for e in case.entries if e.item.id == item_id and e.shares and not e.values), None
    )


def _relation(head: Term, parts: list[Part], subject: str) -> Relation:
    shares = [share for share, _ in parts]

    def holds(values: Values) -> bool:
        return _summed(parts, values).meets(head.of(values)) or _whole(shares, values)

    def solve(term: Term, values: Values) -> Interval | None:
        if term.key == head.key:
            return _summed(parts, values)
        share, spent = next(p for p in parts if term.key in (p[0].key, p[1].key))
        rest = head.of(values) - _summed([p for p in parts if p[0] is not share], values)
        if term.key == spent.key:
            return divided(rest, share.of(values))
        right = ratio(rest, spent.of(values))
        return right if right is not None and right.high >= 0 else None

    def message(values: Values) -> str:
        listed = "、".join(f"{s.figure.text}" for s in shares)
        right = amount(_summed(parts, values).middle, True)
        return WRONG.format(item=head.title, figure=head.figure.text, right=right, listed=listed)

    terms = (*shares, head, *(spent for _, spent in parts))
    return Relation("N-15", subject, terms, holds, solve, message, weight=SHARE)


def _summed(parts: list[Part], values: Values) -> Interval:
    return total(scaled(spent.of(values), share.of(values)) for share, spent in parts)


def _whole(shares: list[Term], values: Values) -> bool:
    summed = total(s.of(values) for s in shares)
    return len(shares) > 1 and summed.low - SLACK <= HUNDRED <= summed.high + SLACK


CHECK = Check(
    name="contracts",
    rules=("N-15",),
    title="各类采购授予中小企业的占比与金额一致",
    message=WRONG,
    run=collect,
    wrong=(
        "政府采购支出说明\n2023年度政府采购支出总额50.00万元，其中：货物支出20.00万元、服务支出30.00万元。"
        "授予中小企业合同金额40.00万元；货物采购授予中小企业合同金额占货物支出金额的50.00%，"
        "服务采购授予中小企业合同金额占服务支出金额的90.00%。"
    ),
    right=(
        "政府采购支出说明\n2023年度政府采购支出总额50.00万元，其中：货物支出20.00万元、服务支出30.00万元。"
        "授予中小企业合同金额40.00万元；货物采购授予中小企业合同金额占货物支出金额的50.00%，"
        "服务采购授予中小企业合同金额占服务支出金额的100%。"
    ),
)
