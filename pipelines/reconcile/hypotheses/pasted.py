"""A row or a column of which nearly every figure is wrong, each by an amount of its own: pasted
from a draft or from elsewhere. What belongs there is told by other tables and by the rest of its
own.
"""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.shifted import Lines, both_ways
from pipelines.reconcile.hypotheses.spots import spots_of
from pipelines.reconcile.hypotheses.votes import votes
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words

# Figures of the line that some formula would have otherwise: fewer are slips of their own.
LEAST, SHARE = 4, 0.8
# What says what became of the figures is believed before this, which says that they are wrong.
WORTH = 0.9


def pasted(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    found = []
    for lines in both_ways(sheets):
        for line in _doubtful(lines, wishes).tolist():
            changes = _told(family, uy, lines, line)
            if len(changes) >= LEAST:
                found.append(_candidate(uy, lines, line, changes))
    return found


def _doubtful(lines: Lines, wishes: Wishes) -> np.ndarray:
    """Lines of which most figures are wished otherwise."""
    amounts = lines.amt != 0
    wished = (wishes.about(lines.key) & amounts).sum(1)
    return np.flatnonzero((wished >= LEAST) & (wished >= SHARE * amounts.sum(1)))


def _told(family: Family, uy: int, lines: Lines, line: int) -> Changes:
    """The line as most formulas would have it, of those in which one cell of it stands: sums along
    the line hold if all of it was pasted.
    """
    keys = lines.key[line][lines.key[line] != 0]
    held = family.holding(uy).amounts(keys)
    found = votes(family, uy, keys, held, Changes.none(), alone=True)
    right = [
        found[key].most_common(1)[0][0] if found[key] else now
        for key, now in zip(keys.tolist(), held.tolist(), strict=True)
    ]
    return Changes.to(uy, keys, held, np.array(right, np.int64))


def _candidate(uy: int, lines: Lines, line: int, changes: Changes) -> Candidate:
    sheet = lines.sheet
    where = f"{sheet.letters[line]} 栏" if lines.turned else f"第 {sheet.rows[line]} 行"
    message = (
        f"重填{table_words([sheet.form])}{where}：{len(changes)} 个数几乎全与其他表不符，"
        "疑为粘贴了旧稿或别处的数，按各格的建议数改后 {explained} 个问题消除"
    )
    return Candidate(
        "S-PASTED",
        uy,
        f"{sheet.form}[{where}]",
        message,
        changes,
        spots=spots_of(sheet, changes),
        together=True,
        worth=WORTH,
    )
