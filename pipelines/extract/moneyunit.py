"""The money unit that a text prints: beside 单位, in brackets, in a sentence of a note.

What does not belong here: which unit counts where none is printed (``assumed``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pipelines.extract.text import squash

SIZES = "百万元|亿元|万元|千元|百元|元"
_UNIT = rf"({SIZES})"
# After a bare 元 other characters of a name may follow (编制单位：元谋县财政局); these words
# begin something else.
_ENDS = r"(?:(?<=[万千百亿]元)|(?![一-鿿])|(?=公开|财决|保留|第|人民币|列至|角|整|[（(]))"
# Whatever typists and exporters put between 单位 and the unit, besides a colon.
_BRACKETS = r"[\s：:（(）)、,，/“”\";；∶︰﹕=＝|_—–-]*"
_CURRENCY = rf"(?:人民币|币种|RMB|CNY|[¥￥]|{_BRACKETS})*"
_OTHER_WRITING = str.maketrans("萬億圆圓", "万亿元元")
_BESIDE = re.compile(
    rf"(?<![编填报制预算公开管])(?:(?:金额|货币|计量|计价|核算|记账|数据)?单位为?|金额|币种|人民币){_CURRENCY}{_UNIT}{_ENDS}"
)
_BRACKETED = re.compile(rf"[（(](?:(?:金额)?单位)?{_BRACKETS}(?:人民币)?{_UNIT}(?:人民币)?[）)]")
_SENTENCE = re.compile(
    rf"以{_BRACKETS}(?:人民币)?{_BRACKETS}{_UNIT}{_BRACKETS}(?:为|作为|计|列示|反映|填列|表示)"
    rf"|(?:单位|金额)(?:均|都|全部|一律|统一)?(?:为|是|系|按|以){_BRACKETS}(?:人民币)?{_BRACKETS}{_UNIT}"
    rf"|按{_BRACKETS}(?:人民币)?{_BRACKETS}{_UNIT}{_BRACKETS}(?:列示|列报|填列|填报|反映|编制|计)"
    rf"|(?:转换|换算|折算|折合|折成|转化|调整)(?:成|为|到)?{_BRACKETS}{_UNIT}"
    rf"|(?:均|都|一律|统一)(?:以|按|用|为){_BRACKETS}(?:人民币)?{_BRACKETS}{_UNIT}"
)
_ALONE = re.compile(rf"^{_BRACKETS}(?:人民币)?{_BRACKETS}{_UNIT}{_BRACKETS}$")
_ASKS = re.compile(r"^(?:(?:金额|货币|计量|计价|核算)?单位|币种|金额)(?:（人民币）)?[：:]?$")


def _speaks_of_money(text: str) -> bool:
    return "元" in text or "圆" in text or "圓" in text


def _even(text: str) -> str:
    """Letter-spaced words closed up; a gap of several spaces stays one, for it parts two
    captions.
    """
    flat = unicodedata.normalize("NFKC", text).translate(_OTHER_WRITING)
    return re.sub(r"\s{2,}", "　", flat).replace(" ", "")


def money_beside(text: str) -> str | None:
    """``单 位：元``, ``单位（万元）``, ``人民币（元）``; also ``（万元）`` behind a title."""
    if not _speaks_of_money(text):
        return None
    for said in (_even(text), squash(text).translate(_OTHER_WRITING)):
        if found := _BESIDE.search(said) or _BRACKETED.search(said):
            return found.group(1)
    return None


def money_said(text: str) -> str | None:
    """The unit in a note: ``本表以万元为金额单位``; what stands beside 单位 counts too."""
    if not _speaks_of_money(text):
        return None
    found = _SENTENCE.search(squash(text).translate(_OTHER_WRITING))
    return next(filter(None, found.groups())) if found else money_beside(text)


def money_alone(text: str) -> str | None:
    """A cell that holds nothing but a unit: ``元``, ``（万元）``."""
    if len(text) > 16 or not _speaks_of_money(text):
        return None
    found = _ALONE.match(squash(text).translate(_OTHER_WRITING))
    return found.group(1) if found else None


def asks_for_money(text: str) -> bool:
    """``金额单位：`` with the unit in the next cell."""
    return bool(_ASKS.match(squash(text)))


def money_in_row(texts: list[str]) -> str | None:
    """The unit that a row of captions prints; ``texts`` are its cells from left to right."""
    for i, text in enumerate(texts):
        if found := money_beside(text):
            return found
        if asks_for_money(text) and texts[i + 1 :] and (found := money_alone(texts[i + 1])):
            return found
    bare = {found for text in texts if (found := money_alone(text))}
    return bare.pop() if len(bare) == 1 else None


def money_of_heads(texts: Iterable[str]) -> str | None:
    """The unit that column heads carry (``决算数（元）``); None where they carry none, or
    several.
    """
    found = set().union(*(_carried(t) for t in texts if "元" in t))
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=4096)  # the heads of all forms, in a writing or two
def _carried(head: str) -> frozenset[str]:
    """The units that a column's head carries."""
    beside = money_alone(head) or money_beside(head)
    units = [m.group(1) for m in _BRACKETED.finditer(squash(head))]
    return frozenset([*units, beside] if beside else units)
