"""较上年增加的主要原因: the way that a reason says a quantity went is the way it went.

What does not belong here: 决算数大于预算数的原因, which is a verdict (``completion.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import UNSAID, Cause, Comparison, Entry

AGAINST = "{item}{told}，说明原因时却写为“{words}”"


def collect(case: Case) -> None:
    """Every reason that names a way, against what the paragraph says of the same quantity."""
    for entry in case.entries:
        for cause in entry.causes:
            _judge(case, entry, cause)


def _judge(case: Case, entry: Entry, cause: Cause) -> None:
    told = list(_told(case, entry, cause))
    if not told:
        return
    case.count(entry.item.rule)
    if any(_way(record) == cause.way for _, record in told):
        return
    other, record = told[-1]
    figure = (*record.deltas, *record.rates)[0]
    words = case.place("left", entry.paragraph, cause.start, cause.end)
    message = AGAINST.format(
        item=entry.item.title,
        told=("增加" if cause.way < 0 else "减少") + figure.text.lstrip("-"),
        words=words.quote,
    )
    places = [words, case.figure("right", other, figure)]
    case.report(entry.item.rule, case.subject(entry) + "原因方向", message, places)


def _told(case: Case, entry: Entry, cause: Cause) -> Iterator[tuple[Entry, Comparison]]:
    """The movements before the reason that may be meant; none where words and figures of a movement
    were found to disagree.
    """
    for other in case.entries:
        if other.item.id != entry.item.id or other.paragraph is not entry.paragraph:
            continue
        for record in other.comparisons:
            same = not cause.base or record.base in (cause.base, UNSAID)
            if same and record.start < cause.start and _way(record):
                yield other, record


def _way(record: Comparison) -> int:
    """The way of a movement that is not nothing."""
    figure = next(iter((*record.deltas, *record.rates)), None)
    way = record.direction or record.rate_direction or 0
    if figure is None or not figure.number:
        return 0
    return -way if figure.number < 0 else way


CHECK = Check(
    name="causes",
    rules=("N-01", "N-02", "N-03", "N-04", "N-05", "N-10", "N-12", "N-14", "N-15"),
    title="说明原因时的增减方向与所写增减一致",
    message=AGAINST,
    run=collect,
    wrong="十、机关运行经费支出说明\n2023年度机关运行经费支出5.00万元，比上年减少1.00万元。较上年增加的主要原因是公务活动。",
    right="十、机关运行经费支出说明\n2023年度机关运行经费支出5.00万元，比上年增加1.00万元。较上年增加的主要原因是公务活动。",
)
