"""A roll-up that lacks one of its children, or holds it twice."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

WORDS = {1: "少了", -1: "多计了一次"}


def omitted(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """The department's tables with a child added, or taken away, once more: whole, and only
    where it helps.
    """
    found = []
    for child in family.parents.get(uy, ()):
        keys = _filled_by(family, child)
        for times in WORDS:
            parts = {
                form: change
                for form, of in keys.items()
                if len(change := _with(family, uy, child, times, of))
            }
            chosen = list(parts)
            if not _helps(family, Changes.joined(list(parts.values()))):
                chosen = [f for f, c in parts.items() if _helps(family, c)]
            if chosen:
                changes = Changes.joined([parts[f] for f in chosen])
                whole = chosen == list(parts)
                found.append(_candidate(family, uy, child, times, sheets, changes, chosen, whole))
    return found


def _filled_by(family: Family, child: int) -> dict[str, np.ndarray]:
    """The keys of what the child fills, by form; forms that the department lacks among them."""
    its = family.holding(child)
    forms = {form: family.book.cells_of(form) for form in sorted(family.book.by_form)}
    return {form: keys[filled] for form, keys in forms.items() if (filled := its.has(keys)).any()}


def _with(family: Family, uy: int, child: int, times: int, keys: np.ndarray) -> Changes:
    """The cells with the child's amounts once more, rows and columns that the department lacks
    among them.
    """
    mine, its = family.holding(uy), family.holding(child)
    if times < 0:
        keys = keys[mine.has(keys)]
    return Changes.of(uy, keys, mine.amounts(keys) + times * its.amounts(keys))


def _helps(family: Family, c: Changes) -> bool:
    if not len(family.failing_with(c.uy, c.key)):
        return False
    effect = family.effect(c)
    return len(effect.mended) > 2 * effect.broken


def _candidate(
    family: Family,
    uy: int,
    child: int,
    times: int,
    sheets: list[Sheet],
    changes: Changes,
    chosen: list[str],
    whole: bool,
) -> Candidate:
    name = family.names[child][1]
    where = "" if whole else table_words(chosen)
    message = (
        f"重新汇总：{where}比各下级之和{WORDS[times]}{name}，"
        "各项差额都是该单位的数，{explained} 个问题由此而来"
    )
    subject = f"{'-' if times > 0 else '+'}{family.names[child][0]}" + (
        "" if whole else f"[{','.join(chosen)}]"
    )
    spots = tuple(Spot(s.file, s.sheet, s.address(0, 0)) for s in sheets if s.form in chosen)
    return Candidate("S-OMITTED", uy, subject, message, changes, spots=spots[:1])
