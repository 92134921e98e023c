"""A fix in words: for a list of all units, for the unit's own list, for a note of sixty signs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.fixes.fix import Change, Fix, UnitYear

SEVERITY = {"error": "错误", "review": "核实", "hint": "提示"}
MOST_CELLS = 6  # of a set, named one by one; the workbook lists the rest
MOST_STEPS = 3  # different steps in a set told by step; more are told cell by cell
MOST_SAID = 60  # signs of a message on the console and in a notification
PLACES = {"元": 0, "百元": 2, "千元": 3, "万元": 4, "亿元": 8}  # how far the point stands from 元


def amount_words(amount: Decimal | None, money_unit: str = "元") -> str:
    """``1,089,395.56``, or ``108.939556 万元`` where the sheet is in 万元; ``空`` for none."""
    if amount is None:
        return "空"
    shift = PLACES.get(money_unit, 0)
    if not shift:
        return f"{amount:,.2f}"
    return f"{amount.scaleb(-shift).normalize():,f} {money_unit}"


def place_words(change: Change) -> str:
    """``财决04表 G11``; the name of the sheet where it is no known form, the words of a text."""
    if change.quote and "-" in change.cell:
        return f"说明《{change.sheet}》“{_short(change.quote, 20)}”"
    return f"{change.number or change.sheet} {change.cell}".strip()


def change_words(change: Change) -> str:
    """``财决04表 G11：1,089,395.56 → 1,088,395.56``."""
    where = place_words(change)
    if change.quote and "-" in change.cell:
        return where
    if change.should is None:
        said = change.quote or f"现为 {amount_words(change.now, change.money_unit)}，请核对"
        return f"{where}：{said}"
    now = amount_words(change.now, change.money_unit)
    return f"{where}：{now} → {amount_words(change.should, change.money_unit)}"


def set_words(changes: Sequence[Change]) -> str:
    """All cells that have to move together, those with the same step as one: ``财决01表 E35、
    财决02表 E12（共 2 格）：各减 2,000.00；财决03表 D8：加 2,000.00``.
    """
    if len(changes) == 1:
        return change_words(changes[0])
    steps: dict[Decimal | None, list[Change]] = {}
    for change in changes:
        if change.step == 0:
            continue
        steps.setdefault(change.step, []).append(change)
    if None in steps or len(steps) > MOST_STEPS:
        shown = "；".join(change_words(c) for c in changes[:MOST_CELLS])
        return shown + (f" 等 {len(changes)} 格" if len(changes) > MOST_CELLS else "")
    return "；".join(_moved_words(alike) for alike in steps.values())


def _moved_words(alike: Sequence[Change]) -> str:
    """The cells that move by the same amount."""
    named = [place_words(c) for c in alike[:MOST_CELLS]]
    where = "、".join(_without_repeats(named)) + (" 等" if len(alike) > MOST_CELLS else "")
    if len(alike) == 1:
        return f"{where}：{_step_words(alike[0])}"
    return f"{where}（共 {len(alike)} 格）：各{_step_words(alike[0])}"


def _without_repeats(places: Sequence[str]) -> list[str]:
    """``财决02表 E12、E13``: a table is named once where its cells follow each other."""
    shown, before = [], ""
    for place in places:
        table, _, cell = place.rpartition(" ")
        shown.append(cell if table and table == before else place)
        before = table
    return shown


def _step_words(change: Change) -> str:
    step = change.step or Decimal(0)
    return f"{'加' if step > 0 else '减'} {amount_words(abs(step), change.money_unit)}"


def todo(fix: Fix) -> str:
    """What to do, without the unit: the cells to change, or what the finding says where no cell
    explains it, or many at once (S-): a row that moved, a table of another year.
    """
    if fix.changes and not fix.larger:
        return set_words(fix.changes)
    said = _short(fix.said, MOST_SAID)
    table = fix.place.partition(" ")[0]
    if not table or table in said:
        return said
    return f"{said}（{fix.place}）" if said.startswith("请") else f"{fix.place} {said}"


def settled_words(fix: Fix) -> str:
    """How many findings hang on it; only what was applied and counted may be called settled."""
    return f"涉及 {fix.settles} 个问题"


def who_words(fix: Fix) -> str:
    """``云岭县图书馆 2023``."""
    return " ".join(str(v) for v in (fix.unit_name, fix.year) if v) or "文件"


def follow_words(fix: Fix, most: int = 3) -> str:
    """Where the same amount also has to be changed: the roll-up of a department, say."""
    shown = []
    for changes in fix.follow[:most]:
        first = changes[0]
        name = " ".join(str(v) for v in (first.unit_name, first.year) if v)
        shown.append(f"{name} {set_words(changes)}")
    more = f" 等 {len(fix.follow)} 份" if len(fix.follow) > most else ""
    return "；".join(shown) + more


def line(fix: Fix) -> str:
    """One line: ``云岭县图书馆 2023 财决08-2表 AK13：453,046.90 → 453,546.90（涉及 4 个问题）``."""
    return f"{who_words(fix)} {todo(fix)}（{settled_words(fix)}）"


def console_line(number: int, fix: Fix) -> str:
    """The line with its number, severity and the finding to ask ``caijue explain`` about."""
    return f"  {number}. [{SEVERITY.get(fix.severity, fix.severity)}] {line(fix)}　{fix.finding_id}"


def advice(fix: Fix, key: UnitYear | None) -> str:
    """What the list of the unit and year ``key`` says: its own cells, else whose they are, with
    the file.
    """
    if fix.larger:
        if key == (fix.unit, fix.year):  # whose list says it in full above
            return f"由“{fix.rule_title}”引起，先改那一处"
        return f"先改 {who_words(fix)} {todo(fix)}"
    own = fix.own.get(key, ()) if key else ()
    if own:
        return f"本单位 {own[0].year} {_own_words(own)}"
    if fix.first is None:
        return ""
    first = fix.first
    return f"先改 {who_words(fix)} {set_words(fix.changes)}（另一份文件：{first.file}）"


def todo_here(change: Change, together: Sequence[Change]) -> str:
    """The first line of the note at a cell: ``改为 17,714.55（现为 19,714.55），并改其他 3 格``."""
    if change.should is None:
        return f"请核对本格：现为 {amount_words(change.now, change.money_unit)}"
    now = amount_words(change.now, change.money_unit)
    should = amount_words(change.should, change.money_unit)
    others = [c for c in together if c is not change]
    also = f"，同时改 {'、'.join(place_words(c) for c in others[:2])}" if others else ""
    more = f" 等 {len(others)} 格" if len(others) > 2 else ""
    return f"改为 {should}（现为 {now}）{also}{more}"


def _own_words(own: Sequence[Change]) -> str:
    if len(own) > 1:
        return set_words(own)
    change = own[0]
    if change.should is None or (change.quote and "-" in change.cell):
        return change_words(change)
    now = amount_words(change.now, change.money_unit)
    should = amount_words(change.should, change.money_unit)
    return f"{place_words(change)}：现为 {now}，应为 {should}"


def _short(text: str, most: int) -> str:
    """The text, or as much of it as fits; cut after a clause where that leaves half of it."""
    plain = " ".join(text.split())
    if len(plain) <= most:
        return plain
    cut = plain[: most - 1]
    clause = max(cut.rfind(mark) for mark in "，；：。")
    return (cut[:clause] if clause >= most // 2 else cut) + "…"
