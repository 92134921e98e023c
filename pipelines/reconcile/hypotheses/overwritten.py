"""A row whose figures were written over its neighbour's: they stand in the next row, and its own
is empty; or in both. What the neighbour held is lost, and told by the formulas.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.spots import spots_of
from pipelines.reconcile.hypotheses.votes import votes
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words

# Cells of a row that say so: most of them, as each of its figures is wrong; of a single one the
# cell itself is told.
LEAST, SHARE = 2, 0.6
ROUNDS = 2  # sums of a row are told right once the figures they sum are


@dataclass(frozen=True, eq=False)
class Rows:
    """Of a sheet the row ``over`` which its neighbour ``own`` was written; ``moved``: the latter is
    empty now.
    """

    sheet: Sheet
    own: int
    over: int
    moved: bool

    def restored(self, uy: int) -> Changes:
        """The row with its own figures, where they stand in its neighbour alone."""
        sheet = self.sheet
        here = (sheet.key[self.own] != 0) & (sheet.amt[self.over] != 0) & self.moved
        return Changes.of(uy, sheet.key[self.own][here], sheet.amt[self.over][here])

    @property
    def lost(self) -> np.ndarray:
        """Keys of the cells that were written over."""
        keys = self.sheet.key[self.over]
        return keys[keys != 0]


def overwritten(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    pairs = [rows for sheet in sheets for rows in _pairs(sheet, wishes)]
    return [_candidate(family, uy, p) for p in pairs if p.moved or _fails_more(family, uy, p)]


def _fails_more(family: Family, uy: int, rows: Rows) -> bool:
    """Whether more fails about the row that is said to be a copy than about the one it is of: rows
    of one 款 fail together in its sums, and only what other tables hold tells them apart.
    """
    keys = rows.sheet.key
    about = [keys[row][keys[row] != 0] for row in (rows.over, rows.own)]
    over, own = (len(family.failing_with(np.full(len(k), uy), k)) for k in about)
    return over > own


def _pairs(sheet: Sheet, wishes: Wishes) -> list[Rows]:
    """Neighbours of which one holds what the other is wished to hold, or what both do."""
    about = wishes.about(sheet.key)
    found = []
    for over in np.flatnonzero(about.sum(1) >= LEAST).tolist():
        for own in (over - 1, over + 1):
            if 0 <= own < len(sheet.rows):
                if _is_moved(sheet, own, over, wishes):
                    found.append(Rows(sheet, own, over, True))
                elif _is_copied(sheet, own, over, about):
                    found.append(Rows(sheet, own, over, False))
    return found


def _is_moved(sheet: Sheet, own: int, over: int, wishes: Wishes) -> bool:
    """Whether a row without figures is wished to hold those of its neighbour."""
    amounts = sheet.amt[over]
    if sheet.amt[own].any():
        return False
    wished = sum(
        amounts[column] != 0 and int(amounts[column]) in wishes.get(int(key), ())
        for column, key in enumerate(sheet.key[own].tolist())
    )
    return wished >= max(LEAST, SHARE * int((amounts != 0).sum()))


def _is_copied(sheet: Sheet, own: int, over: int, about: np.ndarray) -> bool:
    """Whether two rows hold the same figures, and most of them are wrong in the one."""
    same = (sheet.amt[own] == sheet.amt[over]).all() and sheet.amt[own].any()
    filled = int((sheet.amt[over] != 0).sum())
    return bool(same) and filled >= LEAST and int(about[over].sum()) >= SHARE * filled


def _candidate(family: Family, uy: int, rows: Rows) -> Candidate:
    restored = rows.restored(uy)
    changes = restored
    for number in range(ROUNDS):
        told = _told(family, uy, rows, changes, alone=number == 0)
        changes = Changes.joined([restored, told])
    table, sheet = table_words([rows.sheet.form]), rows.sheet
    own, over = (f"第 {sheet.rows[n]} 行（{sheet.row_labels[n]}）" for n in (rows.own, rows.over))
    if rows.moved:
        rule, what = "S-SHIFTED", f"把{table}{over}的数移回{own}：写错了行，{over}按其他表重填"
    else:
        rule, what = "S-ROW", f"重填{table}{over}：各数与{own}逐格相同，是抄重的"
    subject = f"{sheet.form}[{sheet.row_keys[rows.own]}→{sheet.row_keys[rows.over]}]"
    message = f"{what}，改后 {{explained}} 个问题消除"
    return Candidate(
        rule, uy, subject, message, changes, spots=spots_of(rows.sheet, changes), together=True
    )


def _told(family: Family, uy: int, rows: Rows, changes: Changes, *, alone: bool) -> Changes:
    """The row that was written over as most of the formulas would have it; with ``alone`` without
    those along the row, which hold as they did in the row it is a copy of.
    """
    keys = rows.lost
    held = family.holding(uy).amounts(keys)
    now = changes.applied(keys, held)
    found = votes(family, uy, keys, now, changes, alone=alone)
    amounts = [_most(found[key], at) for key, at in zip(keys.tolist(), now.tolist(), strict=True)]
    return Changes.to(uy, keys, held, np.array(amounts, np.int64))


def _most(votes: Counter[int], now: int) -> int:
    """Of amounts with as many votes the smallest: larger ones carry other rows' faults as well."""
    return max(votes, key=lambda a: (votes[a], -abs(a), a), default=now)
