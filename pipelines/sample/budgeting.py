"""From a year's spending to the whole ledger: carry-overs, income, budgets, the figures of F03."""

from __future__ import annotations

from collections import Counter, defaultdict
from random import Random

from pipelines.sample.ledger import (
    ADJUSTMENTS,
    ALLOCATIONS,
    BASIC,
    BASIC_CARRY,
    BUSINESS,
    BUSINESS_SURPLUS,
    CAPITAL,
    FINAL,
    FISCAL,
    FROM_ABOVE,
    FROM_BELOW,
    FULL,
    GENERAL,
    OTHER,
    OWN,
    PROJECT,
    PROJECT_CARRY,
    PROJECT_SURPLUS,
    RUNNING,
    SERVICE,
    STAGES,
    START,
    TEACHING,
    TRADE,
    Ledger,
    carry_nature,
    part_of,
)
from pipelines.sample.places import ADMIN, CIVIL, PUBLIC
from pipelines.sample.spending import THREE_PUBLIC, YUAN, Activity, Lines

CARRY_SHARE = 0.028  # the most that is carried over, as a share of the spending it belongs to


def year_ledger(
    activity: Activity, lines: Lines, year: int, before: Ledger | None, ledger: Ledger, rng: Random
) -> Ledger:
    """Completes ``ledger`` (which may already hold transfers between units) from the year's
    spending lines.
    """
    ledger.spend.update(lines)
    _open(ledger, before, rng)
    _close_fiscal(ledger, rng)
    _close_own(ledger, activity, rng)
    _plans(ledger, rng)
    _incomes_planned(ledger)
    _public_costs(ledger)
    _running_costs(ledger, activity)
    _counts(ledger, activity, year)
    _procurement(ledger, rng)
    return ledger


def _open(ledger: Ledger, before: Ledger | None, rng: Random) -> None:
    if before is not None:
        ledger.opening.update(before.closing)
        for key, amount in ledger.adjusted.items():
            ledger.opening[key[:3]] += amount
    elif rng.random() < 0.5:
        for (item, fund, nature, _), amount in ledger.spend.items():
            if nature == PROJECT and fund != OWN and rng.random() < 0.2:
                ledger.opening[item, fund, PROJECT_CARRY] += int(
                    amount * rng.uniform(0.2, 1) * CARRY_SHARE
                )


def _spent(ledger: Ledger, funds: tuple[str, ...]) -> dict[tuple[str, str, str], int]:
    total: dict[tuple[str, str, str], int] = defaultdict(int)
    for (item, fund, nature, _), amount in ledger.spend.items():
        if fund in funds:
            total[item, fund, nature] += amount
    for item, fund, kind in ledger.opening:
        if fund in funds:
            total[item, fund, carry_nature(kind)] += 0
    return total


def _opened(ledger: Ledger, item: str, fund: str, nature: str) -> int:
    return sum(
        v
        for (i, f, k), v in ledger.opening.items()
        if (i, f) == (item, fund) and carry_nature(k) == nature
    )


def _close_fiscal(ledger: Ledger, rng: Random) -> None:
    """Appropriation = spending + closing − opening; what would be negative stays in the closing
    balance.
    """
    for (item, fund, nature), spent in _spent(ledger, FISCAL).items():
        opened = _opened(ledger, item, fund, nature)
        chance = 0.1 if nature == BASIC else 0.3
        closed = int(spent * rng.uniform(0.1, 1) * CARRY_SHARE) if rng.random() < chance else 0
        closed = max(closed, opened - spent)
        ledger.fiscal[FINAL, item, fund, nature] = spent + closed - opened
        kind = BASIC_CARRY if nature == BASIC else PROJECT_CARRY
        surplus = closed // 3 if nature == PROJECT and rng.random() < 0.3 else 0
        ledger.closing[item, fund, kind] += closed - surplus
        if surplus:
            ledger.closing[item, fund, PROJECT_SURPLUS] += surplus


def _own_items(ledger: Ledger) -> list[str]:
    items = {i for i, f, _, _ in ledger.spend if f == OWN} | {
        i for i, f, _ in ledger.opening if f == OWN
    }
    items |= {i for s, i in (*ledger.grants, *ledger.remitted) if s == FINAL}
    return sorted(items | {i for s, i, _ in ledger.own if s == FINAL})


def _close_own(ledger: Ledger, activity: Activity, rng: Random) -> None:
    """Own income by source so that each item balances; a surplus of a public institution may be
    allocated.
    """
    for item in _own_items(ledger):
        spent = {n: _own_spent(ledger, item, n) for n in (BASIC, PROJECT, BUSINESS)}
        paid = ledger.grants[FINAL, item] + ledger.remitted[FINAL, item]
        opened = sum(v for (i, f, _), v in ledger.opening.items() if (i, f) == (item, OWN))
        given = ledger.own[FINAL, item, FROM_ABOVE] + ledger.own[FINAL, item, FROM_BELOW]
        used, allocated = _surplus(ledger, item, activity, sum(spent.values()), rng)
        need = sum(spent.values()) + paid + allocated - opened - used
        wanted = (
            int(sum(spent.values()) * rng.uniform(0, 1) * CARRY_SHARE) if rng.random() < 0.4 else 0
        )
        closed = max(wanted, given - need)
        kind = _closing_kind(spent, rng)
        if closed:
            ledger.closing[item, OWN, kind] += closed
        _sources(ledger, item, need + closed - given, spent[BUSINESS], activity, rng)


