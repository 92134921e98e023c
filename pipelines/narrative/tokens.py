"""A sentence as tokens: items, years, figures, words of change, marks; what is none of these is ``other``.

What does not belong here: which figure belongs to which item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipelines.narrative.figures import Figure, make_figure
from pipelines.narrative.functional import class_code
from pipelines.narrative.normal import plain
from pipelines.narrative.vocabulary import classes, vocabulary
from schemas.library import code_list

NUMERAL = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
UNITS = (
    "百万元|亿元|万元|千元|百元|元|万(?![人次户亩平吨余多辆个份家件名元公千方])|%|个?百分点|人次|批次|团次|台（套）|台/套|台套|批|次|人|辆|台|套|个"
    "|户|家|项|份|倍|天|名|件|起|期|处|所|亩|吨|分|位|场|册|条|组|只|间|平方米|公里|里|岁|级|号|时|小时|米|篇|号文"
)
NAME = r"(?:[^（），。；：\d]|（(?![类款项]）?)[^（）]{1,14}）)"
LEVEL = r"（?{0}）"
PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "triple",
        rf"(?P<c>{NAME}{{2,24}}?)（类）?[、\-—]?(?P<k>{NAME}{{2,36}}?)（款）?[、\-—]?(?P<x>{NAME}{{2,40}}?)（项）?",
    ),
    ("pair", rf"(?P<pk>{NAME}{{2,36}}?)（款）[、\-—]?(?P<px>{NAME}{{2,40}}?)（项）?"),
    ("kuan", rf"(?P<kc>{NAME}{{2,24}}?)（类）?[、\-—]?(?P<kk>{NAME}{{2,36}}?)（款）(?:支出)?"),
    ("klass", rf"(?P<lc>{NAME}{{2,24}}?)（类）(?:支出)?"),
)
WORDS: tuple[tuple[str, str], ...] = (
    (
        "date",
        r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|(?<!\d)\d{1,2}月(?:份|\d{1,2}日)?|\d{4}年?[-—~～至]\d{4}年(?:度)?",
    ),
    (
        "year",
        r"(?<!\d)20\d\d(?:年度|年末|年底|年初|年)|二[〇○零][〇○零一二三四五六七八九]{2}年(?:度)?",
    ),
    ("prior", r"上一?年(?:度|同期)?|去年(?:同期)?|上年末"),
    ("this", r"本年度?|当年|今年"),
    (
        "verdict",
        r"(?:支出)?决算数?(?:等于|大于|小于|高于|低于|多于|少于|超过)(?:全年|年初|调整|当年)?预算(?:安排)?数?(?:预算数)?",
    ),
    (
        "verdict",
        r"(?:支出)?决算数?[与和同较比](?:全年|年初|调整|当年)?预算(?:安排)?数?(?:预算数)?(?:相比)?(?:基本)?(?:持平|一致|相同|相等|无差异|没有差异)",
    ),
    ("against", r"[较比与](?:全年|年初|调整|当年)?预算(?:安排)?数?(?:相比|增加|减少)?"),
    (
        "alt",
        r"(?:增加|减少|增长|下降|上升|降低)[/|](?:增加|减少|增长|下降|上升|降低)(?:[/|]持平)?|增加（减少）|减少（增加）|增长（下降）|下降（增长）",
    ),
    ("to", r"(?:增加|增长|上升|提高|减少|下降|降低)(?:到|至|为)"),
    ("up", r"增加|增长|上升|提高|增多|新增|增幅(?:为|达)?|多(?=\d)|增(?=\d)"),
    ("down", r"减少|下降|降低|压减|缩减|下滑|降幅(?:为|达)?|减(?=\d)|少(?=\d)|降(?=\d)"),
    ("about", r"(?:基本|大致|大体)(?:持平|一致|相同)"),
    ("flat", r"持平|无变化|无增减(?:变化)?|没有(?:变化|增减)|未发生(?:变化|增减)|一致|相同"),
    (
        "complete",
        r"完成(?:了)?(?:全年|年初|调整|当年)?预算(?:安排)?数?(?:的)?|(?:为|占)(?:全年|年初|调整|当年)?预算(?:安排)?数?的(?=\d)|预算(?:完成率|执行率|完成比例)(?:为|达)?|(?:完成率|执行率)(?:为|达)?",
    ),
    ("share", r"占(?:比|比重|比例)?(?:为|达)?|比重(?:为|达)?|占到"),
    ("budget", r"(?:年初|全年|调整|当年|本年)?(?<!公共)(?<!基金)预算(?:安排|金额|数)?(?:为)?"),
    (
        "reason",
        r"(?:主要)?(?:变动)?原因|主要是(?=因|由)|主要是(?!用)|主要系|由于|因为|是因|系因|受.{2,20}影响",
    ),
    ("compare", r"同比|相比(?:较)?|对比|比较|[较比](?=20\d\d|上|去|预|年)|较之|环比"),
    ("among", r"其中"),
    ("partial", r"等(?=[，。；、）]|$)"),
    (
        "filler",
        (
            r"主要用于以下(?:几个)?方面|支出决算数?|收入决算数?|决算(?:支出|收入)?数?|支出数|收入数|支出|收入|金额|总额|合计|共计|总计|小计|累计|实际|发生|全年"
            r"|年度|分别|达到|以下|方面|主要|包括|用于|安排|使用|实现|本部门|本单位|我部门|我单位|我[局院校会委办厅处站]|部门|单位|全部|财政拨款|一般公共预算|政府性基金预算"
            r"|开支|接待|更新|按规定|规定|截至|年末|年底|以及|具体|情况|如下|上述|另外|另|同时|（[类款项]）|均|各|共|总|为|是|达|了|约|计|有|的|等|和|与|及|在|中|末|数|额|项|类|按"
        ),
    ),
    ("punct", r"[，。；：、（）！？]"),
)
NUMBER = re.compile(
    rf"(?P<n>(?<![\dA-Za-z.])-?\d+(?:\.\d+)?|(?<![{NUMERAL}])[{NUMERAL}]{{1,12}}(?=万元|元))(?P<u>{UNITS})?"
)
MARKER = re.compile(r"(?:\d{1,2}[.、](?!\d)|（\d{1,2}）|[①-⑳])")


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


@dataclass(frozen=True, slots=True)
class Wording:
    """A compiled wording of quantities: ``any`` where it means them anywhere, ``bare`` by section."""

    pattern: re.Pattern[str]
    quantity: str
    within: tuple[str, ...]


@cache
def wordings() -> tuple[Wording, ...]:
    """All wordings of quantities, each tried at every place; the longest match wins."""
    found = []
    for quantity in vocabulary().quantities.values():
        found += [Wording(re.compile(n), quantity.id, ()) for n in quantity.names]
        found += [Wording(re.compile(n), quantity.id, quantity.within) for n in quantity.bare]
    return tuple(found)


@cache
def _starts() -> re.Pattern[str]:
    """One pattern that says whether any wording of a quantity may begin here."""
    return re.compile("|".join(f"(?:{w.pattern.pattern})" for w in wordings()))


@cache
def _class_names() -> re.Pattern[str]:
    names = {plain(n) for item in classes().values() for n in item.names}
    names |= {name.replace("等支出", "支出") for name in names}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


@cache
def _economic() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    codes: dict[str, list[str]] = {}
    for code, item in code_list("economic").items.items():
        for name in {plain(n) for n in item.names}:
            for variant in {name, re.sub(r"(?<=费)用$", "", name), name.replace("（护）", "护")}:
                codes.setdefault(variant, []).append(code)
    ordered = sorted(codes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), {n: tuple(c) for n, c in codes.items()}


def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in WORDS)


WORD_PATTERNS = _compiled()
FUNCTIONAL = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)


def _functional(text: str, at: int, clause_start: bool) -> Token | None:
    """An item of the functional classification by its 类/款/项 marks; only at the start of a clause."""
    if not clause_start:
        return None
    for kind, pattern in FUNCTIONAL:
        found = pattern.match(text, at)
        if found:
            parts = tuple(found[name] for name in pattern.groupindex)
            return Token(kind, found[0], at, found.end(), parts=parts)
    return None


def _class(text: str, at: int) -> Token | None:
    found = _class_names().match(text, at)
    if not found:
        return None
    code = class_code(found[0])
    return Token("klass", found[0], at, found.end(), parts=(found[0],)) if code else None


def _quantity(text: str, at: int, context: str) -> Token | None:
    """The longest wording that begins here and means something in this section."""
    if context == "basic":
        pattern, codes = _economic()
        if found := pattern.match(text, at):
            return Token("econ", found[0], at, found.end(), ids=codes[found[0]])
    if not _starts().match(text, at):
        return None
    best: list[tuple[int, int, str]] = []
    for wording in wordings():
        if wording.within and context not in wording.within:
            continue
        if found := wording.pattern.match(text, at):
            best.append((found.end(), 1 if wording.within else 0, wording.quantity))
    if not best:
        return None
    end, special, _ = max(best)
    ids = tuple(q for e, s, q in best if e == end and s == special)
    return Token("item", text[at:end], at, end, ids=ids)


def _number(text: str, at: int) -> Token | None:
    found = NUMBER.match(text, at)
    if not found or (
        found["u"] is None and re.match(r"年|月|日|-|/|〕|\d|[A-Za-z]|号", text[found.end() :])
    ):
        return None
    figure = make_figure(found["n"], found["u"] or "", at, found.end())
    return Token("figure", found[0], at, found.end(), figure=figure) if figure else None


def _word(text: str, at: int) -> Token | None:
    for kind, pattern in WORD_PATTERNS:
        if found := pattern.match(text, at):
            return Token(kind, found[0], at, found.end())
    return None


def tokenise(text: str, start: int, end: int, context: str) -> list[Token]:
    """The tokens of ``text[start:end]`` in a section of kind ``context``."""
    sentence, tokens, at = text[:end], [], start
    clause_start = True
    while at < end:
        if clause_start and (marker := MARKER.match(sentence, at)):
            tokens.append(Token("punct", marker[0], at, marker.end()))
            at = marker.end()
            continue
        token = (
            _functional(sentence, at, clause_start)
            or _quantity(sentence, at, context)
            or _class(sentence, at)
            or _time(sentence, at)
            or _number(sentence, at)
            or _word(sentence, at)
            or Token("other", sentence[at], at, at + 1)
        )
        tokens.append(token)
        at = token.end
        opens = token.kind in ("punct", "partial") and token.text != "）"
        clause_start = opens or (clause_start and token.kind in ("year", "this", "among", "filler"))
    return tokens


def _time(text: str, at: int) -> Token | None:
    token = _word(text, at) if text[at].isdigit() or text[at] == "二" else None
    return token if token and token.kind in ("date", "year") else None
