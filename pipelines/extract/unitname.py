"""The name of the unit that a text prints: beside 编制单位 and its like, or in a title such as
``某局2023年度部门决算``.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.extract.fiscalyear import year_named
from pipelines.extract.moneyunit import SIZES, money_beside
from pipelines.extract.text import squash

ORG_END = "局委办院校中心所会站队厅处部室馆社团镇乡区县市省府"
_STRONG = "编制单位|填报单位|编报单位|填制单位|报送单位|编制部门|填报部门|编制机构|填报机构"
_WORDS = (
    rf"{_STRONG}|部门[（(]单位[）)](?:名称)?|单位[（(]部门[）)](?:名称)?|单位名称|部门名称|单位全称|部门全称"
    r"|(?:部门|单位)(?:编码|代码)(?:及|和|与|、|/)?(?:部门|单位)?名称"
    r"|公开部门|公开单位|预算单位|预算部门|决算单位|会计主体|机构名称|部门|单位"
)
_SEAL = r"(?:\s*[（(]\s*(?:公章|盖章|签章|章)\s*[）)])?"
_ENDS = (
    r"(?=[（(]?\s*(?:公章|盖章)|[二2][〇○零0][0-9〇○零一二三四五六七八九]{2}\s*[年./-]"
    r"|(?:单位|部门|财务|分管)?(?:负责人|领导)\s*[(（:：]|(?:编制|填表|填报|制表|审核|复核|经办|联系)人?\s*[:：]|联系电话"
    r"|(?:会计|预算|决算|报表)?(?:年度|期间)\s*[:：]|日期\s*[:：]|金额单位|货币单位|单位\s*[:：]|金额\s*[:：]|财决|公开\d|$)"
)
_UNIT = re.compile(
    rf"(?<!金额)(?<!货币)(?<!计量)(?<!主管)(?:{_WORDS}){_SEAL}\s*[:：;∶︰]\s*(.*?)\s*{_ENDS}"
)
# A money unit printed before the name of the unit, as a line of a page above may be read.
_MONEY_BEFORE = re.compile(
    rf"[（(]?(?:金额|货币|计量)?单位\s*[:：]\s*(?:人民币)?(?:{SIZES})[）)]?\s*(?=(?:{_WORDS}){_SEAL}\s*[:：])"
)
_ASKS = re.compile(rf"^(?:{_STRONG}|单位名称|部门名称|预算单位|公开部门|公开单位){_SEAL}[:：]?$")
_CODED = re.compile(
    r"^(?:编码)?[（(【\[]?(\d{3,15})[）)】\]]?\s*[-_—–－:：.、|/\s]*(?=[一-鿿（(])(.{2,})$"
)
_CODED_BEHIND = re.compile(r"^(.{2,}?)\s*[-_—–－|/（(【\[]+(\d{3,15})[）)】\]]?$")
# Words that stand between an organisation and its table in a title.
_TITLE_WORDS = re.compile(
    r"(?:年度|年|部门|单位|本级|汇总|整体|收入支出|财务|收支)*(?:决算|预决算)(?:信息|报表|报告|公开|情况|说明|表|报|明细|套表|及|和)*(?:（[^）]*）)?$"
)
_REGION_END = ("省", "市", "县", "区", "州", "盟", "旗")


def split_code(name: str) -> tuple[str | None, str]:
    """``500004-云岭县商务局`` or ``[500004]云岭县商务局`` → code and name; without a code the
    name as it is.
    """
    text = squash(name)
    if found := _CODED.match(text):
        return found.group(1), found.group(2).strip("：，。_-—")
    if found := _CODED_BEHIND.match(text):
        return found.group(2), found.group(1)
    return None, text


def unit_in(text: str, following: list[tuple[int, object]]) -> tuple[int, str] | None:
    """The unit's name in a text (or in the cell after it), ranked: 编制单位 and its like before
    部门 and 单位.
    """
    flat = _MONEY_BEFORE.sub(" ", unicodedata.normalize("NFKC", text))
    return _unit_in(flat, following) or _unit_in(squash(flat), following)


def _unit_in(text: str, following: list[tuple[int, object]]) -> tuple[int, str] | None:
    match = _UNIT.search(text)
    if not match:
        return _asked(text, following)
    name = squash(match.group(1)).strip("：，。_＿-—").removesuffix("（")
    if not name:
        name = _next_cell(following)
    if not name or re.fullmatch(rf"(?:人民币)?（?(?:人民币)?(?:{SIZES}|辆|个|人|台|套)）?", name):
        return None
    return _rank(match.group()), name


def _asked(text: str, following: list[tuple[int, object]]) -> tuple[int, str] | None:
    """``编制单位`` without a colon, and the name in the next cell or behind it."""
    said = squash(text)
    if _ASKS.match(said) and (name := _next_cell(following)):
        return _rank(said), name
    behind = re.match(rf"^(?:{_STRONG}){_SEAL}[；∶︰]?(?!：)(.{{3,30}})$", said)
    if behind and behind.group(1)[-1] in ORG_END:
        return 1, behind.group(1)
    return None


def _next_cell(following: list[tuple[int, object]]) -> str:
    """The name in the cell to the right; empty where that cell says something else."""
    if not following or type(following[0][1]) is not str:
        return ""
    name = squash(following[0][1])
    other = money_beside(name) or year_named(name) or "：" in name
    return "" if other else name


def _rank(label: str) -> int:
    return 1 if label.startswith(("编", "填", "报送")) else 0


def unit_of_title(text: str, titles: tuple[str, ...] = ()) -> str | None:
    """The organisation that a title begins with: ``云岭市财政局2024年度部门决算``, or a form's
    title behind its name.

    ``titles``: squashed titles of forms, longest first. A region alone (某县) is no unit.
    """
    said = re.sub(r"^《|》$", "", squash(text))
    if not 6 <= len(said) <= 60:
        return None
    bare = _without_title(said, titles)
    if bare is None:
        return None
    return _organisation(bare) or _organisation(_behind_title(said))


def _behind_title(said: str) -> str:
    """What stands in brackets at the end: ``收入决算表（云岭县商务局2023年度）``."""
    found = re.search(r"（((?:[^（）]|（[^（）]*）)+)）$", said)
    return found.group(1) if found else ""


def bare_unit(text: str) -> str | None:
    """A line that is nothing but the name of an organisation, as on a cover."""
    said = squash(text)
    if re.search(r"[：:，。；\d]|决算|编制|公开|目录|报表|附件|监制|印制", said):
        return None
    return _organisation(said)


def _organisation(bare: str) -> str | None:
    """A name as it stands in a title, without year and number; None where it is no
    organisation's.
    """
    name = re.sub(r"[（(]?(?:20\d{2}|二[〇○零][〇○零一二三四五六七八九]{2})年?度?[）)]?", "", bare)
    name = re.sub(r"^(?:附件\d*[：:]?|\d+[、.])", "", name).strip("：，、-—_《》")
    name = (
        re.sub(r"(?:（(?:部门|汇总|单位|公开)）|部门|单位|汇总)$", "", name)
        if len(name) > 4
        else name
    )
    if not 3 <= len(name) <= 40 or name.endswith(_REGION_END) or name[-1] not in ORG_END + "）":
        return None
    return name


def _without_title(said: str, titles: tuple[str, ...]) -> str | None:
    """The text before a form's title or before 部门决算; None where it ends with neither."""
    plain = re.sub(r"（[^）]*）$", "", said)
    for title in titles:
        if plain.endswith(title):
            before = plain[: -len(title)]
            words = _TITLE_WORDS.search(before)
            before = before[: words.start()] if words else before
            return before.removesuffix("部门").removesuffix("单位")
    match = _TITLE_WORDS.search(said)
    return said[: match.start()] if match else None