def _closing_kind(spent: dict[str, int], rng: Random) -> str:
    """What is carried over, by what was spent on; half of those that trade keep it as a surplus."""
    if spent[BUSINESS] and rng.random() < 0.5:
        return BUSINESS_SURPLUS
    return BASIC_CARRY if spent[BASIC] and not spent[PROJECT] else PROJECT_CARRY


def _own_spent(ledger: Ledger, item: str, nature: str) -> int:
    return sum(v for (i, f, n, _), v in ledger.spend.items() if (i, f, n) == (item, OWN, nature))


def _surplus(
    ledger: Ledger, item: str, activity: Activity, spent: int, rng: Random
) -> tuple[int, int]:
    """Use of 非财政拨款结余, or an allocation: at most a small part of the spending, public
    institutions only.
    """
    if activity.unit_type != PUBLIC or spent == 0:
        return 0, 0
    small, chance = spent // 50, rng.random()
    if chance < 0.15:
        ledger.used[FINAL, item] += small
        return small, 0
    if chance < 0.35:
        for target in rng.sample(ALLOCATIONS, rng.randint(1, 3)):
            ledger.allocated[item, target] += small // 4
        return 0, sum(v for (i, _), v in ledger.allocated.items() if i == item)
    return 0, 0


def _sources(
    ledger: Ledger, item: str, income: int, trade: int, activity: Activity, rng: Random
) -> None:
    earned = min(trade, income)
    rest = income - earned
    service = rest * rng.randint(30, 100) // 100 if activity.unit_type == PUBLIC else 0
    for source, amount in ((TRADE, earned), (SERVICE, service), (OTHER, rest - service)):
        if amount:
            ledger.own[FINAL, item, source] += amount
    if item.startswith("205") and service:
        ledger.own[FINAL, item, TEACHING] += service * rng.randint(50, 100) // 100


def _plans(ledger: Ledger, rng: Random) -> None:
    """年初预算 near the outturn; 全年预算 = outturn + what was left over (+ a little that was not
    drawn).
    """
    for (_, item, fund, nature, part), amount in ledger.final_plan().items():
        share = 1 if fund == OWN else rng.choice((1, rng.uniform(0.85, 1.02)))
        ledger.plan[START, item, fund, nature, part] = (
            amount if share == 1 else int(amount * share) // YUAN * YUAN
        )
        undrawn = amount // 40 if fund != OWN and rng.random() < 0.1 else 0
        ledger.plan[FULL, item, fund, nature, part] = amount + undrawn
    for (item, fund, kind), amount in ledger.closing.items():
        nature = carry_nature(kind)
        ledger.plan[FULL, item, fund, nature, RUNNING if nature == BASIC else ""] += amount
    for item_use in list(ledger.used):
        ledger.used[FULL, item_use[1]] = ledger.used[item_use]


def _incomes_planned(ledger: Ledger) -> None:
    """Every stage balances: income = planned spending (+ allocation) − opening − surplus used."""
    for _, item, fund, nature in list(ledger.fiscal):
        planned = {s: _planned(ledger, s, item, fund, nature) for s in (START, FULL)}
        ledger.fiscal[START, item, fund, nature] = planned[START]
        ledger.fiscal[FULL, item, fund, nature] = planned[FULL] - _opened(
            ledger, item, fund, nature
        )
    for (stage, item, source), amount in list(ledger.own.items()):
        if stage == FINAL:
            ledger.own[FULL, item, source] = amount
    for item in _own_items(ledger):
        _own_at_start(ledger, item)


def _planned(ledger: Ledger, stage: str, item: str, fund: str, nature: str) -> int:
    return sum(
        ledger.plan[stage, item, fund, nature, part]
        for part in ("", RUNNING, "人员经费", "基本建设")
    )


def _own_at_start(ledger: Ledger, item: str) -> None:
    """The first budget knows neither opening balances nor surplus: income equals the spending
    planned.
    """
    paid = ledger.grants[START, item] + ledger.remitted[START, item]
    total = paid + sum(_planned(ledger, START, item, OWN, n) for n in (BASIC, PROJECT, BUSINESS))
    given = ledger.own[START, item, FROM_ABOVE] + ledger.own[START, item, FROM_BELOW]
    trade = min(ledger.own[FINAL, item, TRADE], total - given)
    service = min(ledger.own[FINAL, item, SERVICE], total - given - trade)
    for source, amount in (
        (TRADE, trade),
        (SERVICE, service),
        (OTHER, total - given - trade - service),
    ):
        if amount:
            ledger.own[START, item, source] = amount


