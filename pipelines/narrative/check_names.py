"""Names: classification items (N-08), the unit itself (N-18), years (N-17), reasons given twice (N-19), section numbers (N-21)."""

from __future__ import annotations

import re
from collections import Counter

from pipelines.narrative.case import Case
from pipelines.narrative.entries import Entry
from pipelines.narrative.functional import resolve, similarity
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import FIRST, PART, SECOND, Heading, Paragraph
from pipelines.narrative.tokens import tokenise
from pipelines.narrative.values import current
from pipelines.narrative.vocabulary import vocabulary
from schemas.observation import Place

YEAR = re.compile(r"(?<![\d〔（\[])(20\d\d)(?:年度|年)(?!\d{1,2}月(?!31日))")
HISTORY = re.compile(
    r"以前年度|历年|以来|结转|累计|文件|通知|办法|规定|条例|号|规划|期间|至20|-20|—20|~20|～20|〔|《|启动|成立|起|下达|印发|政府收支分类"
)
NEXT = re.compile(r"结转|继续|下年|预算")
ALIKE = 0.5
BRANCH = re.compile(r"（?(?:本级|机关|部门)）?$")
OLDEST = 2021  # before this edition names differ that the code list need not know


def check_names(case: Case) -> None:
    """All checks of names and words that repeat."""
    _functional(case)
    _glossary(case)
    _years(case)
    _unit_names(case)
    _reasons(case)
    _numbering(case)


def _functional(case: Case) -> None:
    """N-08: 类、款、项 exist and belong together."""
    open_brackets: dict[str, list[Place]] = {}
    for entry in case.entries:
        found = entry.item.resolution
        if found is None:
            continue
        case.count("N-08")
        if entry.label.count("（") != entry.label.count("）"):
            words = case.place("left", entry.paragraph, entry.start, entry.start + len(entry.label))
            open_brackets.setdefault(plain(entry.section) or "正文", []).append(words)
        if not found.problem or (not found.suggestion and (case.year or OLDEST) < OLDEST):
            continue
        advice = (
            f"；疑应为“{found.suggestion}”"
            if found.suggestion
            else "；请对照当年政府收支分类科目核实"
        )
        words = case.place("left", entry.paragraph, entry.start, entry.start + len(entry.label))
        subject = f"{plain(entry.section) or '正文'}[{'/'.join(n for n in entry.item.names if n)}]"
        severity = None if found.sure else "review"
        case.report(
            "N-08", subject, f"{found.problem}：“{words.quote}”{advice}", [words], severity=severity
        )
    for section, places in open_brackets.items():
        message = f"科目名称的括号不配对，共{len(places)}处，如“{places[0].quote}”"
        case.report("N-08", f"{section}[括号]", message, places, severity="hint")


def _glossary(case: Case) -> None:
    """N-08 for the items that 名词解释 explains."""
    for paragraph in case.narrative.outline.paragraphs:
        if (
            paragraph.section.kind != "glossary"
            or paragraph.endless
            or "…" in paragraph.normal.text
        ):
            continue
        tokens = tokenise(paragraph.normal.text, 0, len(paragraph.normal.text), "glossary")
        named = next((t for t in tokens[:2] if t.kind == "triple"), None)
        if named is None:
            continue
        case.count("N-08")
        found = resolve(*named.parts)
        if found.problem and found.suggestion:
            words = case.place("left", paragraph, named.start, named.end)
            message = f"{found.problem}：“{words.quote}”；疑应为“{found.suggestion}”"
            severity = None if found.sure else "review"
            case.report(
                "N-08", f"名词解释[{'/'.join(named.parts)}]", message, [words], severity=severity
            )


# years (N-17) ---------------------------------------------------------------


def _years(case: Case) -> None:
    """Only the year under report and the one before; a change is measured against the year before."""
    year = case.year or case.narrative.year
    if year is None:
        return
    for paragraph in case.narrative.outline.paragraphs:
        if (
            paragraph.section.kind in vocabulary().money_sections
            and not paragraph.cell
            and not paragraph.endless
        ):
            _paragraph_years(case, paragraph, year)
    _title_years(case, year)


