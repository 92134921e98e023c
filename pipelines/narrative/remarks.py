"""Words that say something of a topic without a figure, or of the figures that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.narrative.clauses import base_of, direction_of, has, joined, unknown
from pipelines.narrative.entries import Cause, Entry
from pipelines.narrative.tokens import ITEMS, Token

if TYPE_CHECKING:
    from pipelines.narrative.binding import Sentence


def note_verdict(sentence: Sentence, token: Token, at: int) -> None:
    """决算数大于预算数: a verdict on the open topic, unless an amount follows at once."""
    following = sentence.tokens[at + 1] if at + 1 < len(sentence.tokens) else None
    if following is not None and following.kind == "figure":
        return
    entry = sentence.topic()
    if entry is not None and not entry.verdict:
        clause = sentence.now.clause
        start = clause[0].start if clause else token.start
        entry.verdict, entry.verdict_at = token.text, (start, token.end)


def note_cause(sentence: Sentence, token: Token) -> None:
    """较上年增加的主要原因: the way the open topic went, as the words before a reason say it."""
    clause, entry = sentence.now.clause, sentence.reader.current
    way = direction_of(clause)
    if entry is None or not way or sentence.reader.closed or sentence.now.after_figure:
        return
    if unknown(clause) or has(clause, *ITEMS, "verdict", "flat", "to", "alt"):
        return
    base = base_of(clause, sentence.reader.year)
    entry.causes.append(Cause(base[0] if base else "", way, clause[0].start, token.end))


def note_flat(sentence: Sentence, token: Token) -> None:
    """持平: the open topic, or one named in this clause, did not change."""
    clause = sentence.now.clause
    if sentence.even and sentence.even_role and joined(clause):
        next_one = sentence.even.pop(0)
        record = sentence.comparison(next_one, clause, token.start, token.end)
        record.flat = token.kind == "flat"
        return
    if _with_another(clause):
        return
    base = base_of([*clause, token], sentence.reader.year)
    compares = base is not None or _names_a_base(clause)
    if not compares and sentence.now.group == 0:
        return
    if unknown(clause) and not any(t.kind in ITEMS for t in clause):
        return
    entry = sentence.topic()
    if entry is None:
        return
    if compares:
        sentence.compare([*clause, token])
    record = sentence.comparison(entry, clause, token.start, token.end)
    record.flat = token.kind == "flat"


def _with_another(clause: list[Token]) -> bool:
    """支出总计与收入总计一致: two items are one, not one item of two years."""
    named = [i for i, t in enumerate(clause) if t.kind in ITEMS]
    return len(named) > 1 and any(
        t.text in ("与", "和", "同", "跟") for t in clause[named[-2] : named[-1]]
    )


def _names_a_base(clause: list[Token]) -> bool:
    """与上年…持平: a year and a word that ties to it."""
    return any(t.kind in ("prior", "year") for t in clause) and any(
        t.kind == "compare" or t.text in ("与", "和", "同", "较", "比") for t in clause
    )


def note_evenly(sentence: Sentence) -> None:
    """分别: the figures that follow go one by one to the items named before."""
    clause = sentence.now.clause
    named = [i for i, t in enumerate(clause) if t.kind in ITEMS]
    if len(named) > 1:
        even = [e for i in named if (e := _each(sentence, clause, i))]
    else:
        even = [e for e in sentence.mine if e.comparisons and not e.comparisons[-1].rates]
        even = even if len(even) > 1 else _listed(sentence) or _alike(sentence)
    sentence.even = even if len(even) > 1 else []
    sentence.apart = list(sentence.even) or sentence.apart
    sentence.even_role = ""


def _listed(sentence: Sentence) -> list[Entry]:
    """The things of the list before (其中A费20万元、B费4万元，分别增长11%和5%)."""
    last = sentence.mine[-1] if sentence.mine else None
    if last is None or last.outer is None:
        return []
    return [e for e in sentence.mine if e.outer is last.outer and e.values]


def _alike(sentence: Sentence) -> list[Entry]:
    """The parts of one whole named last, each with its amount (A支出20万元、B支出4万元，
    分别占…).
    """
    found: list[Entry] = []
    for entry in reversed(sentence.mine):
        whole = entry.item.parent
        if (
            not whole
            or not entry.values
            or entry.shares
            or (found and whole != found[0].item.parent)
        ):
            break
        found.insert(0, entry)
    return found


def _each(sentence: Sentence, clause: list[Token], at: int) -> Entry | None:
    item = sentence.reader.item(clause[at], sentence.context(), None, clause[:at])
    return sentence.new(item, clause[at], clause) if item else None
