"""E-18: the staff of the sentence, of the table and of the two years."""

from __future__ import annotations

import re
from fractions import Fraction

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.case import Case
from pipelines.performance.claims import STAFF, STAFF_PART, claim
from pipelines.performance.pack import Entry, Paragraph, Prose, Row

OUTSIDE = ("劳务派遣", "借用", "聘用")


def check(case: Case) -> None:
    row = next(iter(case.pack.of("JX01")), None)
    _sentence(case, row)
    if row is None:
        case.lack("E-18", "没有人员概况")
        return
    _change(case, row)
    rates = [row.get(f"{y}/变化率") for y in ("上年", "本年")]
    for year, rate in zip(("上年", "本年"), rates, strict=True):
        _rate(case, row, year, rate)
    places = {r.value.decimals for r in rates if r.number}
    if len(places) > 1:
        case.fail(
            "E-18",
            "变化率/小数位",
            "请统一小数位数：两年的变化率位数不同",
            [r for r in rates if r.number],
            severity="hint",
        )


def _sentence(case: Case, row: Row | None) -> None:
    """The first sentence of the text that gives the staff."""
    for prose, paragraph in case.pack.paragraphs():
        found = STAFF.search(paragraph.normal.text)
        if found:
            _staff_said(case, row, prose, paragraph, found)
            return


def _staff_said(
    case: Case, row: Row | None, prose: Prose, paragraph: Paragraph, found: re.Match[str]
) -> None:
    total = claim("实有", prose, paragraph, found)
    tail = paragraph.normal.text[found.end() :].split("。")[0]
    parts = [(m["k"].removeprefix("其中"), int(m["n"])) for m in STAFF_PART.finditer(tail)]
    start, end = found.start(), found.end() + len(tail)
    case.count("E-18")
    added = sum(n for _, n in parts)
    if len(parts) > 1 and added != total.number:
        message = f"实有人员 {plain_number(total.number)} 人，各类合计 {added} 人"
        words = prose.entry(paragraph, start, end, total.entry.value)
        case.fail("E-18", "文字/合计", message, words)
    elif row is not None:
        _same(case, total.entry, row.get("本年/实有数"))
    if row is not None:
        kinds = [kind for kind, _ in parts]
        _outside(case, row.get("本年/实有数"), kinds, prose.entry(paragraph, start, end))


def _outside(case: Case, printed: Entry, kinds: list[str], words: Entry) -> None:
    """Kinds of people who are no staff of the unit, counted among its staff."""
    outside = [k for k in kinds if any(o in k for o in OUTSIDE)]
    if outside and printed.number:
        message = f"在职人员数 {printed.text} 含{'、'.join(outside)}"
        case.fail("E-18", "文字/口径", message, words, printed, severity="hint")


def _same(case: Case, said: Entry, printed: Entry) -> None:
    if printed.number and said.value.number != printed.value.number:
        message = f"文字中实有 {said.text} 人，人员概况表本年实有数 {printed.text}"
        case.fail("E-18", "文字/实有数", message, said, printed)


def _change(case: Case, row: Row) -> None:
    last, now, moved = (
        row.get(k).value.number for k in ("上年/实有数", "本年/实有数", "本年/变化数")
    )
    if last is None or now is None or moved is None:
        return
    case.count("E-18")
    if now - last != moved:
        message = (
            f"本年 {plain_number(now)} 人、上年 {plain_number(last)} 人，变化数印"
            f" {plain_number(moved)}，应为 {plain_number(now - last)}"
        )
        case.fail(
            "E-18",
            "本年/变化数",
            message,
            row.get("本年/变化数"),
            [row.get("本年/实有数"), row.get("上年/实有数")],
        )


def _rate(case: Case, row: Row, year: str, rate: Entry) -> None:
    count, moved = row.get(f"{year}/实有数").value.number, row.get(f"{year}/变化数").value.number
    if count is None or moved is None or not rate.number or rate.value.number is None:
        return
    if year == "本年" and case.subjects["E-18", "本年/变化数"]:
        return
    base = count - moved
    if base == 0:
        return
    case.count("E-18")
    true = Fraction(moved) / base * 100
    if abs(true - rate.value.number) > rate.value.half:
        message = (
            f"{year}变化率印 {float(rate.value.number):g}%，{plain_number(moved)} ÷"
            f" {plain_number(base)} = {float(true):.2f}%"
        )
        case.fail("E-18", f"{year}/变化率", message, rate)
