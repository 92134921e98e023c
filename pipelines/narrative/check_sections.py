"""What sections owe each other: 基本支出, 机关运行经费, 财政拨款 within the whole, completion, reception lists, economic items."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from pipelines.narrative.case import Case, amount, key, wan
from pipelines.narrative.check_facts import budget_addresses
from pipelines.narrative.check_sums import exceeds
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import Interval, ratio, total
from pipelines.narrative.lookup import Fact
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.tokens import tokenise
from pipelines.narrative.values import Said, current, value
from schemas.library import code_list

WITHIN = (
    ("fiscal_expenditure", "total_expenditure", "N-04"),
    ("fiscal_income", "total_income", "N-04"),
    ("income", "total_income", "N-02"),
    ("expenditure", "total_expenditure", "N-03"),
    ("gpb", "expenditure", "N-05"),
    ("gpb.basic", "expenditure.basic", "N-10"),
    ("contracts.micro", "contracts.sme", "N-15"),
)
LIST_HEAD = re.compile(r"(?:主要)?包括[:：]?")
OFFICIAL = ("行政单位", "参照公务员法管理事业单位")


def check_sections(case: Case) -> None:
    """Relations between sections, and lists inside one."""
    for part, whole, rule in WITHIN:
        _within(case, part, whole, rule)
    for income, expenditure, rule in (
        ("total_income", "total_expenditure", "N-01"),
        ("fiscal_income", "fiscal_expenditure", "N-04"),
    ):
        _equal(case, income, expenditure, rule)
    _basic(case)
    _running(case)
    _verdicts(case)
    _reception(case)
    _nothing_budgeted(case)
    _economic_lists(case)


def _report_pair(case: Case, rule: str, left: Said, right: Said, message: str, what: str) -> None:
    gap = left.interval.middle - right.interval.middle
    places = [
        case.figure("left", left.entry, left.figure),
        case.figure("right", right.entry, right.figure),
    ]
    case.report(rule, case.subject(left.entry) + what, message, places, difference=gap)


def _within(case: Case, part_id: str, whole_id: str, rule: str) -> None:
    part, whole = value(case, part_id), value(case, whole_id)
    if part is None or whole is None:
        return
    case.count(rule)
    if exceeds(part.interval, whole.interval) and not (
        part_id == "gpb.basic" and _all_fiscal(case)
    ):
        message = (
            f"{part.entry.item.title}{part.figure.text}大于{whole.entry.item.title}{whole.figure.text}，"
            f"多出{amount(part.interval.middle - whole.interval.middle, True)}"
        )
        _report_pair(case, rule, part, whole, message, f"不大于{whole.entry.item.title}")


def _equal(case: Case, income_id: str, expenditure_id: str, rule: str) -> None:
    """收入总计 and 支出总计 given one by one are equal."""
    income, expenditure = value(case, income_id), value(case, expenditure_id)
    if (
        income is None
        or expenditure is None
        or income.entry.item.id != income_id
        or expenditure.entry.item.id != expenditure_id
    ):
        return
    case.count(rule)
    if not income.interval.meets(expenditure.interval):
        message = f"{income.entry.item.title}{income.figure.text}与{expenditure.entry.item.title}{expenditure.figure.text}应相等"
        _report_pair(case, rule, income, expenditure, message, "收支相等")


def _all_fiscal(case: Case) -> bool:
    """Whether all of this year's expenditure is 一般公共预算财政拨款, by the text."""
    part, whole = value(case, "gpb"), value(case, "expenditure")
    return bool(
        part
        and whole
        and part.figure.amount == whole.figure.amount
        and part.interval.meets(whole.interval)
    )


def _basic(case: Case) -> None:
    """基本支出 of 说明六 and 说明三 are one where all expenditure is 一般公共预算."""
    own, other = value(case, "gpb.basic"), value(case, "expenditure.basic")
    if own is None or other is None or not _all_fiscal(case):
        return
    case.count("N-10")
    if not own.interval.meets(other.interval):
        gap = amount(abs(own.interval.middle - other.interval.middle), True)
        message = (
            f"一般公共预算财政拨款基本支出{own.figure.text}与“{plain(other.entry.section)}”的基本支出{other.figure.text}不一致，相差{gap}"
            "（本年支出全部为一般公共预算财政拨款，两者应相等）"
        )
        _report_pair(case, "N-10", own, other, message, "与支出决算")


