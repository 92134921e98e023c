"""The register of expected submissions (``units.csv``): read tolerantly, believed only where it is
whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.extract.text import squash
from pipelines.extract.unitname import split_code
from schemas.frames import UNITS
from schemas.observation import Observation, Place

UNIT_TYPES = ("行政单位", "参照公务员法管理事业单位", "事业单位", "其他")
REPORT_TYPES = ("单户", "汇总")


class BadRegister(Exception):
    """The register cannot be believed; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A registered unit; ``first_year`` and ``last_year`` bound the years it must submit."""

    unit_code: str
    unit_name: str
    parent_code: str | None = None
    unit_type: str | None = None
    report_type: str | None = None
    aliases: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None

    def active(self, year: int | None) -> bool:
        return year is None or ((self.first_year or 0) <= year <= (self.last_year or 9999))

    def row(self) -> dict:
        row = {name: getattr(self, name) for name in UNITS.names}
        return row | {"aliases": "|".join(self.aliases) or None}


@dataclass(slots=True)
class Register:
    """Units by code, and by the names and aliases they are printed under."""

    units: dict[str, Unit] = field(default_factory=dict)
    names: dict[str, list[Unit]] = field(default_factory=dict)
    aliases: dict[str, list[Unit]] = field(default_factory=dict)
    parents: set[str] | None = None

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Register:
        register = cls({u.unit_code: u for u in units})
        for unit in register.units.values():
            register.names.setdefault(squash(unit.unit_name), []).append(unit)
            for alias in dict.fromkeys(map(squash, unit.aliases)):
                register.aliases.setdefault(alias, []).append(unit)
        return register

    def find(self, name: str, year: int | None) -> Unit | None:
        """The unit printed under a name: by its own name before by an alias, and one that submits
        in that year first.

        None where two units could be meant.
        """
        key = squash(name)
        named, aliased = self.names.get(key, []), self.aliases.get(key, [])
        for found in (
            [u for u in named if u.active(year)],
            [u for u in aliased if u.active(year)],
            named,
            aliased,
        ):
            if found:
                return found[0] if len(found) == 1 else None
        return self._coded(key)

    def _coded(self, printed: str) -> Unit | None:
        """The unit whose code and name are printed together, as in ``117002 信息中心``."""
        numbers = re.findall(r"[0-9]{3,}", printed)
        found = [self.units[n] for n in numbers if n in self.units]
        named = [u for u in found if squash(u.unit_name) in printed]
        return named[0] if len(named) == 1 else None

    def namesakes(self, name: str, year: int | None) -> list[Unit]:
        """The units that bear a printed name, those that submit in that year where any do."""
        named = self.names.get(squash(name), [])
        return [u for u in named if u.active(year)] or named

    def find_printed(self, printed: str, year: int | None) -> Unit | None:
        """The unit printed as ``500004-某局``: by all that is printed, by the name, then by the
        code.
        """
        code, name = split_code(printed)
        if unit := self.find(printed, year) or (code and self.find(name, year)):
            return unit
        return self.units.get(code) if code else None

    def report_type(self, code: str | None) -> str:
        """单户 or 汇总; a unit outside the register stands alone."""
        unit = self.units.get(code or "")
        return (unit.report_type if unit else None) or "单户"

    def is_leaf(self, code: str | None) -> bool:
        """Whether no unit of the register stands below."""
        if self.parents is None:
            self.parents = {u.parent_code for u in self.units.values() if u.parent_code}
        return code not in self.parents

    def __bool__(self) -> bool:
        return bool(self.units)


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRegister("不是 UTF-8 也不是 GB18030 编码的文本")


def load_register(path: Path, file: str) -> tuple[Register, list[Observation]]:
    """The register, or an empty one with the observation that says what is wrong with it."""
    try:
        units = parse_register(decode(path.read_bytes()))
        return Register.of(units), []
    except (BadRegister, OSError, csv.Error) as error:
        message = (
            f"单位名册 {file} 不能使用：{error}。本次按没有名册处理，"
            "各单位以表上所印名称单独成户；请更正名册后重新运行。"
        )
        return Register(), [
            Observation("S-REGISTER", file, message, places=(Place("subject", file),))
        ]


def parse_register(text: str) -> list[Unit]:
    """Rows of the register as units. Raises ``BadRegister`` with the line at fault."""
    reader = csv.DictReader(io.StringIO(text.replace("\0", "")))
    header = [h.strip() for h in reader.fieldnames or []]
    missing = {"unit_code", "unit_name"} - set(header)
    if missing:
        raise BadRegister(f"第 1 行缺少栏目 {'、'.join(sorted(missing))}")
    units = [
        _unit(
            reader.line_num,
            {(k or "").strip(): v or "" for k, v in row.items() if isinstance(v, str)},
        )
        for row in reader
        if any(v for v in row.values() if isinstance(v, str) and v.strip())
    ]
    if not units:
        raise BadRegister("没有任何单位")
    _check(units)
    return units


def _unit(line: int, row: dict[str, str]) -> Unit:
    value = {k: v.strip() for k, v in row.items()}
    code, name = value.get("unit_code", ""), value.get("unit_name", "")
    if not code or not name:
        raise BadRegister(f"第 {line} 行没有单位编码或单位名称")
    report = value.get("report_type") or None
    if report and report not in REPORT_TYPES:
        raise BadRegister(f"第 {line} 行的报表类型“{report}”应为 单户 或 汇总")
    kind = value.get("unit_type") or None
    if kind and kind not in UNIT_TYPES:
        raise BadRegister(f"第 {line} 行的单位基本性质“{kind}”应为 {'、'.join(UNIT_TYPES)} 之一")
    aliases = tuple(a.strip() for a in value.get("aliases", "").split("|") if a.strip())
    first, last = (_year(line, value.get(k, "")) for k in ("first_year", "last_year"))
    return Unit(code, name, value.get("parent_code") or None, kind, report, aliases, first, last)


def _year(line: int, text: str) -> int | None:
    if not text:
        return None
    number = text.removesuffix(".0").removesuffix("年")
    if not number.isdigit() or not 1990 <= int(number) <= 2200:
        raise BadRegister(f"第 {line} 行的年度“{text}”不是四位年份")
    return int(number)


def _check(units: list[Unit]) -> None:
    codes = [u.unit_code for u in units]
    if repeated := sorted(
        {c for c in codes if codes.count(c) > 1} if len(codes) < 5000 else _repeated(codes)
    ):
        raise BadRegister(f"单位编码 {repeated[0]} 重复")
    known = set(codes)
    for unit in units:
        if unit.parent_code and unit.parent_code not in known:
            raise BadRegister(
                f"{unit.unit_code} {unit.unit_name} 的上级 {unit.parent_code} 不在名册中"
            )
    _check_tree(units)


def _check_tree(units: list[Unit]) -> None:
    """Raises ``BadRegister`` with the path of a cycle."""
    if not any(u.parent_code for u in units):
        return
    import networkx as nx

    tree = nx.DiGraph((u.parent_code, u.unit_code) for u in units if u.parent_code)
    try:
        cycle = nx.find_cycle(tree)
    except nx.NetworkXNoCycle:
        return
    raise BadRegister("上下级关系成环：" + " → ".join([a for a, _ in cycle] + [cycle[-1][1]]))


def _repeated(codes: list[str]) -> set[str]:
    seen: set[str] = set()
    return {c for c in codes if c in seen or seen.add(c)}  # type: ignore[func-returns-value]


def with_report_types(register: Register) -> Register:
    """Empty report types filled in: 汇总 for a unit with children, 单户 for one without."""
    parents = {u.parent_code for u in register.units.values()}
    filled = []
    for u in register.units.values():
        kind = u.report_type or ("汇总" if u.unit_code in parents else "单户")
        filled.append(
            Unit(
                u.unit_code,
                u.unit_name,
                u.parent_code,
                u.unit_type,
                kind,
                u.aliases,
                u.first_year,
                u.last_year,
            )
        )
    return Register.of(filled)
