"""Percentages of last year and what lies between: 上年占60.80%，提高3.20个百分点, 是上年的2倍.

What does not belong here: whether they are right (``checks/points.py``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.narrative.clauses import direction_of, has, last_item, stands_alone, unknown
from pipelines.narrative.entries import LAST, Entry, Points
from pipelines.narrative.figures import Figure
from pipelines.narrative.slots import of_last_year
from pipelines.narrative.tokens import Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence

POINTS = ("百分点", "个百分点")
NO_RATE = "未能确定百分点所说的比例"
OF = "的"


def bind_points(sentence: Sentence, token: Token, figure: Figure, clause: list[Token]) -> None:
    """Binds 提高3.20个百分点 to the share or the completion that it is said of."""
    entry, kind = _topic(sentence, clause), _kind(sentence, clause)
    way = direction_of(clause)
    if entry is None or not kind or not way or not _over_a_year(sentence, entry, kind, clause):
        sentence.unread(token, NO_RATE, close=False)
        return
    entry.points.append(Points(kind, figure, way, entry.earlier.get(kind)))
    entry.end = max(entry.end, token.end)


def _kind(sentence: Sentence, clause: list[Token]) -> str:
    """Which percentage rose or fell: the one the clause names, else the last one printed."""
    if has(clause, "share"):
        return "share"
    if has(clause, "complete"):
        return "completion"
    last = sentence.now.last_role
    return last if last in ("share", "completion") else ""


def _over_a_year(sentence: Sentence, entry: Entry, kind: str, clause: list[Token]) -> bool:
    """Whether the points lie between last year's percentage and this year's."""
    compared = sentence.now.base[0] == LAST or has(clause, "prior", "since")
    return compared or kind in entry.earlier


def _topic(sentence: Sentence, clause: list[Token]) -> Entry | None:
    """The item the clause names, else the open one."""
    at = last_item(clause)
    if at >= 0:
        return sentence.mention(clause, at) if stands_alone(clause, at) else None
    return None if unknown(clause) or sentence.reader.closed else sentence.reader.current


def earlier_share(sentence: Sentence, figure: Figure, clause: list[Token], role: str) -> bool:
    """Keeps 上年占60.80% and 比上年的76.50% as last year's; True where it was one."""
    if figure.unit != "%" or role not in ("share", "completion", ""):
        return False
    if clause and clause[-1].text == OF and not has(clause, "compare"):
        return False  # 为上年的110%: a multiple
    kind = role or _kind(sentence, clause)
    entry = _topic(sentence, clause) if kind and _last_year_named(sentence, clause) else None
    if entry is None:
        return False
    entry.earlier[kind] = figure
    return True


def _last_year_named(sentence: Sentence, clause: list[Token]) -> bool:
    """Whether last year is named before the word for the percentage (上年占, not 占上年结转)."""
    key = next((i for i, t in enumerate(clause) if t.kind in ("share", "complete")), len(clause))
    before = clause[:key]
    named = has(before, "prior") or has(before, "year")
    return named and of_last_year(sentence, before)


def as_multiple(sentence: Sentence, figure: Figure, clause: list[Token]) -> Figure | None:
    """是上年（的40.00万元）的2倍, 为上年的110% as the growth that it is; None for any other."""
    entry = sentence.reader.current
    if figure.unit not in ("倍", "%") or entry is None or sentence.reader.closed:
        return None
    named = _last_year_named(sentence, clause)
    beside = [t.text for t in clause] == [OF] and entry.prior is not None
    if unknown(clause) or not (named or beside) or clause[-1].text != OF:
        return None
    if has(clause, "share", "complete", "compare"):
        return None
    sentence.groups += 1
    sentence.now.group, sentence.now.base = sentence.groups, (LAST, None, "")
    return replace(figure, number=figure.number - 100, unit="倍")
