"""The words of a clause: what they make of the figure after them, and whether all of them are
understood.
"""

from __future__ import annotations

import re

from pipelines.narrative.entries import BUDGET, LAST, OTHER, UNSAID, year_of
from pipelines.narrative.tokens import ITEMS, Token
from pipelines.narrative.vocabulary import vocabulary

MARKS = frozenset("，。；：！？")
LINKS = ("、", "和", "与", "及", "以及", "，")
CHANGE = ("up", "down", "alt")
# what may stand between an item and its figure without changing what the figure is
PLAIN = (
    "filler", "year", "prior", "this", "date", "among", "partial", "compare", "since", "owner",
    "code",
    "evenly", "cue", "nobudget", "threshold",
)  # fmt: skip
SPOKEN = (
    *PLAIN,
    *CHANGE,
    "to",
    "from",
    "adjust",
    "flat",
    "about",
    "differ",
    "budget",
    "complete",
    "share",
    "against",
    "verdict",
)
ORGANISATION = re.compile(
    r"[局委院会校部厅处所站队馆社园厂组团办府心道乡镇村室店场行司盟级学狱库台段门位系统关]"
)
# words that make an amount something else than the item's own spending
OTHER_KIND = re.compile(
    r"总投资|投资额|概算|计划|累计|申请|争取|产值|涉及|带动|节约|收入|欠款|应付|合同价|中标|估算|余额|限额|标准"
)
FLOW = re.compile(r"更新|购置|新增|报废|处置|采购|购入|调入|调出|划转|减少|增加")


def has(words: list[Token], *kinds: str) -> bool:
    """Whether a word of one of these kinds stands in a clause."""
    return any(t.kind in kinds for t in words)


def last_item(words: list[Token]) -> int:
    """Where the last item of a clause stands; -1 where it names none."""
    return max((i for i, t in enumerate(words) if t.kind in ITEMS), default=-1)


def joined(words: list[Token]) -> bool:
    """Whether nothing but ``、`` or ``和`` stands between two figures."""
    return all(t.text in LINKS for t in words)


def understood(words: list[Token]) -> bool:
    """Whether all words are ones that may stand between an item and its figure."""
    return all(t.kind in SPOKEN or t.text == "、" or t.kind == "punct" for t in words)


def unknown(words: list[Token]) -> bool:
    return has(words, "other")


def role_of(words: list[Token]) -> str:
    """What an amount is, by the last key word of its clause."""
    for token in reversed(words):
        if token.kind in CHANGE or token.kind == "verdict":
            return "delta"
        if token.kind in ("to", "complete"):
            return "value"
        if token.kind == "from":
            return "earlier"
        if token.kind in ("budget", "against"):
            return "budget"
        if token.kind == "compare" and token is not words[-1] and token.text[0] in "较比与和同":
            return "earlier"
        if token.kind in ITEMS:
            break
    return "value"


def percent_role(words: list[Token]) -> str:
    """What a percentage is, by the last key word of its clause; empty where none tells."""
    for token in reversed(words):
        if token.kind in (*CHANGE, "flat", "about", "differ"):
            return "rate"
        if token.kind == "share":
            return "share"
        if token.kind == "complete":
            return "completion"
    return ""


def direction_of(words: list[Token]) -> int | None:
    """+1 for growth, -1 for a fall, None where both words stand or neither."""
    told = [t for t in words if t.kind in (*CHANGE, "flat", "verdict")]
    if not told or told[-1].kind == "alt":
        return None
    last = told[-1]
    if last.kind == "verdict":
        return verdict_direction(last.text)
    return {"up": 1, "down": -1}.get(last.kind, 0)


def verdict_direction(words: str) -> int:
    """大于预算 is +1, 小于 -1, 等于 0."""
    if re.search(r"大于|高于|多于|超过|超出", words):
        return 1
    return -1 if re.search(r"小于|低于|少于", words) else 0


