"""The data of the page: short lists of plain values, amounts as text, texts as they are (the page
never parses them).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from pipelines.deliver.causes import Cause
from pipelines.deliver.page.extracts import Place, SheetView, extracts
from pipelines.deliver.summary import Summary, growth, open_counts, verdict_line
from pipelines.deliver.words import money, unit_title
from pipelines.fixes import Fix, todo
from pipelines.fixes.words import follow_words, who_words
from schemas.library import forms

MOST_FINDINGS = 50_000  # a page of more is slow in a browser; the summary has them all
INSIDE = 400  # up to so many, the extracts are in the page itself and it is one file
CHUNK = 100  # groups in a file of extracts: a click loads one file
MOST_UNDONE = 20_000  # as above
MOST_FIXES = 2_000  # as above
MOST_GONE = 2_000  # as above
Chunks = dict[str, list[Any]]


def to_json(value: Any) -> str:
    """JSON that may stand inside a script element: no ``<``, ``>``, ``&``, no line separators, no
    lone surrogates.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def page_data(summary: Summary, views: dict[Place, SheetView]) -> tuple[dict[str, Any], Chunks]:
    """The data inside the page, and the extracts by chunk (one for each hundred groups of
    findings).
    """
    units = {(u["unit"], u["year"]): i for i, u in enumerate(summary.units)}
    texts = _texts(summary)
    groups = _shown_groups(summary)
    kept = sum(len(group.findings) for group in groups)
    chunks = _chunks(summary, groups, views)
    inside = len(summary.findings) <= INSIDE
    data = {
        "run": _run(summary),
        "counts": dict(open_counts(summary.findings)),
        "units": [_unit(summary, u, texts) for u in summary.units],
        "groups": [_group(summary, group, units) for group in groups],
        "fixes": [_fix(fix, units) for fix in summary.fixes[:MOST_FIXES]],
        "fixes_left": max(0, len(summary.fixes) - MOST_FIXES),
        "left_out": max(0, len(summary.findings) - kept),
        "forms": _form_numbers(),
        "chunk": CHUNK,
        "inside": inside,
        "extracts": chunks if inside else {},
        "rules": _rules(summary),
        "undone": [_undone(r, units) for r in summary.undone[:MOST_UNDONE]],
        "undone_left": max(0, len(summary.undone) - MOST_UNDONE),
        **_gone(summary.gone or []),
        "notes": summary.notes,
    }
    return data, {} if inside else chunks


def _shown_groups(summary: Summary) -> list[Cause]:
    """The first groups of findings, until there are as many findings as a page holds."""
    shown: list[Cause] = []
    kept = 0
    for group in summary.groups:
        if kept >= MOST_FINDINGS:
            break
        kept += len(group.findings)
        shown.append(group)
    return shown


