"""Rows of classification items that a table lacks while its sister tables have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family, within
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.spots import spots_of
from pipelines.reconcile.hypotheses.votes import votes
from pipelines.reconcile.hypotheses.words import table_words

# Other tables of the unit have the row with its amounts and this one lacks it: two formulas that
# say so are enough.
LEAST = 2
MOST_NAMED = 6  # rows named one by one
ROUNDS = 2  # the sums along a row tell one cell after the other
TOTAL = "合计"  # the row of all items
ITEM = 7  # the length of the code of one that is no sum


def missing_row(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    """Rows that are named by formulas and stand in another table of the unit, filled with what
    the formulas wish.
    """
    by_form = {s.form: s for s in sheets}
    rows: dict[str, dict[str, dict[int, set[int]]]] = defaultdict(dict)
    for (form, row), of in _wanted(family, uy, sheets).items():
        if form in by_form and len(of) > 1:
            rows[form][row] = of
    return [
        _candidate(family, uy, by_form[form], {row: of[row] for row in group}, summed=summed)
        for form, of in rows.items()
        for group in _groups(list(of))
        for summed in (False, True)
    ]


def _wanted(
    family: Family, uy: int, sheets: list[Sheet]
) -> dict[tuple[str, str], dict[int, set[int]]]:
    """(form, row) that is not there but in another table → its cells with the amounts wished."""
    codes = set(_filled_codes(sheets))
    here = {(s.form, r) for s in sheets for r in s.row_keys}
    wanted: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(dict)
    for key, amounts in family.wishes(uy).items():
        form, _, row, _ = family.keys.get(key, ("", "", "", ""))
        if row in codes and (form, row) not in here:
            wanted[(form, row)][key] = amounts
    return wanted


def _filled_codes(sheets: list[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        for number in np.flatnonzero(sheet.filled.any(axis=1)):
            if sheet.row_keys[number].isdigit():
                yield sheet.row_keys[number]


def _groups(rows: list[str]) -> list[tuple[str, ...]]:
    """Each row alone, those of a class together, and all: a 类 is left out with its 款 and 项."""
    alone = [(row,) for row in rows]
    classes = [tuple(sorted(r for r in rows if r[:3] == c)) for c in sorted({r[:3] for r in rows})]
    return list(dict.fromkeys([*alone, *classes, tuple(sorted(rows))]))


def _sure(family: Family, uy: int, keys: list[int]) -> list[int]:
    """Without cells that only one sum wishes for, if it may be mended by others that more formulas
    wish for: 301 or 303 of one amount of 人员经费.
    """
    which, code, _ = family.touched(np.full(len(keys), uy), np.array(keys, np.uint64))
    failing = within(family.failing, code)
    which, code = which[failing], code[failing]
    times = np.bincount(which, minlength=len(keys))
    firmer = {int(c) for w, c in zip(which, code, strict=True) if times[w] > 1}
    doubtful = {
        int(w) for w, c in zip(which, code, strict=True) if times[w] == 1 and int(c) in firmer
    }
    return [key for n, key in enumerate(keys) if n not in doubtful]


def _candidate(
    family: Family,
    uy: int,
    sheet: Sheet,
    wished: dict[str, dict[int, set[int]]],
    *,
    summed: bool,
) -> Candidate:
    """``summed``: the sums of the table are those of the rows it has, and are raised as well."""
    wishes = {k: of[k] for of in wished.values() for k in sorted(of)}
    amounts = {k: _likeliest(wishes[k]) for k in _sure(family, uy, list(wishes))}
    changes = Changes.of(
        uy, np.array(list(amounts), np.uint64), np.array(list(amounts.values()), np.int64)
    )
    if summed:
        changes = _completed(family, uy, sheet, list(wished), changes)
        changes = Changes.joined([changes, _sums(family, uy, sheet, changes)])
    names = "、".join(list(wished)[:MOST_NAMED]) + (" 等" if len(wished) > MOST_NAMED else "")
    how_many = "一行" if len(wished) == 1 else f"共 {len(wished)} 行"
    sums = "，并重算其上各级合计" if summed else ""
    message = (
        f"补填{table_words([sheet.form])}科目 {names} {how_many}{sums}："
        "其他表有而本表没有，补上后 {explained} 个问题消除"
    )
    spot = Spot(sheet.file, sheet.sheet, sheet.address(0, 0))
    spots = spots_of(sheet, changes) if summed else ()
    subject = f"{sheet.form}[{','.join(wished)}]"
    return Candidate("S-ROW", uy, subject, message, changes, spots=spots or (spot,), least=LEAST)


def _completed(family: Family, uy: int, sheet: Sheet, rows: list[str], changes: Changes) -> Changes:
    """The rows with the cells that only the sums along them tell, once the others are filled."""
    of_form = family.book.by_form[sheet.form]
    keys = np.array([k for (_, row, _), k in of_form.items() if row in rows], np.uint64)
    nothing = np.zeros(len(keys), np.int64)
    for _ in range(ROUNDS):
        now = changes.applied(keys, nothing)
        found = votes(family, uy, keys, now, changes)
        agreed = [
            found[key].most_common(1)[0][0] if not held and found[key] else held
            for key, held in zip(keys.tolist(), now.tolist(), strict=True)
        ]
        changes = Changes.to(uy, keys, nothing, np.array(agreed, np.int64))
    return changes


def _sums(family: Family, uy: int, sheet: Sheet, changes: Changes) -> Changes:
    """The sums of the table that the added items stand in, raised by them."""
    rows = {row: r for r, row in enumerate(sheet.row_keys)}
    columns = {column: c for c, column in enumerate(sheet.col_keys)}
    more: dict[int, int] = defaultdict(int)
    for key, amount in zip(changes.key.tolist(), changes.amt.tolist(), strict=True):
        _, _, item, column = family.keys[key]
        for row in (item[:5], item[:3], TOTAL) if len(item) == ITEM else ():
            if row in rows and column in columns:
                more[int(sheet.key[rows[row], columns[column]])] += amount
    keys = np.array([key for key in more if key], np.uint64)
    held = sheet.cells.amounts(keys)
    then = held + np.array([more[key] for key in keys.tolist()], np.int64)
    return Changes.to(uy, keys, held, then)


def _likeliest(amounts: set[int]) -> int:
    """Of several wishes the smallest that is not negative: wishes above carry other rows' faults
    as well.
    """
    return min((a for a in amounts if a >= 0), default=max(amounts))
