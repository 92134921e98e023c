"""Two rows, or two columns, of a table that stand in each other's place."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words


def swapped(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    found = []
    for sheet in sheets:
        for turned in (False, True):
            lines = sheet.key.T if turned else sheet.key
            amounts = sheet.amt.T if turned else sheet.amt
            wished = _wished(lines, amounts, wishes)
            found += [
                _candidate(uy, sheet, one, other, turned)
                for one, other in sorted(wished)
                if one < other and (other, one) in wished
            ]
    return found


def _wished(lines: np.ndarray, amounts: np.ndarray, wishes: Wishes) -> set[tuple[int, int]]:
    """Pairs of lines of which the first has a cell that is wished to hold what stands in the
    second, different from its own.
    """
    found = set()
    for (line, place), wished in wishes.places(lines):
        for wish in wished:
            if wish != amounts[line, place]:
                there = np.flatnonzero((amounts[:, place] == wish) & (lines[:, place] != 0))
                found |= {(line, int(other)) for other in there}
    return found


def _candidate(uy: int, sheet: Sheet, one: int, other: int, turned: bool) -> Candidate:
    key = sheet.key.T if turned else sheet.key
    amt = sheet.amt.T if turned else sheet.amt
    filled = sheet.filled.T if turned else sheet.filled
    pairs, spots = [], []
    for a, b in ((one, other), (other, one)):
        here = (key[a] != 0) & (key[b] != 0) & (amt[a] != amt[b])
        pairs.append(Changes.of(uy, key[a][here], amt[b][here], ~filled[b][here]))
        for i in np.flatnonzero(here):
            row, column = (i, a) if turned else (a, i)
            spots.append(
                Spot(
                    sheet.file,
                    sheet.sheet,
                    sheet.address(int(row), int(column)),
                    int(amt[a, i]) if filled[a, i] else None,
                    int(amt[b, i]),
                )
            )
    table = table_words([sheet.form])
    if turned:
        names = f"{sheet.letters[one]}、{sheet.letters[other]} 两栏"
    else:
        names = f"第 {sheet.rows[one]}、{sheet.rows[other]} 行"
    message = f"对调{table}{names}：两处的数互相填反，改后 {{explained}} 个问题消除"
    subject = f"{sheet.form}[{names}]"
    changes = Changes.joined(pairs)
    return Candidate("S-SWAPPED", uy, subject, message, changes, spots=tuple(spots), together=True)
