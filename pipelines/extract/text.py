"""Labels: what is printed, and the key it stands for.

A key has no numbering, no ``其中：``, no spaces and no unit in brackets; its punctuation is
full-width.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\x00-\x1f\x7f]+")
_ORDINARY = re.compile(r"[\u4e00-\u9fff0-9A-Za-z（）：，；、]+")
_CIRCLED = re.compile(r"^[\u2460-\u2473\u3220-\u3229\u2474-\u2487]")
_WIDE = str.maketrans(
    {
        "(": "（",
        ")": "）",
        ":": "：",
        ",": "，",
        ";": "；",
        "〔": "（",
        "〕": "）",
        "[": "（",
        "]": "）",
    }
)
_NUMBER_WORD = "[一二三四五六七八九十百]+"
_NUMBERING = re.compile(
    rf"^(?:{_NUMBER_WORD}[、.]|（{_NUMBER_WORD}）|（\d{{1,2}}）|\d{{1,2}}）"
    r"|\d{1,2}[、.](?!\d)|其中：|其中、|[一二三四五六七八九十]{1,3}，)"
)
_MEASURE = (
    r"(?:辆|个|人|人次|批次|次|台|套|台套|台[，、/]套|平方米|户|所|张"
    r"|(?:人民币)?(?:百|千|万|亿)?元)"
)
# 决算数（万元）, 决算数（单位：元）, also 决算数 单位：元; but 金额单位：元 is a caption.
_UNIT_TAIL = re.compile(
    rf"(?:（(?:(?:金额|计量|货币)?单位：?)?{_MEASURE}）"
    rf"|(?<!^)(?<!^金额)(?<!^计量)(?<!^货币)"
    rf"单位：{_MEASURE})$"
)
_QUOTES = re.compile(r"[\"“”„‟″〝〞「」『』＂]")


@lru_cache(maxsize=4096)  # a cell may hold a long text
def visible(text: str) -> str:
    """The text as printed, on one line and without control characters."""
    return _INVISIBLE.sub(" ", text).strip()


def squashed(text: str) -> str:
    """No spaces, full-width punctuation, half-width digits and letters: for comparing, not for
    showing.
    """
    if _ORDINARY.fullmatch(text):
        return text
    text = _CIRCLED.sub("", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", text)
    return _even_quotes(_INVISIBLE.sub("", text).translate(_WIDE))


squash = lru_cache(maxsize=65536)(squashed)


def _even_quotes(text: str) -> str:
    marks = iter("“”" * (len(text) + 1))
    return _QUOTES.sub(lambda _: next(marks), text) if _QUOTES.search(text) else text


@lru_cache(maxsize=65536)
def label_key(text: str) -> str:
    """The key of a label: ``（1）公务用车购置费`` → ``公务用车购置费``, ``4．公务用车保有量（辆）``
    → ``公务用车保有量``.
    """
    key = squash(text)
    while (match := _NUMBERING.match(key)) and match.end() < len(key):
        key = key[match.end() :]
    return _UNIT_TAIL.sub("", key) or key


@lru_cache(maxsize=4096)
def is_count_label(text: str) -> bool:
    """Whether the label's own unit in brackets says that it counts things (辆, 个, 人, 台)."""
    found = _UNIT_TAIL.search(squash(text))
    return found is not None and "元" not in found.group()


_NOTE = re.compile(
    r"^(?:注\d*[：.、]|注释|备注|说明[：:]|填表说明|填报说明|本表反映|单位负责人|财务负责人|制表|填表人|审核人|经办人|复核|报送日期|打印日期|导出时间|第\d+页|—\d+—|联系电话|公开部门|数据来源|(?:编制|填报|编报|填表|报送)(?:单位|部门)(?:（[^）]*）)?：)"
)


@lru_cache(maxsize=65536)
def is_note(text: str) -> bool:
    """Whether a label is a footnote or a signature line rather than an item."""
    return bool(_NOTE.match(squash(text)))


_EMPTY = re.compile(
    r"(?:没有|无|未发生|不涉及|未安排).{2,}?[，,。]|(?:无数据|空表|没有数据)[。.）)]*$"
)


@lru_cache(maxsize=65536)
def tells_empty(text: str) -> bool:
    """Whether a sentence says that a table is empty, and why: 本单位没有……，故本表无数据。"""
    return bool(_EMPTY.search(squash(text)))


@lru_cache(maxsize=1024)
def letter(column: int) -> str:
    """Column letters of a zero-based column: 0 → ``A``, 27 → ``AB``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """A1 address of a zero-based cell."""
    return f"{letter(column)}{row + 1}"


def row_of(cell: str | None) -> int:
    """The row (from 0) of an A1 address; of none the first."""
    digits = (cell or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) - 1 if digits.isdecimal() else 0
