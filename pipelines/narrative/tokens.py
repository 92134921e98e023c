"""A sentence as tokens: items, years, figures, words of change, marks; what is none of these is
``other``.

What does not belong here: which figure belongs to which item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipelines.narrative.figures import Figure, doubled, make_figure, times
from pipelines.narrative.firsts import dispatch
from pipelines.narrative.functional import class_code
from pipelines.narrative.lexicon import match_word
from pipelines.narrative.normal import plain
from pipelines.narrative.vocabulary import classes, vocabulary
from schemas.library import Code, code_list

NUMERAL = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
UNITS = (
    "个团组|个批次|百万元|亿元|万元|千元|百元|元|万(?![人次户亩平吨余多辆个份家件名元公千方])|%|个?百分点|人次|批次|团次"
    "|台（套）|台/套|台套|批|次|人|辆|台|套|个|户|家|项|份|倍|天|名|件|起|期|处|所|亩|吨|分|位|场|册|条|组"
    "|只|间|平方米|公里|里|岁|级|号|时|小时|米|篇|号文"
)
NAME = r"(?:[^（），。；：\d]|（(?!\d*[类款项]）?)[^（）]{1,14}）)"
CLASS, KUAN, XIANG = (rf"（\d{{0,7}}{level}）?" for level in "类款项")
JOINT = r"[、\-—，]?"
PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "triple",
        rf"(?P<c>{NAME}{{2,24}}?){CLASS}{JOINT}(?P<k>{NAME}{{2,36}}?){KUAN}{JOINT}(?P<x>{NAME}{{2,40}}?){XIANG}",
    ),
    ("pair", rf"(?P<pk>{NAME}{{2,36}}?){KUAN}{JOINT}(?P<px>{NAME}{{2,40}}?){XIANG}"),
    ("kuan", rf"(?P<kc>{NAME}{{2,24}}?){CLASS}{JOINT}(?P<kk>{NAME}{{2,36}}?){KUAN}(?:支出)?"),
    ("klass", rf"(?P<lc>{NAME}{{2,24}}?){CLASS}(?:支出)?"),
    ("xiang", rf"(?P<xx>{NAME}{{2,40}}?){XIANG}"),
    ("lone", rf"(?P<kx>{NAME}{{2,36}}?){KUAN}"),
)
NUMBER = re.compile(
    rf"(?P<n>(?<![\dA-Za-z.])-?\d++(?:\.\d++)?+(?!\.\d)|(?<![{NUMERAL}])[{NUMERAL}]{{1,12}}(?=万元|元|倍))(?P<u>{UNITS})?"
)
# 3倍多 and 近一番 say less than how much
DOUBLED = re.compile(rf"翻了?(?P<n>[{NUMERAL}])番(?!多|以上|有余)")
TIMES = re.compile(r"(?!多|以上|有余|左右)")
NO_AMOUNT = re.compile(r"年|月|日|-|/|〕|\d|[A-Za-z]|号")
# 一是基本支出800万元 is an item of a list; 一是新增人员 is a reason
MARKER = re.compile(
    r"(?:\d{1,2}[.、](?:(?!\d)|(?=20\d\d年))|（\d{1,2}）|[①-⑳]"
    r"|[一二三四五六]是(?=[^，。；、增减追提压调升降新\d]{2,20}(?:收入|支出|费|费用|经费)(?:决算)?(?:数)?为?\d))"
)
ECONOMIC_CLASS = 3  # digits of the code of a 类 of the economic classification
# sections in which expenditure is told by its economic classes as well
SPENDING = frozenset(("expenditure", "gpb", "gpb_structure", "fiscal"))
# after these at its beginning a clause still begins
STILL_OPENING = ("year", "this", "among", "filler", "code", "coded")
ITEMS = ("item", "klass", "triple", "pair", "kuan", "lone", "xiang", "coded", "econ")


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``, the words, their place in the normalised paragraph, and what they stand for."""

    kind: str
    text: str
    start: int
    end: int
    ids: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    figure: Figure | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a wording means: the quantity, and the sections it means it in (empty: everywhere)."""

    quantity: str
    within: tuple[str, ...]


@cache
def wordings() -> dict[str, list[tuple[re.Pattern[str], Meaning]]]:
    """All wordings of quantities by the character they begin with; the longest match wins."""
    found = []
    for quantity in vocabulary().quantities.values():
        found += [(re.compile(n), Meaning(quantity.id, ())) for n in quantity.names]
        found += [(re.compile(n), Meaning(quantity.id, quantity.within)) for n in quantity.bare]
    return dispatch(found)


@cache
def _class_names() -> dict[str, re.Pattern[str]]:
    names = {plain(n) for item in classes().values() for n in item.names}
    names |= {name.replace("等支出", "支出") for name in names}
    return _by_first(names)


def _by_first(names: set[str]) -> dict[str, re.Pattern[str]]:
    """One alternation for each first character, longer names first."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        groups.setdefault(name[0], []).append(re.escape(name))
    return {first: re.compile("|".join(group)) for first, group in groups.items()}