def _running(case: Case) -> None:
    """机关运行经费 against 公用经费: equal for a single administrative unit, otherwise not more."""
    running, public = value(case, "running"), value(case, "gpb.basic.public")
    if running is None or public is None or not running.figure.number:
        return
    case.count("N-14")
    if exceeds(running.interval, public.interval):
        message = f"机关运行经费{running.figure.text}大于一般公共预算公用经费{public.figure.text}"
        _report_pair(case, "N-14", running, public, message, "与公用经费")
    elif not running.interval.meets(public.interval) and _single_office(case):
        message = f"机关运行经费{running.figure.text}与公用经费{public.figure.text}不一致（行政、参公单位两者应相等）"
        _report_pair(case, "N-14", running, public, message, "与公用经费")


def _single_office(case: Case) -> bool:
    """An administrative unit without subordinate units, by the register or by the text."""
    text = plain(case.narrative.text)
    alone = re.search(
        r"下(?:属|设)(?:二级)?(?:预算)?单位0个|无下属(?:二级)?(?:预算)?单位|没有下属(?:二级)?(?:预算)?单位",
        text,
    )
    return bool(alone) and case.unit_type in (None, *OFFICIAL)


# 完成预算 (N-09) ---------------------------------------------------------


def _verdicts(case: Case) -> None:
    """决算数等于/大于/小于预算数 against the completion; ≠ 100 % needs a reason; completion against a printed budget."""
    expected = _reasons_expected(case)
    for entry in case.entries:
        if entry.completion is not None and entry.budget is not None and entry.values:
            _against_budget(case, entry)
        if entry.completion is not None and entry.verdict:
            _verdict(case, entry)
        elif entry.completion is not None and entry.item.id.startswith("item."):
            case.count("N-09")
        if entry.completion is not None and entry.item.id.startswith("item.") and expected:
            _reason(case, entry)


def _reasons_expected(case: Case) -> bool:
    """Whether this document explains its items at all (other templates do not)."""
    items = [e for e in case.entries if e.item.id.startswith("item.") and e.completion is not None]
    return any(e.reason or e.verdict for e in items)


def _against_budget(case: Case, entry: Entry) -> None:
    assert entry.completion is not None and entry.budget is not None
    other_budget = entry.budget_compared and "年初" not in entry.completion_words
    if key(entry, entry.completion) in case.settled or other_budget:
        return
    spent, budget = case.interval(entry, entry.values[0]), case.interval(entry, entry.budget)
    expected = ratio(spent, budget)
    if expected is None:
        return
    case.count("N-09")
    if not expected.meets(entry.completion.interval):
        message = (
            f"{entry.item.title}完成预算比例不符：决算{entry.values[0].text}，预算{entry.budget.text}，"
            f"应为{float(expected.middle):.2f}%，说明文字为{entry.completion.text}"
        )
        case.report(
            "N-09",
            case.subject(entry) + "完成率",
            message,
            [case.figure("left", entry, entry.completion)],
        )


def _verdict(case: Case, entry: Entry) -> None:
    assert entry.completion is not None
    word, rate = entry.verdict, entry.completion.interval
    exactly = Interval.around(100)
    if re.search(r"大于|高于|多于|超过", word):
        right = rate.high > 100
    elif re.search(r"小于|低于|少于", word):
        right = rate.low < 100
    elif "基本" in word:
        right = True
    else:
        right = rate.meets(exactly)
    case.count("N-09")
    if not right:
        end = entry.paragraph.normal.text.find(word, entry.start) + len(word)
        words = case.place(
            "left", entry.paragraph, entry.completion.start, max(end, entry.completion.end)
        )
        message = f"{entry.item.title}完成预算{entry.completion.text}与“{word}”矛盾"
        case.report("N-09", case.subject(entry) + "结论", message, [words])


def _reason(case: Case, entry: Entry) -> None:
    assert entry.completion is not None
    if entry.completion.interval.meets(Interval.around(100)) or entry.reason:
        return
    text = entry.paragraph.normal.text
    following = case.narrative.outline.paragraphs
    at = next(i for i, p in enumerate(following) if p is entry.paragraph)
    rest = text[entry.end :] + (
        following[at + 1].normal.text[:60] if at + 1 < len(following) else ""
    )
    if re.search(r"原因|由于|因为|主要是|因|系|结转|未支付", rest):
        return
    message = f"{entry.item.title}完成预算{entry.completion.text}，未说明原因"
    case.report(
        "N-09",
        case.subject(entry) + "原因",
        message,
        [case.figure("left", entry, entry.completion)],
    )


