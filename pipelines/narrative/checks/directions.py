"""Movements in words: 增加 with 下降, 持平 with a change, a change of nothing with a rate.

What does not belong here: whether they follow from the amounts (``changes.py``).
"""

from __future__ import annotations

from pipelines.narrative.case import Case
from pipelines.narrative.entries import UNSAID, Comparison, Entry
from pipelines.narrative.figures import Figure

AGAINST = "{item}{what}：{quote}"


def contradiction(case: Case, entry: Entry, record: Comparison) -> bool:
    """增加 with 下降, 持平 with a change, a change of nothing with a rate."""
    delta = record.deltas[0] if record.deltas else None
    printed = record.rates[0] if record.rates else None
    if any(case.is_settled(entry, f) for f in (delta, printed) if f):
        return False  # the tables told already which of them is wrong
    what = _contradicts(entry, record, delta, printed)
    if not what:
        return False
    figures = [f for f in (delta, printed) if f]
    start, end = _span(entry, record, figures)
    words = case.place("left", entry.paragraph, start, end, delta.money if delta else None)
    message = AGAINST.format(item=entry.item.title, what=what, quote=words.quote)
    case.report(rule_of(entry, record), case.subject(entry) + "增减", message, [words])
    for figure in figures:
        case.mark_doubtful(entry, figure)
    return True


def _contradicts(
    entry: Entry, record: Comparison, delta: Figure | None, printed: Figure | None
) -> str:
    """What speaks against what, in words; empty where nothing does."""
    if delta and printed and _opposite(record, delta, printed):
        return "增减方向前后矛盾"
    if delta and printed and _empty(delta, printed):
        return "增减额与增减幅矛盾"
    return "“持平”与所写增减矛盾" if _flat_and_moved(entry, record) else ""


def _span(entry: Entry, record: Comparison, figures: list[Figure]) -> tuple[int, int]:
    """From the first to the last of the words that do not go together."""
    spans = [(record.start, record.end), *((f.start, f.end) for f in figures)]
    spans += [(c.start, c.end) for c in entry.comparisons if c.flat]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _opposite(record: Comparison, delta: Figure, printed: Figure) -> bool:
    up, other = record.direction, record.rate_direction
    if not up or not other or not delta.number or not printed.number:
        return False
    return up * _sign(delta) != other * _sign(printed)


def _sign(figure: Figure) -> int:
    return -1 if figure.number < 0 else 1


def _empty(delta: Figure, printed: Figure) -> bool:
    return delta.number == 0 and delta.decimals >= 2 and abs(printed.number) >= 1


def _flat_and_moved(entry: Entry, record: Comparison) -> bool:
    """持平 said of the same base as a change that is not nothing; reported at the change."""
    moved = any(f.number for f in (*record.deltas, *record.rates))
    if not moved or record.direction == 0:
        return moved and record.flat
    return any(
        c.flat and c.base == record.base and c.base_year in (None, record.base_year)
        for c in entry.comparisons
        if c.base == record.base or c.base == UNSAID
    )


def rule_of(entry: Entry, record: Comparison) -> str:
    """A movement against a budget beside its amounts belongs to N-09 where the section only states
    amounts.
    """
    unsaid = record.base == UNSAID and entry.budgets
    return "N-09" if unsaid else entry.item.rule
