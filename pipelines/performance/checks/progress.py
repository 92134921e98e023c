"""E-06 (table), E-17: the execution progress by month."""

from __future__ import annotations

from fractions import Fraction

from pipelines.narrative.figures import Interval
from pipelines.performance.case import Case
from pipelines.performance.methods.payments import progress_targets
from pipelines.performance.pack import Row

SHARES = {6: Fraction(80), 9: Fraction(90), 11: Fraction(90)}
HALF = Fraction(1, 2)


def check(case: Case) -> None:
    rows = {int(r.key[:-1]): r for r in case.pack.of("JX08") if r.key[:-1].isdigit()}
    if not rows:
        case.lack("E-17", "没有执行进度表")
        return
    targets = _targets(case)
    shared = [m for m, r in rows.items() if _equals(r, SHARES.get(m))]
    absolute = any(_equals(r, targets.get(m)) for m, r in rows.items())
    # A month that falls behind an earlier one is wrong itself: no reason is asked for it.
    _cumulative(case, rows, bool(shared) and not absolute)
    for month, row in rows.items():
        _target(case, month, row, targets)
        _reason(case, month, row, targets)
    if not absolute:
        _two_readings(case, rows, shared)


def _two_readings(case: Case, rows: dict[int, Row], shared: list[int]) -> None:
    """E-06: targets as shares of the months, beside amounts paid as shares of the year."""
    if not shared or not _monotone(rows):
        return
    cells = [rows[m].get("目标值") for m in shared]
    values = [rows[m].get("实际值") for m in shared]
    said = (
        "执行进度表的目标值是序时进度的比例（80%、90%、90%），实际值是占全年预算的比例（应对"
        " 40%、67.5%、82.5%），口径不同"
    )
    case.fail("E-06", "JX08/口径", said, cells, values, severity="review")


def _targets(case: Case) -> dict[int, Fraction]:
    indicator = case.scheme.by_method("progress") if case.scheme else None
    if indicator is None:
        return {m: s * m / 12 for m, s in SHARES.items()}
    months = [int(m) for m in indicator.params["months"]]
    return dict(zip(months, progress_targets(indicator), strict=True))


def _equals(row: Row, value: Fraction | None) -> bool:
    printed = row.number("目标值")
    return printed is not None and value is not None and printed.number == value


def _target(case: Case, month: int, row: Row, targets: dict[int, Fraction]) -> None:
    printed = row.number("目标值")
    if printed is None or month not in targets:
        return
    case.count("E-06")
    if printed.number not in (targets[month], SHARES.get(month)):
        share = SHARES.get(month, targets[month])
        wanted = f"{float(targets[month]):g}%（序时进度的 {float(share):g}%）"
        message = f"执行进度表{month}月的目标值印 {row.get('目标值').text}，应为 {wanted}"
        case.fail("E-06", f"JX08[{month}月,目标值]", message, row.get("目标值"))


def _reason(case: Case, month: int, row: Row, targets: dict[int, Fraction]) -> None:
    actual = row.number("实际值")
    if (
        actual is None
        or actual.number is None
        or month not in targets
        or "原因" not in case.pack.columns("JX08")
    ):
        return
    case.count("E-06")
    if case.is_settled("进度", row.get("实际值")):
        return
    if actual.interval.high < targets[month] and not row.get("原因").words:
        message = (
            f"请补写原因：{month}月执行进度 {row.get('实际值').text}，"
            f"低于目标 {float(targets[month]):g}%"
        )
        case.fail(
            "E-06",
            f"JX08[{month}月,原因]",
            message,
            [row.get("实际值"), row.label],
            row.get("原因"),
        )


def _monotone(rows: dict[int, Row]) -> bool:
    values = [rows[m].number("实际值") for m in sorted(rows)]
    numbers = [v.number for v in values if v is not None and v.number is not None]
    return numbers == sorted(numbers) and all(n <= 100 for n in numbers)


def _cumulative(case: Case, rows: dict[int, Row], shared: bool) -> None:
    """E-17: paid amounts only grow.

    Under the share reading the values are put back to the year first.
    """
    before: tuple[int, Interval] | None = None
    for month in sorted(rows):
        value = rows[month].number("实际值")
        if value is None:
            continue
        entry = rows[month].get("实际值")
        now = value.interval
        case.count("E-17")
        fits = before is not None and shared and _share_fits(before, (month, now))
        if before is not None and now.high < before[1].low and not fits:
            message = (
                f"执行进度是累计数，{month}月 {entry.text} 低于 {before[0]}月"
                f" {rows[before[0]].get('实际值').text}"
            )
            case.fail("E-17", f"JX08[{month}月]", message, entry, rows[before[0]].get("实际值"))
            case.settle("进度", entry)
        if now.low > 100:
            message = f"{month}月执行进度 {entry.text}，大于 100%"
            case.fail("E-17", f"JX08[{month}月]/超过", message, entry, severity="review")
        before = (month, now)


def _share_fits(before: tuple[int, Interval], now: tuple[int, Interval]) -> bool:
    return now[1].high * now[0] >= before[1].low * before[0]
