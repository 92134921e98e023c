"""N-02, N-03 and others: an item that stands twice in a row, word for word, amount and all.

What does not belong here: classes and items of the functional classification (``classes.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.narrative.case import Case
from pipelines.narrative.checks.classes import TWICE
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.leftovers import is_prose
from pipelines.narrative.entries import Entry
from pipelines.narrative.sections import Paragraph

# Shorter clauses recur by chance: 无，与上年持平.
SHORTEST = 10
AMOUNT = re.compile(r"[1-9][\d,.]*万?元")
LEAD = re.compile(r"^(?:（?[\d一二三四五六七八九十]{1,3}[、.．）]+|其中[：，])+")
CLAUSE = re.compile(r"[^；。]+")


@dataclass(frozen=True, slots=True)
class _Clause:
    paragraph: Paragraph
    start: int
    end: int
    words: str


def collect(case: Case) -> None:
    """Clauses that say what the clause before them said."""
    entries = _by_paragraph(case)
    before: tuple[_Clause, list[Entry]] | None = None
    for clause in _clauses(case):
        here = _inside(entries[id(clause.paragraph)], clause)
        if here and before is not None:
            case.count(here[0].item.rule)
            first = next((e for e in before[1] if e.item.id == here[0].item.id), None)
            if first is not None and _says_again(before[0], clause, here[0]):
                _report(case, first, here[0])
        before = (clause, here) if here else None


def _by_paragraph(case: Case) -> dict[int, list[Entry]]:
    """The mentions with a value, but those of tables."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in case.entries:
        if entry.values and not entry.row:
            found[id(entry.paragraph)].append(entry)
    return found


def _clauses(case: Case) -> Iterator[_Clause]:
    for paragraph in case.narrative.outline.paragraphs:
        if paragraph.endless or not is_prose(paragraph):
            continue
        for found in CLAUSE.finditer(paragraph.normal.text):
            words = LEAD.sub("", found[0])
            yield _Clause(paragraph, found.start(), found.end(), words)


def _inside(entries: list[Entry], clause: _Clause) -> list[Entry]:
    """The mentions that begin in the clause, in order."""
    inside = [e for e in entries if clause.start <= e.start < clause.end]
    return sorted(inside, key=lambda e: e.start)


def _says_again(before: _Clause, clause: _Clause, entry: Entry) -> bool:
    """Whether the clause stands word for word at the end of the one before; lists of classes and
    items have a check of their own.
    """
    ends = ("：" + clause.words, "，" + clause.words)
    return (
        not entry.item.id.startswith(("class.", "item."))
        and len(clause.words) >= SHORTEST
        and bool(AMOUNT.search(clause.words))
        and (before.words == clause.words or before.words.endswith(ends))
    )


def _report(case: Case, first: Entry, again: Entry) -> None:
    message = TWICE.format(
        item=again.item.title, first=first.values[0].text, second=again.values[0].text
    )
    places = [
        case.figure("left", first, first.values[0]),
        case.figure("right", again, again.values[0]),
    ]
    case.report(again.item.rule, case.subject(again) + "重复", message, places)


CHECK = Check(
    name="repeats",
    rules=("N-02", "N-03", "N-12"),
    title="同一项不连写两遍",
    message=TWICE,
    run=collect,
    wrong="三、支出决算情况说明\n本年支出合计10.00万元，其中：基本支出6.00万元，占60.00%；"
    "基本支出6.00万元，占60.00%；项目支出4.00万元，占40.00%。",
    right="三、支出决算情况说明\n本年支出合计10.00万元，其中：基本支出6.00万元，占60.00%；"
    "项目支出4.00万元，占40.00%。",
)