def _paragraph_years(case: Case, paragraph: Paragraph, year: int) -> None:
    text = paragraph.normal.text
    if text.startswith(("（注", "注：")):
        return
    flagged: dict[int, list[Place]] = {}
    for found in YEAR.finditer(text):
        case.count("N-17")
        said = int(found[1])
        clause = _clause(text, found.start())
        subject_year = _is_subject(text, found)
        if said in (year, year - 1) and not (subject_year and said == year - 1):
            continue
        past = said < year and HISTORY.search(clause)
        if (past or (said == year + 1 and NEXT.search(clause))) and not subject_year:
            continue
        flagged.setdefault(said, []).append(
            case.place("left", paragraph, found.start(), found.end())
        )
    for said, places in flagged.items():
        subject = f"{plain(paragraph.section.title) or '正文'}[{said}年]"
        message = f"报告年度为{year}年，这里写的是“{places[0].quote}”，请核对年度"
        case.report("N-17", subject, message, places)


def _clause(text: str, at: int) -> str:
    start = max(text.rfind(c, 0, at) for c in "。；，") + 1
    stops = [i for i in (text.find(c, at) for c in "。；，") if i >= 0]
    return text[start : min(stops, default=len(text))]


def _is_subject(text: str, found: re.Match[str]) -> bool:
    """Whether a sentence of figures is said of this year (2023年度本年收入合计…)."""
    opens = found.start() == 0 or text[found.start() - 1] == "。"
    rest = text[found.end() : found.end() + 30]
    return (
        opens
        and bool(
            re.match(
                r"，?(?:本部门|本单位|我.{1,3})?(?:财政拨款)?(?:收、?支|收入支出|本年收入|本年支出|一般公共预算|三公经费|政府性基金|国有资本)",
                rest,
            )
        )
        and bool(re.match(r"[^。，]*?(?:为|合计|支出|总计)[均各共]*\d", rest))
    )


def _title_years(case: Case, year: int) -> None:
    for heading in case.narrative.outline.headings:
        title = plain(heading.title)
        for found in re.finditer(r"(20\d\d)年(?:度)?(?:部门|单位)?决算", title):
            case.count("N-17")
            if int(found[1]) != year:
                words = case.words("left", heading.title, heading.start, heading.end)
                message = f"报告年度为{year}年，标题写的是{found[1]}年，请核对年度"
                case.report("N-17", f"{title}[{found[1]}年]", message, [words])


# the unit's name (N-18) ------------------------------------------------------


def _unit_names(case: Case) -> None:
    """Every name of the unit is the registered one, an alias, or its short form."""
    mentions = case.narrative.mentions
    if not mentions:
        return
    known = [plain(n) for n in case.names if n] or _own_names(case)
    if not known:
        return
    places: dict[str, list[Place]] = {}
    for name, start, end, section in sorted(set(mentions), key=lambda m: m[1]):
        case.count("N-18")
        if not _same_unit(name, known):
            places.setdefault(name, []).append(case.words("left", section, start, end))
    for name, found in places.items():
        source = "名册名称（别名）" if case.names else "全文主要用名"
        message = f"单位名称“{name}”与{source}“{known[0]}”不一致，请统一，或在名册中登记为别名"
        case.report("N-18", f"单位名称[{name}]", message, found)


def _own_names(case: Case) -> list[str]:
    """Without a register: the name most used with its full form, and the short forms the text introduces."""
    counts = Counter(m[0] for m in set(case.narrative.mentions))
    if not counts:
        return []
    best = max(
        counts,
        key=lambda n: (sum(c for m, c in counts.items() if m in n or n in m), counts[n], len(n)),
    )
    longer = [n for n in counts if n.endswith(best) or best.endswith(n)]
    return [best, *longer, *_introduced(case)]


def _introduced(case: Case) -> list[str]:
    text = plain(case.narrative.text)
    return [m[1] for m in re.finditer(r"（(?:以下|下)?简称：?([一-龥]{2,20})）", text)]


def _same_unit(name: str, known: list[str]) -> bool:
    name = BRANCH.sub("", name)
    bare = [BRANCH.sub("", own) for own in known]
    return any(
        name == own or own.endswith(name) or (name.endswith(own) and len(own) >= 4) for own in bare
    )


# reasons (N-19) -----------------------------------------------------------------


def _reasons(case: Case) -> None:
    """The same movement has the same reason."""
    movements: dict[tuple, list[Entry]] = {}
    for entry in case.entries:
        if entry.reason and entry.deltas and entry.rates and current(case, entry):
            if not entry.deltas[0].number or "…" in entry.reason or "【" in entry.reason:
                continue
            movement = (entry.direction, entry.deltas[0].amount, entry.rates[0].amount)
            movements.setdefault(movement, []).append(entry)
    for entries in movements.values():
        first = entries[0]
        for other in entries[1:]:
            case.count("N-19")
            if not _alike(first.reason, other.reason):
                _report_reasons(case, first, other)