# 三公 (N-12, N-13) ---------------------------------------------------------


def _reception(case: Case) -> None:
    """The receptions listed are not more than their total; without 等 they make it."""
    for entry in case.entries:
        if entry.item.id not in ("three.host.home", "three.host") or not entry.values:
            continue
        text = entry.paragraph.normal.text
        found = re.compile(
            r"(?:具体内容|具体项目|具体情况|主要内容|具体)(?:主要)?(?:包括|为|有|：)"
        ).search(text, entry.end)
        if not found or "。" in text[entry.end : found.start()]:
            continue
        end = text.find("。", found.end())
        _reception_list(case, entry, found.end(), end if end >= 0 else len(text))


def _reception_list(case: Case, entry: Entry, start: int, end: int) -> None:
    tokens = tokenise(entry.paragraph.normal.text, start, end, "three")
    stop = next(
        (
            i
            for i, t in enumerate(tokens)
            if t.kind == "item" and t.ids and t.ids[0].startswith("three.host.foreign")
        ),
        len(tokens),
    )
    tokens = tokens[:stop]
    figures = [t.figure for t in tokens if t.figure and t.figure.kind == "money"]
    if len(figures) < 2:
        return
    case.count("N-12")
    summed = total(f.interval for f in figures)
    whole = case.interval(entry, entry.values[0])
    open_list = any(t.kind == "partial" or t.text == "等" for t in tokens[-3:]) or stop < len(
        tokens
    )
    if summed.low > whole.high or (not open_list and not summed.meets(whole)):
        severity = "error" if summed.low > whole.high else "review"
        gap = whole.middle - summed.middle
        message = f"所列各次接待共{wan(summed.middle)}，与{entry.item.title}{entry.values[0].text}不符，相差{wan(abs(gap))}"
        places = [
            case.figure("left", entry, entry.values[0]),
            case.place("right", entry.paragraph, figures[0].start, figures[-1].end),
        ]
        case.report(
            "N-12",
            case.subject(entry) + "具体内容",
            message,
            places,
            difference=gap,
            severity=severity,
        )


def _nothing_budgeted(case: Case) -> None:
    """N-13: nothing budgeted, nothing spent, and yet a completion rate."""
    for entry in case.entries:
        if entry.completion is None or not entry.values or entry.values[0].number != 0:
            continue
        if entry.item.id.startswith("item."):
            continue
        case.count("N-13")
        if _no_budget(case, entry):
            message = f"{entry.item.title}预算数和决算数均为 0，完成率不适用，却写为{entry.completion.text}"
            case.report(
                "N-13",
                case.subject(entry) + "完成率",
                message,
                [case.figure("left", entry, entry.completion)],
            )


def _no_budget(case: Case, entry: Entry) -> bool:
    """Whether the budget is certainly 0: by the tables, by the text, or because the total leaves nothing for it."""
    if case.facts is not None:
        found = [
            f for a in budget_addresses(entry) if (f := case.facts.read(a)) is not None and f.cell
        ]
        if found:
            return all(f.amount == 0 for f in found)
    if entry.budget is not None:
        return entry.budget.number == 0
    assert entry.completion is not None
    if entry.completion.number != 0:
        return True
    return _left_for(case, entry)


def _left_for(case: Case, entry: Entry) -> bool:
    """The budget of the total is used up by the parts that were spent in full."""
    parent = entry.item.quantity.parent if entry.item.quantity else ""
    heads = [
        e
        for e in case.entries
        if e.item.id == parent and e.completion and e.values and e.values[0].number
    ]
    parts = [
        e
        for e in case.entries
        if e.item.quantity
        and e.item.quantity.parent == parent
        and e.completion
        and e.completion.number
        and e.values
        and e.values[0].number
    ]
    if not heads or not parts:
        return False
    full = {e.item.id: _budget(e) for e in parts}
    return _budget(heads[0]) == sum(full.values(), Fraction(0))


def _budget(entry: Entry) -> Fraction:
    """The budget behind a value and its completion."""
    rate = Fraction(entry.completion.number) if entry.completion else Fraction(100)
    return Fraction(entry.values[0].amount) / rate * 100


# 经济分类科目 (N-11) ---------------------------------------------------------


