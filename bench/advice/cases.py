"""Cases of one to five faulty cells in a department: which cells, and by which slips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.advice.slips import SLIPS
from bench.advice.world import Department, Place

YEAR = 2023
# Only inequalities hold these, or nothing at all: no rule can say what they should be.
FREE_ROWS = {
    "基本建设类项目",
    "政府采购授予中小企业合同金额",
    "授予小微企业合同金额",
    "公务用车保有量",
    "国内公务接待人次",
    "国内公务接待批次",
}
FREE_FORMS = {"F03", "CS01_1"}


@dataclass(frozen=True)
class Planted:
    """What was spoiled: the kind, the cells at fault, and for a slip of a whole table the
    hypothesis that names it, ``about`` one of these units.
    """

    kind: str
    cells: tuple[Place, ...]
    hypothesis: str = ""
    about: tuple[str, ...] = ()


Maker = Callable[[Department, Random], Planted | None]


def held(place: Place) -> bool:
    return place[2] not in FREE_FORMS and place[4] not in FREE_ROWS


def spoil(department: Department, place: Place, rng: Random) -> bool:
    """One slip in one cell; False where none applies."""
    amount = department.facts[place]["amount"]
    name = rng.choice(sorted(SLIPS))
    wrong = SLIPS[name](amount, rng)
    if wrong is None or wrong == amount or abs(wrong) >= 10**14:
        return False
    department.set(place, None if name == "漏填" else wrong)
    return True


def independent(number: int, spread: bool = False) -> Maker:
    """``number`` slips in one unit, or spread over the units of a department."""

    def make(department: Department, rng: Random) -> Planted | None:
        units = department.units(YEAR)
        unit = rng.choice(units)
        chosen: list[Place] = []
        for _ in range(200):
            if len(chosen) == number:
                break
            of = rng.choice(units) if spread else unit
            place = rng.choice(sorted(p for p in department.of(of, YEAR) if held(p)))
            if place not in chosen and spoil(department, place, rng):
                chosen.append(place)
        kind = f"{number} 处" + ("，部门内" if spread else "，一个单位")
        return Planted(kind, tuple(chosen)) if len(chosen) == number else None

    return make


def compensating(department: Department, rng: Random) -> Planted | None:
    """One cell too high and another of its column too low by the same amount."""
    unit = rng.choice(department.units(YEAR))
    places = sorted(p for p in department.of(unit, YEAR) if held(p) and len(p[4]) == 7)
    rng.shuffle(places)
    for first in places:
        for second in places:
            if first[2:4] == second[2:4] and first[5] == second[5] and first[4] < second[4]:
                low = min(department.facts[p]["amount"] for p in (first, second))
                if low <= 1:
                    continue
                moved = (low / rng.randint(2, 9)).quantize(low)
                department.set(first, department.facts[first]["amount"] + moved)
                department.set(second, department.facts[second]["amount"] - moved)
                return Planted("两处相抵", (first, second))
    return None


CELL_CASES: dict[str, Maker] = {
    "1": independent(1),
    "2": independent(2),
    "3": independent(3),
    "5": independent(5),
    "2d": independent(2, spread=True),
    "5d": independent(5, spread=True),
    "抵": compensating,
}
