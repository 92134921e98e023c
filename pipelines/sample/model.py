"""Made-up units that hold together: a register, departments with their units, and every table of
every year.

``generate`` is a pure function of its arguments; departments are independent of each other, so any
of them can be made alone (``department``), which is what lets thousands be written in parallel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from pipelines.sample import budgeting
from pipelines.sample import places as names
from pipelines.sample.ledger import FROM_ABOVE, FROM_BELOW, Ledger, merged
from pipelines.sample.spending import Activity, Lines, money, new_activity, next_lines
from pipelines.sample.tables import Tables, derive

SINGLE, ROLLED_UP = "单户", "汇总"
FIRST_SUPPORTED, LAST_SUPPORTED = 2018, 2025


@dataclass(frozen=True)
class Unit:
    """One line of the register."""

    code: str
    name: str
    unit_type: str
    report_type: str = SINGLE
    parent_code: str = ""
    aliases: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class UnitYear:
    """One submission: a unit, a year and its tables (``{form: {(block, row_key, col_key): 分}}``).

    ``labels`` replaces the printed name of a code in one form; ``present`` lists the forms to be
    handed in where that is not left to the layout.
    """

    unit: Unit
    year: int
    tables: Tables
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    present: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Made(UnitYear):
    """A submission of a 单户 unit with the ledger it came from."""

    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True)
class SampleSet:
    """A register and its submissions."""

    units: tuple[Unit, ...]
    submissions: tuple[UnitYear, ...]


@dataclass(frozen=True)
class Plan:
    """One department to be made: its number and how many submissions a year it has (1: no
    subordinates).
    """

    index: int
    size: int


def plan(units: int, seed: int) -> list[Plan]:
    """Departments that together have exactly ``units`` lines in the register."""
    rng, left = Random(f"{seed}/plan"), units
    plans: list[Plan] = []
    while left:
        size = rng.choice((1, 3, 3, 4, 5, 6))
        size = size if size <= left else 1
        plans.append(Plan(len(plans), size))
        left -= size
    return plans


def year_range(years: int, last_year: int) -> range:
    first = last_year - years + 1
    if years < 1 or first < FIRST_SUPPORTED or last_year > LAST_SUPPORTED:
        raise ValueError(
            f"年度须在 {FIRST_SUPPORTED}–{LAST_SUPPORTED} 之间；所要的是 {first}–{last_year}。"
            "请减少年数或改变末年。"
        )
    return range(first, last_year + 1)


def generate(units: int, years: int, seed: int = 1, last_year: int = 2023) -> SampleSet:
    """``units`` lines in the register, each with ``years`` years up to ``last_year``."""
    made = [department(p, years, seed, last_year) for p in plan(units, seed)]
    return SampleSet(
        tuple(u for s in made for u in s.units), tuple(y for s in made for y in s.submissions)
    )


def department(of: Plan, years: int, seed: int = 1, last_year: int = 2023) -> SampleSet:
    """One department: alone, or a 汇总 with its 本级 and 1–4 subordinate units."""
    head, units, made = singles(of, years, seed, last_year)
    if head is None:
        return SampleSet(tuple(units), tuple(made))
    return SampleSet((head, *units), (*made, *rolled_up(head, made)))


def singles(
    of: Plan, years: int, seed: int = 1, last_year: int = 2023
) -> tuple[Unit | None, list[Unit], list[Made]]:
    """The 汇总 unit of a department (none for a department alone), its 单户 units, and what these
    submit.
    """
    span = year_range(years, last_year)
    rng = Random(f"{seed}/{of.index}")
    region, name, sector = names.department_name(of.index, names.sectors_for(span[0]))
    code = f"{500_001 + of.index:06d}"
    if of.size == 1:
        unit_type = names.ADMIN if rng.random() < 0.8 else names.CIVIL
        units = [Unit(code, name, unit_type, "", "", _aliases(name, rng), span[0])]
        return None, units, list(_submissions(units, sector, span, rng))
    head = Unit(code, name, names.ADMIN, ROLLED_UP, "", _aliases(name, rng), span[0])
    units = [
        Unit(f"{code}001", f"{name}本级", names.ADMIN, SINGLE, code, (f"{name}（本级）",), span[0])
    ]
    for number, (suffix, unit_type) in enumerate(sector.units[: of.size - 2], start=2):
        units.append(
            Unit(f"{code}{number:03d}", region + suffix, unit_type, SINGLE, code, (), span[0])
        )
    return head, units, list(_submissions(units, sector, span, rng))


def rolled_up(head: Unit, made: list[Made]) -> list[UnitYear]:
    """The submissions of a 汇总 unit: its units' ledgers added up, year by year."""
    of_year: dict[int, list[Ledger]] = {}
    for submission in made:
        of_year.setdefault(submission.year, []).append(submission.ledger)
    return [
        UnitYear(head, year, derive(merged(ledgers))) for year, ledgers in sorted(of_year.items())
    ]


