"""Which form a sheet is, which unit and year it belongs to, and in which money unit it counts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extract.grid import Grid
from pipelines.extract.text import squash
from schemas.library import Form

TOP = 40  # rows in which titles and captions are looked for
WIDE = 6  # cells in a row: more than captions have
_NUMBER = re.compile(r"(财决|公开)表?(附|补)?(\d{1,2})(?:[-_—–―－](\d{1,2}))?表?")
_SHEET_CODE = re.compile(r"^(?:表)?([A-Z]{1,2}\d{2}(?:_\d)?)(?![0-9])", re.ASCII)
_OTHERS = (
    "项目收入支出决算表",
    "行政事业类项目收入支出决算表",
    "基本建设类项目收入支出决算表",
    "预算支出相关信息表",
    "基本数字表",
    "非税收入征缴情况表",
    "政府采购情况表",
    "资产负债简表",
    "其他收入明细情况表",
    "政府性基金预算财政拨款“三公”经费支出决算表",
)
_UNIT_WORDS = (
    "编制单位|填报单位|编报单位|单位名称|部门名称|编制部门|填报部门"
    "|公开部门|公开单位|预算单位|部门|单位"
)
_MONEY = re.compile(
    r"(?:金额单位|货币单位|计量单位|单位)\s*[:：]?\s*(?:人民币)?\s*(百万元|亿元|万元|千元|百元|元)"
)
_UNIT = re.compile(
    rf"(?<!金额)(?<!货币)(?<!计量)(?:{_UNIT_WORDS})(?:\s*[（(](?:公章|盖章|签章)[）)])?\s*[:：]\s*(.*?)\s*(?=[（(]?(?:公章|盖章)|[二2][〇○零0][0-9〇○零一二三四五六七八九]{{2}}\s*年|金额单位|货币单位|单位\s*[:：]|财决|公开\d|$)"
)
_YEAR_FULL = re.compile(r"(20\d{2})\s*年度")
_YEAR = re.compile(r"(20\d{2})\s*年(?!\s*\d{1,2}\s*月)")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_YEAR = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}\s*年")
_HEADER_WORDS = {
    "科目名称",
    "科目编码",
    "项目",
    "行次",
    "栏次",
    "支出功能分类科目编码",
    "功能分类科目编码",
}
_TAIL = re.compile(r"(?:（[^）]*）)+$")
_ORG_END = "局委办院校中心所会站队厅处部室馆社团镇乡区县市省府"


@dataclass(frozen=True, slots=True)
class Caption:
    """What a sheet says of itself.

    ``row`` is the last row (zero-based) that carries a caption, -1 without one.
    """

    unit: str | None = None
    year: int | None = None
    money: str | None = None
    row: int = -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Votes for a form, and whether the sheet claims to be one: in its name, or above its first
    wide row.

    A list that mentions forms in its rows claims nothing. ``families`` are those that a code or
    表号 names: True for published tables, False for internal ones.
    """

    votes: Mapping[str, int]
    claims: bool
    families: frozenset[bool] = frozenset()

    def leaning(self, published: bool | None) -> Evidence:
        """The same votes with one more for each form of the family that the rest of the workbook
        belongs to.
        """
        if published is None:
            return self
        return Evidence(
            {f: v + (f.startswith("G") == published) for f, v in self.votes.items()},
            self.claims,
            self.families,
        )

    def ranked(self) -> list[str]:
        best = sorted(self.votes.items(), key=lambda kv: -kv[1])
        return [form for form, votes in best if votes > 0]


