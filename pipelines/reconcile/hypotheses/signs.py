"""Signs turned in a whole table, a row or a column."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

LEAST = 3  # fewer cells are slips of their own


def signs(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    found = []
    for sheet in sheets:
        wished = np.zeros(sheet.key.shape, bool)
        for place, amounts in wishes.places(sheet.key):
            amount = int(sheet.amt[place])
            wished[place] = amount != 0 and -amount in amounts
        if wished.any():
            found += _of_sheet(uy, sheet, wished)
    return found


def _of_sheet(uy: int, sheet: Sheet, wished: np.ndarray) -> list[Candidate]:
    table = table_words([sheet.form])
    amounts = sheet.amt != 0
    parts = [(amounts, f"{table}各数", ""), (amounts & (sheet.amt < 0), f"{table}的负数", "负数")]
    for row in np.flatnonzero(wished.any(1)):
        mask = np.zeros_like(amounts)
        mask[row] = amounts[row]
        parts.append((mask, f"{table}第 {sheet.rows[row]} 行", f"第{sheet.rows[row]}行"))
    for column in np.flatnonzero(wished.any(0)):
        mask = np.zeros_like(amounts)
        mask[:, column] = amounts[:, column]
        letter = sheet.letters[column]
        parts += [(mask, f"{table} {letter} 栏", f"{letter}栏")]
        parts += [(mask & (sheet.amt < 0), f"{table} {letter} 栏的负数", f"{letter}栏负数")]
    return [
        _candidate(uy, sheet, mask, what, about)
        for mask, what, about in parts
        if mask.sum() >= LEAST
    ]


def _candidate(uy: int, sheet: Sheet, mask: np.ndarray, what: str, about: str) -> Candidate:
    rows, columns = np.nonzero(mask)
    changes = Changes.of(uy, sheet.key[mask], -sheet.amt[mask])
    spots = tuple(
        Spot(
            sheet.file,
            sheet.sheet,
            sheet.address(int(r), int(c)),
            int(sheet.amt[r, c]),
            -int(sheet.amt[r, c]),
        )
        for r, c in zip(rows, columns, strict=True)
    )
    message = f"改正负号：{what}正负号相反，改后 {{explained}} 个问题消除"
    subject = f"{sheet.form}[{about}]" if about else sheet.form
    return Candidate("S-SIGN", uy, subject, message, changes, spots=spots, together=True)