def _public_costs(ledger: Ledger) -> None:
    """F03 “三公”: what 一般公共预算 and 政府性基金 paid for; the budget is what was spent."""
    totals: Counter = Counter()
    for (_, fund, _, econ), amount in ledger.spend.items():
        if econ in THREE_PUBLIC and fund in FISCAL and fund != CAPITAL:
            totals[THREE_PUBLIC[econ]] += amount
    totals["公务用车购置及运行维护费"] = totals["公务用车购置费"] + totals["公务用车运行维护费"]
    totals["国内接待费"] = totals["公务接待费"]
    totals["支出合计"] = (
        totals["因公出国（境）费"] + totals["公务用车购置及运行维护费"] + totals["公务接待费"]
    )
    for row, amount in totals.items():
        for column in ("预算数", "全年预算数", "统计数"):
            ledger.public_costs[row, column] = amount


def _running_costs(ledger: Ledger, activity: Activity) -> None:
    row = {ADMIN: "行政单位", CIVIL: "参照公务员法管理事业单位"}.get(activity.unit_type)
    if row:
        cost = sum(
            v
            for (_, f, n, e), v in ledger.spend.items()
            if f == GENERAL and n == BASIC and part_of(n, e) == RUNNING
        )
        ledger.money["机关运行经费"] = ledger.money[row] = cost


def _counts(ledger: Ledger, activity: Activity, year: int) -> None:
    """Counts × 100. A kind of cost that is paid for is also counted; cars bought stay."""
    costs = {
        row: ledger.public_costs[row, "统计数"]
        for row in ("因公出国（境）费", "公务接待费", "公务用车购置费")
    }
    bought = activity.bought if costs["公务用车购置费"] else 0
    parties = max(1, costs["公务接待费"] // (600 * YUAN)) if costs["公务接待费"] else 0
    trips = max(1, costs["因公出国（境）费"] // (80_000 * YUAN)) if costs["因公出国（境）费"] else 0
    kept = activity.vehicles + activity.bought
    counts = {
        "因公出国（境）团组数": trips,
        "因公出国（境）人次数": trips * 3,
        "公务用车购置数": bought,
        "公务用车保有量": kept,
        "国内公务接待批次": parties,
        "国内公务接待人次": parties * 8,
        "车辆数合计": kept,
    } | _assets(kept, activity.equipment, year)
    ledger.counts.update({row: n * 100 for row, n in counts.items() if n})


def _assets(kept: int, equipment: int, year: int) -> dict[str, int]:
    """Cars by use and large equipment, in the lines that the form of the year had."""
    ready = kept // 3
    post = min(1, kept - ready)
    cars = (
        ("一般公务用车", "一般执法执勤用车") if year <= 2018 else ("应急保障用车", "机要通信用车")
    )
    large = "单价50万元以上通用设备" if year <= 2022 else "单价100万元（含）以上设备（不含车辆）"
    return {cars[0]: ready, cars[1]: post, "其他用车": kept - ready - post, large: equipment}


def _procurement(ledger: Ledger, rng: Random) -> None:
    kinds = {
        "政府采购货物支出": ("30201", "31002", "31003", "31007", "30907"),
        "政府采购工程支出": ("30905", "31005", "31006"),
        "政府采购服务支出": ("30202", "30209", "30213", "30227"),
    }
    for row, econs in kinds.items():
        bought = sum(v for (_, _, _, e), v in ledger.spend.items() if e in econs)
        ledger.money[row] = bought * rng.randint(20, 90) // 100
    total = ledger.money["政府采购支出合计"] = sum(ledger.money[row] for row in kinds)
    ledger.money["政府采购授予中小企业合同金额"] = total * rng.randint(60, 100) // 100
    ledger.money["授予小微企业合同金额"] = (
        ledger.money["政府采购授予中小企业合同金额"] * rng.randint(20, 90) // 100
    )


def transfer(payer: Ledger, receiver: Ledger, kind: str, item: str, amount: int) -> None:
    """Money between two units of a department, in every budget column alike: 补助 down
    or 上缴 up.
    """
    paid = payer.grants if kind == FROM_ABOVE else payer.remitted
    for stage in STAGES:
        paid[stage, item] += amount
        receiver.own[stage, item, kind] += amount
    receiver.spend[item, OWN, PROJECT, "30299"] += amount


def adjust_opening(ledger: Ledger, before: Ledger, rng: Random) -> bool:
    """Corrects up to two opening balances of 一般公共预算 (CS01_1); says whether there was one to
    correct.
    """
    funds: dict[str, set[str]] = defaultdict(set)
    for (item, fund, _), amount in before.closing.items():
        if amount:
            funds[item].add(fund)
    open_keys = [k for k, v in before.closing.items() if v > 1000 and funds[k[0]] == {GENERAL}]
    for key in rng.sample(sorted(open_keys), min(len(open_keys), rng.randint(1, 2))):
        cause = rng.choice(ADJUSTMENTS)
        sign = -1 if cause in ("归集调出", "归集上缴和缴回资金") else 1
        ledger.adjusted[(*key, cause)] += sign * max(
            1, before.closing[key] * rng.randint(5, 60) // 100
        )
    return bool(ledger.adjusted)