class Recogniser:
    """Finds forms by sheet code, 表号, title and aliases, from the form descriptions alone."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self.forms = forms
        self.numbers: dict[tuple[str, ...], str] = {}
        self.titles: dict[str, list[str]] = {squash(t): [] for t in _OTHERS}
        for form in forms.values():
            for number in (form.number, *form.number_aliases):
                if match := _NUMBER.search(squash(number)):
                    self.numbers[_parts(match)] = form.form
            for title in (form.title, *form.aliases):
                self.titles.setdefault(squash(title), []).append(form.form)
        self._by_length = tuple(sorted(self.titles, key=len, reverse=True))

    def evidence(self, grid: Grid) -> Evidence:
        """What speaks for a form, in the sheet's name and in its first rows; a table of contents
        speaks for none.
        """
        votes: Counter[str] = Counter()
        self._numbered: set[str] = set()
        self._titled_forms: set[str] = set()
        self._vote_name(squash(grid.sheet.name), votes)
        inside, titles, above = self._vote_cells(grid)
        if len(titles) > 2:
            return Evidence({}, False)
        numbered = {form.startswith("G") for form in self._numbered}
        both = _title_first(votes + inside, self._titled_forms & inside.keys(), numbered)
        return Evidence(both, bool(votes) or above, frozenset(numbered))

    def _vote_cells(self, grid: Grid) -> tuple[Counter[str], set[tuple[str, ...]], bool]:
        """Votes of the first rows, the forms whose titles they hold, and whether any vote stands
        above the first wide row.
        """
        votes: Counter[str] = Counter()
        titles: set[tuple[str, ...]] = set()
        wide = next((r for r, cells in enumerate(grid.rows[:TOP]) if len(cells) >= WIDE), TOP)
        above = False
        for line in grid.sheet.above:
            titles.add(self._vote_cell(squash(line), votes))
        for r, cells in enumerate(grid.rows[:TOP]):
            for _, value in cells:
                if type(value) is str and ("表" in value or "公开" in value) and len(value) <= 120:
                    titles.add(self._vote_cell(squash(value), votes))
            above |= r < wide and bool(votes)
        return votes, titles - {()}, above

    def second_table(self, grid: Grid) -> tuple[int, str] | None:
        """The row where another form begins on the same sheet (its 表号 or title, with a header
        close below), and that form.
        """
        first: set[str] = set()
        for r, cells in enumerate(grid.rows):
            said = {
                f
                for _, v in cells
                if type(v) is str and "表" in v and len(v) <= 60
                for f in self._heading(squash(v))
            }
            if said and not first:
                first = said
            elif said and not said & first:
                if r <= TOP // 8:  # a title and a 表号 that disagree, not a second table
                    continue
                if any(
                    squash(v) in _HEADER_WORDS
                    for row in grid.rows[r : r + 8]
                    for _, v in row
                    if type(v) is str
                ):
                    return r, min(said)
        return None

    def _heading(self, text: str) -> list[str]:
        match = _NUMBER.fullmatch(text)
        if match and (form := self.numbers.get(_parts(match))):
            return [form]
        return self._titled(text) if text.endswith(("表", "）")) else []

    def _vote_name(self, name: str, votes: Counter[str]) -> None:
        code = _SHEET_CODE.match(name.upper().replace("-", "_").replace("Z0-", "Z0_"))
        if code and code.group(1) in self.forms:
            votes[code.group(1)] += 3
            self._numbered.add(code.group(1))
        if match := _NUMBER.search(name):
            complete = match.end() < len(name) or match.group(4) or match.group().endswith("表")
            if complete and (form := self.numbers.get(_parts(match))):
                votes[form] += 2
                self._numbered.add(form)
        for form in self._titled(re.sub(r"（.*$", "", _SHEET_CODE.sub("", name))):
            votes[form] += 1

    def _vote_cell(self, text: str, votes: Counter[str]) -> tuple[str, ...]:
        """Votes of one cell; gives the forms whose title it is."""
        match = _NUMBER.search(text) if "财决" in text or "公开" in text else None
        if match and len(text) <= 30 and (form := self.numbers.get(_parts(match))):
            votes[form] += 4
            self._numbered.add(form)
        titled = self._titled(text) if text.endswith(("表", "）")) and len(text) <= 60 else []
        for form in titled:
            votes[form] += 4
            self._titled_forms.add(form)
        return tuple(titled)

    def _titled(self, text: str) -> list[str]:
        if text in self.titles:
            return self.titles[text]
        title = _find_title(_TAIL.sub("", text), self._by_length)
        return self.titles[title] if title else []


def _title_first(votes: Counter[str], titled: set[str], numbered: set[bool]) -> Counter[str]:
    """Among published tables a title outranks a number: regions number the same tables
    differently.
    """
    if numbered == {True}:
        for form in titled:
            votes[form] += 2 if form.startswith("G") else 0
    return votes


@lru_cache(maxsize=8192)
def _find_title(text: str, titles: tuple[str, ...]) -> str:
    """The longest known title the text ends with, if what stands before it reads like a year or an
    organisation.
    """
    for title in titles:
        if text.endswith(title):
            rest = text[: -len(title)]
            ok = (
                not rest
                or rest[-1] in "年度）：、.》" + _ORG_END
                or rest.endswith("部门")
                or rest[-1].isdigit()
            )
            return title if ok else ""
    return ""


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    kind, attached, number, part = match.groups()
    return (kind, attached or "", str(int(number)), str(int(part)) if part else "")


def caption(grid: Grid, until: int) -> Caption:
    """Unit, year and money unit from the rows above ``until`` (the header).

    The line that names the unit outranks banners above it: its year counts before a title's, a
    title's before any other.
    """
    units: list[tuple[int, int, str]] = []
    years: list[tuple[int, int, int]] = []
    money: list[tuple[int, str]] = []
    lines: list[list[tuple[int, object]]] = [[(0, line)] for line in grid.sheet.above]
    rows_above = [*lines, *grid.rows[: max(0, min(until, TOP * 2))]]
    for r, cells in enumerate(rows_above, -len(lines)):
        found = [
            (unicodedata.normalize("NFKC", v), cells[i + 1 :])
            for i, (_, v) in enumerate(cells)
            if type(v) is str
        ]
        names = [
            (rank, r, name)
            for text, rest in found
            if (named := _unit_in(text, rest))
            for rank, name in [named]
        ]
        counted = [(r, m.group(1)) for text, _ in found if (m := _MONEY.search(text))]
        units, money = units + names, money + counted
        years += [
            (_year_rank(text, bool(names), bool(counted)), r, y)
            for text, _ in found
            if (y := _year_in(text))
        ]
    rows = [r for _, r, _ in units] + [r for r, _ in money]
    return Caption(
        max(units, key=lambda u: (u[0], u[1]))[2] if units else None,
        max(years, key=lambda y: (y[0], y[1]))[2] if years else None,
        money[-1][1] if money else None,
        max(rows, default=-1),
    )


def _year_rank(text: str, beside_unit: bool, beside_money: bool) -> int:
    """How much a year's place says: 4 beside the unit, 3 beside the money unit, 2 in a title, 1 as
    年度, 0 otherwise.
    """
    if beside_unit or beside_money:
        return 4 if beside_unit else 3
    if re.search(r"表\s*$", text) and "年度" in text:
        return 2
    return 1 if "年度" in text else 0


def _unit_in(text: str, following: list[tuple[int, object]]) -> tuple[int, str] | None:
    """The unit's name in a text (or in the cell after it), ranked: 编制单位 and its like before
    部门 and 单位.
    """
    match = _UNIT.search(text)
    if not match:
        return None
    name = squash(match.group(1)).strip("：，。_＿-—").removesuffix("（")
    if not name and following and type(following[0][1]) is str:
        name = squash(following[0][1])  # type: ignore[arg-type]
        if _MONEY.search(name) or _YEAR.search(name) or "：" in name:
            return None
    if not name or re.fullmatch(
        r"(?:人民币)?(?:百万元|亿元|万元|千元|百元|元|辆|个|人|台|套)", name
    ):
        return None
    return (1 if match.group().startswith(("编制", "填报", "编报")) else 0), name


def _year_in(text: str) -> int | None:
    """The fiscal year a text names: ``2023年度`` before ``2023年``, never a date."""
    if "二" in text and (han := _HAN_YEAR.search(text)):
        text = text.replace(han.group(), han.group().translate(_HAN_DIGITS))
    match = _YEAR_FULL.search(text) or _YEAR.search(text)
    return int(match.group(1)) if match else None
