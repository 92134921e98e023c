"""E-01, E-21: the two score tables, each in itself and against each other and the text."""

from __future__ import annotations

from fractions import Fraction

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.case import Case
from pipelines.performance.claims import unit_scores
from pipelines.performance.pack import Entry, Row
from pipelines.performance.words import caption

TABLES = {"JX12": "得分表", "JX13": "附件1"}
TOTAL = "自评总分"
HUNDRED = Fraction(100)


def check(case: Case) -> None:
    rows = {f: [r for r in case.pack.of(f) if r.key != TOTAL] for f in TABLES}
    rows = {f: found for f, found in rows.items() if found}
    if not rows:
        case.lack("E-01", "没有自评得分表和附件1")
        case.lack("E-21", "没有自评得分表和附件1")
        return
    unequal = _compare(case, rows)
    for form, found in rows.items():
        _weights(case, form, found, unequal)
        _bounds(case, form, found)
        _reasons(case, form, found)
    _totals(case, rows)
    _accurate(case, rows)


def _compare(case: Case, rows: dict[str, list[Row]]) -> set[str]:
    """(f) The two tables indicator by indicator; gives what differs (分值 or 得分)."""
    if len(rows) < 2:
        return set()
    other = {r.key: r for r in rows["JX13"]}
    unequal = set()
    for row in rows["JX12"]:
        twin = other.get(row.key)
        for column in ("分值", "得分"):
            case.count("E-01")
            if twin is None or not _differ(row, twin, column):
                continue
            unequal.add(column)
            a, b = row.get(column), twin.get(column)
            case.settle("扣分", row.label)
            case.settle("扣分", twin.label)
            message = (
                f"“{row.key}”的{column}：得分表为 {a.text or '空'}，附件1 为 {b.text or '空'}，"
                "两表不一致"
            )
            case.fail("E-01", f"{row.key}/{column}", message, [a, row.label], [b, twin.label])
    return unequal


def _differ(one: Row, other: Row, column: str) -> bool:
    a, b = one.number(column), other.number(column)
    if a is None or b is None:
        return (a is None) != (b is None) and (a or b).number != 0  # type: ignore[union-attr]
    return a.number != b.number


def _weights(case: Case, form: str, rows: list[Row], unequal: set[str]) -> None:
    """(a), (b) Weights add up, by caption and in all.

    One finding a table, at the smallest group that fails.
    """
    if "分值" in unequal or not any(r.get("分值").number for r in rows):
        return
    failed = [g for level in (1, 0) for g in _groups(rows, level) if _group_fails(g)]
    case.count("E-01")
    if failed:
        _group_wrong(case, form, *failed[0])
    else:
        _weights_in_all(case, form, rows)


def _group_wrong(case: Case, form: str, entry: Entry, members: list[Row]) -> None:
    name, said = caption(entry.text)[0], Fraction(caption(entry.text)[1])
    got = _sum(members, "分值")
    message = (
        f"{TABLES[form]}“{name}”印 {plain_number(said)} 分，"
        f"其下各指标分值合计 {plain_number(got)} 分"
    )
    cells = [m.get("分值") for m in members]
    case.fail("E-01", f"{form}[{name},分值]", message, entry, cells, difference=said - got)


def _weights_in_all(case: Case, form: str, rows: list[Row]) -> None:
    total, printed = _sum(rows, "分值"), case.pack.row(form, TOTAL)
    if total != HUNDRED:
        message = f"{TABLES[form]}各指标分值合计 {plain_number(total)} 分，不是 100 分"
        cells = [r.get("分值") for r in rows]
        case.fail("E-01", f"{form}[{TOTAL},分值]", message, cells, difference=total - HUNDRED)
    elif printed and printed.get("分值").number and printed.get("分值").value.number != total:
        cell = printed.get("分值")
        message = (
            f"{TABLES[form]}自评总分一行的分值印 {cell.text}，各指标分值合计 {plain_number(total)}"
        )
        case.fail("E-01", f"{form}[{TOTAL},分值]", message, cell)


def _groups(rows: list[Row], level: int) -> list[tuple[Entry, list[Row]]]:
    found: dict[str, tuple[Entry, list[Row]]] = {}
    for row in rows:
        if (
            len(row.levels) > level
            and row.levels[level].spot
            and caption(row.levels[level].text)[1]
        ):
            entry = row.levels[level]
            assert entry.spot is not None
            found.setdefault(entry.spot.cell, (entry, []))[1].append(row)
    return list(found.values())


def _group_fails(group: tuple[Entry, list[Row]]) -> bool:
    entry, members = group
    return _sum(members, "分值") != Fraction(caption(entry.text)[1])


def _sum(rows: list[Row], column: str) -> Fraction:
    values = [v.number for r in rows if (v := r.number(column)) is not None]
    return sum((v for v in values if v is not None), Fraction(0))


