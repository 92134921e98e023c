"""Units of the register that bear the same name: whose workbook is it?

Told by a code in the name or path of the file, by the parent whose folder it lies in, by the
roll-up of the parent, by elimination; else nobody's, and said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pipelines.collect.batches import keyed_facts
from pipelines.collect.register import Register, Unit
from pipelines.collect.resolve import FileRef
from pipelines.extract.text import squash
from schemas.observation import Observation, Place

Amounts = Mapping[tuple[str, str, str, str], int]  # form, block, row, column → 分
# Of the amounts of a workbook that its parent's roll-up leaves for it: a roll-up with a slip of its
# own still shows nearly all, the wrong parent's shows none but by chance.
BELONGS, FOREIGN = 0.8, 0.4


def settle_namesakes(
    refs: Iterable[FileRef], register: Register, amounts: Callable[[FileRef], Amounts]
) -> list[Observation]:
    """Give workbooks whose printed name two registered units bear to one of them, in place.

    ``amounts`` reads the amounts of a workbook; it is only asked where file names do not tell.
    """
    placed = list(refs)
    groups: dict[tuple[str, int], list[FileRef]] = defaultdict(list)
    for ref in placed:
        if not ref.unit_name or ref.unit_code or not ref.year or ref.status != "read":
            continue
        if len(register.namesakes(ref.unit_name, ref.year)) > 1:
            groups[(squash(ref.unit_name), ref.year)].append(ref)
    found = []
    for group in groups.values():
        found += _settle(group, placed, register, amounts)
    return found


def _settle(
    group: list[FileRef],
    placed: list[FileRef],
    register: Register,
    amounts: Callable[[FileRef], Amounts],
) -> list[Observation]:
    units = register.namesakes(group[0].unit_name or "", group[0].year)
    for ref in group:
        give(ref, _by_path(ref.file, units, register))
    for ref in group:
        if not ref.unit_code:
            give(ref, _by_roll_up(ref, units, placed, register, amounts))
    waiting = [ref for ref in group if not ref.unit_code]
    if len(waiting) == 1 and (last := _by_elimination(group, units)):
        give(waiting[0], last)
        waiting = []
    return [_unsettled(waiting, units)] if waiting else []


def _by_elimination(group: list[FileRef], units: list[Unit]) -> Unit | None:
    """The only unit that no other workbook of the group was given to; None where none was given."""
    taken = {ref.unit_code for ref in group}
    left = [u for u in units if u.unit_code not in taken]
    if len(left) == 1 and len(units) > 1 and taken - {None}:
        return left[0]
    return None


def give(ref: FileRef, unit: Unit | None) -> None:
    """The workbook, and its sheets but those of another unit or year, as this unit's."""
    if unit is None:
        return
    ref.unit_code, ref.unit_name = unit.unit_code, unit.unit_name
    for sheet in ref.sheets:
        if sheet.status != "foreign":
            sheet.unit_code, sheet.unit_name = unit.unit_code, unit.unit_name


def in_path(unit: Unit, file: str) -> bool:
    """Whether a path names a unit: its code as a number of its own, or its name."""
    return unit.unit_code in re.findall(r"\d+", file) or squash(unit.unit_name) in squash(file)


def _by_path(file: str, units: list[Unit], register: Register) -> Unit | None:
    """The only one whose code stands in the path as a number of its own; else whose parent does."""
    numbers = set(re.findall(r"\d+", file))
    coded = [u for u in units if u.unit_code in numbers]
    above = []
    for unit in units:
        parent = register.units.get(unit.parent_code or "")
        if parent and in_path(parent, file):
            above.append(unit)
    for found in (coded, above):
        if len(found) == 1:
            return found[0]
    return None


def _by_roll_up(
    ref: FileRef,
    units: list[Unit],
    placed: list[FileRef],
    register: Register,
    amounts: Callable[[FileRef], Amounts],
) -> Unit | None:
    """The unit whose parent's roll-up, less its other children, leaves just these amounts."""
    mine = {k: v for k, v in amounts(ref).items() if v}
    shares = {}
    for unit in units:
        left = left_over(unit, ref.year, placed, register, amounts)
        agreeing = sum(left.get(k, 0) == v for k, v in mine.items())
        shares[unit.unit_code] = agreeing / len(mine) if mine else 0.0
    best = max(units, key=lambda u: shares[u.unit_code])
    others = [s for code, s in shares.items() if code != best.unit_code]
    if shares[best.unit_code] >= BELONGS and max(others) <= FOREIGN:
        return best
    return None


def left_over(
    unit: Unit,
    year: int | None,
    placed: list[FileRef],
    register: Register,
    amounts: Callable[[FileRef], Amounts],
) -> dict[tuple[str, str, str, str], int]:
    """What the tables of the unit's parent hold beyond those of the children among ``placed``."""
    left: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for ref in placed:
        placed_as = register.units.get(ref.unit_code or "")
        if ref.year != year or placed_as is None or not unit.parent_code:
            continue
        if placed_as.unit_code == unit.parent_code:
            sign = 1
        elif placed_as.parent_code == unit.parent_code:
            sign = -1
        else:
            continue
        for key, amount in amounts(ref).items():
            left[key] += sign * amount
    return left


def amounts_of(ref: FileRef, extractions: Mapping[str, Path]) -> Amounts:
    """The amounts of the recognised sheets of a workbook, read from its extraction."""
    facts = keyed_facts(extractions[ref.file])
    return {
        (sheet.form, fact["block"], fact["row_key"], fact["col_key"]): int(fact["amount"] * 100)
        for sheet in ref.sheets
        if sheet.status == "read"
        for fact in facts.get(sheet.row["sheet_no"], ())
        if fact["amount"] is not None
    }


def _unsettled(refs: list[FileRef], units: list[Unit]) -> Observation:
    """The error that names the files and the units; nothing of the files is read."""
    name, year = refs[0].unit_name, refs[0].year
    codes = "、".join(u.unit_code for u in units)
    files = "、".join(r.file for r in refs)
    reason = (
        f"名册中有 {len(units)} 个单位名为“{name}”（{codes}），无法确定是哪一个。"
        "请在文件名中写明单位代码后重报"
    )
    for ref in refs:
        ref.status, ref.reason = "quarantined", reason
        ref.unit_name = ref.year = None
        for sheet in ref.sheets:
            sheet.status, sheet.reason = "unreadable", reason
            sheet.unit_name = sheet.year = None
    places = tuple(Place("subject", r.file) for r in refs)
    message = f"{files} 未取数：{reason}。"
    return Observation("S-NAMESAKE", f"{name},{year}", message, places=places)
