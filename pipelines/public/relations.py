"""What each figure of a public table is the sum of, within its own table: rows by code, columns by heading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

Key = tuple[str, str, str, str]
Parts = list[tuple[Key, int]]

TOTAL = "合计"
FUNDS = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
STAFF = ("301", "303")
_INCOME = ("财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
_EXPENSE = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "G02": {"本年收入合计": _INCOME},
    "G03": {"本年支出合计": _EXPENSE},
    "G05": {TOTAL: FUNDS},
    "G06": {TOTAL: ("基本支出", "项目支出")},
    "G10": {"本年支出/小计": ("本年支出/基本支出", "本年支出/项目支出")},
    "G11": {"本年支出/合计": ("本年支出/基本支出", "本年支出/项目支出")},
    "G12": {TOTAL: ("基本支出", "项目支出")},
    "G13": {
        f"{side}/{whole}": tuple(f"{side}/{part}" for part in parts)
        for side in ("预算数", "决算数")
        for whole, parts in {
            TOTAL: ("因公出国（境）费", "公务用车购置及运行维护费/小计", "公务接待费"),
            "公务用车购置及运行维护费/小计": ("公务用车购置费", "公务用车运行维护费"),
        }.items()
    },
}
_FLOWS = {"G10": "本年支出/小计", "G11": "本年支出/合计"}


class Relations:
    """The relations of the tables whose figures are ``exact`` (amounts in 分); a figure that is not there is zero."""

    def __init__(self, exact: Mapping[Key, int]) -> None:
        self.exact = exact
        self._rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._econ: dict[str, list[str]] = defaultdict(list)
        self._classes: list[str] = sorted({r for f, b, r, _ in exact if b == "支出功能分类"})
        self._index()

    def _index(self) -> None:
        codes: dict[str, set[str]] = defaultdict(set)
        for form, block, row, column in self.exact:
            if not block and row.isdigit():
                codes[form].add(row)
            if form == "G07" and column.isdigit():
                codes["econ"].add(column)
        for form, known in codes.items():
            for code in sorted(known):
                self._rows[form][_parent(code, known)].append(code)

    def of(self, key: Key) -> Iterator[Parts]:
        """Every way in which the figure is a sum of others; by rows first."""
        form = key[0]
        yield from self.sums(key)
        if form in _FLOWS and key[3] == "年末结转和结余":
            yield self._closing(key)

    def sums(self, key: Key) -> Iterator[Parts]:
        """Every way in which the figure is a total of its table: the parts that are not zero."""
        found = self._blocks(key) if key[1] else self._lists(key)
        yield from ([p for p in parts if self.exact.get(p[0])] for parts in found if parts)

    @staticmethod
    def wholes(form: str) -> Iterable[str]:
        """The columns that are the sum of others of their row."""
        return {"G07": (TOTAL,)}.get(form, _COLUMNS.get(form, {}).keys())

    def holding(self, key: Key) -> Parts | None:
        """The first of them that holds exactly; None where the figure is a smallest one, or does not add up."""
        amount = self.exact[key]
        return next(
            (p for p in self.of(key) if p and sum(self.exact[k] * s for k, s in p) == amount), None
        )

    def is_smallest(self, key: Key) -> bool:
        return not any(parts for parts in self.of(key))

    def _closing(self, key: Key) -> Parts:
        form, block, row, _ = key
        flows = (("年初结转和结余", 1), ("本年收入", 1), (_FLOWS[form], -1))
        return [
            ((form, block, row, c), s) for c, s in flows if self.exact.get((form, block, row, c))
        ]

    def _lists(self, key: Key) -> Iterator[Parts]:
        form, _, row, column = key
        if form == "G08" and row.endswith("经费合计"):
            staff = row == "人员经费合计"
            yield _plus(
                (form, "", c, column) for c in self._rows[form][TOTAL] if (c in STAFF) == staff
            )
        else:
            yield _plus((form, "", child, column) for child in self._rows[form][row])
        if form == "G07":
            yield _plus((form, "", row, child) for child in self._rows["econ"][column])
        yield _plus((form, "", row, child) for child in _COLUMNS.get(form, {}).get(column, ()))

    def _blocks(self, key: Key) -> Iterator[Parts]:
        form, block, row, column = key
        income = [f"{f}收入" for f in FUNDS] + list(_INCOME[1:]) if form == "G01" else list(FUNDS)
        opening = "年初结转和结余" if form == "G01" else "年初财政拨款结转和结余"
        closing = "年末结转和结余" if form == "G01" else "年末财政拨款结转和结余"
        rows = {
            ("收入", "本年收入合计"): income,
            ("收入", "总计"): ["本年收入合计", "使用非财政拨款结余（含专用结余）", opening],
            ("收入", opening): [f"{opening}/{f}" for f in FUNDS],
            ("支出", "总计"): ["本年支出合计", "结余分配", closing],
            ("支出", closing): list(FUNDS),
        }
        if (block, row) == ("支出", "本年支出合计"):
            yield _plus((form, "支出功能分类", c, column) for c in self._classes)
        yield _plus((form, block, part, column) for part in rows.get((block, row), ()))
        if form == "G04" and column == TOTAL:
            yield _plus((form, block, row, fund) for fund in FUNDS)


def _plus(keys: Iterable[Key]) -> Parts:
    return [(key, 1) for key in keys]


def _parent(code: str, known: set[str]) -> str:
    """The nearest code above that is there; the total at the top."""
    for length in range(len(code) - 2, 2, -2):
        if code[:length] in known:
            return code[:length]
    return TOTAL