def _alike(a: str, b: str) -> bool:
    a, b = (re.sub(r"[，。、；：的是为了]", "", x) for x in (a, b))
    return a in b or b in a or similarity(a, b) >= ALIKE


def _report_reasons(case: Case, first: Entry, other: Entry) -> None:
    places = [
        case.place(role, e.paragraph, *e.reason_at)
        for role, e in (("left", other), ("right", first))
        if e.reason_at
    ]
    message = (
        f"同一变动（{other.deltas[0].text}、{other.rates[0].text}）说了两个原因："
        f"“{plain(first.section)}”与“{plain(other.section)}”，请核实"
    )
    case.report(
        "N-19", f"{plain(other.section) or '正文'}[{other.item.title}原因]", message, places
    )


# section numbers (N-21) --------------------------------------------------------------


def _numbering(case: Case) -> None:
    """Parts and sections are numbered one after another; a title that lost its number fills its place."""
    headings = [
        h for h in case.narrative.outline.headings if h.level in (PART, FIRST, SECOND) or h.kind
    ]
    parts = [h for h in headings if h.level == PART]
    _sequence(case, parts, "第{}部分", fillers=[])
    sections = _body(headings)
    _level(case, sections, FIRST, "{}、")
    _level(case, sections, SECOND, "（{}）")


def _body(headings: list[Heading]) -> list[Heading]:
    """Titles up to the annexes, whose numbering is their own."""
    found = []
    for heading in headings:
        if heading.kind in ("annex", "glossary", "tables") and (
            heading.level == PART or heading.part
        ):
            found.append(heading)
            break
        found.append(heading)
    return found


def _level(case: Case, headings: list[Heading], level: int, form: str) -> None:
    """The sequences of one level, each within its outer title."""
    run: list[Heading] = []
    fillers: list[Heading] = []
    for heading in headings:
        outer = heading.level < level if heading.level is not None else heading.part
        if outer or (heading.level == level and heading.number == 1 and run):
            _sequence(case, run, form, fillers)
            run, fillers = [], []
        if heading.level == level:
            run.append(heading)
        elif heading.level is None and level == FIRST and not heading.part:
            fillers.append(heading)
    _sequence(case, run, form, fillers)


NUMERALS = "零一二三四五六七八九十"


def numeral(value: int) -> str:
    """1–99 in Chinese."""
    tens, ones = divmod(value, 10)
    if not tens:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def _sequence(case: Case, run: list[Heading], form: str, fillers: list[Heading]) -> None:
    """A run of numbered titles; unnumbered ones in between may stand for missing numbers."""
    if not run:
        return
    case.count("N-21", len(run))
    expected, at = 1, 0
    for heading in run:
        unnumbered = sum(1 for f in fillers if at <= f.start < heading.start)
        at = heading.end
        number = heading.number or 0
        if not (expected <= number <= expected + unnumbered) and not _in_text(
            case, form, expected, number, heading
        ):
            _misnumbered(case, heading, form, expected, number, run)
        expected = number + 1


def _in_text(case: Case, form: str, expected: int, number: int, heading: Heading) -> bool:
    """Whether the missing numbers stand before sentences rather than titles."""
    labels = {form.format(numeral(n)) for n in range(expected, number)}
    found = {
        label
        for p in case.narrative.outline.paragraphs
        for label in labels
        if p.end <= heading.start and p.normal.text.startswith(label)
    }
    return number > expected and found == labels


def _misnumbered(
    case: Case, heading: Heading, form: str, expected: int, number: int, run: list[Heading]
) -> None:
    words = case.words("left", heading.title, heading.start, heading.end)
    right, wrong = form.format(numeral(expected)), form.format(numeral(number))
    if number > expected:
        message = f"标题序号不连续：“{words.quote}”之前缺“{right}”"
        missing = [
            h
            for h in case.narrative.outline.headings
            if h.level is None and h.part and h.end <= heading.start
        ]
        if form.startswith("第") and missing:
            message += f"（疑为“{missing[-1].title}”漏标部分序号）"
    elif any(h is not heading and h.number == number and h.end <= heading.start for h in run):
        message = f"标题序号重复：“{words.quote}”的序号“{wrong}”前面已有，应为“{right}”"
    else:
        message = f"标题序号颠倒：“{words.quote}”应为“{right}”"
    case.report("N-21", f"标题序号[{plain(heading.title)}]", message, [words])
