"""Facts as the equations ask for them, with the names they use; no equation stands here."""

from __future__ import annotations

from collections import defaultdict

GEN, FND, CAP = "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"
FUNDS = (GEN, FND, CAP)
STAGES = ("年初预算数", "全年预算数", "决算数")
CLASSES = ("301", "302", "303", "307", "309", "310", "311", "312", "313", "399")
CARRIED, LEFT = "年初财政拨款结转和结余", "年末财政拨款结转和结余"
WIDE = ("Z05", "Z05_1", "Z05_2", "Z05_3", "Z08", "Z08_1", "Z08_2", "Z10", "Z10_1", "Z10_2", "Z12")
LISTS = ("Z02", "Z03", "Z04", "Z07", "Z09", "Z11", "CS01_1", *WIDE)
USED = "使用非财政拨款结余（含专用结余）"


class Book:
    """Facts with a default of 0, and the list of what failed."""

    def __init__(self, facts: dict) -> None:
        self.facts = facts
        self.failed: list[str] = []
        self.keys: dict[str, tuple[set, set]] = defaultdict(lambda: (set(), set()))
        for form, _, row, col in facts:
            self.keys[form][0].add(row)
            self.keys[form][1].add(col)

    def __call__(self, form: str, row: str, col: str, block: str = "") -> int:
        return self.facts.get((form, block, row, col), 0)

    def rows(self, *forms: str) -> list[str]:
        return sorted(set().union(*(self.keys[f][0] for f in forms)))

    def cols(self, *forms: str) -> list[str]:
        return sorted(set().union(*(self.keys[f][1] for f in forms)))

    def same(self, rule: str, where: str, left: int, right: int) -> None:
        if left != right:
            self.failed.append(f"{rule} {where}: {left} ≠ {right}")

    def most(self, rule: str, where: str, left: int, right: int) -> None:
        if left > right:
            self.failed.append(f"{rule} {where}: {left} > {right}")
