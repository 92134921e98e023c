"""Taking the amounts out of a message: whatever stands with 元, has decimals or thousands marks, or
is the number a cell held.

Years, codes, form ids, cell addresses and counts stay, so that a person still knows where to look.
"""

from __future__ import annotations

import re

HIDDEN = "***"
_DIGITS = "0-9０-９"
_PLAIN = rf"[-－−]?[{_DIGITS}](?:[{_DIGITS},，]*[{_DIGITS}])?(?:[.．][{_DIGITS}]+)?"
_SPOKEN = (
    "[零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾]"
    "[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟点]*"
)
_MONEY = r"(?=\s*(?:[多余]\s*)?[十百千万亿佰仟]{0,2}\s*(?:元|圆)(?!化|素))"
_COUNTED = "[条个份处行列项户件张页]"
_BOUNDED = rf"(?<![{_DIGITS}A-Za-z_.,，])"
AMOUNT = re.compile(
    "|".join(
        (
            r"(?P<place>[A-Z]+\d*(?:_\d+)?\[[^\]]*\])",  # Z05[2010301,30201] is a place
            rf"(?:{_PLAIN}|{_SPOKEN}){_MONEY}",
            rf"{_BOUNDED}[-－−]?[{_DIGITS}][{_DIGITS},，]*[.．][{_DIGITS}]+",
            (
                rf"{_BOUNDED}[-－−]?[{_DIGITS}]{{1,3}}(?:[,，"
                rf"][{_DIGITS}]{{3}})+(?![{_DIGITS}A-Za-z])(?!\s*{_COUNTED})"
            ),
        )
    )
)
QUOTED = re.compile(
    r"(?P<before>.{0,6})(?P<open>[“「『\"])(?P<text>[^“”「」『』\"]*)(?P<close>[”」』\"])",
    re.DOTALL,
)
NUMBER = re.compile(rf"[{_DIGITS}][{_DIGITS},，.．'’\s\xa0]*")
WHOLE = re.compile(rf"[\s¥￥(（+\-－−]*[{_DIGITS}][{_DIGITS},，.．'’\s\xa0eE+\-－−]*[\s)）%％]*")
YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")
NAMED = ("编码", "代码", "科目", "工作表", "列", "序号", "的", "年度")
HELD = ("不是数字：", "数字")


def masked(text: str) -> str:
    """The text without amounts.

    >>> masked("Z05[2010301,30201] 应为 1,088,395.56 元，原文“收入4321万元”")
    'Z05[2010301,30201] 应为 *** 元，原文“收入***万元”'
    >>> masked("金额栏中不是数字：“1,18,8739”；2023 年度 3 条")
    '金额栏中不是数字：“***”；2023 年度 3 条'
    """
    return AMOUNT.sub(lambda m: m["place"] or HIDDEN, QUOTED.sub(_quoted, text))


def _quoted(found: re.Match[str]) -> str:
    """What a cell held is nothing but a number, or was said to be meant as one; names and codes in
    quotes stay.
    """
    before, text = found["before"], found["text"]
    if before.endswith(HELD):
        text = NUMBER.sub(HIDDEN, text)
    elif WHOLE.fullmatch(text) and not YEAR.fullmatch(text) and not before.endswith(NAMED):
        text = HIDDEN
    return f"{before}{found['open']}{text}{found['close']}"
