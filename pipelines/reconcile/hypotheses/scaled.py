"""Tables, or a whole workbook, ten thousand or a thousand times too large or too small: 元 taken
for 万元 or 千元, or the other way. Counts stay as they are: no money unit is printed for them.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import MOST, Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words
from schemas.library import forms

UNITS = {10_000: ("万元", "一万倍"), 1_000: ("千元", "一千倍")}
# Half the last digit once the unit is put right: a figure in 万元 with two decimals is known to 100
# 元, that is to 5,000 分 more or less.
FINE = 1
CLOSE = 0.01  # other faults of the same formula may stand in the wish as well


def scaled(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    found = []
    of_form = _of_form(sheets)
    wishes = family.wishes(uy)
    for times, larger in product(UNITS, (True, False)):
        if not any(_wished(s, wishes, times, larger) for s in sheets):
            continue
        parts = {f: _times(of_form[f], uy, times, larger) for f in of_form}
        helped = [f for f in of_form if _helps(family, parts[f])]
        for chosen in {tuple(of_form): None, tuple(helped): None}:
            changes = Changes.joined([parts[f] for f in chosen])
            if len(changes) > 1:
                found.append(_candidate(uy, sheets, chosen, changes, times, larger))
    return found


def _of_form(sheets: list[Sheet]) -> dict[str, list[Sheet]]:
    """The sheets of each form that has something filled in, the forms in order."""
    forms = sorted({s.form for s in sheets if s.filled.any()})
    return {f: [s for s in sheets if s.form == f] for f in forms}


def _wished(sheet: Sheet, wishes: Wishes, times: int, larger: bool) -> bool:
    """Whether a formula wishes some amount of the sheet to be about so many times larger, or
    smaller.
    """
    money = _money(sheet)
    for place, wished in wishes.places(sheet.key):
        if not money[place]:
            continue
        amount = int(sheet.amt[place])
        right = amount * times if larger else amount / times
        if any(abs(w - right) <= CLOSE * abs(right) for w in wished if w):
            return True
    return False


def _money(sheet: Sheet) -> np.ndarray:
    """Which cells hold an amount of money that is not nought."""
    counts = _counts(sheet.form)
    rows = np.array([row not in counts for row in sheet.row_keys], bool)
    return sheet.filled & (sheet.amt != 0) & rows[:, None]


def _counts(form: str) -> frozenset[str]:
    """The rows of a shipped form that count vehicles, people or visits."""
    return forms()[form].counted if form in forms() else frozenset()


def _times(sheets: list[Sheet], uy: int, times: int, larger: bool) -> Changes:
    parts = []
    for sheet in sheets:
        here = _money(sheet)
        keys, amounts = sheet.key[here], sheet.amt[here]
        if larger:
            new, half = np.clip(amounts, -MOST // times, MOST // times) * times, times // 2
        else:
            new, half = np.rint(amounts / times).astype(np.int64), FINE
        parts.append(Changes.of(uy, keys, new, half=half))
    return Changes.joined(parts)


def _helps(family: Family, c: Changes) -> bool:
    effect = family.effect(c)
    return len(effect.mended) > 2 * effect.broken


def _candidate(
    uy: int,
    sheets: list[Sheet],
    forms: tuple[str, ...],
    changes: Changes,
    times: int,
    larger: bool,
) -> Candidate:
    all_forms = len({s.form for s in sheets if s.filled.any()})
    what = "整个工作簿" if len(forms) == all_forms and all_forms > 2 else table_words(forms)
    unit, size = (UNITS[times][0], "小") if larger else ("元", "大")
    message = (
        f"核对金额单位：{what}疑为{unit}，各数{size}{UNITS[times][1]}，"
        "换算后 {explained} 个问题消除"
    )
    spots = [_largest(s, times, larger) for s in sheets if s.form in forms and s.filled.any()]
    return Candidate("S-SCALE", uy, ",".join(forms), message, changes, spots=tuple(spots))


def _largest(sheet: Sheet, times: int, larger: bool) -> Spot:
    money = np.where(_money(sheet), np.abs(sheet.amt), 0)
    row, column = np.unravel_index(money.argmax(), money.shape)
    amount = int(sheet.amt[row, column])
    right = amount * times if larger else round(amount / times)
    return Spot(sheet.file, sheet.sheet, sheet.address(int(row), int(column)), amount, right)