def _bounds(case: Case, form: str, rows: list[Row]) -> None:
    """(c) No score below nothing or above its weight."""
    for row in rows:
        weight, score = row.number("分值"), row.number("得分")
        if weight is None or score is None or weight.number is None or score.number is None:
            continue
        case.count("E-01")
        if not 0 <= score.number <= weight.number and not case.is_settled("得分", row.get("得分")):
            message = (
                f"{TABLES[form]}“{row.key}”得分 {row.get('得分').text}，超出 0 至"
                f" {row.get('分值').text} 分的范围"
            )
            case.fail("E-01", f"{form}[{row.key},得分]", message, row.get("得分"), row.get("分值"))


def _totals(case: Case, rows: dict[str, list[Row]]) -> None:
    """(d) The sum of the scores against every printed total, one finding for all that differ."""
    scored = {f: found for f, found in rows.items() if any(r.number("得分") for r in found)}
    printed = _printed_totals(case, rows)
    if not scored or not printed:
        return
    case.count("E-01", len(printed))
    sums = {f: _sum(found, "得分") for f, found in scored.items()}
    wrong = [p for p in printed if p.value.number not in set(sums.values())]
    if not wrong:
        return
    first = next(iter(sums))
    _wrong_totals(case, wrong, sums.get("JX13", sums[first]), rows[first])


def _printed_totals(case: Case, rows: dict[str, list[Row]]) -> list[Entry]:
    """The totals that the tables and the text give."""
    printed = [
        row.get("得分") for f in rows if (row := case.pack.row(f, TOTAL)) and row.get("得分").number
    ]
    return [*printed, *(c.entry for c in unit_scores(case.pack))]


def _wrong_totals(case: Case, wrong: list[Entry], total: Fraction, rows: list[Row]) -> None:
    """``rows``: those of the first table with scores."""
    said = "、".join(dict.fromkeys(plain_number(p.value.number) for p in wrong))
    message = f"各指标得分合计 {plain_number(total)} 分，自评总分印 {said} 分"
    cells = [r.get("得分") for r in rows if r.get("得分").number]
    for entry in wrong:
        case.settle("总分", entry)
    gap = (wrong[0].value.number or Fraction(0)) - total
    case.fail("E-01", "自评总分", message, wrong, cells, difference=gap)


def _accurate(case: Case, rows: dict[str, list[Row]]) -> None:
    """(e) In a self-evaluation 自评准确 carries no score."""
    spot = case.manual.get("spot_check_score")
    for form, found in rows.items():
        row = next((r for r in found if r.key == "自评准确"), None)
        if row is None or spot is not None:
            continue
        case.count("E-01")
        score = row.get("得分").value.number
        weight = row.get("分值").value.number
        # A score above the weight is found by (c) already.
        if score and score <= (score if weight is None else weight):
            message = (
                f"{TABLES[form]}“自评准确”由评价组评定，自评时不打分，"
                f"却打了 {row.get('得分').text} 分"
            )
            case.fail("E-01", f"{form}[自评准确,得分]", message, row.get("得分"))


def _reasons(case: Case, form: str, rows: list[Row]) -> None:
    """E-21: points lost need their reason."""
    column = "扣分原因" if form == "JX12" else "评价过程"
    if column not in case.pack.columns(form):
        return
    for row in rows:
        _reason(case, form, row, column)
    if form == "JX13":
        _same_wording(case)


def _reason(case: Case, form: str, row: Row, column: str) -> None:
    weight, score = row.get("分值").value.number, row.get("得分").value.number
    if weight is None or score is None:
        return
    case.count("E-21")
    reason = row.get(column)
    if case.is_settled("扣分", row.label):
        return
    if score < weight and not reason.words:
        message = (
            f"请补写{column}：{TABLES[form]}“{row.key}”得 {row.get('得分').text} 分"
            f"（满分 {row.get('分值').text}）"
        )
        case.fail("E-21", f"{form}[{row.key}]", message, row.get("得分"), reason)
    elif score == weight and reason.words and len(reason.text) > 2:
        message = f"{TABLES[form]}“{row.key}”得满分，却写了{column}：{reason.text[:30]}"
        subject = f"{form}[{row.key}]/满分"
        case.fail("E-21", subject, message, reason, row.get("得分"), severity="hint")


def _same_wording(case: Case) -> None:
    other = {r.key: r.get("评价过程") for r in case.pack.of("JX13")}
    for row in case.pack.of("JX12"):
        a, b = row.get("扣分原因"), other.get(row.key)
        if a.words and b is not None and b.words and a.text != b.text:
            message = f"“{row.key}”的扣分原因两处写法不同：{a.text[:30]}；{b.text[:30]}"
            case.fail("E-21", f"{row.key}/写法", message, a, b, severity="hint")
