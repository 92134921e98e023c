"""Which form a sheet is: by sheet code, 表号, title and aliases, from the form descriptions
alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extract.grid import Grid
from pipelines.extract.text import squash
from pipelines.extract.unitname import ORG_END
from schemas.library import Form

TOP = 40  # rows in which titles and captions are looked for
WIDE = 6  # cells in a row: more than captions have
LONGEST = 120  # characters of a title or a caption
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
_TAIL = re.compile(r"(?:（[^）]*）)+$")


# With the title's own 4 votes it weighs 10, more than a number that is printed in two cells (8).
TITLE_FIRST = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """Votes for a form, and whether the sheet claims to be one: in its name, or above its first
    wide row.

    A list that mentions forms in its rows claims nothing. ``families`` are those that a code or
    表号 names: True for published tables, False for internal ones; ``titled`` those of titles that
    only one family has.
    """

    votes: Mapping[str, int]
    claims: bool
    families: frozenset[bool] = frozenset()
    titled: frozenset[bool] = frozenset()

    def leaning(self, published: bool | None, public: frozenset[str]) -> Evidence:
        """The same votes with one more for each form of the family that the rest of the workbook
        belongs to; ``public``: the forms that go to the public.
        """
        if published is None:
            return self
        return Evidence(
            {f: v + ((f in public) == published) for f, v in self.votes.items()},
            self.claims,
            self.families,
            self.titled,
        )

    def ranked(self) -> list[str]:
        best = sorted(self.votes.items(), key=lambda kv: -kv[1])
        return [form for form, votes in best if votes > 0]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a table shows of its form: its sheet's ``name`` (empty where that speaks of another),
    the ``lines`` above it, and ``texts`` of its first rows, each with whether it stands above the
    first wide row. ``opens``: whether it begins with a row that is not wide.
    """

    name: str
    lines: tuple[str, ...]
    opens: bool
    texts: tuple[tuple[bool, str], ...]


class Recogniser:
    """Finds forms by sheet code, 表号, title and aliases, from the form descriptions alone.

    ``title_texts``: every title, squashed, longest first.
    """

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self.forms = forms
        self.public = frozenset(form.form for form in forms.values() if form.published)
        self.numbers: dict[tuple[str, ...], str] = {}
        self.titles: dict[str, list[str]] = {squash(t): [] for t in _OTHERS}
        for form in forms.values():
            for number in (form.number, *form.number_aliases):
                if match := _NUMBER.search(squash(number)):
                    self.numbers[_parts(match)] = form.form
            for title in (form.title, *form.aliases):
                self.titles.setdefault(squash(title), []).append(form.form)
        self.title_texts = tuple(sorted(self.titles, key=len, reverse=True))
        # Exporters title thousands of sheets alike: some hundreds of ways are in use at a time.
        self._judged = lru_cache(maxsize=2048)(self._judge)
        self.heading = lru_cache(maxsize=2048)(self._heading)

    def evidence(self, grid: Grid, named: bool = True) -> Evidence:
        """What speaks for a form, in the sheet's name and in its first rows; a table of contents
        speaks for none.

        ``named`` is False for a table further down or beside: the sheet's name speaks of the first.
        """
        return self._judged(_shown(grid, named))

    def _judge(self, shown: _Shown) -> Evidence:
        votes: Counter[str] = Counter()
        self._numbered: set[str] = set()
        self._titled_forms: set[str] = set()
        self._titled_families: set[bool] = set()
        if shown.name:
            self._vote_name(squash(shown.name), votes)
        inside, titles, above = self._vote_texts(shown)
        if len(titles) > 2:
            return Evidence({}, False)
        numbered = {form in self.public for form in self._numbered}
        both = votes + inside
        if numbered == {True}:
            # Among published tables a title outranks a number: regions number the same tables
            # differently.
            for form in self._titled_forms & inside.keys() & self.public:
                both[form] += TITLE_FIRST
        titled = frozenset(self._titled_families)
        return Evidence(both, bool(votes) or above, frozenset(numbered), titled)

    def _vote_texts(self, shown: _Shown) -> tuple[Counter[str], set[tuple[str, ...]], bool]:
        """Votes of the first rows, the forms whose titles they hold, and whether any vote stands
        above the first wide row.
        """
        votes: Counter[str] = Counter()
        titles: set[tuple[str, ...]] = set()
        for line in shown.lines:
            titles.add(self._vote_cell(squash(line), votes))
        above = bool(votes) and shown.opens
        for stands_above, text in shown.texts:
            titles.add(self._vote_cell(squash(text), votes))
            above |= stands_above and bool(votes)
        return votes, titles - {()}, above

    def _heading(self, text: str) -> tuple[frozenset[str], bool]:
        """The forms that a squashed text names by 表号 or title, and whether by title."""
        match = _NUMBER.fullmatch(text)
        if match and (form := self.numbers.get(_parts(match))):
            return frozenset((form,)), False
        titled = self._titled(text) if text.endswith(("表", "）")) else ()
        return frozenset(titled), True

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

    def _numbered_form(self, text: str) -> str | None:
        """The form of a 表号."""
        if len(text) > 30 or not ("财决" in text or "公开" in text):
            return None
        match = _NUMBER.search(text)
        return self.numbers.get(_parts(match)) if match else None

    def _vote_cell(self, text: str, votes: Counter[str]) -> tuple[str, ...]:
        """Votes of one cell; gives the forms whose title it is."""
        if form := self._numbered_form(text):
            votes[form] += 4
            self._numbered.add(form)
        titled = self._titled(text) if text.endswith(("表", "）")) and len(text) <= 60 else []
        for form in titled:
            votes[form] += 4
            self._titled_forms.add(form)
        families = {form in self.public for form in titled}
        if len(families) == 1:
            self._titled_families |= families
        return tuple(titled)

    def _titled(self, text: str) -> list[str]:
        if text in self.titles:
            return self.titles[text]
        title = _find_title(_TAIL.sub("", text), self.title_texts)
        return self.titles[title] if title else []


def _shown(grid: Grid, named: bool) -> _Shown:
    """What the first rows of a table show; ``named``: whether its sheet's name speaks of it."""
    start = grid.start
    rows = grid.rows[start : start + TOP]
    wide = next((r for r, cells in enumerate(rows) if len(cells) >= WIDE), TOP)
    texts = []
    for row, _, text in grid.naming():
        if row >= start + TOP:
            break
        if len(text) <= LONGEST:
            texts.append((row - start < wide, text))
    name = grid.sheet.name if named else ""
    return _Shown(name, grid.sheet.above, bool(rows) and wide > 0, tuple(texts))


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
                or rest[-1] in "年度）：、.》" + ORG_END
                or rest.endswith("部门")
                or rest[-1].isdigit()
            )
            return title if ok else ""
    return ""


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    kind, attached, number, part = match.groups()
    return (kind, attached or "", str(int(number)), str(int(part)) if part else "")
