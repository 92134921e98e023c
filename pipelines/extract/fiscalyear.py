"""The fiscal year that a text names: ``2023年度`` before ``2023年``, then a date or a period that
ends a year.

Days on which something was printed, filled in or published are no fiscal years.
"""

from __future__ import annotations

import datetime
import re

from pipelines.extract.text import squash

_YEAR = r"(20\d{2})"
_FULL = re.compile(rf"{_YEAR}(?:(?:会计|预算|财政|决算)?年度|财年|财政年)|FY{_YEAR}(?!\d)")
_LABELLED = re.compile(
    rf"(?:会计|预算|财政|决算|报告|报表|所属)?(?:年度|年份)[：（]{_YEAR}(?!\d|[-./年]\d)"
)
_PLAIN = re.compile(rf"(?<!\d){_YEAR}年(?!\d{{1,2}}月|\d{{1,2}}[-/—])")
# A period or day that closes a year: 2023年12月31日, 2023-12-31, 2023年1-12月, 20231231, 2023年末.
_CLOSING = re.compile(
    rf"(?<!\d){_YEAR}(?:年1?2?月?末|年12月|年0?1月?(?:0?1日)?[-—–－~～至到](?:20\d{{2}}年)?12月"
    rf"|[-./]12(?:[-./](?:31|01?))?(?!\d)|12(?:31|01)?(?!\d)|[-./]0?1(?:[-./]0?1)?[-—–－~～至到])"
)
_PERIOD = re.compile(
    rf"(?:期间|会计期|所属期|报告期|报表期|期次|属期)[：（]?{_YEAR}(?:年|[-./]|\d{{2}}(?!\d))"
)
_NOT_FISCAL = re.compile(
    r"导出|打印|制表|填报日|填表|填报时|编制日|编报日|编制时|报送|上报|报出|批复|印发|公开时|公开日|发布|下载|生成|保存|更新|签发|时间"
)
_ASKS = re.compile(
    r"^(?:会计|预算|财政|决算|报告|报表|所属)?(?:年度|年份|期间|日期|截止日期|截至日期|会计期|报告期|属期)[：:]?$"
)
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_YEAR = re.compile(r"二[〇○零0][〇○零0一二三四五六七八九]{2}年")


def year_named(text: str) -> int | None:
    """``2023年度`` or ``2023年``, also letter-spaced or in Chinese figures; never a date."""
    said = squash(text)
    if "二" in said and (han := _HAN_YEAR.search(said)):
        said = said.replace(han.group(), han.group().translate(_HAN_DIGITS))
    if "20" not in said:
        return None
    match = _FULL.search(said) or _LABELLED.search(said) or _PLAIN.search(said)
    return int(next(filter(None, match.groups()))) if match else None


def year_closed(text: str) -> int | None:
    """The year that a date or a period closes: ``2023年12月31日``, ``报表期间：2023年12月``."""
    said = squash(text)
    if "20" not in said or len(said) > 60 or _NOT_FISCAL.search(said):
        return None
    match = _CLOSING.search(said) or _PERIOD.search(said)
    return int(match.group(1)) if match else None


def year_of_value(value: object) -> int | None:
    """The year in a cell of its own beside 年度 or 期间: ``2023``, 2023.0, a date."""
    if isinstance(value, datetime.date):
        return value.year
    if type(value) in (int, float):
        whole = int(value) if value == value and abs(value) < 1e9 else 0  # type: ignore[call-overload, arg-type]
        return whole if whole == value and 2000 <= whole < 2100 else None
    if type(value) is str:
        said = squash(value)
        found = re.fullmatch(r"(20\d{2})(?:年度?)?", said)
        return int(found.group(1)) if found else year_named(said) or year_closed(said)
    return None


def closing_date(value: object) -> int | None:
    """The year of a cell that holds a date in December; any other day says nothing."""
    return value.year if isinstance(value, datetime.date) and value.month == 12 else None


def asks_for_year(text: str) -> bool:
    """``年度：`` or ``报表期间`` with the year in the next cell."""
    return bool(_ASKS.match(squash(text)))
