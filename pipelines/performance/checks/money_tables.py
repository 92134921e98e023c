"""E-15, E-19, E-20, E-31: the money tables, each in itself, against each other, the text and the
财决 tables.
"""

from __future__ import annotations

import re

from pipelines.performance.arithmetic import (
    difference,
    equal,
    interval,
    percent,
    rate_holds,
    rate_of,
    readable,
    sum_of,
    sums_up,
    wan,
)
from pipelines.performance.case import Case
from pipelines.performance.claims import KINDS, Claim, claim, find
from pipelines.performance.pack import Entry, Row

AMOUNTS = ("年度预算", "中期调整", "调整后预算", "预算执行")
INCOME = ("收入预算数", "收入调整数", "收入决算数")
ITEMS = ("资金来源/合计", "资金来源/财政拨款", "支出数/合计", "支出数/财政拨款")
AMOUNT = r"(?:总额|数)?(?:为|是)?(?P<n>-?\d+(?:\.\d+)?)(?P<u>亿元|万元|元)?"
SAID_03 = (
    ("总计", "年度预算", rf"(?<!拨款)(?<!收入)支出年初预算{AMOUNT}"),
    ("总计", "中期调整", rf"中期调整{AMOUNT}"),
    ("总计", "调整后预算", rf"调整后预算支出{AMOUNT}"),
    ("总计", "预算执行", rf"部门支出预算执行{AMOUNT}"),
    ("基本支出", "调整后预算", rf"基本支出预算{AMOUNT}"),
    ("基本支出", "预算执行", rf"基本支出执行{AMOUNT}"),
    ("项目支出", "调整后预算", rf"项目支出预算{AMOUNT}"),
    ("项目支出", "预算执行", rf"项目支出执行{AMOUNT}"),
)
SAID_02 = (
    ("总计", "收入预算数", rf"(?<!支出)年初预算{AMOUNT}"),
    ("年初结转结余", "收入预算数", rf"年初结转(?:和)?结余{AMOUNT}"),
    ("其他收入", "收入预算数", rf"其他收入{AMOUNT}"),
    ("调整", "", rf"调整后预算收入{AMOUNT}"),
)
RATES_03 = (
    ("总计", r"部门总体执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
    ("基本支出", r"基本支出(?:总体)?执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
    ("项目支出", r"项目支出(?:总体)?执行进度(?:为)?(?P<n>\d+(?:\.\d+)?)%"),
)
# What the year's expenditure is made of: the first two always, the others where a unit has them.
WHOLE = ("基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出")
INCOME_PROSE = re.compile(r"调整后预算收入")
SPENDING_PROSE = re.compile(r"支出预算执行|执行进度")


def check(case: Case) -> None:
    _income(case)
    _execution(case)
    _basic(case)
    _elsewhere(case)


def _sum(
    case: Case,
    rule: str,
    form: str,
    key: str,
    column: str,
    whole: Entry,
    parts: list[Entry],
    what: str,
) -> bool:
    """One sum judged; True where it holds or cannot be said."""
    outcome = sums_up(whole, parts)
    if outcome is None:
        return True
    case.count(rule)
    if outcome:
        return True
    gap = difference(whole, parts)
    message = (
        f"“{key}”的{column}印 {wan(whole.value.number or 0)}，{what} {wan(sum_of(parts).middle)}，"
        f"相差 {wan(gap)}"
    )
    case.fail(rule, f"{form}[{key},{column}]", message, whole, parts, difference=gap)
    case.settle(rule, whole)
    return False


def _income(case: Case) -> None:
    rows = case.pack.of("JX02")
    if not rows:
        case.lack("E-19", "没有年度预算表（表2-1）")
        return
    total = case.pack.row("JX02", "总计")
    parts = [r for r in rows if r.key != "总计"]
    for column in INCOME:
        if total is not None and column in case.pack.columns("JX02"):
            _sum(
                case,
                "E-19",
                "JX02",
                "总计",
                column,
                total.get(column),
                [r.get(column) for r in parts],
                "各项合计",
            )
    for row in parts:
        _received(case, row)
    _income_said(case)


def _received(case: Case, row: Row) -> None:
    budget, moved, final = (row.get(c) for c in INCOME)
    if (
        ("财政拨款" not in row.key and "预算拨款" not in row.key)
        or not final.number
        or not budget.number
    ):
        return
    limit = interval(budget) + interval(moved)
    case.count("E-19")
    if interval(final).low > limit.high:
        message = (
            f"“{row.key}”决算数 {wan(final.value.number or 0)}，大于预算数加调整数"
            f" {wan(limit.middle)}"
        )
        case.fail(
            "E-19", f"JX02[{row.key}]/超预算", message, final, [budget, moved], severity="review"
        )


def _income_said(case: Case) -> None:
    for row_key, column, pattern in SAID_02:
        for said in _said(case, pattern, INCOME_PROSE):
            entries = _income_cells(case, row_key, column, said)
            _against(case, "E-19", "JX02", row_key, column or "调整后", said, entries)


def _income_cells(case: Case, row_key: str, column: str, said: Claim) -> list[Entry]:
    row = case.pack.row("JX02", "总计" if row_key == "调整" else row_key)
    if row is None:
        return []
    if row_key == "调整":
        cells = [row.get("收入预算数"), row.get("收入调整数")]
        return cells if all(c.number for c in cells) else []
    return [row.get(column)] if row.get(column).number else []


def _said(case: Case, pattern: str, near: re.Pattern[str]) -> list[Claim]:
    found = find(case.pack, "文字", re.compile(pattern))
    return [c for c in found if near.search(c.paragraph.normal.text)]


def _against(
    case: Case, rule: str, form: str, key: str, column: str, said: Claim, cells: list[Entry]
) -> None:
    if not cells or (said.entry.value.unit == "" and said.number != 0):
        return
    case.count(rule)
    if said.entry.value.interval.meets(sum_of(cells)) or any(
        case.is_settled(rule, c) for c in cells
    ):
        return
    gap = said.number - sum_of(cells).middle
    message = (
        f"文字中“{said.entry.spot.quote if said.entry.spot else ''}”，表中为"
        f" {wan(sum_of(cells).middle)}，相差 {wan(gap)}"
    )
    case.fail(rule, f"{form}[{key},{column}]/文字", message, said.entry, cells, difference=gap)


def _execution(case: Case) -> None:
    rows = case.pack.of("JX03")
    if not rows:
        case.lack("E-20", "没有年度预算执行表（表2-2）")
        return
    broken: set[tuple[str, str]] = set()
    for key, parts in (("基本支出", ("人员经费", "公用经费")), ("总计", WHOLE)):
        for column in AMOUNTS:
            _vertical(case, key, parts, column, broken)
    for row in rows:
        _horizontal(case, row, broken)
        _rate(case, row, broken)
    for key, column, pattern in SAID_03:
        for said in _said(case, pattern, SPENDING_PROSE):
            found = case.pack.row("JX03", key)
            if found is not None and found.get(column).number:
                _against(case, "E-20", "JX03", key, column, said, [found.get(column)])
    _rates_said(case)
    _final_accounts(case)


def _vertical(
    case: Case, key: str, parts: tuple[str, ...], column: str, broken: set[tuple[str, str]]
) -> None:
    whole = case.pack.row("JX03", key)
    members = [r for p in parts if (r := case.pack.row("JX03", p)) is not None]
    # With one part alone (项目支出 without 基本支出) nothing can be said of the sum.
    if whole is None or len({m.key for m in members} & set(parts[:2])) < 2:
        return
    cells = [m.get(column) for m in members]
    if not _sum(
        case,
        "E-20",
        "JX03",
        key,
        column,
        whole.get(column),
        cells,
        f"{' + '.join(m.key for m in members)} 为",
    ):
        broken.update((k, column) for k in (key, *parts))


def _horizontal(case: Case, row: Row, broken: set[tuple[str, str]]) -> None:
    """调整后 = 年度 + 调整, unless one of them is found wrong by the column's sum already."""
    if any((row.key, c) in broken for c in AMOUNTS[:3]) or not row.get("调整后预算").said:
        return
    cells = [row.get("年度预算"), row.get("中期调整")]
    if not _sum(
        case,
        "E-20",
        "JX03",
        row.key,
        "调整后预算",
        row.get("调整后预算"),
        cells,
        "年度预算加中期调整",
    ):
        broken.add((row.key, "调整后预算"))


def _rate(case: Case, row: Row, broken: set[tuple[str, str]]) -> None:
    budget, done, printed = row.get("调整后预算"), row.get("预算执行"), row.get("执行率")
    if not budget.number or not done.number:
        return
    true = rate_of(interval(done), interval(budget))
    clean = not any((row.key, c) in broken for c in ("调整后预算", "预算执行"))
    if true is not None and printed.number and clean:
        case.count("E-20")
        outcome = rate_holds(printed.value, true)
        if outcome != "pass":
            message = (
                f"“{row.key}”执行率印 {printed.text}，{wan(done.value.number or 0)} ÷"
                f" {wan(budget.value.number or 0)} = {percent(true.middle)}"
            )
            case.fail(
                "E-20",
                f"JX03[{row.key},执行率]",
                message,
                printed,
                [done, budget],
                severity="hint" if outcome == "hint" else None,
            )
    if interval(done).low > interval(budget).high and clean and row.key != "年末结转结余":
        message = (
            f"“{row.key}”预算执行 {wan(done.value.number or 0)}，大于调整后预算"
            f" {wan(budget.value.number or 0)}"
        )
        case.fail("E-20", f"JX03[{row.key}]/超预算", message, done, budget, severity="review")
    below = true is not None and true.high < 100 and clean
    if (
        below
        and "原因" in case.pack.columns("JX03")
        and not row.get("原因").words
        and row.key in ("总计", "基本支出", "项目支出")
    ):
        _reason_missing(case, row, printed)


def _reason_missing(case: Case, row: Row, printed: Entry) -> None:
    """One finding for the table: the reason may stand at the part or at the total."""
    rows = [
        case.pack.row("JX03", k) for k in ("总计", "基本支出", "项目支出", "人员经费", "公用经费")
    ]
    if (
        any(r is not None and r.get("原因").words for r in rows)
        or case.subjects["E-20", "JX03/原因"]
    ):
        return
    message = f"“{row.key}”执行率 {printed.text}，没有到 100%，没有写明原因"
    case.fail(
        "E-20", "JX03/原因", message, [printed, row.label], row.get("原因"), severity="review"
    )


def _rates_said(case: Case) -> None:
    for key, pattern in RATES_03:
        row = case.pack.row("JX03", key)
        if row is None or not row.get("预算执行").number or not row.get("调整后预算").number:
            continue
        true = rate_of(interval(row.get("预算执行")), interval(row.get("调整后预算")))
        for said in _said(case, pattern, SPENDING_PROSE):
            if true is None:
                continue
            case.count("E-20")
            if (
                rate_holds(said.entry.value, true) == "fail"
                and not case.subjects["E-20", f"JX03[{key},执行率]"]
            ):
                message = (
                    f"文字中{key}执行进度 {said.entry.text}%，按表计算为 {percent(true.middle)}"
                )
                case.fail(
                    "E-20", f"JX03[{key},执行率]/文字", message, said.entry, row.get("执行率")
                )


FINAL = {
    "基本支出": "基本支出",
    "人员经费": "人员经费",
    "公用经费": "公用经费",
    "项目支出": "项目支出",
}


def _final_accounts(case: Case) -> None:
    """Executed amounts as in 财决01表 (all money) or, where the table is of fiscal money alone, not
    above it.
    """
    if case.facts is None or not case.facts.has("Z01"):
        return
    for key in FINAL:
        row = case.pack.row("JX03", key)
        fact = case.facts.get("Z01", "支出性质", key, "决算数")
        if (
            row is None
            or fact is None
            or not row.get("预算执行").number
            or case.is_settled("E-20", row.get("预算执行"))
        ):
            continue
        case.count("E-20")
        printed = row.get("预算执行").value.interval
        if printed.low > fact.amount:
            message = (
                f"“{key}”预算执行 {wan(printed.middle)}，大于财决01表的 {wan(int(fact.amount))}"
            )
            case.fail(
                "E-20", f"JX03[{key},预算执行]/财决", message, row.get("预算执行"), facts=[fact]
            )


def _basic(case: Case) -> None:
    """E-15: the tree of codes, the total against 基本支出, the rates."""
    rows = case.pack.of("JX04")
    if not rows:
        case.lack("E-15", "没有基本支出分项目收支情况表")
        return
    failed = False
    for column in (*ITEMS, "完成值"):
        if column in case.pack.columns("JX04"):
            failed |= not _tree(case, rows, column)
    for row in rows:
        _finished(case, row)
    total = case.pack.row("JX04", "合计")
    basic = case.pack.row("JX03", "基本支出")
    if total is not None and basic is not None and not failed:
        one, other = total.get("支出数/合计"), basic.get("预算执行")
        outcome = equal(one, other)
        if outcome is not None:
            case.count("E-15")
        if outcome is False and not case.is_settled("E-20", other):
            gap = difference(one, [other])
            message = (
                f"基本支出分项目表支出合计 {wan(one.value.number or 0)}，年度预算执行表基本支出"
                f" {wan(other.value.number or 0)}，相差 {wan(gap)}"
            )
            case.fail("E-15", "JX04/基本支出", message, one, other, difference=gap)


def _tree(case: Case, rows: list[Row], column: str) -> bool:
    held = True
    coded = [(r.key.partition("/")[0], r) for r in rows if r.key[:3].isdigit()]
    total = case.pack.row("JX04", "合计")
    if total is not None:
        classes = [r.get(column) for c, r in coded if len(c) == 3]
        held &= _sum(case, "E-15", "JX04", "合计", column, total.get(column), classes, "各类合计")
    for code, row in coded:
        deeper = [r.get(column) for c, r in coded if len(c) == len(code) + 2 and c.startswith(code)]
        if len(code) < 7 and deeper:
            held &= _sum(case, "E-15", "JX04", code, column, row.get(column), deeper, "下级合计")
    return held


def _finished(case: Case, row: Row) -> None:
    source, spent, done, printed = (
        row.get(c) for c in ("资金来源/合计", "支出数/合计", "完成值", "完成率")
    )
    if printed.number and spent.number and source.number:
        true = rate_of(interval(spent), interval(source))
        if true is not None:
            case.count("E-15")
            outcome = rate_holds(printed.value, true)
            if (
                outcome != "pass"
                and not case.is_settled("E-15", spent)
                and not case.is_settled("E-15", source)
            ):
                message = (
                    f"“{row.key}”完成率印 {printed.text}，{wan(spent.value.number or 0)} ÷"
                    f" {wan(source.value.number or 0)} = {percent(true.middle)}"
                )
                case.fail(
                    "E-15",
                    f"JX04[{row.key},完成率]",
                    message,
                    printed,
                    [spent, source],
                    severity="hint" if outcome == "hint" else None,
                )
    for part, whole in (("资金来源/财政拨款", "资金来源/合计"), ("支出数/财政拨款", "支出数/合计")):
        one, other = row.get(part), row.get(whole)
        if (
            one.number
            and other.number
            and interval(one).low > interval(other).high
            and not case.is_settled("E-15", one, other)
        ):
            message = (
                f"“{row.key}”{part} {wan(one.value.number or 0)}，大于{whole}"
                f" {wan(other.value.number or 0)}"
            )
            case.fail("E-15", f"JX04[{row.key},{part}]", message, one, other)
    if (
        done.number
        and spent.number
        and equal(done, spent) is False
        and not case.is_settled("E-15", done)
        and not case.is_settled("E-15", spent)
    ):
        message = (
            f"“{row.key}”完成值 {wan(done.value.number or 0)}，与支出数"
            f" {wan(spent.value.number or 0)} 不同"
        )
        case.fail("E-15", f"JX04[{row.key},完成值]", message, done, spent)


def _elsewhere(case: Case) -> None:
    """E-31: the same amount in two places."""
    for key, twin in (("合计", "总计"), ("基本支出", "基本支出"), ("项目支出", "项目支出")):
        row, other = case.pack.row("JX09", key), case.pack.row("JX03", twin)
        if row is None or other is None:
            continue
        for column, opposite in (("预算额", "调整后预算"), ("执行额", "预算执行")):
            _twice(case, key, column, row.get(column), other.get(opposite), opposite)
    for row in case.pack.of("JX09"):
        _short_rate(case, row)
    _totals_of_short(case)
    _kinds(case)
    _disposal_said(case)


def _twice(case: Case, key: str, column: str, one: Entry, other: Entry, opposite: str) -> None:
    outcome = equal(one, other)
    if outcome is None or case.is_settled("E-20", other):
        return
    case.count("E-31")
    if not outcome:
        gap = difference(one, [other])
        message = (
            f"预算完成表“{key}”{column} {wan(one.value.number or 0)}，年度预算执行表{opposite}"
            f" {wan(other.value.number or 0)}，相差 {wan(gap)}"
        )
        case.fail("E-31", f"JX09[{key},{column}]", message, one, other, difference=gap)
        case.settle("E-31", one)


def _short_rate(case: Case, row: Row) -> None:
    budget, done, printed = row.get("预算额"), row.get("执行额"), row.get("预算执行进度")
    if (
        not (budget.number and done.number and printed.number)
        or case.is_settled("E-31", budget)
        or case.is_settled("E-31", done)
    ):
        return
    true = rate_of(interval(done), interval(budget))
    if true is None:
        return
    case.count("E-31")
    outcome = rate_holds(printed.value, true)
    if outcome != "pass":
        message = (
            f"预算完成表“{row.key}”执行进度印 {printed.text}，按金额计算为 {percent(true.middle)}"
        )
        case.fail(
            "E-31",
            f"JX09[{row.key},预算执行进度]",
            message,
            printed,
            [done, budget],
            severity="hint" if outcome == "hint" else None,
        )


def _totals_of_short(case: Case) -> None:
    whole = case.pack.row("JX09", "合计")
    parts = [r for k in WHOLE if (r := case.pack.row("JX09", k)) is not None]
    if whole is None or len({p.key for p in parts} & set(WHOLE[:2])) < 2:
        return
    for column in ("预算额", "执行额"):
        cells = [p.get(column) for p in parts]
        if not any(case.is_settled("E-31", c) for c in (whole.get(column), *cells)):
            _sum(
                case, "E-31", "JX09", "合计", column, whole.get(column), cells, "基本支出加项目支出"
            )


def _kinds(case: Case) -> None:
    """人员类 + 运转类 + 特定目标类 = 总额."""
    for prose, paragraph in case.pack.paragraphs():
        found = KINDS.search(paragraph.normal.text)
        if not found:
            continue
        parts = [claim("类", prose, paragraph, found, g).entry for g in ("n", "b", "c")]
        numbers = [p.value.scaled(10_000) for p in parts]
        entries = [Entry(v, p.file, p.spot) for v, p in zip(numbers, parts, strict=True)]
        before = re.search(
            r"总额(?:为)?(?P<n>\d+(?:\.\d+)?)(?P<u>万元|元)[^。]{0,10}$",
            paragraph.normal.text[: found.start()],
        )
        if before:
            whole = claim("总额", prose, paragraph, before).entry
            _sum(case, "E-31", "文字", "总额", "人员类运转类特定目标类", whole, entries, "三类合计")
        targeted = case.pack.row("JX03", "项目支出")
        if (
            targeted is not None
            and equal(entries[2], targeted.get("预算执行")) is False
            and not case.subjects["E-31", "文字[总额,人员类运转类特定目标类]"]
        ):
            other = targeted.get("预算执行")
            message = (
                f"特定目标类 {wan(entries[2].value.number or 0)}，年度预算执行表项目支出"
                f" {wan(other.value.number or 0)}"
            )
            case.fail("E-31", "文字[特定目标类]", message, entries[2], other, severity="review")


DISPOSAL = (
    ("全年预算数", "调整后预算", rf"全年预算数{AMOUNT}"),
    ("决算数", "预算执行", rf"(?<!年初预)决算数{AMOUNT}"),
)


def _disposal_said(case: Case) -> None:
    total = case.pack.row("JX03", "总计")
    if total is None:
        return
    near = re.compile(r"绩效监控结果|运行监控后|及时处置")
    for name, column, pattern in DISPOSAL:
        for said in _said(case, pattern, near):
            if total.get(column).number:
                _against(case, "E-31", "JX07", name, column, said, [total.get(column)])


__all__ = ["check", "readable"]
