"""The words of a clause: what they make of the figure after them, and whether all of them are understood."""

from __future__ import annotations

import re

from pipelines.narrative.entries import Item
from pipelines.narrative.tokens import Token
from pipelines.narrative.vocabulary import vocabulary

ITEMS = ("item", "klass", "triple", "pair", "kuan", "econ")
SAID = ("filler", "year", "prior", "this", "date", "among", "partial", "compare", "figure")
CLAUSE = frozenset("，。；：（）！？")
ORGANISATION = re.compile(
    r"[局委院会校部厅处所站队馆社园厂组团办府心道乡镇村室店场行司盟级学狱库台段所社]"
)


def split_clauses(tokens: list[Token]) -> list[list[Token]]:
    """The clauses of a lead: split at marks; what stands in closed brackets, without figures, is left out."""
    clauses: list[list[Token]] = [[]]
    depth_start: list[int] = []
    flat: list[Token] = []
    for token in tokens:
        if token.text == "（":
            depth_start.append(len(flat))
            flat.append(token)
        elif token.text == "）" and depth_start:
            del flat[depth_start.pop() :]
        else:
            flat.append(token)
    for token in flat:
        if token.kind == "punct" and (token.text in CLAUSE or token.text != "、"):
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [c for c in clauses if c] or [[]]


def role_of(words: list[Token]) -> str:
    """What an amount is, by the last key word of its clause."""
    for token in reversed(words):
        if token.kind in ("up", "down", "alt"):
            return "delta"
        if token.kind in ("to", "complete"):
            return "value"
        if token.kind in ("budget", "against"):
            return "budget"
        if (
            token.kind == "compare"
            and token is not words[-1]
            and not token.text.startswith(("相", "对", "同"))
        ):
            return "prior"
        if token.kind in ITEMS:
            break
    return "value"


def percent_role(words: list[Token], last_role: str) -> str:
    if last_role == "budget" and [t.text for t in words] == ["的"]:
        return "completion"
    for token in reversed(words):
        if token.kind in ("up", "down", "alt", "flat", "about"):
            return "rate"
        if token.kind == "share":
            return "share"
        if token.kind == "complete":
            return "completion"
    return ""


def direction_of(words: list[Token]) -> int | None:
    """+1 for growth, -1 for a fall, None where both words stand or neither."""
    kinds = [t.kind for t in words if t.kind in ("up", "down", "alt", "flat")]
    if not kinds or "alt" in kinds:
        return None
    return {"up": 1, "down": -1}.get(kinds[-1], 0)


def understood(words: list[Token]) -> bool:
    """Whether all words are ones that may stand between an item and its figure."""
    allowed = (
        *SAID,
        "up",
        "down",
        "alt",
        "to",
        "flat",
        "about",
        "budget",
        "compare",
        "complete",
        "share",
        "against",
        "verdict",
    )
    return all(t.kind in allowed or t.text == "、" for t in words)


def stands_alone(clause: list[Token], at: int) -> bool:
    """Whether the words before an item leave its meaning alone: none, time words, a unit's name."""
    before = clause[:at]
    named = [i for i, t in enumerate(before) if t.kind in ITEMS]
    if named and not any(t.text in ("、", "和", "与", "及", "以及") for t in before[named[-1] :]):
        return False
    others = [t for t in before if t.kind == "other"]
    if not others:
        return True
    strong = clause[at].kind == "item" and not is_bare(clause[at])
    return (
        strong
        and bool(ORGANISATION.fullmatch(others[-1].text))
        and before[-1].kind in ("other", "filler")
    )


def is_bare(token: Token) -> bool:
    quantities = [vocabulary().quantities[i] for i in token.ids]
    return not any(re.fullmatch(n, token.text) for q in quantities for n in q.names)


def generic(words: list[Token], role: str) -> bool:
    return understood(words) and not any(t.kind == "other" for t in words)


def agrees(words: list[Token], item: Item) -> bool:
    """``支出`` cannot go on an income item, nor ``收入`` an expenditure one."""
    text = "".join(t.text for t in words if t.kind == "filler")
    income = item.id.startswith(("income", "total_income", "fiscal_income"))
    if item.quantity and item.quantity.pair:
        return True
    return not (
        (income and "支出" in text) or (not income and "收入" in text) or "财政拨款" in text
    )