def _aliases(name: str, rng: Random) -> tuple[str, ...]:
    return (f"{name}机关",) if rng.random() < 0.3 else ()


@dataclass
class _State:
    """A unit on its way through the years."""

    unit: Unit
    activity: Activity
    lines: Lines
    before: Ledger | None = None


def _submissions(
    units: list[Unit], sector: names.Sector, span: range, rng: Random
) -> Iterator[Made]:
    states = []
    for unit in units:
        activity = new_activity(sector, unit.unit_type, span, rng)
        states.append(_State(unit, activity, dict(activity.lines)))
    transfers = _transfers(states, rng)
    for year in span:
        yield from _one_year(states, transfers, year, rng)


def _transfers(states: list[_State], rng: Random) -> list[tuple[int, str, int]]:
    """(number of the subordinate unit, kind, amount in 分): 补助 from the 本级, or 上缴 to it."""
    found = []
    for number, state in enumerate(states[1:], start=1):
        if state.unit.unit_type == names.PUBLIC and rng.random() < 0.35:
            kind = FROM_ABOVE if rng.random() < 0.65 else FROM_BELOW
            most = max(2_000, sum(state.lines.values()) // 100 // 20)
            found.append((number, kind, money(rng, 1_000, most)))
    return found


def _one_year(
    states: list[_State], transfers: list[tuple[int, str, int]], year: int, rng: Random
) -> Iterator[Made]:
    ledgers = [Ledger() for _ in states]
    for number, kind, amount in transfers:
        ends = (
            (ledgers[0], ledgers[number]) if kind == FROM_ABOVE else (ledgers[number], ledgers[0])
        )
        budgeting.transfer(*ends, kind, states[number].activity.running, amount)
    if all(s.before is not None for s in states) and rng.random() < 0.3:
        _adjust(states, ledgers, rng)
    for state, ledger in zip(states, ledgers, strict=True):
        budgeting.year_ledger(state.activity, state.lines, year, state.before, ledger, rng)
        yield Made(state.unit, year, derive(ledger), ledger=ledger)
        state.before, state.lines = ledger, next_lines(state.lines, rng)


def _adjust(states: list[_State], ledgers: list[Ledger], rng: Random) -> None:
    """If one unit of a department corrects its opening balances, all of them file the table."""
    done = [
        budgeting.adjust_opening(le, s.before, rng)
        for s, le in zip(states, ledgers, strict=True)
        if s.before
    ]
    for ledger in ledgers:
        ledger.adjustment_filed = any(done)


def facts_of(submission: UnitYear) -> dict[tuple[str, str, str, str], int]:
    """``{(form, block, row_key, col_key): 分}`` of every amount that is not zero (counts × 100)."""
    wanted = submission.present
    return {
        (form, *key): amount
        for form, table in submission.tables.items()
        if wanted is None or form in wanted
        for key, amount in table.items()
        if amount
    }


def renamed(submission: UnitYear, form: str, code: str, label: str) -> UnitYear:
    """The same submission with another name printed beside a code in one form."""
    return replace(submission, labels={**submission.labels, (form, code): label})
