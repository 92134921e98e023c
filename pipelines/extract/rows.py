"""Row keys: the code of a classification item, or the label; and which rows are not
items at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipelines.extract.grid import plain
from pipelines.extract.text import label_key, squash
from schemas.library import code_list

# A code beside its name in one cell: 2010301行政运行, [2010301]行政运行, 2010301-行政运行,
# 行政运行（2010301）.
_LEADING_CODE = re.compile(
    r"^(?:编码|代码|科目)?：?['‘“”\"`]?[（【〔\[<《『{]?(\d{7}|\d{5}|\d{3})(?!\d)"
    r"[）】〕\]>》』}]?['’“”\"]?[-_.、：|/·—–~]*(.*)$"
)
# Behind the name a code stands in brackets or behind a stroke, or is the whole code of a 项:
# shorter numbers may belong to a name.
_TRAILING_CODE = re.compile(
    r"^(\D.*?)(?:[-_—–|/]*[（【〔\[<『{](\d{7}|\d{5}|\d{3})[）】〕\]>』}]"
    r"|[-_—–|/]+(\d{7}|\d{5}|\d{3})|(?<!\d)(\d{7}|\d{5}))$"
)
# 一般公共服务支出 201: a gap parts a class's short code from its name.
_SPACED_CODE = re.compile(r"^\s*(\D*[一-鿿]{3}\D*?)\s+([235]\d{2})\s*$")
LONGEST = 300  # characters of a code with its name; whole pages of text would take minutes to try
_PART = re.compile(r"^\d{1,12}$")
_ZERO_TAIL = re.compile(r"\.0+$")
_TOTAL_WORDS = (
    "合计", "总计", "总合计", "收入合计", "支出合计", "本年收入合计", "本年支出合计", "合计数",
    "合计金额", "本年合计", "全年合计", "收入总计", "支出总计", "本年收入总计", "本年支出总计",
)  # fmt: skip
TOTALS = dict.fromkeys(_TOTAL_WORDS, "合计")
CODE_HEADS = {
    "科目编码",
    "科目代码",
    "支出功能分类科目编码",
    "功能分类科目编码",
    "支出功能分类科目代码",
    "功能分类科目代码",
    "支出功能分类",
    "功能科目编码",
    "经济分类科目编码",
    "支出经济分类科目编码",
    "经济科目编码",
    "功能科目代码",
    "功能分类编码",
    "支出功能分类编码",
    "经济分类编码",
    "经济分类科目代码",
    "支出经济分类科目代码",
    "部门预算支出经济分类科目编码",
    "部门预算经济分类科目编码",
    "经济分类",
    "编码",
    "代码",
    "类",
    "款",
    "项",
    "类款项",
    "支出功能分类科目",
    "项目编码",
}
NAME_HEADS = {
    "科目名称",
    "功能分类科目名称",
    "支出功能分类科目名称",
    "经济分类科目名称",
    "项目名称",
    "名称",
    "科目",
    "科目（单位）名称",
    "科目名称（项目）",
    "科目名称（二级项目名称）",
    "功能分类科目",
    "支出项目",
    "项目（按功能分类）",
    "科目编码及名称",
    "科目编码与名称",
    "科目名称及编码",
    "科目编码和名称",
    "科目编码名称",
    "编码及名称",
    "科目代码及名称",
    "支出功能分类科目编码及名称",
    "功能分类科目编码及名称",
    "经济分类科目编码及名称",
    "经济分类科目",
    "支出经济分类科目名称",
}
ITEM_HEADS = {
    "项目",
    "项目（按功能分类）",
    "项目（按支出功能分类）",
    "项目（按支出性质和经济分类）",
    "收入项目",
    "支出项目",
}


class Line(NamedTuple):
    """A labelled row (zero-based ``row``): its key, code if it has one, label as printed, 行次 and
    where these stand.

    ``panel`` is the letter of the label column of the panel that holds its amounts (empty in list
    tables).
    """

    row: int
    block: str
    key: str
    label: str
    code: str | None = None
    number: int | None = None
    column: int | None = None
    count: bool = False  # type: ignore[assignment]
    panel: str = ""
    code_column: int | None = None
    number_column: int | None = None


@dataclass(slots=True)
class CodeReader:
    """Puts a row's code together: whole, leading its name, or split over 类, 款 and 项.

    ``at`` is the column of the last part read.
    """

    columns: list[int]
    context: list[str] = field(default_factory=list)
    at: int | None = None

    def code(self, cells: dict[int, object]) -> str:
        parts = self._parts(cells)
        self.at = self.columns[parts[-1][0]] if parts else None
        if not parts:
            return ""
        index, last = parts[-1]
        if len(last) >= 3:
            code = last
        elif len(parts) > 1 and len(parts[0][1]) >= 3:
            code = parts[0][1] + "".join(p.zfill(2) for _, p in parts[1:])
        else:
            code = self._from_context(index, parts)
        code = _unpadded(code)
        if len(code) in (3, 5, 7):
            self.context = [code[:3], code[3:5], code[5:7]]
        return code

    def _parts(self, cells: dict[int, object]) -> list[tuple[int, str]]:
        """What of a code stands in which of the columns."""
        found = ((i, _code_of(cells[c])) for i, c in enumerate(self.columns) if c in cells)
        return [(i, part) for i, part in found if part]

    def _from_context(self, index: int, parts: list[tuple[int, str]]) -> str:
        if not self.context or index == 0:
            return parts[-1][1]
        merged = [p for p in self.context[:index] if p]
        for i, part in parts:
            merged = [*merged[:i], part.zfill(2)]
        return "".join(merged)


@lru_cache(maxsize=4096)
def _unpadded(code: str) -> str:
    """2010000 for 201, 2010600 for 20106: some systems fill the codes of 类 and 款 with noughts. No
    item but 2121100 ends so.
    """
    if len(code) not in (5, 7) or not code.endswith("00"):
        return code
    known = code_list("economic" if code.startswith("3") else "functional").items
    while len(code) > 3 and code.endswith("00") and code not in known:
        code = code[:-2]
    return code


def _code_of(cell: object) -> str:
    """The code in a cell of a code column, alone or with its name."""
    return _digits(cell) or (split_leading_code(cell)[0] if type(cell) is str else "")


def _digits(cell: object) -> str:
    text = _ZERO_TAIL.sub("", plain(cell)).replace("-", "").replace(".", "").replace("_", "")
    text = text.lstrip("'`’‘")
    return text if _PART.match(text) else ""


def split_leading_code(label: str) -> tuple[str, str]:
    """``2010301行政运行``, ``[2010301]行政运行`` or ``行政运行（2010301）`` → code and name; no
    code, no change.
    """
    if len(label) > LONGEST:
        return "", label
    if match := _SPACED_CODE.match(label):
        return match.group(2), squash(match.group(1))
    text = squash(label)
    if (match := _LEADING_CODE.match(text)) and match.group(2):
        return match.group(1), match.group(2)
    if match := _TRAILING_CODE.match(text):
        return match.group(2) or match.group(3) or match.group(4), match.group(1)
    return "", label


def total_key(label: str) -> str | None:
    """合计 where a label is the word of a sum over all items: 合计：, 本年支出合计."""
    return TOTALS.get(label_key(label).rstrip("："))


class Keys:
    """Row keys within a block: the first plain occurrence is the label, a repeat carries the line
    it stands under.
    """

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.last_plain: dict[str, str] = {}

    def unique(self, block: str, key: str, under: str | None) -> str:
        full = key
        if (block, key) in self.seen and under and under != key:
            full = f"{under}/{key}"
        self.seen.add((block, full))
        return full