def base_of(words: list[Token], year: int | None) -> tuple[str, int | None, str] | None:
    """What a clause compares with: (base, its year, which budget); None where it compares with
    nothing.
    """
    for at, token in enumerate(words):
        if token.kind == "since":
            return LAST, None, ""
        if token.kind == "from":
            return _base_after(words[at + 1 : at + 4], year)
        if token.kind in ("against", "verdict"):
            return (
                (LAST, None, "")
                if "上年" in token.text
                else (BUDGET, None, budget_kind(token.text))
            )
        if token.kind == "compare" and token.text[0] in "较比与和同":
            return _base_after(words[at + 1 : at + 4], year)
        if token.kind == "compare":
            return _base_after(words[max(0, at - 4) : at], year)
    return None


def _base_after(words: list[Token], year: int | None) -> tuple[str, int | None, str]:
    """The base by the words beside 比 or 相比."""
    budget = next((t.text for t in words if t.kind == "budget"), None)
    if budget is not None:
        return (OTHER, None, "") if "上年" in budget else (BUDGET, None, budget_kind(budget))
    years = years_of(words)
    if years:
        base = OTHER if years[-1] == year else LAST
        return base, years[-1], ""
    said = LAST if has(words, "prior") else UNSAID
    return said, None, ""


def years_of(words: list[Token]) -> list[int]:
    """The years that a clause names."""
    told = (year_of(t.text) for t in words if t.kind == "year")
    return [year for year in told if year]


def budget_kind(text: str) -> str:
    """Which budget the words name."""
    return next((k for k in ("年初", "调整", "全年", "追加") if k in text), "").replace(
        "追加", "调整"
    )


def stands_alone(clause: list[Token], at: int) -> bool:
    """Whether the words before an item leave its meaning alone: none, time words, an owner."""
    before = clause[:at]
    named = last_item(before)
    if named >= 0 and not _apart(before[named:]) and not _above(before, clause[at]):
        return False
    if not unknown(before[named + 1 :]):
        return True
    if clause[at].kind != "item":
        return False
    listed = has(before, "partial") or before[-1].text == "等"
    return listed or (not is_bare(clause[at]) and _of_another(before))


def _of_another(before: list[Token]) -> bool:
    """Whether the words before an item end with an organisation: whose it is, not what it is."""
    ends = before[-1].kind in ("other", "filler", "year", "owner", "this", "prior")
    last = next(t.text for t in reversed(before) if t.kind == "other")
    return ends and bool(ORGANISATION.fullmatch(last))


def _apart(between: list[Token]) -> bool:
    """Whether an item stands beside or under the one named before it."""
    return any(t.text in (*LINKS, "中", "等") or t.kind in ("cue", "among") for t in between)


def _above(before: list[Token], token: Token) -> bool:
    """Whether what is named before an item is only the class and the 款 it is of, by
    their codes.
    """
    named = [t for t in before if t.kind in ITEMS]
    code = token.parts[0] if token.kind == "coded" else ""
    return bool(code) and all(t.kind == "coded" and code.startswith(t.parts[0]) for t in named)


def is_bare(token: Token) -> bool:
    quantities = [vocabulary().quantities[i] for i in token.ids]
    return not any(re.fullmatch(n, token.text) for q in quantities for n in q.names)


def agrees(words: list[Token], item_id: str, *, pair: bool) -> bool:
    """``支出`` cannot go on an income item, nor ``收入`` an expenditure one, nor either on what is
    carried over.
    """
    if pair:
        return True
    text = "".join(t.text for t in words if t.kind == "filler")
    income = item_id.startswith(("income", "total_income", "fiscal_income"))
    income = income or item_id.endswith(".income")
    if "财政拨款" in text and not item_id.startswith(("fiscal", "three", "gpb")):
        return False
    carried = item_id.endswith((".opening", ".closing"))
    out = income or carried
    return not ((out and "支出" in text) or (not income and "收入" in text))


def of_a_part(clause: list[Token]) -> str:
    """Which part of the unit the owner named is: 本级 without its subordinates, 所属 for these
    without it, empty for all of the unit.
    """
    owners = "".join(t.text for t in clause if t.kind == "owner")
    own, below = "本级" in owners, bool(re.search(r"所属|下属|直属", owners))
    if own == below:
        return ""
    return "本级" if own else "所属"


def name_of(words: list[Token]) -> str:
    """The words of a thing that only this document names."""
    kept = [t.text for t in words if t.kind in ("other", "filler", "this", *ITEMS)]
    return "".join(kept).strip("、的为是")
