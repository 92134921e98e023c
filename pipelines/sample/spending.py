"""What a unit spends on: its lines (功能项, 资金, 性质, 经济款), once at the start, then year by
year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from pipelines.sample.ledger import BASIC, BUSINESS, CAPITAL, FISCAL, FUND, GENERAL, OWN, PROJECT
from pipelines.sample.places import (
    ADMIN,
    CIVIL,
    GENERAL_FUND_ITEMS,
    PUBLIC,
    STATE_CAPITAL_ITEMS,
    Sector,
    project_items,
    running_item,
)

Line = tuple[str, str, str, str]
Lines = dict[Line, int]
YUAN = 100
WAN = 10_000 * YUAN

THREE_PUBLIC = {
    "30212": "因公出国（境）费",
    "30217": "公务接待费",
    "30231": "公务用车运行维护费",
    "31013": "公务用车购置费",
    "30913": "公务用车购置费",
}
CAR = ("31013", "30913")

_OFFICE = {
    "30201": 9,
    "30202": 3,
    "30205": 1,
    "30206": 3,
    "30207": 3,
    "30209": 4,
    "30211": 6,
    "30213": 3,
    "30215": 1,
    "30216": 2,
    "30226": 4,
    "30227": 3,
    "30228": 2,
    "30229": 2,
    "30299": 5,
    "31002": 2,
}
_PROJECT = (
    "30201",
    "30202",
    "30203",
    "30211",
    "30213",
    "30214",
    "30215",
    "30216",
    "30218",
    "30225",
    "30226",
    "30227",
    "30240",
    "30299",
    "30305",
    "30399",
    "30905",
    "30907",
    "31002",
    "31003",
    "31005",
    "31006",
    "31007",
    "31199",
    "31204",
    "31205",
    "31299",
    "39908",
    "39999",
)
_FUND_ECON = ("30213", "30227", "30905", "31005", "31006", "31009", "31012", "31204", "30299")
_CAPITAL_ECON = ("31204", "31299", "30226", "30227", "30299")
_OWN_ECON = (
    "30101",
    "30103",
    "30201",
    "30206",
    "30211",
    "30217",
    "30226",
    "30227",
    "30299",
    "31002",
    "31003",
)
_TRADE_ECON = ("30201", "30206", "30218", "30226", "30240", "30299")


@dataclass
class Activity:
    """A unit's standing business: its lines at the first year's prices and what stays the same from
    year to year.
    """

    running: str
    unit_type: str
    lines: Lines = field(default_factory=dict)
    vehicles: int = 0
    bought: int = 0
    equipment: int = 0


def money(rng: Random, low: int, high: int) -> int:
    """An amount in 分 between two amounts in 元; now and then a round one."""
    amount = rng.randint(low * YUAN, high * YUAN)
    return amount if rng.random() < 0.8 else max(YUAN * 100, amount // (YUAN * 100) * (YUAN * 100))


def _add(activity: Activity, item: str, fund: str, nature: str, econ: str, amount: int) -> None:
    key = (item, fund, nature, econ)
    activity.lines[key] = activity.lines.get(key, 0) + amount


def _staff(activity: Activity, people: int, rng: Random) -> None:
    official = activity.unit_type in (ADMIN, CIVIL)
    salary = {
        "30101": 42_000,
        "30102": 38_000 if official else 6_000,
        "30103": 30_000,
        "30107": 0 if official else 36_000,
        "30199": 4_000,
    }
    for econ, each in salary.items():
        if each:
            _add(
                activity,
                activity.running,
                GENERAL,
                BASIC,
                econ,
                people * money(rng, each * 9 // 10, each),
            )
    insured = {
        ("2080505", "30108"): 17_000,
        ("2080506", "30109"): 8_500,
        ("2210201", "30113"): 13_000,
        ("2101101" if official else "2101102", "30110"): 8_000,
    }
    if official:
        insured["2101103", "30111"] = 3_200
    for (item, econ), each in insured.items():
        _add(activity, item, GENERAL, BASIC, econ, people * money(rng, each * 9 // 10, each))
    _former_staff(activity, rng)


def _former_staff(activity: Activity, rng: Random) -> None:
    """The retired, survivors and those in need, where a unit has some."""
    retired = "2080501" if activity.unit_type in (ADMIN, CIVIL) else "2080502"
    if rng.random() < 0.6:
        _add(activity, retired, GENERAL, BASIC, "30302", money(rng, 20_000, 300_000))
        _add(activity, retired, GENERAL, BASIC, "30399", money(rng, 1_000, 20_000))
    if rng.random() < 0.3:
        _add(activity, "2080801", GENERAL, BASIC, "30304", money(rng, 30_000, 160_000))
    if rng.random() < 0.4:
        _add(activity, activity.running, GENERAL, BASIC, "30305", money(rng, 3_000, 40_000))


def _office(activity: Activity, people: int, rng: Random) -> None:
    for econ, weight in _OFFICE.items():
        if rng.random() < 0.85:
            each = 700 * weight
            _add(
                activity,
                activity.running,
                GENERAL,
                BASIC,
                econ,
                people * money(rng, each // 2, each),
            )
    if activity.unit_type != PUBLIC:
        _add(activity, activity.running, GENERAL, BASIC, "30239", people * money(rng, 8_000, 9_600))
    if rng.random() < 0.75:
        _add(activity, activity.running, GENERAL, BASIC, "30217", money(rng, 2_000, 40_000))
    activity.vehicles = rng.choice((0, 0, 1, 1, 2, 3, 5))
    if activity.vehicles:
        _add(
            activity,
            activity.running,
            GENERAL,
            BASIC,
            "30231",
            activity.vehicles * money(rng, 12_000, 36_000),
        )


def _projects(activity: Activity, sector: Sector, years: range, rng: Random) -> None:
    for item in project_items(sector, rng.randint(1, 6), years, rng):
        for econ in rng.sample(_PROJECT, rng.randint(2, 6)):
            _add(activity, item, GENERAL, PROJECT, econ, money(rng, 4_000, 600_000))
    first = next(i for i, _, n, _ in reversed(activity.lines) if n == PROJECT)
    if rng.random() < 0.12:
        _add(activity, first, GENERAL, PROJECT, "30212", money(rng, 30_000, 160_000))
    if sum(activity.lines.values()) > 600 * WAN and activity.vehicles and rng.random() < 0.4:
        activity.bought = 1
        _add(activity, first, GENERAL, PROJECT, rng.choice(CAR), money(rng, 150_000, 180_000))


def _other_funds(activity: Activity, rng: Random) -> None:
    if rng.random() < 0.14:
        for item in rng.sample(GENERAL_FUND_ITEMS, rng.randint(1, 2)):
            for econ in rng.sample(_FUND_ECON, rng.randint(1, 3)):
                _add(activity, item, FUND, PROJECT, econ, money(rng, 50_000, 2_000_000))
            if rng.random() < 0.25:
                _add(activity, item, FUND, BASIC, "30226", money(rng, 10_000, 90_000))
    if rng.random() < 0.06:
        item = rng.choice(STATE_CAPITAL_ITEMS)
        for econ in rng.sample(_CAPITAL_ECON, rng.randint(1, 2)):
            _add(activity, item, CAPITAL, PROJECT, econ, money(rng, 50_000, 900_000))


def _own_funds(activity: Activity, rng: Random) -> None:
    public = activity.unit_type == PUBLIC
    if rng.random() > (0.6 if public else 0.15):
        return
    projects = [i for i, _, n, _ in activity.lines if n == PROJECT]
    for nature, item in ((BASIC, activity.running), (PROJECT, projects[0])):
        if public or nature == PROJECT:
            for econ in rng.sample(_OWN_ECON, rng.randint(1, 5)):
                _add(activity, item, OWN, nature, econ, money(rng, 3_000, 300_000))
    if public:
        _trade(activity, rng)


def _trade(activity: Activity, rng: Random) -> None:
    """Spending on business, of one public institution in four that has own funds."""
    if rng.random() < 0.25:
        for econ in rng.sample(_TRADE_ECON, rng.randint(2, 4)):
            _add(activity, activity.running, OWN, BUSINESS, econ, money(rng, 3_000, 120_000))


def new_activity(sector: Sector, unit_type: str, years: range, rng: Random) -> Activity:
    """A unit with its lines at the first year's amounts (分)."""
    activity = Activity(running_item(sector, unit_type, years), unit_type)
    people = rng.choice((6, 9, 14, 22, 31, 48, 75, 120))
    _staff(activity, people, rng)
    _office(activity, people, rng)
    _projects(activity, sector, years, rng)
    _other_funds(activity, rng)
    _own_funds(activity, rng)
    activity.equipment = rng.choice((0, 0, 0, 1, 2, 4))
    return activity


def next_lines(lines: Lines, rng: Random) -> Lines:
    """The next year's spending: a few per cent up or down, fiscal “三公” never up, no car bought
    twice.
    """
    growth = rng.uniform(0.96, 1.07)
    after: Lines = {}
    for (item, fund, nature, econ), amount in lines.items():
        if econ in CAR:
            continue
        shrinks = econ in THREE_PUBLIC and fund in FISCAL
        factor = rng.uniform(0.9, 1.0) if shrinks else growth * rng.uniform(0.96, 1.04)
        after[item, fund, nature, econ] = max(YUAN, int(amount * factor))
    return after