@cache
def _economic() -> tuple[dict[str, re.Pattern[str]], dict[str, tuple[str, ...]]]:
    codes: dict[str, list[str]] = {}
    for code, item in code_list("economic").items.items():
        for name in {plain(n) for n in item.names}:
            for variant in {name, re.sub(r"(?<=费)用$", "", name), name.replace("（护）", "护")}:
                codes.setdefault(variant, []).append(code)
    return _by_first(set(codes)), {n: tuple(c) for n, c in codes.items()}


FUNCTIONAL = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)
NAMED_CODE = re.compile(r"([一-龥、]{2,30})（(2\d{2}(?:\d{2}){0,2})）")
CODED = re.compile(r"(2\d{2}(?:\d{2}){0,2})(?=[一-龥])")
LEVEL_MARK = re.compile(r"（\d{0,7}[类款项]")
FAR = 60  # characters: the names of a 类, a 款 and a 项 are shorter, so a mark beyond is not theirs


def _functional(text: str, at: int, end: int, mark: int) -> Token | None:
    """An item of the functional classification by its 类/款/项 marks; only at the start of a
    clause.

    ``mark`` is where the next such mark stands: the names before it are short, so a far one is none
    of theirs.
    """
    if mark - at > FAR:
        return None
    for kind, pattern in FUNCTIONAL:
        if found := pattern.match(text, at, end):
            parts = tuple(found[name] for name in pattern.groupindex)
            return Token(kind, found[0], at, found.end(), parts=parts)
    return None


def _coded(text: str, at: int, end: int) -> Token | None:
    """An item by its code and name (2081001儿童福利); a number before other words is none."""
    if (named := NAMED_CODE.match(text, at, end)) and named[2] in code_list("functional").items:
        return Token("coded", named[0], at, named.end(), parts=(named[2],))
    found = CODED.match(text, at, end)
    item = code_list("functional").items.get(found[1]) if found else None
    if found is None or item is None:
        return None
    stop = _end_of_name(item, text, found.end())
    if not stop or stop > end:
        return None
    return Token("coded", text[at:stop], at, stop, parts=(found[1],))


def _end_of_name(item: Code, text: str, at: int) -> int:
    """Where the name of an item ends that begins here, the longest of its names; 0 if none does."""
    names = sorted({plain(n) for n in item.names}, key=len, reverse=True)
    return next((at + len(n) for n in names if text.startswith(n, at)), 0)


def _class(text: str, at: int, end: int) -> Token | None:
    pattern = _class_names().get(text[at])
    found = pattern.match(text, at, end) if pattern else None
    if not found or not class_code(found[0]):
        return None
    return Token("klass", found[0], at, found.end(), parts=(found[0],))


def _quantity(text: str, at: int, end: int, contexts: tuple[str, ...]) -> Token | None:
    """The longest wording that begins here and means something in this section."""
    if (token := _economic_item(text, at, end)) and _is_economic(token, contexts[:1]):
        return token
    table = wordings()
    best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
    for pattern, meaning in (*table.get(text[at], ()), *table.get("", ())):
        rank = _rank(meaning, contexts)
        if rank < 0 or not (found := pattern.match(text, at, end)):
            continue
        if (found.end(), rank) > best[:2]:
            best = (found.end(), rank, (meaning.quantity,))
        elif (found.end(), rank) == best[:2] and meaning.quantity not in best[2]:
            best = (*best[:2], (*best[2], meaning.quantity))
    if best[0] <= at:
        return None
    return Token("item", text[at : best[0]], at, best[0], ids=best[2], bare=best[1] > 0)


