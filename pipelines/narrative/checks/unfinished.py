"""Whether a list of parts is a part only: it ends with 等, or something in it was not understood.

What does not belong here: what the parts make together (``parts.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict

from pipelines.narrative.case import Case
from pipelines.narrative.entries import Entry, Unread
from pipelines.narrative.figures import Figure


def open_ended(case: Case, entries: list[Entry]) -> bool:
    """Whether a list is a part only: it ends with 等, or something in it was not understood or has
    a name of its own.
    """
    if any(e.partial for e in entries[1:]) or has_details(case, entries[0]):
        return True
    spans: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        spans[id(entry.paragraph)].append(entry)
    like = entries[-1].values[0]
    for unread in case.narrative.reading.unread:
        members = spans.get(id(unread.paragraph))
        alike = unread.figure is not None and _alike(unread.figure, like)
        if members and alike and (_between(members, unread.start) or _goes_on(members, unread)):
            return True
    return False


def _alike(unread: Figure, like: Figure) -> bool:
    """Money among money; vehicles of an unknown kind are some of the vehicles."""
    return unread.kind == like.kind and (unread.kind == "money" or unread.unit == like.unit)


def _goes_on(members: list[Entry], unread: Unread) -> bool:
    """Whether a count of something unknown goes on with a list (…、摩托车5辆)."""
    last = max(e.end for e in members)
    between = unread.paragraph.normal.text[last : unread.start]
    count = unread.figure is not None and unread.figure.kind == "count"
    return count and unread.start >= last and not re.search("[。；]", between)


def _between(members: list[Entry], at: int) -> bool:
    """Whether a place lies among the mentions of a list."""
    return min(e.start for e in members) < at <= max(e.end for e in members)


def has_details(case: Case, head: Entry) -> bool:
    return any(e.item.own_name and e.outer is head for e in case.entries)