def _economic_lists(case: Case) -> None:
    """The economic items listed after 人员经费 and 公用经费 are those with expenditure."""
    for entry in case.entries:
        if (
            entry.item.id not in ("gpb.basic.person", "gpb.basic.public")
            or not entry.values
            or not current(case, entry)
        ):
            continue
        text = entry.paragraph.normal.text
        head = LIST_HEAD.search(text, entry.end)
        if head is None or "。" in text[entry.end : head.start()]:
            continue
        end = text.find("。", head.end())
        _economic_list(case, entry, head.end(), end if end >= 0 else len(text))


def _economic_list(case: Case, entry: Entry, start: int, end: int) -> None:
    listed, partial = _names(entry.paragraph, start, end)
    if not listed:
        return
    case.count("N-11")
    if entry.values[0].number == 0:
        message = f"{entry.item.title}为0，却列出{len(listed)}个经济科目"
        case.report(
            "N-11",
            case.subject(entry) + "科目",
            message,
            [case.place("left", entry.paragraph, entry.start, end)],
        )
        return
    _repeated(case, entry, listed)
    if spent := _spent(case, entry.item.title):
        _against_table(case, entry, listed, partial, (start, end), spent)


Listed = list[tuple[str, int, int, tuple[str, ...]]]


def _names(paragraph: Paragraph, start: int, end: int) -> tuple[Listed, bool]:
    """(name, start, end, codes) of each name of a list, and whether it ends with 等."""
    listed: Listed = []
    at = start
    for part in re.split(r"[、，；]", paragraph.normal.text[start:end]):
        name = re.sub(r"等(?:支出|费用|方面)?$", "", part)
        if name and not re.search(r"\d", name):
            listed.append((name, at, at + len(name), economic_codes(name)))
        at += len(part) + 1
    return listed, bool(re.search(r"等(?:支出|费用|方面)?$", paragraph.normal.text[start:end]))


@cache
def economic_codes(name: str) -> tuple[str, ...]:
    """The economic items that a printed name may mean."""
    found = []
    wanted = {name, re.sub(r"支出$", "", name), re.sub(r"费用$", "费", name)}
    for code, item in code_list("economic").items.items():
        for known in {plain(n) for n in item.names}:
            if wanted & {known, re.sub(r"支出$", "", known), re.sub(r"费用$", "费", known)}:
                found.append(code)
                break
    return tuple(found)


def _repeated(case: Case, entry: Entry, listed: Listed) -> None:
    seen: dict[str, tuple[int, int]] = {}
    for name, start, end, _ in listed:
        if name in seen:
            places = [
                case.place("left", entry.paragraph, *seen[name]),
                case.place("right", entry.paragraph, start, end),
            ]
            case.report(
                "N-11",
                case.subject(entry) + f"{name}重复",
                f"{entry.item.title}中“{name}”列了两次",
                places,
            )
        seen.setdefault(name, (start, end))


def _spent(case: Case, group: str) -> dict[str, Fact]:
    """The economic items of a group with basic expenditure, by code: from 财决08-1表, else 公开08表."""
    if case.facts is None:
        return {}
    cells = case.facts.cells("Z08_1", "", "合计") or case.facts.rows("G08", "", "决算数")
    items = code_list("economic").items
    return {
        c: f
        for c, f in cells.items()
        if f.amount > 0 and len(c) == 5 and c in items and items[c].group == group
    }


def _against_table(
    case: Case,
    entry: Entry,
    listed: Listed,
    partial: bool,
    span: tuple[int, int],
    spent: dict[str, Fact],
) -> None:
    group = entry.item.title
    named = {code for _, _, _, codes in listed for code in codes}
    for name, start, end, codes in listed:
        if codes and not any(
            c in spent or (len(c) == 3 and any(s.startswith(c) for s in spent)) for c in codes
        ):
            message = f"{group}列出“{name}”，{next(iter(spent.values())).form}表中该科目没有支出"
            case.report(
                "N-11",
                case.subject(entry) + name,
                message,
                [case.place("left", entry.paragraph, start, end)],
            )
    missing = [c for c in spent if c not in named and c[:3] not in named]
    if missing and not partial:
        names = "、".join(code_list("economic").items[c].name for c in missing)
        places = [
            case.place("left", entry.paragraph, *span),
            *(case.cell("right", spent[c]) for c in missing),
        ]
        case.report(
            "N-11", case.subject(entry) + "漏列", f"{group}漏列有支出的科目：{names}", places
        )