def _is_economic(token: Token, contexts: tuple[str, ...]) -> bool:
    """Whether a name means an economic item in the section: any of them under 基本支出, a 类 of
    them wherever expenditure is divided.
    """
    classes_only = all(len(code) == ECONOMIC_CLASS for code in token.ids)
    known = classes_only and not _class_names_it(token.text)
    return "basic" in contexts or (known and any(c in SPENDING for c in contexts))


def _class_names_it(text: str) -> bool:
    """Whether a name is one of the functional classification as well (其他支出)."""
    pattern = _class_names().get(text[0])
    return bool(pattern and pattern.fullmatch(text))


def _economic_item(text: str, at: int, end: int) -> Token | None:
    patterns, codes = _economic()
    pattern = patterns.get(text[at])
    found = pattern.match(text, at, end) if pattern else None
    return Token("econ", found[0], at, found.end(), ids=codes[found[0]]) if found else None


def _rank(meaning: Meaning, contexts: tuple[str, ...]) -> int:
    """How near a meaning is: of this section, of the topic, or of everywhere; -1 where it does not
    hold.
    """
    if not meaning.within:
        return 0
    for distance, context in enumerate(contexts):
        if context in meaning.within:
            return len(contexts) - distance
    return -1


def _number(text: str, at: int, end: int) -> Token | None:
    if twice := DOUBLED.match(text, at, end):
        figure = doubled(twice["n"], twice[0], at, twice.end())
        return Token("figure", twice[0], at, twice.end(), figure=figure) if figure else None
    found = NUMBER.match(text, at, end)
    if not found or (found["u"] is None and NO_AMOUNT.match(text, found.end())):
        return None
    multiple = found["u"] == "倍" and TIMES.match(text, found.end())
    made = times(found["n"], at, found.end()) if multiple else None
    figure = made or make_figure(found["n"], found["u"] or "", at, found.end())
    return Token("figure", found[0], at, found.end(), figure=figure) if figure else None


def _word(text: str, at: int, end: int) -> Token | None:
    found = match_word(text, at, end)
    return Token(found[0], text[at : found[1]], at, found[1]) if found else None


def _time(text: str, at: int, end: int) -> Token | None:
    if not (text[at].isdigit() or text[at] in "二（"):
        return None
    token = _word(text, at, end)
    return token if token and token.kind in ("date", "year", "code", "threshold") else None


def _owner(text: str, at: int, end: int, owners: re.Pattern[str] | None) -> Token | None:
    found = owners.match(text, at, end) if owners else None
    return Token("owner", found[0], at, found.end()) if found else None


def tokenise(
    text: str,
    start: int,
    end: int,
    contexts: tuple[str, ...],
    owners: re.Pattern[str] | None = None,
) -> list[Token]:
    """The tokens of ``text[start:end]``.

    ``contexts``: kinds of section, the nearest first; ``owners``: the unit's names.
    """
    tokens: list[Token] = []
    at = start
    opens = True
    # the last one, too far from anywhere, stands for none
    marks = [*(m.start() for m in LEVEL_MARK.finditer(text, start, end)), end + FAR + 1]
    while at < end:
        while marks[0] < at:
            marks.pop(0)
        first = _opening(text, at, end, marks[0]) if opens else None
        token = first or _anywhere(text, at, end, contexts, owners)
        tokens.append(token)
        at = token.end
        ended = token.kind in ("punct", "partial") and token.text != "）"
        opens = ended or (opens and token.kind in STILL_OPENING)
    return tokens


def _opening(text: str, at: int, end: int, mark: int) -> Token | None:
    """What is looked for only where a clause begins: its number, an item by its marks or its
    code.
    """
    if marker := MARKER.match(text, at, end):
        return Token("punct", marker[0], at, marker.end())
    return _functional(text, at, end, mark) or _coded(text, at, end)


def _anywhere(
    text: str, at: int, end: int, contexts: tuple[str, ...], owners: re.Pattern[str] | None
) -> Token:
    """What may stand anywhere; the first that fits, or else a character that says nothing."""
    return (
        _owner(text, at, end, owners)
        or _quantity(text, at, end, contexts)
        or _class(text, at, end)
        or _time(text, at, end)
        or _number(text, at, end)
        or _word(text, at, end)
        or Token("other", text[at], at, at + 1)
    )