def _chunks(summary: Summary, groups: list[Cause], views: dict[Place, SheetView]) -> Chunks:
    """The extracts of every finding, those of a hundred groups together."""
    chunks: Chunks = {}
    for number, group in enumerate(groups):
        found = [extracts(summary.cells.get(f["finding_id"], []), views) for f in group.findings]
        chunks.setdefault(str(number // CHUNK), []).append(found)
    return chunks


def _group(summary: Summary, group: Cause, units: dict[tuple[str, int], int]) -> list[Any]:
    shown = [_finding(summary, group, f, units) for f in group.findings]
    return [group.severity, group.key, shown]


def _form_numbers() -> dict[str, str]:
    return {form_id: form.number for form_id, form in sorted(forms().items()) if form.number}


def _rules(summary: Summary) -> dict[str, list[str]]:
    return {r["rule_id"]: [r["title"], r["formula"], r["basis"] or ""] for r in summary.rules}


def _gone(findings: list[dict[str, Any]]) -> dict[str, Any]:
    """What is settled since the last run: the first of it, and how much there is."""
    listed = [
        [g["rule_id"], g["unit_name"] or "", g["year"], g["message"]] for g in findings[:MOST_GONE]
    ]
    return {"gone": listed, "gone_count": len(findings)}


def _run(summary: Summary) -> dict[str, Any]:
    run = summary.run
    status = Counter(u["status"] for u in summary.units)
    finished = run.get("finished_at")
    return {
        "id": run["run_id"],
        "verdict": verdict_line(open_counts(summary.findings), status["missing"]),
        "finished": finished.strftime("%Y-%m-%d %H:%M UTC") if finished else "",
        "files": dict(summary.files),
        "outcomes": {
            k: sum(o[k] for o in summary.outcomes.values())
            for k in ("pass", "fail", "not_evaluated", "broken")
        },
    }


def _texts(summary: Summary) -> dict[Any, str]:
    """The marked narrative of each unit and year, the first where there are several."""
    found: dict[Any, str] = {}
    for finding in summary.findings if summary.texts_at else ():
        for cell in summary.cells.get(finding["finding_id"], []):
            if cell["quote"] and cell["file"] in summary.texts_at:
                key, path = (finding["unit"], finding["year"]), summary.texts_at[cell["file"]]
                found[key] = min(found.get(key, path), path, key=lambda p: (len(p), p))
    return found


def _unit(summary: Summary, unit: dict[str, Any], texts: dict[Any, str]) -> list[Any]:
    key = (unit["unit"], unit["year"])
    now, before = (
        summary.amounts.get(key, {}),
        summary.amounts.get((unit["unit"], unit["year"] - 1), {}),
    )
    count = summary.counts.get(key, {})
    expense = now.get("expense_total")
    _, rate = growth(expense, before.get("expense_total"))
    return [
        unit["unit_code"] or "",
        unit_title(unit["unit_code"], unit["unit_name"]),
        unit["year"],
        unit["status"] or "",
        unit["missing_forms"] or "",
        count.get("error", 0),
        count.get("review", 0),
        count.get("hint", 0),
        count.get("explained", 0),
        money(now.get("income_total")),
        money(expense),
        f"{rate * 100:+.2f}%" if rate is not None else "",
        summary.units_at.get(key, ""),
        summary.marked_at.get(key, ""),
        texts.get(key, ""),
        summary.understood.get(key, ""),
    ]


def _fix(fix: Fix, units: dict[Any, int]) -> list[Any]:
    first = fix.first
    return [
        fix.cause,
        fix.severity,
        units.get((fix.unit, fix.year), -1),
        who_words(fix),
        todo(fix),
        follow_words(fix),
        fix.settles,
        f"{fix.rule_id} {fix.rule_title}",
        first.label if first else "",
        first.file if first else "",
        fix.finding_id,
    ]


def _places(summary: Summary, finding: dict[str, Any]) -> str:
    """The cells of the unit's own tables, as they are searched for: ``;Z03 E13;财决03表 E13;``."""
    found = dict.fromkeys(f"{name} {cell}" for name, cell in summary.places(finding))
    return f";{';'.join(found)};" if found else ""


def _finding(
    summary: Summary, group: Cause, finding: dict[str, Any], units: dict[Any, int]
) -> list[Any]:
    return [
        finding["finding_id"],
        finding["rule_id"],
        finding["severity"],
        finding["status"],
        finding["change"],
        units.get((finding["unit"], finding["year"]), -1),
        finding["unit_name"] or "",
        finding["year"],
        finding["subject"],
        finding["message"],
        money(finding["difference"]),
        finding["first_run"],
        group.advice(finding),
        _places(summary, finding),
        finding.get("detail") or "",
    ]


def _undone(row: dict[str, Any], units: dict[Any, int]) -> list[Any]:
    unit = units.get((row["unit"], row["year"]), -1)
    return [
        row["outcome"],
        unit,
        row["unit_name"] or "",
        row["year"],
        row["reason"],
        row["action"],
        row["rules"],
        row["rule_ids"],
    ]
