"""N-08: 类、款、项 exist and belong together, in the text and in 名词解释."""

from __future__ import annotations

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.entries import Entry
from pipelines.narrative.functional import Resolution, resolve
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.tokens import Token, tokenise
from schemas.observation import Place

MESSAGE = "请核对“{words}”，疑应为“{right}”：{problem}"
UNKNOWN = "请对照当年政府收支分类科目核实“{words}”：{problem}"
OLDEST = 2021  # before this edition names differ that the code list need not know


def collect(case: Case) -> None:
    """The names of items wherever they are printed."""
    _functional(case)
    _glossary(case)


def _functional(case: Case) -> None:
    """N-08: 类、款、项 exist and belong together."""
    open_brackets: dict[str, list[Place]] = {}
    for entry in case.entries:
        found = entry.item.resolution
        if found is None or entry.restated:
            continue
        case.count("N-08")
        if entry.label.count("（") != entry.label.count("）"):
            section = plain(entry.section) or "正文"
            open_brackets.setdefault(section, []).append(_label(case, entry))
        if _is_judged(case, found):
            _misnamed(case, entry, found)
    for section, places in open_brackets.items():
        message = f"请补上科目名称的括号：共{len(places)}处不配对，如“{places[0].quote}”"
        case.report("N-08", f"{section}[括号]", message, places, severity="hint")


def _is_judged(case: Case, found: Resolution) -> bool:
    """Whether a name is wrong, and not only one of an old edition that the code list may lack."""
    old = not found.suggestion and (case.year or OLDEST) < OLDEST
    return bool(found.problem) and not old


def _misnamed(case: Case, entry: Entry, found: Resolution) -> None:
    words = _label(case, entry)
    names = "/".join(n for n in entry.item.names if n)
    subject = f"{plain(entry.section) or '正文'}[{names}]"
    severity = None if found.sure else "review"
    case.report("N-08", subject, _message(found, words), [words], severity=severity)


def _message(found: Resolution, words: Place) -> str:
    if not found.suggestion:
        return UNKNOWN.format(problem=found.problem, words=words.quote)
    return MESSAGE.format(problem=found.problem, words=words.quote, right=found.suggestion)


def _label(case: Case, entry: Entry) -> Place:
    """The names of an item where they are printed."""
    start, end = entry.home_at or (entry.start, entry.start + len(entry.label))
    return case.place("left", entry.home or entry.paragraph, start, end)


def _glossary(case: Case) -> None:
    """N-08 for the items that 名词解释 explains."""
    for paragraph in case.narrative.outline.paragraphs:
        named = _explained(paragraph)
        if named is None:
            continue
        case.count("N-08")
        found = resolve(*named.parts)
        if found.problem and found.suggestion:
            words = case.place("left", paragraph, named.start, named.end)
            message = _message(found, words)
            severity = None if found.sure else "review"
            case.report(
                "N-08", f"名词解释[{'/'.join(named.parts)}]", message, [words], severity=severity
            )


def _explained(paragraph: Paragraph) -> Token | None:
    """The 类/款/项 that a paragraph of 名词解释 explains."""
    text = paragraph.normal.text
    if paragraph.section.kind != "glossary" or paragraph.endless or "…" in text:
        return None
    tokens = tokenise(text, 0, len(text), ("glossary",))
    return next((t for t in tokens[:2] if t.kind == "triple"), None)


CHECK = Check(
    name="items",
    rules=("N-08",),
    title="类、款、项名称成立且相属",
    message=MESSAGE,
    run=collect,
    wrong="（三）一般公共预算财政拨款支出决算具体情况\n1.教育支出（类）普通教育（款）城管执法（项）：支出决算为5.00万元。",
    right="（三）一般公共预算财政拨款支出决算具体情况\n1.教育支出（类）普通教育（款）小学教育（项）：支出决算为5.00万元。",
)
