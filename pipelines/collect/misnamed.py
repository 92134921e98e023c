"""Workbooks that print another unit's name: two different ones bear it, and of a unit of the
register none came. Where the amounts tell that one of the two is that unit's, it is read as such,
and an error names the cells of its header.

What does not belong here: two units that print each other's names, none of which is absent
(``pipelines/reconcile/hypotheses/exchanged.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from pipelines.collect.namesakes import Amounts, give, in_path, left_over
from pipelines.collect.register import Register, Unit
from pipelines.collect.resolve import FileRef
from schemas.library import published_forms
from schemas.observation import Observation, Place
from schemas.structural import say

# Of what is compared nearly all agrees with the unit's own, and hardly anything with another's.
FITS, FOREIGN = 0.8, 0.4
LEAST = 3  # different amounts compared: fewer agree, or do not, by chance
SMALLEST = 100_000  # 分: what is printed in 万元 is compared to the last digit, small amounts meet
LAST_DIGIT = 10_000  # 分 in 0.01 万元
MOST_ASKED = 50  # units without a workbook that a workbook is held against
MOST_PLACES = 30  # of the header's cells; the message tells how many tables there are
PUBLISHED = frozenset(form.form for form in published_forms())
WORDS = {
    "carried": "年初数与{unit}上年的年末数相符",
    "items": "支出科目与{unit}上年的相同",
    "printed": "与{unit}的公开表相符",
    "children": "等于{unit}各下级之和",
    "rolled": "等于上级汇总数减去其他各下级",
}
OPENING, CLOSING = "年初结转和结余", "年末结转和结余"
BEFORE_ADJUSTING = ("CS01_1", "调整前年初结转和结余")  # form and column
ITEM_LENGTH = 7
Key = tuple[str, str, str, str]  # form, block, row, column
AmountsOf = Callable[[FileRef], Amounts]


def settle_misnamed(
    refs: Iterable[FileRef], register: Register, amounts: AmountsOf
) -> list[Observation]:
    """Gives such workbooks to the unit they are of, in place. ``amounts`` reads the amounts of a
    workbook; it is only asked where two of one name differ and a unit lacks its own.
    """
    desk = Desk([r for r in refs if r.status == "read" and r.year], register, amounts)
    found = []
    for group in desk.groups():
        told = [t for ref in group for t in desk.owners(ref, group)]
        if len(told) == 1:  # else nobody knows
            found.append(_given(*told[0]))
    return found


@dataclass
class Desk:
    """All workbooks with the unit each prints."""

    refs: Sequence[FileRef]
    register: Register
    amounts: AmountsOf

    @cached_property
    def by_unit(self) -> dict[tuple[str | None, int | None], list[FileRef]]:
        found: dict[tuple[str | None, int | None], list[FileRef]] = defaultdict(list)
        for ref in self.refs:
            found[ref.unit_code, ref.year].append(ref)
        return found

    @cached_property
    def below(self) -> dict[str | None, list[Unit]]:
        """Units by the code of their parent."""
        found: dict[str | None, list[Unit]] = defaultdict(list)
        for unit in self.register.units.values():
            found[unit.parent_code].append(unit)
        return found

    @cached_property
    def lacking(self) -> dict[int | None, list[Unit]]:
        """By year the units of which no tables of their own came."""
        years = {ref.year for ref in self.refs}
        units = self.register.units.values()
        return {y: [u for u in units if u.active(y) and not self._came(u, y)] for y in years}

    def _came(self, unit: Unit, year: int | None, but: FileRef | None = None) -> bool:
        return any(_own(r) for r in self.by_unit.get((unit.unit_code, year), ()) if r is not but)

    def groups(self) -> Iterator[list[FileRef]]:
        """Workbooks of one registered unit and year that hold the same tables."""
        for (code, _), refs in self.by_unit.items():
            group = [r for r in refs if code and not r.document and _own(r)]
            if len(group) == 2 and len(_own(group[0]) & _own(group[1])) * 2 > len(_own(group[0])):
                yield group

    def owners(
        self, ref: FileRef, group: list[FileRef]
    ) -> Iterator[tuple[FileRef, Unit, list[str]]]:
        """Units without a workbook that this one is of, if the other one is the named unit's, and
        what tells so.
        """
        named = self.register.units.get(ref.unit_code or "")
        if named is None:
            return
        other = group[1] if group[0] is ref else group[0]
        for unit in self._absent(named, ref):
            if why := self._why(ref, other, unit, named):
                yield ref, unit, why

    def _why(self, ref: FileRef, other: FileRef, unit: Unit, named: Unit) -> list[str]:
        """What tells that a workbook is the unit's and the other one the named unit's, and not the
        other way round; nothing where anything tells against it.
        """
        mine, its = self._told(ref, unit, named), self._told(other, named, unit)
        turned = self._told(other, unit, named), self._told(ref, named, unit)
        against = False in [*mine.values(), *its.values()]
        if against or not any(False in told.values() for told in turned):
            return []
        same_items = turned[1].get("items")  # units of a kind have the same items
        return [
            kind
            for kind, fits in mine.items()
            if fits and kind in WORDS and not (kind == "items" and same_items)
        ]

    def _absent(self, named: Unit, ref: FileRef) -> list[Unit]:
        """Units near the named one of which no tables of theirs came, or that the path names."""
        near = (u for u in self.lacking[ref.year] if _are_near(u, named) or in_path(u, ref.file))
        return list(islice(near, MOST_ASKED))

    def _told(self, ref: FileRef, unit: Unit, against: Unit) -> dict[str, bool]:
        """By what it is compared with, whether a workbook is of the unit and not of the one it is
        held ``against``; without what tells nothing.
        """
        mine = {k: v for k, v in self.amounts(ref).items() if v and k[0] not in PUBLISHED}
        told = {
            "carried": self._carried(mine, unit, ref),
            "items": self._items(mine, unit, ref),
            "printed": self._printed(mine, unit, ref),
            "children": self._children(mine, unit, ref),
            "rolled": self._rolled(mine, unit, ref),
            "path": _by_path(ref.file, unit, against),
        }
        return {kind: fits for kind, fits in told.items() if fits is not None}

    def _of(self, unit: Unit, year: int, ref: FileRef) -> list[FileRef]:
        """The workbooks of a unit and year, but this one."""
        return [r for r in self.by_unit.get((unit.unit_code, year), ()) if r is not ref]

    def _carried(self, mine: Amounts, unit: Unit, ref: FileRef) -> bool | None:
        """Whether what it brings forward is what the unit carried over a year before."""
        before = self._last_year(unit, ref)
        if not before:
            return None
        adjusted = {k[2]: v for k, v in mine.items() if k[::3] == BEFORE_ADJUSTING}
        opening = {("Z02", row): v for row, v in adjusted.items()} or _column(mine, OPENING)
        closing = _column(before, CLOSING)
        if adjusted:
            closing = {key: v for key, v in closing.items() if key[0] == "Z02"}
        return _verdict([(opening.get(k, 0), closing.get(k, 0)) for k in {*opening, *closing}], 1)

    def _items(self, mine: Amounts, unit: Unit, ref: FileRef) -> bool | None:
        """Whether its items are those the unit had a year before."""
        here, then = _items_of(mine), _items_of(self._last_year(unit, ref))
        if not then:
            return None
        return _verdict([(int(i), int(i) if i in here & then else 0) for i in here | then])

    def _last_year(self, unit: Unit, ref: FileRef) -> dict[Key, int]:
        before: dict[Key, int] = {}
        for last in self._of(unit, (ref.year or 0) - 1, ref):
            before |= self.amounts(last)
        return before

    def _printed(self, mine: Amounts, unit: Unit, ref: FileRef) -> bool | None:
        """Whether it holds what the unit's public tables print."""
        printed = {
            abs(amount)
            for of in self._of(unit, ref.year or 0, ref)
            for key, amount in self.amounts(of).items()
            if key[0] in PUBLISHED and abs(amount) >= SMALLEST
        }
        held = {abs(v) // LAST_DIGIT + d for v in mine.values() for d in (-1, 0, 1)}
        return _verdict([(p, p if p // LAST_DIGIT in held else 0) for p in printed])

    def _children(self, mine: Amounts, unit: Unit, ref: FileRef) -> bool | None:
        """Whether it is the sum of the unit's subordinates, all of which came."""
        total: dict[Key, int] = defaultdict(int)
        for child in [u for u in self.below.get(unit.unit_code, ()) if u.active(ref.year)]:
            its = [r for r in self._of(child, ref.year or 0, ref) if _own(r)]
            if len(its) != 1:
                return None
            for key, amount in self.amounts(its[0]).items():
                total[key] += amount
        return _verdict([(v, total[k]) for k, v in mine.items()]) if total else None

    def _rolled(self, mine: Amounts, unit: Unit, ref: FileRef) -> bool | None:
        """Whether the unit's parent holds it beyond the other subordinates, all of which came."""
        parent = self.register.units.get(unit.parent_code or "")
        if parent is None:
            return None
        beside = [u for u in self.below[parent.unit_code] if u is not unit and u.active(ref.year)]
        if not all(self._came(u, ref.year, ref) for u in (parent, *beside)):
            return None
        others = [r for u in (parent, *beside) for r in self._of(u, ref.year or 0, ref)]
        left = left_over(unit, ref.year, others, self.register, self.amounts)
        return _verdict([(v, left.get(k, 0)) for k, v in mine.items()])


def _own(ref: FileRef) -> set[str]:
    """The forms of a workbook that are not for the public."""
    return {s.form for s in ref.sheets if s.status == "read"} - PUBLISHED


def _are_near(one: Unit, other: Unit) -> bool:
    """Whether they are of one department, or beside each other at the top."""
    same = one.parent_code == other.parent_code
    return same or one.parent_code == other.unit_code or other.parent_code == one.unit_code


def _by_path(file: str, unit: Unit, against: Unit) -> bool | None:
    """Whether the path names the one and not the other."""
    mine, its = in_path(unit, file), in_path(against, file)
    return mine if mine != its else None


def _column(amounts: Amounts, name: str) -> dict[tuple[str, str], int]:
    """By form and row what stands in the sum of these columns."""
    return {k[:3:2]: v for k, v in amounts.items() if v and k[3] == f"{name}/合计"}


def _items_of(amounts: Amounts) -> set[str]:
    """The 项 of the expenditure."""
    return {k[2] for k, v in amounts.items() if v and k[0] == "Z04" and len(k[2]) == ITEM_LENGTH}


def _verdict(pairs: list[tuple[int, int]], least: int = LEAST) -> bool | None:
    """Whether pairs of amounts agree; None where too few different ones are compared, or so-so."""
    if len({pair for pair in pairs if any(pair)}) < least:
        return None
    share = sum(a == b for a, b in pairs) / len(pairs)
    if FOREIGN < share < FITS:
        return None
    return share >= FITS


def _given(ref: FileRef, unit: Unit, why: list[str]) -> Observation:
    """The workbook becomes the unit's; the error names the cells of its header."""
    printed = ref.unit_name
    give(ref, unit)
    sheets = [s for s in ref.sheets if s.status == "read"]
    message = say(
        "S-HEADER",
        file=ref.file,
        unit=unit.unit_name,
        sheets=f"{len(sheets)} 张表",
        printed=printed,
        why="，".join(WORDS[kind].format(unit=unit.unit_name) for kind in why),
    )
    places = tuple(
        Place("subject", s.file, s.name, s.row["unit_cell"] or "A1") for s in sheets[:MOST_PLACES]
    )
    return Observation(
        "S-HEADER",
        ref.file,
        message,
        "error",
        unit.unit_code,
        unit.unit_name,
        ref.year,
        None,
        places,
    )
