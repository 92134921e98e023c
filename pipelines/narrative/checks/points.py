"""Percentage points: 较上年提高3.20个百分点 is what lies between this year's percentage and last
year's, as they are printed or as the tables give them.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.case import Case, percent
from pipelines.narrative.checks.cells import addresses, addresses_of, trusted
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry, Points
from pipelines.narrative.figures import Figure, Interval, ratio
from pipelines.narrative.kinds.changes import change
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.relations import Values
from pipelines.narrative.values import wholes

WRONG = "{item}{what}：由上年的{earlier}到{now}，应为{way}{right}个百分点，说明文字为{said}{figure}"
TABLES = (
    "{item}占比：按表上年为{earlier}、本年为{now}，应为{way}{right}个百分点，"
    "说明文字为{said}{figure}"
)
EARLIER = "{item}上年占比：说明文字为{figure}，按表为{right}"
WHAT = {"share": "占比", "completion": "完成预算比例"}
# both percentages are rounded before they are taken from each other: half a last place each
ROUNDED_TWICE = Fraction(1)


def collect(case: Case) -> None:
    """What rose or fell by points, by the printed percentages."""
    for entry in case.entries:
        if entry.aside:
            continue
        for points in entry.points:
            _printed(case, entry, points)


def settle(case: Case) -> None:
    """Last year's share, and the points between the shares of both years, by the tables."""
    if case.facts is None:
        return
    for entry in case.entries:
        if entry.aside or not trusted(entry) or entry.whole == "?":
            continue
        if "share" in entry.earlier:
            _earlier(case, case.facts, entry, entry.earlier["share"])
        for points in entry.points:
            if points.kind == "share" and points.earlier is None:
                _by_tables(case, case.facts, entry, points)


def _words(value: Fraction) -> tuple[str, str]:
    return ("提高" if value >= 0 else "降低"), percent(abs(value)).rstrip("%")


def _printed(case: Case, entry: Entry, points: Points) -> None:
    now = {"share": next(iter(entry.shares), None), "completion": entry.completion}[points.kind]
    if now is None or points.earlier is None:
        return
    case.count(entry.item.rule)
    own, after = case.term(entry, points.figure), case.term(entry, now)
    before = case.term(entry, points.earlier)

    def message(values: Values) -> str:
        way, right = _words((after.of(values) - before.of(values)).middle)
        return WRONG.format(
            item=entry.item.title,
            what=WHAT[points.kind],
            earlier=before.figure.text,
            now=after.figure.text,
            way=way,
            right=right,
            said="提高" if points.way > 0 else "降低",
            figure=points.figure.text,
        )

    subject = case.subject(entry) + "百分点"
    case.relations.append(
        change(own, after, before, (points.way,), entry.item.rule, subject, message)
    )


def _shares(facts: FactLookup, entry: Entry, offset: int) -> list[Interval]:
    """The shares of a year by the tables, one for each whole that may be meant."""
    part = facts.first(addresses(entry), offset)
    found = (facts.first(addresses_of(whole), offset) for whole in wholes(entry))
    ways = [ratio(part.interval, w.interval) if part and w else None for w in found]
    return [way for way in ways if way is not None]


def _earlier(case: Case, facts: FactLookup, entry: Entry, figure: Figure) -> None:
    ways = _shares(facts, entry, -1)
    if not ways:
        return
    case.count(entry.item.rule)
    if any(figure.interval.meets(way) for way in ways):
        return
    message = EARLIER.format(
        item=entry.item.title, figure=figure.text, right=percent(ways[0].middle)
    )
    subject = case.subject(entry) + "上年占比"
    case.report(entry.item.rule, subject, message, [case.figure("left", entry, figure)])
    case.mark_doubtful(entry, figure)
    case.settled[entry.paragraph.start, figure.start] = ways[0]


def _by_tables(case: Case, facts: FactLookup, entry: Entry, points: Points) -> None:
    pairs = list(zip(_shares(facts, entry, 0), _shares(facts, entry, -1), strict=False))
    if not pairs:
        return
    case.count(entry.item.rule)
    said = points.figure.interval if points.way > 0 else -points.figure.interval
    spare = points.figure.step * ROUNDED_TWICE
    wide = Interval(said.low - spare, said.high + spare)
    if any(wide.meets(now - before) for now, before in pairs):
        return
    now, before = pairs[0]
    way, right = _words((now - before).middle)
    message = TABLES.format(
        item=entry.item.title,
        earlier=percent(before.middle),
        now=percent(now.middle),
        way=way,
        right=right,
        said="提高" if points.way > 0 else "降低",
        figure=points.figure.text,
    )
    place = case.figure("left", entry, points.figure)
    case.report(entry.item.rule, case.subject(entry) + "百分点", message, [place])


CHECK = Check(
    name="points",
    rules=("N-02", "N-03", "N-05", "N-06", "N-09", "N-12", "N-15"),
    title="提高、降低的百分点与两年的比例一致",
    message=WRONG,
    run=collect,
    wrong=(
        "三、支出决算情况说明\n本年支出合计10.00万元，其中：基本支出6.00万元，占60.00%，"
        "上年占58.00%，提高3.00个百分点；项目支出4.00万元，占40.00%。"
    ),
    right=(
        "三、支出决算情况说明\n本年支出合计10.00万元，其中：基本支出6.00万元，占60.00%，"
        "上年占58.00%，提高2.00个百分点；项目支出4.00万元，占40.00%。"
    ),
)
BY_TABLES = Check(
    name="points_by_tables",
    rules=("N-02", "N-03", "N-05", "N-06", "N-12"),
    title="百分点与报表一致",
    message=TABLES,
    run=settle,
    wrong="",
    right="",
)
