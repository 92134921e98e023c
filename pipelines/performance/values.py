"""What a cell of a performance table says: a number with its precision, a phrase with its bound, a
dash, words.

Numbers are exact fractions in the unit they are printed in (``scaled`` turns 万元 into 元). What
does not belong here: which cell it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction

from pipelines.narrative.figures import Interval
from pipelines.performance.words import flat

MONEY_UNITS = {
    "元": 1,
    "百元": 100,
    "千元": 1_000,
    "万元": 10_000,
    "万": 10_000,
    "亿元": 100_000_000,
}
DASHES = frozenset("/／-—－–―") | {"——", "--", "//", "N/A", "不适用"}
OPERATORS = (
    ("≥", "≥≧⩾"),
    ("≤", "≤≦⩽"),
    ("＝", "=＝"),
    ("＞", ">＞﹥"),
    ("＜", "<＜﹤"),
)
OPERATOR_WORDS = {
    ">=": "≥", "=>": "≥", "大于等于": "≥", "大于或等于": "≥", "不低于": "≥", "不少于": "≥",
    "不小于": "≥",
    "<=": "≤", "=<": "≤", "小于等于": "≤", "小于或等于": "≤", "不高于": "≤", "不超过": "≤",
    "不大于": "≤", "不多于": "≤",
    "==": "＝", "等于": "＝", "大于": "＞", "高于": "＞", "小于": "＜", "低于": "＜",
    "定性": "定性", "定性指标": "定性",
}  # fmt: skip
OPERATOR = re.compile(
    "^(?:"
    + "|".join(map(re.escape, sorted(OPERATOR_WORDS, key=len, reverse=True)))
    + "|[≥≧⩾≤≦⩽=＝>＞﹥<＜﹤])"
)
NUMBER = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
ABOUT = re.compile(r"余|多|以上|\+|约|近|不足|左右|以下|以内|上下")
LIMIT = re.compile(r"(?:[及或]?以[上下内])$")  # a target that is as good as ≥ or ≤
# A month or day of the calendar (12月底前, 11月完成), which is no number of months; 6个月 is one.
DATED = re.compile(r"^月.|^[日号].*[前底末完]")
AT_LEAST, AT_MOST = re.compile(r"余|多|以上|\+"), re.compile(r"近|不足|以下|以内")
TIME_UNIT = re.compile(
    r"^(?:个?月|日|天|年|季度?|小时|周|工作日|个工作日)(?:内|底|前|末|份|以内|之前|以前)?$"
)
TIME_WORDS = re.compile(
    r"年内|年底|时限|按期|按时|及时|如期|月底?前|期限|规定时间|\d+个?(?:月|日|天)(?:内|前|底)|全年|当年|20\d\d年"
)
GRADE_ORDER = {"优": 4, "优秀": 4, "良": 3, "良好": 3, "中": 2, "中等": 2, "差": 1, "较差": 1}
LEVEL_ORDER = {"高": 3, "较高": 3, "中": 2, "低": 1, "较低": 1}
REACHED_ORDER = {
    "达成": 3, "全部达成": 3, "达成预期指标": 3, "达成年度指标": 3,
    "部分达成": 2, "部分达成年度指标": 2, "部分达成年度指标并具有一定效果": 2,
    "未达成": 1, "未达成年度指标": 1, "未达成年度指标且效果较差": 1,
}  # fmt: skip
# Signs whose letters and raised digit would be read as further digits of the number.
AREA, VOLUME = (
    re.compile(r"㎡|(?<![A-Za-z])[mM][²2](?!\d)"),
    re.compile(r"㎥|(?<![A-Za-z])[mM][³3](?!\d)"),
)
NOTE_MARK = re.compile("[①-⑳]")  # of a footnote
# Units that mean the same; a word for each.
SAME_UNITS = {
    "万": "万元", "个月": "月", "人次数": "人次", "平米": "平方米", "平方": "平方米",
    "立方": "立方米",
    "km": "公里", "千米": "公里", "kg": "公斤", "千克": "公斤",
}  # fmt: skip
PERCENT_UNITS = frozenset(("%", "百分比", "百分点", "百分数", "‰"))


@dataclass(frozen=True, slots=True)
class Value:
    """A cell's content.

    ``state``: number, dash, text or empty. ``number`` and ``half`` (half a unit of the last printed
    place) in the printed unit; ``unit`` what stands behind it; ``bound`` ≥ or ≤ for a phrase such
    as 200余次; ``op`` for a target.
    """

    raw: str = ""
    state: str = "empty"
    number: Fraction | None = None
    half: Fraction = Fraction(0)
    decimals: int = 0
    unit: str = ""
    bound: str = ""
    op: str = ""
    about: Fraction | None = None

    @property
    def percent(self) -> bool:
        return self.unit in PERCENT_UNITS

    @property
    def interval(self) -> Interval:
        """What the printed number stands for; only where there is a number."""
        assert self.number is not None
        return Interval.around(self.number, self.half)

    @property
    def limit(self) -> bool:
        """Whether the phrase names a limit (3次以上): as a target that is a number."""
        return self.about is not None and bool(self.bound and LIMIT.search(flat(self.raw)))

    @property
    def empty(self) -> bool:
        return self.state == "empty"

    @property
    def asked(self) -> bool:
        """Whether a draft left the cell for a person to fill."""
        return bool(ASKED.match(flat(self.raw)))

    def scaled(self, factor: int | Fraction, half: Fraction | None = None) -> Value:
        """The same in another unit; ``half``: the precision that the whole table has, in the new
        unit.
        """
        if self.number is None:
            return self
        return replace(
            self, number=self.number * factor, half=self.half * factor if half is None else half
        )


EMPTY = Value()
# A place that a draft leaves for a person: nothing stands there yet.
ASKED = re.compile(r"^(?:≥|≤|＝|＞|＜)?【(?:请|待)填[^】]*】$")


def read_value(text: str) -> Value:
    """A cell as printed. Never raises: what is no number is text."""
    plain = flat(_spelled(text))
    if not plain or ASKED.match(plain):
        return Value(text)
    if plain in DASHES:
        return Value(text, "dash")
    op, rest = split_operator(plain)
    value = _number(text, rest)
    return replace(value, op=op)


def _spelled(text: str) -> str:
    """Square and cubic metres in words, without the marks of footnotes."""
    return VOLUME.sub("立方米", AREA.sub("平方米", NOTE_MARK.sub("", text)))


def split_operator(plain: str) -> tuple[str, str]:
    """The normalised operator at the front of a target, and the rest."""
    found = OPERATOR.match(plain)
    if not found:
        return "", plain
    word = found[0]
    if word in OPERATOR_WORDS:
        return OPERATOR_WORDS[word], plain[found.end() :]
    for sign, glyphs in OPERATORS:
        if word in glyphs:
            return sign, plain[found.end() :]
    return "", plain


def operator(text: str) -> str:
    """A cell that holds an operator alone; empty where it holds none."""
    op, rest = split_operator(flat(text))
    return op if not rest or op == "定性" else ""


# 实际完成3项: the verb says nothing of how many.
DONE = re.compile(
    r"^(?:(?:实际|已|共|累计|全年)*(?:完成|达到|开展|举办)|(?:实际|共|累计)+)(?=[约近超不\d])"
)


def _number(raw: str, plain: str) -> Value:
    ascii_text = DONE.sub("", unicodedata.normalize("NFKC", plain).replace("，", ","))
    lead = re.match(r"^(约|近|不足|超过|大约|接近|超)", ascii_text)
    body = ascii_text[lead.end() :] if lead else ascii_text
    found = NUMBER.match(body)
    if not found:
        return Value(raw, "text")
    unit = body[found.end() :].replace("（", "").replace("）", "")
    fraction = found[3] or ""
    number = Fraction(f"{found[1]}{found[2].replace(',', '')}.{fraction or 0}")
    decimals = len(fraction)
    said = [m[0] for m in (lead, ABOUT.search(unit)) if m]
    if said and not TIME_UNIT.match(unit):
        bound = _bound("".join(said))
        return Value(
            raw, "text", bound=bound, about=number, unit=ABOUT.sub("", LIMIT.sub("", unit))
        )
    if len(unit) > 6 or re.search(r"\d", unit):
        return Value(raw, "text")
    if DATED.match(unit) or (TIME_UNIT.match(unit) and re.search(r"内|前|底|末", unit)):
        return Value(raw, "text", about=number, unit=unit)
    half = Fraction(1, 2 * 10**decimals)
    return Value(raw, "number", number, half, decimals, unit)


def _bound(phrase: str) -> str:
    if AT_LEAST.search(phrase) or "超" in phrase:
        return "≥"
    return "≤" if AT_MOST.search(phrase) else ""


def number_value(number: float | int, decimals: int, unit: str = "", raw: str = "") -> Value:
    """A number that a workbook keeps as a number, shown with ``decimals`` places."""
    exact = Fraction(str(number))
    text = raw or f"{number}"
    return Value(text, "number", exact, Fraction(1, 2 * 10**decimals), decimals, unit)


def grade_order(text: str) -> int | None:
    """The place of a grade in its scale (more is better); None where it is none."""
    plain = flat(text)
    for scale in (GRADE_ORDER, LEVEL_ORDER, REACHED_ORDER):
        if plain in scale:
            return scale[plain]
    return None


def about_time(text: str, unit: str = "") -> bool:
    """Whether an answer is one about time: 年内完成, 12个月内, 按期."""
    return bool(TIME_WORDS.search(flat(text))) or bool(unit and TIME_UNIT.match(unit))


def canonical_unit(unit: str) -> str:
    """Units that mean the same, made equal."""
    plain = flat(_spelled(unit)).strip("（）")
    if plain in PERCENT_UNITS:
        return "%"
    return SAME_UNITS.get(plain.lower(), plain)
